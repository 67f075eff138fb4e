"""Bytes -> text: which encoding a page is in.

Position: first step of `read`, before `walk`. Pure.

Order: byte order mark, valid UTF-8, the HTTP header, the WHATWG prescan of the first 1,024 bytes (we
look further, because real pages put 5 KB of scripts before their `<meta charset>`), then chardet. Valid
UTF-8 beyond ASCII goes before the labels: text in a legacy encoding is valid UTF-8 by chance only for a
handful of characters, while mislabelled UTF-8 is common.
"""

from __future__ import annotations

import codecs
import re

PRESCAN_BYTES = 8_192
"""How far a `<meta charset>` is looked for. The standard's 1,024 misses those behind inline scripts."""

_BEYOND_ASCII = bytes(range(0x80, 0x100))

PIECE_BYTES = 16_384
"""How much is decoded at once to see whether a page is UTF-8: the quickest of 4,096, 16,384 and 65,536."""

DETECT_BYTES = 20_000
"""How much of an unlabelled page chardet sees; more changes nothing but the time."""

_META_CHARSET = re.compile(
    rb"""<meta[^>]{0,400}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:+-]{1,40})""", re.IGNORECASE
)
_XML_ENCODING = re.compile(
    rb"""^\s{0,9}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:+-]{1,40})""", re.IGNORECASE
)
_HTTP_CHARSET = re.compile(r"""charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:+-]{1,40})""", re.IGNORECASE)

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

WHATWG_LABELS: dict[str, str] = {
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "unicode11utf8", "x-unicode20utf8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "unicode", "ucs-2", "iso-10646-ucs-2", "utf-16be"), "utf-8"),
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "iso88591", "iso_8859-1", "latin1", "latin-1", "l1"), "cp1252"
    ),
    **dict.fromkeys(("ascii", "us-ascii", "ansi_x3.4-1968", "cp819", "ibm819", "windows-1252"), "cp1252"),
    **dict.fromkeys(("cp1252", "x-cp1252", "iso_8859-1:1987", "iso-ir-100", "csisolatin1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "gb_2312", "x-gbk", "chinese", "csgb2312"), "gb18030"),
    **dict.fromkeys(("iso-ir-58", "csiso58gb231280", "gb18030", "cp936", "ms936"), "gb18030"),
    **dict.fromkeys(
        ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "ms932"), "cp932"
    ),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cn-big5", "csbig5"), "big5hkscs"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601", "ksc_5601", "korean"), "cp949"),
    **dict.fromkeys(("windows-949", "iso-ir-149", "cseuckr", "csksc56011987", "cp949"), "cp949"),
    **dict.fromkeys(("euc-jp", "x-euc-jp", "cseucpkdfmtjapanese"), "euc_jp"),
    **dict.fromkeys(("iso-8859-9", "latin5", "l5", "iso8859-9", "windows-1254", "x-cp1254"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "iso8859-11", "windows-874", "dos-874"), "cp874"),
    **dict.fromkeys(("windows-1250", "x-cp1250", "cp1250"), "cp1250"),
    **dict.fromkeys(("windows-1251", "x-cp1251", "cp1251", "win-1251", "win1251"), "cp1251"),
    **dict.fromkeys(("windows-1253", "x-cp1253", "cp1253"), "cp1253"),
    **dict.fromkeys(("windows-1255", "x-cp1255", "cp1255"), "cp1255"),
    **dict.fromkeys(("windows-1256", "x-cp1256", "cp1256"), "cp1256"),
    **dict.fromkeys(("windows-1257", "x-cp1257", "cp1257"), "cp1257"),
    **dict.fromkeys(("windows-1258", "x-cp1258", "cp1258"), "cp1258"),
    **dict.fromkeys(("koi8-r", "koi8", "koi", "koi8_r", "cskoi8r"), "koi8-r"),
    **dict.fromkeys(("koi8-u", "koi8-ru"), "koi8-u"),
    **dict.fromkeys(("iso-8859-8", "iso-8859-8-i", "logical", "hebrew", "visual"), "iso8859-8"),
    **dict.fromkeys(("armscii-8", "armscii8", "armscii"), "armscii-8"),
    "iso-2022-jp": "iso2022_jp",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
"""Labels of the WHATWG Encoding standard whose meaning differs from Python's names, or that Python does
not know, with the codec browsers mean. UTF-16 in a label is UTF-8: it was read as ASCII. ARMSCII-8 is
ours: no browser knows it, Armenian pages declare it."""

