"""How a query is read, and what a person is told about one that cannot be: `monitor.match.parse_query`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import RuleError
from monitor.match import parse_query
from monitor.match.leaves import Scope
from monitor.match.nodes import And, Near, Node, Not, Or
from monitor.match.parser import MAX_DEPTH, MAX_LENGTH, MAX_STEMS
from monitor.match.words import Phrase, Prefix, Word
from monitor.text.readings import Reading, split


def assert_read_or_refused(query: str) -> None:
    try:
        parsed = parse_query(query)
    except RuleError as error:
        column, message = error.column, error.message
    else:
        column, message = 1, parsed.text
    assert 1 <= column <= len(query) + 1
    assert message or not query


def read(query: str) -> Node:
    return parse_query(query).root


@pytest.mark.parametrize(
    ("query", "column", "words"),
    [
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ("(a b", 1, "never closed"),
        ("x OR (", 6, "never closed"),
        ("a b)", 4, "closes nothing"),
        ("a ()", 3, "nothing within"),
        ('a "b c', 3, "no second one"),
        ("a 'b c", 3, "no second one"),
        ('""', 1, "no letter or digit"),
        ("a - b", 3, '"-" stands alone'),
        ("a -", 3, '"-" has nothing behind it'),
        ("a -- b", 4, '"-" stands alone'),
        ("a ---", 5, '"-" has nothing behind it'),
        ("a AND", 3, '"AND" has nothing behind it'),
        ("AND a", 1, '"AND" has nothing before it'),
        ("a OR OR b", 3, '"OR" has nothing behind it'),
        ("(a OR) b", 4, '"OR" has nothing behind it'),
        ("a NOT", 3, '"NOT" has nothing behind it'),
        ("NEAR/3 a", 1, '"NEAR/3" has nothing before it'),
        ("a NEAR", 3, '"NEAR" has nothing behind it'),
        ("a NEAR NOT b", 8, "a AND NOT (a NEAR b)"),
        ("a NEAR/x b", 3, "NEAR/8"),
        ("a NEAR/101 b", 3, "0 to 100"),
        ("a near/3 b", 3, "NEAR/3 in capitals"),
        ("a NEAR b NEAR c", 10, "(a NEAR/4 b) AND (b NEAR/4 c)"),
        ("a NEAR (b c)", 8, "words, phrases, and groups"),
        ("(a OR (b c)) NEAR d", 1, "words, phrases, and groups"),
        ("a NEAR author:b", 3, "one field"),
        ('"a b"~', 1, '"a b"~5'),
        ('"a"~3', 1, "two words or more"),
        ('stem("a b"~3)', 6, "cannot stand within"),
        ("-a", 1, "must be there too"),
        ("a OR -b", 6, "must be there too"),
        ("-(a b)", 1, "must be there too"),
        ("mi*", 1, "3 letters"),
        ("*ab", 1, "end of a word"),
        ("ab*cd", 3, "end of a word"),
        ('"abc* def"', 5, "end of a word"),
        ("stem(abc*)", 6, "cannot stand within"),
        ("titel:a", 1, 'did you mean "title:"'),
        ("foo:a", 1, "the fields are title, lead"),
        ("title:", 1, "nothing behind it"),
        ("title: AND", 1, "nothing behind it"),
        ("title:(lead:a)", 8, 'within "title:"'),
        ("lang:english", 6, "two letters"),
        ("lang:(en OR english)", 6, "two letters"),
        ("a^2", 2, '"^" means nothing'),
        ("a || b", 3, "write OR"),
        ("a && b", 3, "write AND"),
        ("!a", 1, "write NOT"),
        ("+a b", 1, "take it away"),
        ("re(abc)", 1, "between slashes"),
        ("re(/(/)", 1, "missing )"),
        ("re(/a*/)", 1, "finds everything"),
        ("re(/a/x)", 1, "the only one is i"),
        ("b OR re(/.{900}/)", 6, "too large"),
        ("re(/\ud800/)", 1, "half a character"),
        ("author:re(/a/)", 8, "title and text alone"),
        ("author:case(A)", 8, "title and text alone"),
        ("atleast(a)", 1, "atleast3(drone)"),
        ("atleast0(a)", 1, "1 to 100"),
        ("atleast101(a)", 1, "1 to 100"),
        ("atleast3(a b)", 1, "words, phrases, and groups"),
        ("stem(two-words)", 6, "ONEAR/0"),
        ("a (b", 3, "never closed"),
        ("a NEAR )", 3, "nothing behind it"),
    ],
)
def test_a_mistake_is_told_with_its_column_and_the_cure(query: str, column: int, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_query(query)
    assert caught.value.column == column
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a b c", "a AND b AND c"),
        ("a OR b c", "a OR (b AND c)"),
        ("a NOT b OR c", "(a AND (NOT b)) OR c"),
        ("a -b", "a NOT b"),
        ("a NOT b NEAR c", "a NOT (b NEAR c)"),
        ("title:a NEAR b", "(title:a) NEAR/4 b"),
        ("title: (a b)", "title:a title:b"),
        ("NOT NOT a", "a"),
        ("a --b", "a b"),
        ("((a))", "a"),
        ("“a b”", '"a b"'),
        ("«a b»", "'a b'"),
        ("„a b“ ", "「a b」"),
        ("（a OR b）", "(a OR b)"),
        ("A", "a"),
        ("TITLE:a", "title:a"),
        ("a−b", '"a b"'),
    ],
)
def test_two_ways_to_write_one_query_are_one_tree(one: str, other: str) -> None:
    assert read(one) == read(other)


QUOTES = """
    "" '' “” „“ „” ”” ‘’ ‚‘ ’’ «» »« ‹› ›‹ 「」 『』 ﹁﹂ ﹃﹄ 〝〞 〝〟
    ｢｣ 《》 〈〉 ＂＂ ＇＇ ❝❞ ❛❜ ⹂⹂ `` `' ´´ “"
"""


@pytest.mark.parametrize("quotes", QUOTES.split())
def test_every_quotation_mark_holds_a_phrase(quotes: str) -> None:
    opening, closing = tuple(quotes)
    written = f"{opening}foreign ministry{closing}"
    assert read(written) == Phrase(("foreign", "ministry"))
    assert read(f"a OR ({written} b)") == Or((Word("a"), And((Phrase(("foreign", "ministry")), Word("b")))))
    with pytest.raises(RuleError, match=r"column 3: this quotation mark has no second one"):
        parse_query(f"a {opening}foreign ministry")


def test_what_a_query_holds_is_told_apart() -> None:
    assert read('word "two words" pre*') == And((Word("word"), Phrase(("two", "words")), Prefix("pre")))
    assert read("(a OR b) NEAR/7 c") == Near(Or((Word("a"), Word("b"))), Word("c"), 7)
    assert read("a ONEAR/0 b") == Near(Word("a"), Word("b"), 0, ordered=True)
    assert read("a NOT b") == And((Word("a"), Not(Word("b"))))
    assert read("10:30") == Phrase(("10", "30"))
    assert read("北京*") == Phrase(("北", "京"))
    assert read('"M*A*S*H"') == Phrase(("m", "a", "s", "h"))
    assert read('צה"ל') == Word("צהל")
    assert read("ﬁnance*") == Prefix("finance")
    assert read("O'Ne*") == Prefix("o'ne")


@pytest.mark.parametrize(
    ("query", "column", "cure"),
    [
        ("not drone", 1, "write NOT"),
        ("drone w/5 baku", 7, "write NEAR/5"),
        ("drone PRE/3 baku", 7, "write ONEAR/3"),
        ("drone /5 baku", 7, "write NEAR/5"),
        ("drone NEAR5 baku", 7, "write NEAR/5"),
        ("drone ANDNOT baku", 7, "write AND NOT"),
        ("drone ADJ baku", 7, "write ONEAR/0"),
        ("stem (drone)", 1, "write stem(...)"),
        ("baku Case(WHO)", 6, "write case(...)"),
        ("ATLEAST3(drone)", 1, "write atleast3(...)"),
        ("baku dr?ne", 8, "write OR between the spellings"),
    ],
)
def test_what_may_have_been_meant_otherwise_is_remarked_on(query: str, column: int, cure: str) -> None:
    (remark,) = parse_query(query).remarks
    assert remark.column == column
    assert cure in remark.message


@pytest.mark.parametrize(
    "query",
    [
        "w/5",
        "drone w5 baku",
        "near",
        "drone 5 baku",
        "who?",
        "url:story?id=3",
        "stem drone",
        "case OR re",
        "24/7 war",
    ],
)
def test_what_is_plainly_a_word_is_not_remarked_on(query: str) -> None:
    assert parse_query(query).remarks == ()


def test_a_lower_case_operator_is_remarked_on() -> None:
    query = parse_query("war and peace or not")
    assert [(remark.column, remark.message[:5]) for remark in query.remarks] == [(5, '"and"'), (15, '"or" ')]
    assert "write AND" in query.remarks[0].message
    assert query.text == "war and peace or not"
    assert [remark.column for remark in parse_query("war Or peace nEaR us").remarks] == [5, 14]


def test_parentheses_may_lie_deep_but_not_without_end() -> None:
    assert read("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == Word("a")
    for opening in ("(", "(b (", "stem(", "title:("):
        with pytest.raises(RuleError, match=r"deep|within"):
            parse_query(opening * 2_000)


def test_a_rule_without_end_is_refused_where_it_is_too_long() -> None:
    parse_query("a" * MAX_LENGTH)
    with pytest.raises(RuleError, match=r"column 30001: the rule goes on past 30,000 characters; split it"):
        parse_query("drone " * 20_000)


def test_the_forms_of_too_many_words_are_refused_at_the_first_too_many() -> None:
    words = [f"w{chr(97 + n % 26)}{chr(97 + n // 26)}q" for n in range(MAX_STEMS + 1)]
    parse_query(" OR ".join(words[:-1] * 2), stem=True)
    for query in (" OR ".join(words), f"stem({' '.join(words)})"):
        with pytest.raises(RuleError, match="the forms of more than 50 words") as refused:
            parse_query(query, stem=True)
        assert refused.value.column == query.index(words[-1]) + 1
    with pytest.raises(RuleError, match="forms of more than 50"):
        parse_query("stem(" + " ".join(f'"{word}"' for word in words) + ")")


def test_words_together_are_not_without_end() -> None:
    parse_query('"' + "a b " * 25 + '"~9')
    with pytest.raises(RuleError, match="two words or more, at most 50"):
        parse_query('"' + "a b " * 26 + '"~9')


def test_an_operand_that_was_named_before_says_nothing_new() -> None:
    assert read("drone OR " * 3_000 + "dam") == Or((Word("drone"), Word("dam")))
    assert read("drone " * 3_000) == Word("drone")


@pytest.mark.parametrize(
    "query",
    [
        " OR ".join(f"word{n}" for n in range(2_000)),
        " ".join(f'"some phrase {n}"' for n in range(1_000)),
        "a" * 29_000,
        "a" + " " * 14_000 + "b" + "\u3000" * 14_000,
        '"' * 29_999,
        "'" * 29_999,
        "-" * 29_000 + "a",
        "NOT " * 5_000 + "a",
        "(" * 29_000,
        ")" * 29_000,
        "re(/" * 5_000,
        "re(/" + "a" * 29_000,
        "re(/(a*)*b/) OR re(/" + "(" * 500 + "a" + ")" * 500 + "/)",
        "re(/a{1000}{1000}/)",
        "re(/(x+x+)+y/) " + "x" * 14_000,
        "a:" * 14_000,
        "title:" * 4_000,
        "\x00\x01 " * 9_000,
        "\ud800" * 29_000,
        "é\u0301" * 14_000,
        "a NEAR/3 " * 3_000,
        "~" * 29_000,
        "*" * 29_000,
    ],
    ids=lambda query: ascii(query[:20]),
)
def test_a_hostile_query_is_read_or_refused(query: str) -> None:
    assert_read_or_refused(query)


PIECES = """
    a bcd AND OR NOT - ( ) " ' title: foo: lang:en NEAR/2 ONEAR * ~3 stem( case( atleast2( re(/ /)
    北 é : / “ x*
"""


@given(st.lists(st.sampled_from([*PIECES.split(), " ", "\ud800", "\x00"]), max_size=20).map("".join))
def test_any_query_is_read_or_refused_with_a_column(query: str) -> None:
    assert_read_or_refused(query)


@given(st.text("abzAZ09 éÉñÑöÖøØþýÝаяёйАЯЁЙ", min_size=1).filter(str.strip))
def test_words_that_are_read_plainly_are_what_the_tokeniser_makes_of_them(text: str) -> None:
    terms = tuple(split(text, Reading.FOLDED))
    expected = Word(terms[0]) if len(terms) == 1 else Phrase(terms)
    assert parse_query(f'"{text}"').root == expected


def test_every_letter_that_is_read_plainly_is_folded_to_its_small_letter() -> None:
    letters = filter(Scope().reads_plainly, map(chr, range(0x3000)))
    assert all(split(letter, Reading.FOLDED) == (letter.lower(),) for letter in letters if letter != " ")
