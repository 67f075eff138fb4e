"""When two articles tell one event in words of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe import (
    MIN_STORY_SCORE,
    compare_outlines,
    explain_story,
    join_story,
    outline_article,
    score_story,
    weigh,
)
from monitor.model import Article, Outline, Relation, StoryCandidates, Teller, Verdict

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

FIRE = (
    "A warehouse fire in Port Quillby killed four people on Monday. The mayor, Ansel Varrow, said that the "
    "blaze began in a hall of the shipping company Tesmond before dawn and burned for nine hours."
)
SAME_FIRE = (
    "Four people died when flames destroyed a warehouse of the shipping company Tesmond in Port Quillby. "
    "Firemen fought the blaze for nine hours on Monday, the mayor Ansel Varrow told reporters."
)
ELECTION = (
    "Voters in Upper Orvane chose a new council on Sunday. The party of Mira Kestrin won twelve of the "
    "thirty seats, three more than before, and will talk with the Greens about a coalition."
)
WEATHER = (
    "Rain is expected in %s on Monday, with gusts of wind from the west and temperatures of %d degrees in "
    "the afternoon. The night will be clear; drivers are asked to mind the fog on the lower roads."
)


def tell(
    title: str, text: str, *, page: str = "a", source: str = "gazette", language: str | None = "en"
) -> Article:
    return Article(
        url=f"https://{source}.example/{page}",
        source=source,
        title=title,
        text=text,
        fetched_at=NOW,
        extractor_version=1,
        language=language,
    )


def outline(article: Article) -> Outline:
    """Return the weighed outline of an article in an empty archive."""
    return weigh(outline_article(article), 0, {})


def teller(article: Article, days: float = 0) -> Teller:
    moment = NOW - timedelta(days=days)
    return Teller(
        article_id=article.id,
        source=article.source,
        story_id="fire",
        told_at=moment,
        outline=outline(article),
    )


A_FIRE = tell("Four dead in warehouse fire in Port Quillby", FIRE)
RETOLD = tell("Warehouse fire in Port Quillby kills four", SAME_FIRE, source="courier")
NEW = Verdict(relation=Relation.NEW, story_id="own")


def test_one_event_in_other_words_scores_and_other_news_does_not() -> None:
    assert compare_outlines(outline(A_FIRE), outline(RETOLD)) >= MIN_STORY_SCORE
    election = outline(tell("Kestrin wins the vote in Upper Orvane", ELECTION))
    assert compare_outlines(outline(A_FIRE), election) < MIN_STORY_SCORE / 4


def test_forms_of_a_word_count_as_one_in_the_language_of_the_article() -> None:
    one, other = tell("", "markets closing"), tell("", "market closes")
    assert compare_outlines(outline(one), outline(other)) > 0.99
    unknown = [outline(replace(each, language=None)) for each in (one, other)]
    assert compare_outlines(*unknown) == 0
    assert compare_outlines(outline(one), outline(replace(one, language="de"))) == 0


def test_reports_of_one_template_differ_in_the_names_and_numbers_of_their_headlines() -> None:
    here = outline(tell("Weather: rain in Quillby, 12 degrees", WEATHER % ("Quillby", 12)))
    there = outline(tell("Weather: rain in Orvane, 17 degrees", WEATHER % ("Orvane", 17)))
    unnamed = outline(tell("Weather", WEATHER % ("Orvane", 17)))
    assert compare_outlines(here, there) < 0.6 * compare_outlines(here, here)
    assert compare_outlines(here, there) < compare_outlines(here, unnamed) * 0.9


def test_a_name_that_the_other_text_mentions_is_no_difference() -> None:
    headline = tell("Varrow speaks of the fire", FIRE)
    assert compare_outlines(outline(headline), outline(A_FIRE)) == compare_outlines(
        replace(outline(headline), facts=frozenset()), replace(outline(A_FIRE), facts=frozenset())
    )


def test_capitals_in_every_word_of_a_headline_make_no_names() -> None:
    assert outline_article(tell("Stocks Fall As Traders Wait", "stocks fall as traders wait")).facts == set()
    assert outline_article(tell("Traders wait for Varrow", "Traders wait.")).facts != set()


def test_scripts_without_spaces_are_compared_by_pairs_of_characters() -> None:
    one = outline(tell("东京发生火灾", "东京一处仓库发生火灾", language="zh"))
    other = outline(tell("仓库火灾", "东京仓库的火灾", language="zh"))
    shuffled = outline(tell("灾火库仓", "灾火的库仓京东", language="zh"))
    assert compare_outlines(one, other) > 0.3
    assert compare_outlines(one, shuffled) < 0.05


def test_a_rare_word_weighs_more_than_one_that_all_articles_have() -> None:
    plain = outline_article(tell("", "heron minister"))
    heron = outline_article(tell("", "heron")).terms[0]
    minister = outline_article(tell("", "minister")).terms[0]
    weighed = weigh(plain, 1000, {minister: 900, heron: 2})
    assert weighed.terms == (heron, minister)
    assert abs(sum(weight**2 for weight in weighed.weights) - 1) < 1e-9


def test_days_between_two_articles_lower_the_score() -> None:
    scores = [score_story(RETOLD, outline(RETOLD), teller(A_FIRE, days)) for days in (0, 1, 6, 100)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == 0


def test_an_article_joins_the_closest_story_and_a_copy_stays_with_its_original() -> None:
    near, far = teller(A_FIRE), replace(teller(A_FIRE, 2), article_id="0", story_id="other")
    candidates = StoryCandidates(outline=outline(RETOLD), tellers=(far, near))
    joined = join_story(RETOLD, NEW, candidates)
    assert (joined.story_id, joined.relation) == ("fire", Relation.NEW)
    assert joined.story_score >= MIN_STORY_SCORE
    copy = replace(NEW, relation=Relation.COPY, of="x")
    assert join_story(RETOLD, copy, candidates) == copy


def test_what_an_outlet_writes_again_is_news_and_no_part_of_its_story() -> None:
    again = replace(RETOLD, source=A_FIRE.source)
    assert join_story(again, NEW, StoryCandidates(outline=outline(again), tellers=(teller(A_FIRE),))) == NEW
    said = explain_story((A_FIRE, again), (outline(A_FIRE), outline(again)))
    assert (said.score, said.is_one_story) == (0, False)
    assert said.cosine > MIN_STORY_SCORE


def test_why_two_articles_are_one_story_is_said_in_words() -> None:
    said = explain_story((A_FIRE, RETOLD), (outline(A_FIRE), outline(RETOLD)))
    assert said.is_one_story
    assert {"quillby", "tesmond", "warehouse"} <= set(said.shared)
    other = tell("Kestrin wins in Orvane", ELECTION, source="courier")
    said = explain_story((A_FIRE, other), (outline(A_FIRE), outline(other)))
    assert not said.is_one_story
    assert "quillby" in said.not_mentioned


words = st.text(alphabet=st.characters(codec="utf-8"), max_size=80)


@given(words, words, words, words, st.sampled_from(["en", "ru", "zh", None]))
def test_the_order_of_two_articles_never_changes_their_score(
    title: str, text: str, other_title: str, other_text: str, language: str | None
) -> None:
    one, other = (
        outline(tell(title, text, language=language)),
        outline(tell(other_title, other_text, language=language)),
    )
    score = compare_outlines(one, other)
    assert abs(score - compare_outlines(other, one)) < 1e-9
    assert 0 <= score <= 1


@given(words, words)
def test_an_article_with_a_word_tells_the_story_that_it_tells(title: str, text: str) -> None:
    one = outline(tell(title, text))
    assert not one.terms or compare_outlines(one, one) > 0.999


def test_a_hostile_text_of_any_size_has_a_small_outline() -> None:
    for text in ("", "?!", "\ud800 \0", "word " * 1_000_000, "A" * 5_000_000, "Ab, " * 500_000):
        assert len(outline_article(tell(text, text)).terms) < 300
