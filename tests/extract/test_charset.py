"""Pages in every encoding that news is served in come out readable."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.charset import PIECE_BYTES, decode_page, utf8_page

RUSSIAN = "Совет решил снова открыть переговоры о пароме, сообщает газета. Ещё одна встреча пройдёт весной."
ARABIC = "قال المجلس إنه سيعيد فتح المحادثات بشأن العبارة بعد أربعة أسابيع من إلغاء آخر رحلة"
CHINESE = "市议会周二表示将重新就渡轮问题展开谈判，距离上一次停航已有四个星期。"
TAIWANESE = "市議會週二表示將重新就渡輪問題展開談判，距離上一次停航已有四個星期。"
KOREAN = "시의회는 화요일에 여객선 운영사와 협상을 다시 시작하겠다고 밝혔다."
JAPANESE = "市議会は火曜日、フェリーの運航会社との協議を再開すると発表した。最後の欠航から四週間後だ。"
GERMAN = "Der Gemeinderat will die Gespräche über die Fähre wieder öffnen."

LEGACY = [
    (RUSSIAN, "windows-1251", "cp1251"),
    (RUSSIAN, "koi8-r", "koi8-r"),
    (ARABIC, "windows-1256", "cp1256"),
    (CHINESE, "gb2312", "gb18030"),
    (CHINESE, "GBK", "gbk"),
    (TAIWANESE, "big5", "big5"),
    (KOREAN, "euc-kr", "euc-kr"),
    (JAPANESE, "Shift_JIS", "cp932"),
    (JAPANESE, "EUC-JP", "euc-jp"),
    (JAPANESE, "iso-2022-jp", "iso2022_jp"),
    (GERMAN, "iso-8859-1", "cp1252"),
]


@pytest.mark.parametrize(("text", "label", "codec"), LEGACY)
def test_a_declared_charset_is_obeyed(text: str, label: str, codec: str) -> None:
    body = f"<html><head><meta charset='{label}'></head><p>{text}".encode(codec)
    assert text in decode_page(body)
    bare = f"<html><p>{text}".encode(codec)
    assert text in decode_page(bare, f"text/html; charset={label}")


@pytest.mark.parametrize(
    ("text", "codec"), [(RUSSIAN, "cp1251"), (CHINESE, "gbk"), (JAPANESE, "cp932"), (KOREAN, "cp949")]
)
def test_an_undeclared_charset_is_detected(text: str, codec: str) -> None:
    assert text in decode_page(f"<html><p>{text * 4}".encode(codec))


def test_an_undeclared_charset_is_detected_by_what_surrounds_its_first_byte_beyond_ascii() -> None:
    assert RUSSIAN in decode_page(f"<html>{'<p>x' * 10 * PIECE_BYTES}<p>{RUSSIAN * 4}".encode("cp1251"))


DETECT_QUIETLY = """
import sys
from monitor.extract.charset import decode_page
assert {text!r} in decode_page({text!r}.encode({codec!r}) * 4)
print("chardet" in sys.modules)
"""


@pytest.mark.parametrize(
    ("text", "codec", "guessed"),
    [(GERMAN, "cp1252", False), ("„Así», dijo José – adiós.", "cp1252", True), (RUSSIAN, "cp1251", True)],
)
def test_what_all_latin_code_pages_read_alike_is_not_guessed(text: str, codec: str, guessed: bool) -> None:
    code = DETECT_QUIETLY.format(text=text, codec=codec)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(guessed)


def test_the_http_header_goes_before_the_page() -> None:
    body = f"<meta charset='iso-8859-5'><p>{RUSSIAN}".encode("cp1251")
    assert RUSSIAN in decode_page(body, "text/html; charset=windows-1251")


@pytest.mark.parametrize("before", [0, 3, PIECE_BYTES - 2, PIECE_BYTES, 3 * PIECE_BYTES + 1])
@pytest.mark.parametrize("after", ["", "<p>the end"])
def test_a_long_page_is_in_its_charset_wherever_that_shows_first(before: int, after: str) -> None:
    body = f"<meta charset='windows-1251'>{'<b>x' * (before // 4)}{'x' * (before % 4)}{RUSSIAN}{after}"
    assert decode_page(body.encode("cp1251")) == body
    assert utf8_page(body.encode()) == body.encode()


def test_a_byte_order_mark_goes_before_everything() -> None:
    assert decode_page("Ferry – Fähre".encode("utf-16"), "text/html; charset=gbk") == "Ferry – Fähre"
    assert decode_page("\ufeffFähre".encode(), "text/html; charset=gbk") == "Fähre"


def test_mislabelled_utf8_is_utf8() -> None:
    assert GERMAN in decode_page(f"<meta charset='iso-8859-1'>{GERMAN}".encode())


def test_utf8_with_a_few_broken_bytes_stays_utf8() -> None:
    body = (RUSSIAN * 20).encode() + b"\xff"
    assert RUSSIAN in decode_page(body)
    assert "\ufffd" in decode_page(body)


def test_a_page_that_claims_utf8_but_is_not_is_detected() -> None:
    assert "переговоры" in decode_page(f"<meta charset='utf-8'><p>{RUSSIAN * 4}".encode("cp1251"))


def test_armenian_in_its_own_old_charset_is_read() -> None:
    # Հայաստան in ARMSCII-8: capital and small letters alternate from 0xB2 on.
    word = bytes([0xD0, 0xB3, 0xDB, 0xB3, 0xEB, 0xEF, 0xB3, 0xDD])
    assert decode_page(b"<meta charset='armscii-8'>" + word).endswith("Հայաստան")


@pytest.mark.parametrize("label", ["x-unknown", "rot13", "unicode_escape", "utf-7", "base64", "idna"])
def test_labels_that_name_no_text_encoding_are_ignored(label: str) -> None:
    assert "Fähre" in decode_page(
        "Fähre über den Fluss, schöne Grüße".encode("cp1252"), f"text/html; charset={label}"
    )


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "text/html; charset=gbk", "text/html;charset=utf-16", "x;charset=\x00"]),
)
def test_any_bytes_become_valid_utf8(body: bytes, content_type: str) -> None:
    utf8_page(body, content_type).decode("utf-8")


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_utf8_is_never_touched(text: str) -> None:
    body = text.removeprefix("\ufeff").encode()
    assert decode_page(body) == text.removeprefix("\ufeff") or b"\x1b" in body
