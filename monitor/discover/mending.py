"""A feed or sitemap as it came -> the same as UTF-8 that a strict parser reads.

Position: before the parsers of `feeds` and `sitemaps`. Pure, on hostile bytes.

Such documents are made by templates, and their commonest mistakes cost more than they look. Of a URL with
a bare ampersand a forgiving parser drops a piece, so that every article is missing, and a strict one stops
there; letters that have names in HTML alone (`&eacute;`) go the same way; a charset that is named wrongly
spoils all titles.
"""

from __future__ import annotations

import re
import zlib
from html.entities import html5

from monitor.discover.charset import find_labels, is_of_the_web

MAX_UNPACKED_BYTES = 50 << 20
"""The protocol's own limit for one sitemap, unpacked."""

GZIP_MAGIC = b"\x1f\x8b"
DECLARATION_BYTES = 200
"""The XML declaration is the first thing in a document, and short."""

MARKUP = frozenset("&<>\"'")
"""What a name of HTML's (`&AMP;`) may not be undone to, as well as any name that is none."""

_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,99}<\?xml[^>]{0,200}\?>")
_TEXT_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_NAMED_CHARSET = re.compile(rb"""encoding\s{0,9}=\s{0,9}["']\s{0,9}([\w.:+-]{1,40})""", re.IGNORECASE)
_ODD_AMPERSAND = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:([a-zA-Z][a-zA-Z0-9]{1,30});)?"
)
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"


def unpack(body: bytes, max_bytes: int = MAX_UNPACKED_BYTES) -> bytes:
    """Undo gzip: sitemaps, and some feeds, are served as .xml.gz files without a Content-Encoding."""
    if not body.startswith(GZIP_MAGIC):
        return body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, max_bytes)
    except zlib.error:
        return b""


def mend_xml(body: bytes, content_type: str = "") -> bytes:
    """Return a document in UTF-8, its ampersands escaped, and no entity declared.

    What is not declared can neither grow nor fetch anything. `content_type` is the whole header.
    """
    body = as_utf8(body, content_type)
    if b"<!" in body:
        body = _ENTITY.sub(b"<!-NTITY", body)
    return _mend_ampersands(body) if b"&" in body else body


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """Return a document in UTF-8, if it can be told what it is in; else as it is.

    What reads as UTF-8 is UTF-8, whatever it is called: text in another charset hardly ever does. Otherwise
    the header says what it is (RFC 7303, 3), or else the document itself. Of what calls itself UTF-8 and is
    not quite, the letters that cannot be read are replaced (U+FFFD).
    """
    utf16 = _UTF16.get(body[:2])
    if utf16 is not None:
        text = body[2:].decode(utf16, "replace")
        return _TEXT_DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    if body.isascii():
        return body
    declared = _NAMED_CHARSET.search(body[:DECLARATION_BYTES])
    named = [] if declared is None else [declared[1].lower()]
    if _can_decode(body, "utf-8"):
        return body if named in ([], [b"utf-8"]) else _DECLARATION.sub(b"", body, count=1)
    for label in (*find_labels(content_type.encode("utf-8", "replace")), *named):
        charset = label.decode("ascii")
        if is_of_the_web(label) and _can_decode(body, charset):
            return _DECLARATION.sub(b"", body, count=1).decode(charset).encode()
    return body.decode("utf-8", "replace").encode() if named in ([], [b"utf-8"]) else body


def _can_decode(body: bytes, charset: str) -> bool:
    try:
        body.decode(charset)
    except (LookupError, ValueError):
        return False
    return True


def _mend_ampersands(body: bytes) -> bytes:
    """Escape the ampersands that stand for themselves; in CDATA they may."""
    first, *others = body.split(_CDATA)
    parts = [_ODD_AMPERSAND.sub(_escape, first)]
    for part in others:
        inside, end, after = part.partition(_CDATA_END)
        parts.append(inside + end + _ODD_AMPERSAND.sub(_escape, after))
    return _CDATA.join(parts)


def _escape(found: re.Match[bytes]) -> bytes:
    """Return what an ampersand is to be written as, or the letters that a name of HTML's stands for."""
    letters = "&" if found[1] is None else html5.get(f"{found[1].decode('ascii')};", "&")
    return b"&amp;" + found[0][1:] if letters in MARKUP else letters.encode()
