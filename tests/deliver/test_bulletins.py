"""Digests and word of the sources: what people and programs read, whatever the pages say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from selectolax.lexbor import LexborHTMLParser

from monitor.deliver import webhook_schema
from monitor.deliver.body import MAX_GATHERED_TEXT_CHARS, write_body
from monitor.deliver.bulletins import MAX_FULL_STORIES, MAX_GAPS
from monitor.deliver.message import write_message
from monitor.deliver.wording import MAX_SUBJECT_CHARS, Wording
from monitor.model import (
    Coverage,
    Delivery,
    DeliveryState,
    Digest,
    Gap,
    HealthNotice,
    Outgoing,
    Outlet,
    Turn,
    name_id,
)
from tests.deliver.servers import parse_mail
from tests.deliver.stories import FETCHED, hostile_titles, make_article, make_delivery, titled
from tests.deliver.test_body import SCHEMA, undocumented
from tests.deliver.test_message import ENVELOPE, HEADERS

WORDING = Wording(ZoneInfo("Europe/Vienna"))
VALIDATOR = Draft202012Validator(webhook_schema(), format_checker=FormatChecker())
HOUR = timedelta(hours=1)
GAP = Gap(source="gazette", reason="gazette.example: 503", since=FETCHED)
COVERAGE = Coverage(sources=42, gaps=(GAP,))


def make_digest(
    deliveries: Sequence[Delivery] | None = None,
    *,
    coverage: Coverage | None = COVERAGE,
    limit: int | None = None,
) -> Digest:
    return Digest(
        id=name_id("digest", "1"),
        channel="desk",
        created_at=FETCHED,
        deliveries=tuple([make_delivery()] if deliveries is None else deliveries),
        coverage=coverage,
        limit=limit,
        state=DeliveryState.SENDING,
        attempts=0,
        next_attempt_at=FETCHED,
    )


def make_notice(*turns: Turn) -> HealthNotice:
    return HealthNotice(
        id=name_id("health", "1"),
        channel="ops",
        created_at=FETCHED,
        turns=turns or (Turn(source="gazette", well=False, reason="503", since=FETCHED),),
        state=DeliveryState.SENDING,
        attempts=0,
        next_attempt_at=FETCHED,
    )


def another(title: str, number: int, *, story: int | None = None, rule: str = "ferries") -> Delivery:
    """Return an alert about another article, in a story of its own or in a given one."""
    article = replace(make_article(title), url=f"https://www.ansel-gazette.example/{number}", key="")
    delivery = make_delivery(article, number=number, rule=rule)
    story_id = name_id("story", str(number if story is None else story))
    return replace(delivery, alert=replace(delivery.alert, story_id=story_id))


def shown(html: str) -> str:
    return " ".join(LexborHTMLParser(html).text(separator=" ").split())


# --- people --------------------------------------------------------------------------------------


def test_a_digest_shows_each_article_with_its_sentences_and_ends_with_what_was_watched() -> None:
    digest = make_digest([make_delivery(), another("The old pier is closed", 1)])
    letter = WORDING.write_letter(digest)
    assert letter.subject == "[desk] 2 stories: Harbour council & ferry union to meet"
    for body in (letter.text, shown(letter.html)):
        assert "2 alerts in 2 stories." in body
        assert body.index("Harbour council & ferry union to meet") < body.index("The old pier is closed")
        assert "The Ansel Gazette · 4 March 2026, 10:00 CET · ferries" in body.replace("\xb7", "·")
        assert "41 of 42 sources read" in body
        assert "gazette silent since 4 March 2026, 10:12 CET: gazette.example: 503" in body
    assert "> The *harbour council* of Port Ansel" in letter.text
    assert [m.text() for m in LexborHTMLParser(letter.html).css("mark")][:2] == [
        "harbour council",
        "ferry union",
    ]


def test_an_article_that_several_rules_have_found_is_shown_once_with_all_of_them() -> None:
    digest = make_digest([make_delivery(rule="ferries"), make_delivery(rule="harbours")])
    letter = WORDING.write_letter(digest)
    assert letter.subject.startswith("[desk] 1 story: ")
    assert letter.text.count("Harbour council & ferry union to meet") == 1
    assert "ferries, harbours" in letter.text
    assert letter.text.count("> The *harbour council*") == 1


def test_the_articles_of_one_story_stand_under_its_first() -> None:
    digest = make_digest([another("First", 1), another("Second", 2, story=1), another("Third", 3)])
    tree = LexborHTMLParser(WORDING.write_letter(digest).html)
    assert [each.text(strip=True) for each in tree.css(".later h2")] == ["Second"]


def test_a_digest_of_a_limit_says_so() -> None:
    letter = WORDING.write_letter(make_digest([make_delivery()] * 37, limit=12))
    assert "The limit of 12 an hour was reached; these 37 waited." in letter.text
    assert letter.subject.startswith("[desk] 1 story that waited: ")


def test_a_digest_without_news_says_what_was_watched() -> None:
    letter = WORDING.write_letter(replace(make_digest([]), since=FETCHED - 24 * HOUR))
    assert letter.subject == "[desk] No news; 1 source not read"
    assert letter.text.startswith("No news since 3 March 2026, 10:12 CET.\n")
    assert "41 of 42 sources read" in letter.text


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        (Coverage(sources=42), "All 42 sources read."),
        (Coverage(sources=1), "The source was read."),
        (Coverage(sources=1, gaps=(GAP,)), "0 of 1 source read:"),
    ],
)
def test_the_receipt_says_whether_anything_was_missed(coverage: Coverage, said: str) -> None:
    assert said in WORDING.write_letter(make_digest(coverage=coverage)).text


def test_of_many_gaps_the_receipt_says_how_many_more_there_are() -> None:
    gaps = tuple(replace(GAP, source=f"paper-{n}") for n in range(MAX_GAPS + 7))
    text = WORDING.write_letter(make_digest(coverage=Coverage(sources=99, gaps=gaps))).text
    assert "and 7 more; see `monitor sources`" in text
    assert f"paper-{MAX_GAPS - 1} " in text
    assert f"paper-{MAX_GAPS} " not in text


def test_a_digest_of_any_size_names_every_article_and_stays_of_bounded_size() -> None:
    deliveries = [another(f"Story number {n} of the day", n) for n in range(500)]
    letter = WORDING.write_letter(make_digest(deliveries))
    for n in range(500):
        assert f"/{n}\n" in letter.text
        assert f"Story number {n} of" in letter.html
    assert len(LexborHTMLParser(letter.html).css("p.quote")) == MAX_FULL_STORIES
    assert len(letter.html) < 300_000
    few = WORDING.write_letter(make_digest(deliveries[:60]))
    assert len(few.html.encode()) < 102_000  # where Gmail clips


def test_a_digest_names_the_other_outlets() -> None:
    outlet = Outlet(source="courier", site_name="The Courier", title="x", url="https://courier.example/")
    text = WORDING.write_letter(make_digest([replace(make_delivery(), also_in=(outlet,))])).text
    assert "Also reported by The Courier" in text


def test_a_digest_names_what_was_gathered_for_an_alert_with_its_link() -> None:
    outlet = Outlet(source="courier", site_name=None, title="More <b>", url="https://courier.example/more")
    many = [make_delivery(number=n) for n in range(MAX_FULL_STORIES)]
    last = replace(make_delivery(number=MAX_FULL_STORIES), further=(outlet,))
    for deliveries in ([last], [*many, last]):
        letter = WORDING.write_letter(make_digest(deliveries))
        assert "* More <b> (courier)\n  https://courier.example/more\n" in letter.text
        assert '<a href="https://courier.example/more">More &lt;b&gt;</a>' in letter.html


def test_word_of_the_sources_says_what_turned_why_and_since_when() -> None:
    letter = WORDING.write_letter(make_notice())
    assert letter.subject == "gazette is unwell: 503"
    assert "1 source is unwell." in letter.text
    assert "gazette is unwell since 4 March 2026, 10:12 CET: 503" in shown(letter.html)
    well = Turn(source="courier", well=True, reason="it gave nothing", since=FETCHED)
    assert WORDING.write_letter(make_notice(well)).subject == "courier is well again"
    both = WORDING.write_letter(make_notice(well, *make_notice().turns))
    assert both.subject == "1 source is unwell, 1 source is well again"
    assert "courier is well again; it was unwell since 4 March 2026, 10:12 CET: it gave nothing" in both.text


@pytest.mark.parametrize("message", [make_digest(), make_notice()], ids=["digest", "notice"])
def test_the_mail_loads_nothing_and_links_only_articles(message: Outgoing) -> None:
    html = WORDING.write_letter(message).html
    assert "url(" not in html
    assert "@import" not in html
    tree = LexborHTMLParser(html)
    assert not tree.css("img, script, link, iframe, object, video, audio, form")
    assert {a.attributes["href"] for a in tree.css("a")} <= {make_article().url}


def test_a_note_of_a_digest_is_its_text() -> None:
    note = WORDING.write_note(make_digest())
    assert note.title == "[desk] 1 story: Harbour council & ferry union to meet"
    assert "41 of 42 sources read" in note.body


# --- mail ----------------------------------------------------------------------------------------


def test_a_digest_has_the_same_message_id_on_every_attempt() -> None:
    digest = make_digest()
    raw = write_message(ENVELOPE, digest, WORDING.write_letter(digest))
    again = replace(digest, attempts=3, last_error="451")
    assert raw == write_message(ENVELOPE, again, WORDING.write_letter(again))
    mail = parse_mail(raw)
    assert mail["Message-ID"] == f"<digest.{digest.id}@example.org>"
    assert mail["Date"] == "Wed, 04 Mar 2026 09:12:30 +0000"
    assert "References" not in mail


def test_word_of_one_source_stands_in_one_thread() -> None:
    unwell = make_notice()
    well = make_notice(replace(unwell.turns[0], well=True))
    threads = {
        parse_mail(write_message(ENVELOPE, notice, WORDING.write_letter(notice)))["References"]
        for notice in (unwell, well)
    }
    assert threads == {f"<source.{name_id('source', 'gazette')}@example.org>"}


def test_hostile_headlines_forge_no_header_and_no_markup_of_a_digest() -> None:
    titles = list(hostile_titles(600))
    for start in range(0, len(titles), 40):
        some = [titled(title, n) for n, title in enumerate(titles[start : start + 40])]
        digest = make_digest(some)
        letter = WORDING.write_letter(digest)
        mail = parse_mail(write_message(ENVELOPE, digest, letter))
        assert [name for name in HEADERS if name not in ("In-Reply-To", "References")] == mail.keys()
        assert len(letter.subject) <= MAX_SUBJECT_CHARS
        assert not LexborHTMLParser(letter.html).css("script, img, iframe")


def test_each_hostile_headline_arrives_at_the_head_of_a_digest() -> None:
    for number, title in enumerate(hostile_titles(600)):
        digest = make_digest([titled(title, number)])
        mail = parse_mail(write_message(ENVELOPE, digest, WORDING.write_letter(digest)))
        assert mail["Message-ID"] == f"<digest.{digest.id}@example.org>"
        assert "Bcc" not in mail
        VALIDATOR.validate(json.loads(write_body(digest)))


# --- programs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "schema"),
    [
        (make_digest(), 1),
        (make_digest([], coverage=None, limit=None), 1),
        (replace(make_digest(limit=12), since=FETCHED), 1),
        (make_notice(), 2),
    ],
)
def test_a_body_holds_what_the_schema_says_and_nothing_else(message: Outgoing, schema: int) -> None:
    body = json.loads(write_body(message))
    VALIDATOR.validate(body)
    assert undocumented(body, SCHEMA["oneOf"][schema]) == []


def test_a_body_of_a_digest_holds_its_alerts_and_what_was_watched() -> None:
    body = json.loads(write_body(make_digest([make_delivery(), another("Second", 1)], limit=12)))
    assert (body["type"], body["timestamp"]) == ("digest", "2026-03-04T09:12:30Z")
    assert body["data"]["limit"] == 12
    assert [alert["article"]["title"] for alert in body["data"]["alerts"]] == [
        "Harbour council & ferry union to meet",
        "Second",
    ]
    assert body["data"]["coverage"] == {
        "sources": 42,
        "read": 41,
        "gaps": [{"source": "gazette", "since": "2026-03-04T09:12:30Z", "reason": "gazette.example: 503"}],
    }


def test_articles_in_a_digest_are_cut_and_say_so() -> None:
    body = json.loads(write_body(make_digest([make_delivery(make_article(text="word " * 5000))])))
    [alert] = body["data"]["alerts"]
    assert len(alert["article"]["text"]) == MAX_GATHERED_TEXT_CHARS
    assert not alert["article"]["text_complete"]


def test_a_body_of_a_word_of_the_sources_names_them() -> None:
    body = json.loads(write_body(make_notice()))
    assert body["type"] == "health"
    assert body["data"]["sources"] == [
        {"source": "gazette", "state": "unwell", "since": "2026-03-04T09:12:30Z", "reason": "503"}
    ]


def test_times_are_said_in_the_readers_timezone() -> None:
    assert "4 March 2026, 09:12 UTC" in Wording(UTC).write_letter(make_digest()).text
