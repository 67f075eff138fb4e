"""Which rules an article matches: the promises of `monitor.match.RuleSet`."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.matchers import naive
from monitor.errors import RuleError
from monitor.match import RuleSet, document, matches_query, parse_query, read_rule, required_terms
from monitor.match.excerpts import Excerpts
from monitor.match.ruleset import BATCH
from monitor.model import Article, Rule
from monitor.text import tokens
from monitor.text.tokens import split_terms
from tests.match.articles import make_article, read_article

WORDS = ("drone", "drones", "droning", "baku", "bakery", "north", "n", "é", "北", "京")
words = st.sampled_from(WORDS)
leaves = st.one_of(
    st.tuples(st.just("t"), words),
    st.tuples(st.just("p"), st.lists(words, min_size=2, max_size=3)),
    st.tuples(st.just("w"), st.sampled_from(("dro", "drone", "bak", "nor"))),
)
groups = st.one_of(leaves, st.builds(lambda some: ("or", *some), st.lists(leaves, min_size=2, max_size=3)))
spans = st.one_of(leaves, st.tuples(st.just("near"), st.integers(0, 5), groups, groups))
shapes = st.recursive(
    st.one_of(spans, st.tuples(st.just("title"), spans)),
    lambda inner: st.one_of(
        st.builds(lambda some: ("and", *some), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda some: ("or", *some), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda some, other: ("and", some, ("not", other)), inner, inner),
    ),
    max_leaves=6,
)
texts = st.lists(words, max_size=12).map(" ".join)


def compile_rules(*queries: str) -> RuleSet:
    return RuleSet.compile([Rule(name=query, query=query, notify=("desk",)) for query in queries])


def find(rules: RuleSet, article: Article) -> list[str]:
    return [rule.name for rule in rules.find(article)]


def test_matches_come_in_the_order_of_the_rules() -> None:
    rules = compile_rules("zebra", "apple", "missing", "zebra apple")
    article = make_article("An apple for the zebra.")
    assert find(rules, article) == ["zebra", "apple", "zebra apple"]
    assert [match.rule.name for match in rules.match(article)] == find(rules, article)


def test_a_rule_that_is_added_finds_and_one_that_is_removed_does_not() -> None:
    rules = compile_rules("drone", "drone*", "author:roe", "stem(election)", "re(/dron./)", '"a drone"')
    article = replace(make_article("A drone over the elections."), authors=("Jane Roe",))
    assert find(rules, article) == [rule for rule in find(rules, article) if rule]
    assert len(find(rules, article)) == len(rules) == 6
    rules.add(Rule(name="also", query="drone", notify=()))
    rules.remove("also")
    rules.add(Rule(name="again", query="drone", notify=()))
    for name in ("drone", "drone*", "author:roe", "stem(election)", "re(/dron./)", '"a drone"'):
        rules.remove(name)
    rules.remove("never there")
    assert find(rules, article) == ["again"]
    assert rules.unanchored == ()


def test_a_rule_of_the_same_name_replaces_the_old_one() -> None:
    rules = compile_rules("one")
    rules.add(Rule(name="one", query="two", notify=()))
    assert find(rules, make_article("one")) == []
    assert find(rules, make_article("two")) == ["one"]


def test_more_rules_than_are_read_at_a_time_keep_their_order_and_the_last_of_a_name() -> None:
    many = [Rule(name=f"rule {n % 1_500}", query=f"drone -w{n}", notify=()) for n in range(2 * BATCH)]
    rules = RuleSet.compile(many)
    assert rules.find(make_article("A drone.")) == tuple(many[-1_500:])


def test_what_was_built_is_not_gone_through_by_the_next_collection() -> None:
    assert gc.isenabled()
    gc.collect()
    looked_at_last = len(gc.get_objects(generation=2))
    rules = compile_rules(*(f"drone -w{n}" for n in range(3_000)))
    assert len(gc.get_objects(generation=2)) >= looked_at_last + len(rules)
    assert gc.get_freeze_count() == 0
    assert gc.isenabled()


def test_a_rule_that_cannot_be_read_changes_nothing() -> None:
    rules = compile_rules("one")
    with pytest.raises(RuleError):
        rules.add(Rule(name="one", query="(two", notify=()))
    assert find(rules, make_article("one")) == ["one"]


def test_rules_without_an_anchor_are_known() -> None:
    rules = compile_rules("re(/a.c/)", "word re(/a.c/)", "word OR re(/x.z/)")
    assert [rule.name for rule in rules.unanchored] == ["re(/a.c/)", "word OR re(/x.z/)"]
    assert find(rules, make_article("abc")) == ["re(/a.c/)"]


def test_a_known_rare_word_is_what_a_rule_is_filed_under() -> None:
    rule = Rule(name="r", query="xylophones AND it", notify=())
    rules = RuleSet.compile([rule], shares={"xylophones": 0.9, "it": 0.001})
    assert rules.find(make_article("Xylophones in abundance. It is so.")) == (rule,)
    assert rules.find(make_article("Xylophones in abundance.")) == ()


@pytest.mark.parametrize(
    ("query", "line", "expected"),
    [
        ('"one two three"', "one two two three one two three", True),
        ('"one two three"', "one two four, two three", False),
        ("one NEAR/0 two", "two one", True),
        ("one NEAR/1 one", "one x y one", False),
        ("one NEAR/1 one", "one x one", True),
        ('"one two" NEAR "two three"', "one two three", False),
        ('"one one two"~1', "one two x one", True),
        ('"one one two"~1', "one two x", False),
        ('"one one two"~1', "two one x y one", False),
        ('title:"one two"~1', "[title: two x one] z", True),
        ('title:"one two"~1', "two x one", False),
        ("one NEAR/50 two", "[title: one] two", False),
        ('"one two"', "[title: one] two", False),
        ("title:(one NEAR two)", "[title: two one] z", True),
        ("title:(one NEAR two)", "two one", False),
        ("author:(jane NEAR/0 roe)", "[author: Jane Roe] z", True),
        ("author:(jane OR joe)", "[author: Joe Roe] z", True),
        ("author:jan*", "[author: Jane Roe] z", True),
        ('author:"jane roe*"', "[author: Jane Roe] z", True),
        ("author:stem(roes)", "[author: Jane Roe; lang: en] z", True),
        ("title:stem(elections)", "[title: An election; lang: en] z", True),
        ("title:stem(elections)", "[title: A vote; lang: en] An election.", False),
        ("stem(elections)", "[lang: zh] An election.", False),
        ('"one two"~3', "one three", False),
        ('"one two three"', "one two, three", True),
        ('"one two three"', "one two four two three", False),
        ("source:gaz*", "[source: gazette] z", True),
        ('source:"the gazette"', "[source: the-gazette] z", True),
        ('source:"the gazette"', "[source: the-gazette-sport] z", False),
        ("atleast2(one OR two)", "one two", True),
        ("atleast2(title:one)", "[title: one one] z", True),
        ("atleast2(title:one)", "one one", False),
        ('case("Foreign Ministry")', "the Foreign Ministry", True),
        ('case("Foreign Ministry")', "the foreign Ministry", False),
        ("title:case(WHO)", "[title: WHO is here] z", True),
        ("re(/b.r/)", "a bar", True),
        ("title:re(/b.r/)", "a bar", False),
        ("text:re(/b.r/)", "a bar", True),
        ("one NOT (two OR three)", "one two", False),
        ("NOT (NOT one)", "one", True),
        ("case(one) NEAR stem(two)", "one two", True),
    ],
)
def test_an_operator_does_what_the_reference_says(query: str, line: str, expected: bool) -> None:
    article = read_article(line)
    assert matches_query(parse_query(query), article) is expected
    assert bool(find(compile_rules(query), article)) is expected


def test_the_lead_is_the_first_80_words_or_160_characters() -> None:
    query = parse_query("lead:drone OR lead:京")
    assert matches_query(query, make_article("word " * 79 + "drone"))
    assert not matches_query(query, make_article("word " * 80 + "drone"))
    assert matches_query(query, make_article("北" * 159 + "京"))
    assert not matches_query(query, make_article("北" * 160 + "京"))


@given(st.lists(shapes, min_size=1, max_size=4), texts, texts)
def test_the_index_agrees_with_brute_force(some: list[naive.Shape], title: str, text: str) -> None:
    rules = RuleSet.compile(
        [Rule(name=str(n), query=naive.write_query(shape), notify=()) for n, shape in enumerate(some)]
    )
    parts = naive.split_parts(title, text)
    expected = [str(n) for n, shape in enumerate(some) if naive.holds(shape, parts)]
    assert find(rules, make_article(text, title=title)) == expected


FORMS = (
    "drone",
    "Drones",
    "élection",
    "ELECTION",
    "elections",
    "Baku",
    "WHO",
    "who",
    "ışık",
    "IŞIK",
    "北京",
    "n",
)
asked = st.sampled_from(
    [
        *FORMS,
        *("dro*", "elec*", "bak*", "北京*", '"who drones"', '"baku elec*"', '"drone baku"~2', "north"),
        *("stem(elections)", "stem(drone)", "case(WHO)", 'case("Baku WHO")', "re(/dron/)", "re(/WH/i)"),
        *(
            "atleast2(who)",
            "atleast2(drone OR stem(drone))",
            "title:who",
            "title:(drone OR baku)",
            "lead:drone",
        ),
        *(
            "text:baku",
            "lang:tr",
            "lang:(en OR fr)",
            "source:gazette",
            "author:who",
            "tag:drones",
            "url:story",
        ),
        *("section:baku", 'source:"the who"', "title:dro*", "stem(drone) ONEAR/1 baku", "site:example"),
    ]
)
near = st.builds(
    lambda left, right, n: f"({' OR '.join(left)}) NEAR/{n} ({' OR '.join(right)})",
    *[st.lists(st.sampled_from((*FORMS, "stem(drone)", "bak*", "case(WHO)")), min_size=1, max_size=3)] * 2,
    st.integers(0, 4),
)
queries = st.recursive(
    st.one_of(asked, near),
    lambda inner: st.one_of(
        st.builds(lambda some: f"({' '.join(some)})", st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda some: f"({' OR '.join(some)})", st.lists(inner, min_size=2, max_size=3)),
        st.builds("({} AND NOT {})".format, inner, inner),
    ),
    max_leaves=6,
)
articles = st.builds(
    replace,
    st.just(make_article()),
    title=st.lists(st.sampled_from(FORMS), max_size=4).map(" ".join),
    text=st.lists(st.sampled_from(FORMS), max_size=12).map(" ".join),
    language=st.sampled_from(["en", "fr", "tr", "xx", None]),
    source=st.sampled_from(["gazette", "the who"]),
    section=st.sampled_from([None, "Baku"]),
    authors=st.sampled_from([(), ("Ann Who",)]),
    tags=st.sampled_from([(), ("drones", "élection")]),
)
asking = st.builds(
    lambda query, stem, fold: Rule(name="", query=query, notify=(), stem=stem, fold_diacritics=fold),
    queries,
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=200)
@given(st.lists(asking, min_size=1, max_size=5), st.lists(articles, min_size=1, max_size=3), st.data())
def test_the_index_finds_what_each_rule_finds_alone(
    some: list[Rule], given_articles: list[Article], data: st.DataObject
) -> None:
    rules = [replace(rule, name=str(number)) for number, rule in enumerate(some)]
    compiled = RuleSet.compile(rules)
    gone = data.draw(st.sets(st.sampled_from([rule.name for rule in rules])))
    for name in gone:
        compiled.remove(name)
    left = [rule for rule in rules if rule.name not in gone]
    for article in given_articles:
        alone = tuple(rule for rule in left if matches_query(read_rule(rule), article))
        assert compiled.find(article) == alone


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("drone baku", {"drone", "Baku", "baku"}),
        ("north (drone NEAR/1 baku)", {"North", "drone", "Baku"}),
        ("drone (north OR zebra) -apple", {"North", "drone"}),
        ("drone AND (zebra OR (north baku) OR (north apple))", {"North", "drone", "Baku", "baku"}),
        ("(baku zebra) OR (again baku) OR north", {"North", "again", "Baku", "baku"}),
        ('title:fall "a drone"', {"fall", "A drone"}),
        ('title:"two fall"', {"Two fall"}),
        ("lang:en source:gazette", set()),
    ],
)
def test_only_what_made_a_rule_hold_is_marked(query: str, marked: set[str]) -> None:
    article = make_article("North: A drone over Baku. Fall again in old baku.", title="Two fall")
    (match,) = compile_rules(query).match(replace(article, language="en"))
    assert {e.text[start:end] for e in match.excerpts for start, end in e.marks} == marked


@settings(max_examples=200)
@given(
    st.lists(asking, min_size=1, max_size=5),
    articles,
    st.dictionaries(st.sampled_from(FORMS), st.floats(0, 1)),
)
def test_what_is_shown_for_a_rule_is_what_its_tree_marks(
    some: list[Rule], article: Article, shares: dict[str, float]
) -> None:
    rules = RuleSet.compile([replace(rule, name=str(number)) for number, rule in enumerate(some)], shares)
    for match in rules.match(article):
        query = read_rule(match.rule)
        marks = set(query.root.marks(document.Document(article, query.reading)))
        assert match.excerpts == Excerpts(article).choose(marks)


@given(shapes, texts, texts)
def test_what_the_search_index_is_asked_misses_no_match(shape: naive.Shape, title: str, text: str) -> None:
    query = parse_query(naive.write_query(shape))
    if not matches_query(query, make_article(text, title=title)):
        return
    terms = {*split_terms(title), *split_terms(text)}
    asked = required_terms(query)
    assert not asked or any(all(_occurs(term, terms) for term in conjunction) for conjunction in asked)


def _occurs(term: str, terms: set[str]) -> bool:
    return term in terms or (term.endswith("*") and any(other.startswith(term[:-1]) for other in terms))


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("Artsakh -football", (("artsakh",),)),
        ('a AND ("b c" OR d*)', ()),
        ("one (two OR thr*)", (("one", "two"), ("one", "thr*"))),
        ('"one two" NEAR six*', (("one", "two", "six*"),)),
        ("atleast2(case(WHO)) stem(x)", (("who",),)),
        ('"one two thr*"', (("one", "two", "thr*"),)),
        ("author:one", ()),
        ("one OR author:two", ()),
        ("re(/x/)", ()),
        (" OR ".join(f"w{n}" for n in range(100)), ()),
        ("one " + " ".join(f"(a{n} OR b{n})" for n in range(20)), None),
    ],
)
def test_the_search_index_is_asked_for_what_must_occur(
    query: str, asked: tuple[tuple[str, ...], ...] | None
) -> None:
    if query == 'a AND ("b c" OR d*)':
        query, asked = 'a AND ("b c" OR ddd*)', (("a", "b", "c"), ("a", "ddd*"))
    found = required_terms(parse_query(query))
    if asked is None:
        assert 0 < len(found) <= 64
    else:
        assert found == asked


@settings(max_examples=50)
@given(st.text(), st.text(), st.sampled_from(["drone", "minist*", "re(/[a-z]+/)", "stem(going)", "lead:a"]))
def test_no_text_breaks_a_rule(title: str, text: str, query: str) -> None:
    for match in compile_rules(query).match(make_article(text, title=title)):
        assert match.excerpts


def test_an_article_of_5_mb_is_matched_by_every_kind_of_rule() -> None:
    rules = compile_rules("drone NEAR/3 word", "re(/dr.ne/)", "dron*", '"word drone"', "atleast100(word)")
    article = make_article("word " * 999_999 + "drone")
    assert len(rules.match(article)) == 5


def test_what_stands_everywhere_in_a_long_article_is_found() -> None:
    rules = compile_rules(
        '"a a"', '"a a zeb*"', '"a zebra"~9', "atleast100(a)", "(a OR b) NEAR/9 (a OR c)", "a NEAR/3 a"
    )
    article = make_article("a " * 200_000 + "zebra")
    assert len(rules.find(article)) == len(rules)


def test_words_late_in_a_long_article_are_shown_where_they_stand() -> None:
    rules = compile_rules("drone NEAR/2 baku", "case(Drone)", '"x a drone"')
    article = make_article("x " * tokens.STRETCH + "A Drone over Baku.\n\nNo drone.")
    shown = [match.excerpts[0] for match in rules.match(article)]
    assert [[one.text[start:end] for start, end in one.marks] for one in shown] == [
        ["Drone", "Baku"],
        ["Drone"],
        ["x A Drone"],
    ]


def test_a_spelling_is_found_as_a_word_alone_and_only_in_its_field() -> None:
    rules = compile_rules("case(Who)", "title:case(Who)", "case(Who is)", "case(Whole) OR case(Dr)")
    assert find(rules, make_article("Whole Who's Who is who", title="who")) == [
        "case(Who)",
        "case(Who is)",
        "case(Whole) OR case(Dr)",
    ]
    assert find(rules, make_article("who, Whooping", title="Who")) == ["case(Who)", "title:case(Who)"]


def test_forms_are_looked_for_among_so_many_words_of_an_article(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_STEMMED", 3)
    rules = compile_rules("stem(vote)", "stem(drone)")
    long, short = (
        make_article("voted, voted on with drones", title="He"),
        make_article("voted, drones", title="He"),
    )
    assert find(rules, replace(long, language="en")) == ["stem(vote)"]
    assert find(rules, replace(short, language="en")) == ["stem(vote)", "stem(drone)"]


@given(near, articles)
def test_what_stands_near_in_a_long_text_is_what_stands_near_in_a_short_one(
    query: str, article: Article
) -> None:
    expected = compile_rules(query).match(article)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(document, "LONG", -1)
        assert compile_rules(query).match(article) == expected


pieces = st.text(st.one_of(st.characters(), st.sampled_from("ab \n\u3000北京กำ.,'\u0301\u200b")))


@given(pieces, st.integers(1, 9))
def test_a_text_cut_into_stretches_has_the_same_words_in_the_same_places(text: str, stretch: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tokens, "STRETCH", stretch)
        assert "".join(tokens.cut_stretches(text)) == text
        cut = document.Document(make_article(text))
    first, last = cut.bounds(document.Field.TEXT)
    assert cut.body.terms[first:last] == list(split_terms(text))
    assert [cut.span(at) for at in range(first, last)] == [token[1:] for token in tokens.tokenize(text)]
