from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.clean import clean, one_line, shorten

any_text = st.text(alphabet=st.characters(), max_size=300)  # lone surrogates among them


@given(any_text, st.integers(min_value=2, max_value=80))
def test_a_line_is_short_printable_and_can_be_sent(text: str, max_chars: int) -> None:
    line = one_line(text, max_chars)
    assert len(line) <= max_chars
    assert line == " ".join(line.split())
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in line)
    line.encode()


@given(any_text)
def test_clean_text_keeps_its_lines_and_can_be_sent(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.count("\n") == text.count("\n")
    cleaned.encode()


@given(any_text, st.integers(min_value=2, max_value=80))
def test_a_cut_text_says_so_and_is_the_beginning(text: str, max_chars: int) -> None:
    cut = shorten(text, max_chars)
    assert len(cut) <= max_chars
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


def test_a_cut_falls_between_words_where_there_is_one() -> None:
    assert shorten("the ferry union and the harbour", 20) == "the ferry union and…"
    assert shorten("x" * 40, 20) == "x" * 19 + "…"


def test_a_cut_leaves_no_accent_without_its_letter() -> None:
    assert shorten("abcde\u0301fghij", 7) == "abcde\u0301…"
    assert shorten("abcde\u0301fghij", 6) == "abcd…"
    assert shorten("ab👩\u200d🚀cdefgh", 5) == "ab…"


def test_a_stack_of_accents_is_cut_all_the_same() -> None:
    assert len(shorten("e" + "\u0301" * 5000, 100)) <= 100


def test_terminal_and_direction_controls_do_not_survive() -> None:
    assert one_line("a\x1b[31mb\x9b0m \u202ecba\u202c", 50) == "a[31mb0m cba"
    assert clean("a\x00\x1bb\tc\nd") == "ab\tc\nd"
