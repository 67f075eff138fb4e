"""Tickers, weather boxes and polls that only their shape tells from the story, in twelve languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from monitor.extract import Reason, explain_page
from monitor.model import Link, Response, Template
from tests.extract.conftest import READ_AT, Reader
from tests.extract.test_body import PARAGRAPHS, lay_out

PLAIN = "text/plain; charset=utf-8"
URL = "https://gazette.example/story"
STRIPS = (Reason.TICKER, Reason.METALS, Reason.STOCKS)


@dataclass(frozen=True)
class Told:
    """A story and the lines that sites put above, amid and below it."""

    title: str
    byline: str
    name: str
    paragraphs: list[str]
    above: list[str]
    amid: list[str]
    below: list[str]


def load(path: Path) -> Told:
    """Load a saved story: its parts are separated by blank lines, and hold a line for each block."""
    (title, byline, name), *parts = (
        part.splitlines() for part in path.read_text(encoding="utf-8").split("\n\n")
    )
    return Told(title, byline, name, *parts)


STORIES = {
    p.stem: load(p) for p in sorted((Path(__file__).parent.parent / "fixtures/languages").glob("*.txt"))
}


def flatten(told: Told, *, amid: list[str] | None = None) -> str:
    """Return the page of a story as text, a line for each block."""
    half = len(told.paragraphs) // 2
    between = told.amid if amid is None else amid
    lines = [*told.above, told.title, told.byline, *told.paragraphs[:half], *between]
    return "\n\n".join([*lines, *told.paragraphs[half:], *told.below])


def mark_up(told: Told) -> str:
    """Return the page of a story as HTML without a class, the boxes from above amid the paragraphs too."""

    def wrap(lines: list[str], tag: str) -> str:
        return "".join(f"<{tag}>{escape(line)}</{tag}>" for line in lines)

    half = len(told.paragraphs) // 2
    amid = wrap(told.amid, "div") + wrap(told.above, "p")
    story = wrap(told.paragraphs[:half], "p") + amid + wrap(told.paragraphs[half:], "p")
    head = (
        f"<div>{wrap(told.above, 'div')}</div><h1>{escape(told.title)}</h1><div>{escape(told.byline)}</div>"
    )
    return f"<title>{escape(told.title)}</title><div>{head}<div>{story}{wrap(told.below, 'div')}</div></div>"


@pytest.mark.parametrize("language", STORIES)
def test_a_page_flattened_to_text_gives_its_story_alone(language: str, read: Reader) -> None:
    told = STORIES[language]
    article = read(flatten(told), content_type=PLAIN).article
    assert article.title == told.title
    assert article.authors == (told.name,)
    assert article.text.split("\n\n") == told.paragraphs
    assert article.language == language
    assert article.published_at == datetime(2031, 12, 29, tzinfo=UTC)


@pytest.mark.parametrize("language", STORIES)
def test_boxes_amid_a_story_are_stripped_though_the_markup_says_nothing(language: str, read: Reader) -> None:
    told = STORIES[language]
    article = read(mark_up(told)).article
    assert article.title == told.title
    assert article.text.split("\n\n") == told.paragraphs


@pytest.mark.parametrize("language", STORIES)
def test_the_ticker_the_weather_and_the_poll_are_named(language: str) -> None:
    told = STORIES[language]
    response = Response(url=URL, fetched_at=READ_AT, body=flatten(told).encode(), content_type=PLAIN)
    explanation = explain_page(response, Link(url=URL, source="gazette"), Template())
    named = {decision.block.text: decision.reason for decision in explanation.decisions}
    ticker = [line for line in told.above if named[line] in STRIPS]
    weather = [line for line in told.below if named[line] is Reason.WEATHER]
    poll = [line for line in told.below if named[line] is Reason.POLL]
    question = next(line for line in told.below if line.endswith(("?", "؟", "？")) or "՞" in line)
    assert len(ticker) >= 2
    assert len(weather) >= 4
    assert question in poll
    assert not any(named[line] is Reason.WEATHER for line in poll)


RATES = ["USD 11.84 (+0.32)", "EUR 12.71 (+0.24)", "GBP 14.96 (+0.41)"]


@pytest.mark.parametrize(
    "paragraphs",
    [
        [
            "The dollar rose to its highest level in four years on Thursday, and the euro with it.",
            "Gold gained two per cent by noon, silver one, and the pound stood where it had stood.",
        ],
        [
            "The council said on Thursday what a bridge costs that is bought abroad, and it was not amused.",
            "By noon the three largest banks of the country asked the following for the money that it takes:",
        ],
    ],
    ids=["its prose is about rates", "its prose leads to them"],
)
def test_a_story_that_gives_rates_itself_keeps_them(paragraphs: list[str], read: Reader) -> None:
    last = "Nobody could say on Thursday evening what the rates would be like on the morning after."
    lines = ["Krona slides to a four-year low", *paragraphs, *RATES, last]
    article = read("\n\n".join(lines), content_type=PLAIN).article
    assert article.text.split("\n\n") == [*paragraphs, *RATES, last]


def test_a_story_about_the_weather_keeps_its_forecast(read: Reader) -> None:
    forecast = ["Monday 14° Rain", "Tuesday 16° Cloudy", "Wednesday 21° Sunny"]
    paragraphs = [
        "Rain will cross the country from the west on Monday, and the wind will turn to the north.",
        "Fog stays in the valleys on Tuesday, the humidity remains high, and on the mountains snow may fall.",
    ]
    last = "The office expects a warm end of the week that nobody has to spend indoors any more."
    page = "\n\n".join(["A wet week lies ahead of us", *paragraphs, *forecast, last])
    assert read(page, content_type=PLAIN).article.text.split("\n\n") == [*paragraphs, *forecast, last]


def test_a_question_with_short_answers_is_the_story_s_unless_a_word_says_poll(read: Reader) -> None:
    quiz = ["Which of the three rivers is the longest of all?", "The Sel", "The Harrow", "The Oll"]
    told = STORIES["en"]
    kept = read(flatten(told, amid=quiz), content_type=PLAIN).article.text.split("\n\n")
    stripped = read(flatten(told, amid=["Poll", *quiz, "Vote"]), content_type=PLAIN).article.text.split(
        "\n\n"
    )
    assert kept == [*told.paragraphs[:2], *quiz, *told.paragraphs[2:]]
    assert stripped == told.paragraphs


ANSWERS = (
    "Soup in the evening.",
    "Dishes with a lot of garlic, onions and ginger.",
    "Sleep, and nothing else.",
)


def ask(question: str, tag: str = "div") -> str:
    """Return answers with a button each, below a line."""
    answers = "".join(f"<{tag}><input type='radio' name='a'>{answer}</{tag}>" for answer in ANSWERS)
    return f"<div><p>{question}</p></div><div>{answers}</div>"


@pytest.mark.parametrize("tag", ["div", "li", "label"])
def test_a_poll_without_a_word_for_it_is_known_by_its_buttons(tag: str, read: Reader) -> None:
    amid = ask("Which of these helps you most when you have a cold?", tag)
    assert read(lay_out(amid=amid)).article.text.split("\n\n") == PARAGRAPHS


def test_a_list_to_tick_off_is_the_storys(read: Reader) -> None:
    text = read(lay_out(amid=ask("What you need for a winter by the sea:", "li"))).article.text
    assert all(answer in text for answer in ANSWERS)


def test_one_box_to_tick_is_no_poll(read: Reader) -> None:
    amid = (
        "<p>Who pays for it all?</p><div><input type='checkbox'>The council pays for nearly all of it.</div>"
    )
    assert "The council pays" in read(lay_out(amid=amid)).article.text