_ARMSCII = dict(
    zip(
        range(0xA2, 0x100),
        [
            0x587,
            0x589,
            0x29,
            0x28,
            0xBB,
            0xAB,
            0x2014,
            0x2E,
            0x55D,
            0x2C,
            0x2D,
            0x58A,
            0x2026,
            0x55C,
            0x55B,
            0x55E,
        ]
        + [code for letter in range(0x26) for code in (0x531 + letter, 0x561 + letter)]
        + [0x55A, 0xFFFD],
        strict=False,
    )
)
"""ARMSCII-8 (AST 34.002): capital and small letters alternate from 0xB2 on."""


def decode_page(body: bytes, content_type: str = "") -> str:
    """Return the text of a page, its byte order mark dropped; bytes without meaning become U+FFFD."""
    return utf8_page(body, content_type).decode("utf-8", "replace")


def utf8_page(body: bytes, content_type: str = "") -> bytes:
    """Return a page as valid UTF-8 without a byte order mark; it is untouched when it is that already."""
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return _transcode(body[len(bom) :], codec)
    if b"\x1b" in body and _declared(body, content_type) == "iso2022_jp":
        return _transcode(body, "iso2022_jp")
    first_odd = _find_odd(body)
    if first_odd is None:
        return body
    declared = _declared(body, content_type)
    return _transcode(body, _detect(body, first_odd) if declared in ("", "utf-8") else declared)


def _find_odd(body: bytes) -> int | None:
    """Return where the first byte is that is not UTF-8, None when all are.

    Pieces that begin at a tag are decoded one by one: what stays in the processor's cache costs two thirds.
    """
    place, view = 0, memoryview(body)
    while place < len(body):
        end = body.find(b"<", place + PIECE_BYTES)
        if end < 0:
            end = len(body)
        try:
            str(view[place:end], "utf-8")
        except UnicodeDecodeError as error:
            return place + error.start
        place = end
    return None


def _declared(body: bytes, content_type: str) -> str:
    """Return the codec that the HTTP header or the page itself names, "" when neither names one we know."""
    labels = [match[1] for match in (_HTTP_CHARSET.search(content_type),) if match]
    head = body[:PRESCAN_BYTES]
    labels += [
        match[1].decode("ascii") for match in (_META_CHARSET.search(head), _XML_ENCODING.match(head)) if match
    ]
    for label in labels:
        codec = WHATWG_LABELS.get(label.lower()) or _known_codec(label)
        if codec:
            return codec
    return ""


def _known_codec(label: str) -> str:
    """Return `label` when Python decodes text by that name, else ""."""
    try:
        name = codecs.lookup(label).name
        b"a".decode(name)
    except (LookupError, ValueError):
        return ""
    return "" if name in _NOT_TEXT else name


_NOT_TEXT = frozenset(
    (
        *(
            "base64",
            "bz2",
            "hex",
            "quopri",
            "rot13",
            "uu",
            "zlib",
            "idna",
            "punycode",
            "undefined",
            "mbcs",
            "oem",
        ),
        *("raw-unicode-escape", "unicode-escape", "raw_unicode_escape", "unicode_escape"),
        *("utf-7", "utf-16", "utf-32"),
    )
)


def _detect(body: bytes, first_odd: int) -> str:
    """Guess the codec of an unlabelled page from what surrounds its first byte that is not UTF-8.

    A page that is UTF-8 but for a few broken bytes stays UTF-8.
    """
    start = max(0, first_odd - DETECT_BYTES // 4)
    sample = body[start : start + DETECT_BYTES]
    broken = sample.decode("utf-8", "replace").count("�")
    odd = len(sample) - len(sample.translate(None, _BEYOND_ASCII))
    if broken * MOSTLY_UTF8 < odd:
        return "utf-8"
    if not body.translate(None, _READ_ALIKE):
        return "cp1252"
    import chardet  # noqa: PLC0415 - few pages come here, and every process would carry it

    guess = chardet.detect(sample)["encoding"] or "cp1252"
    return WHATWG_LABELS.get(guess.lower()) or _known_codec(guess) or "cp1252"


_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257")
_READ_ALIKE = bytes(
    code
    for code in range(0x100)
    if len({bytes([code]).decode(codec, "replace") for codec in _LATIN} - {"\ufffd"}) <= 1
)
"""ASCII, and the letters and signs that are the same in every code page of Latin letters (ä, é, ß, „): a page
with no others needs no guess, whose models take 30 MB."""

MOSTLY_UTF8 = 20
"""A page with fewer than one broken byte in this many beyond ASCII is UTF-8 with damage."""


def _transcode(body: bytes, codec: str) -> bytes:
    """Return `body`, which is in `codec`, as UTF-8."""
    if codec == "armscii-8":
        return body.decode("latin-1").translate(_ARMSCII).encode("utf-8")
    return body.decode(codec, "replace").encode("utf-8", "replace")
