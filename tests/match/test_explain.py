import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match import (
    clauses_of,
    explain_query,
    leave_out,
    matches_query,
    missing_clause,
    parse_query,
    terms_of,
)
from monitor.model import Article
from tests.fakes import START

ARTICLE = Article(
    url="https://gazette.example/1",
    source="gazette",
    title="Drone strike near the dam",
    text="The foreign ministry said that a drone hit the north wall. Hospitals were warned.",
    fetched_at=START,
    extractor_version=1,
    language="en",
)

QUERIES = [
    "drone",
    "minist*",
    '"foreign ministry"',
    '"drone wall"~4',
    "drone NEAR/5 wall",
    "drone ONEAR/5 wall",
    "title:dam",
    'title:"drone strike"',
    "stem(hospital)",
    "case(Hospitals)",
    "atleast2(drone)",
    r"re(/wall\./)",
    "drone (wall OR gate) -flood",
    'source:gazette AND (NOT flood OR "north wall")',
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_is_written_out_again_means_the_same(query: str) -> None:
    parsed = parse_query(query)
    clause = explain_query(parsed, ARTICLE)
    assert clause.holds is matches_query(parsed, ARTICLE) is True
    assert parse_query(clause.written).root == parsed.root


def test_a_tree_says_what_was_true_what_was_not_and_where() -> None:
    clause = explain_query(parse_query('drone AND (flood OR "north wall")'), ARTICLE)
    assert [(child.written, child.holds) for child in clause.children] == [
        ("drone", True),
        ('(flood OR "north wall")', True),
    ]
    flood, wall = clause.children[1].children
    assert (flood.holds, flood.excerpts) == (False, ())
    [excerpt] = wall.excerpts
    assert [excerpt.text[start:end] for start, end in excerpt.marks] == ["north wall"]


def test_an_article_that_fails_by_one_clause_names_it() -> None:
    assert missing_clause(parse_query("drone flood wall"), ARTICLE) == "flood"
    assert missing_clause(parse_query("drone -wall"), ARTICLE) == "NOT wall"
    assert missing_clause(parse_query("drone wall"), ARTICLE) is None
    assert missing_clause(parse_query("flood fire"), ARTICLE) is None


def test_a_query_without_one_of_its_clauses_is_still_a_query() -> None:
    query = parse_query("drone flood -fire")
    drone, flood, fire = clauses_of(query)
    without = leave_out(query, flood)
    assert without is not None
    assert matches_query(without, ARTICLE)
    only = leave_out(parse_query("drone -fire"), drone)
    assert only is None
    assert leave_out(query, fire) is not None


def test_the_terms_of_a_query_are_what_it_looks_for_and_not_what_it_refuses() -> None:
    terms = terms_of(parse_query('drone AND ("north wall" OR flood) AND drone -fire'))
    assert [term.text for term in terms] == ["drone", '"north wall"', "flood"]


@given(
    st.lists(st.sampled_from(["drone", "wall", "flood", "fire", "dam"]), min_size=1, max_size=5, unique=True)
)
def test_what_is_missing_is_what_keeps_a_rule_from_matching(words: list[str]) -> None:
    query = parse_query(" ".join(words))
    missing = missing_clause(query, ARTICLE)
    if missing is not None:
        assert not matches_query(query, ARTICLE)
        left = [word for word in words if word != missing]
        assert not left or matches_query(parse_query(" ".join(left)), ARTICLE)
