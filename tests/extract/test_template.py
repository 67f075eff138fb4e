# ruff: noqa: E501  (pages on one line)
"""A source's pages teach which blocks are its own."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

from monitor.errors import NotAnArticle
from monitor.extract import MIN_PAGES, WINDOW, read_article, read_together
from monitor.model import Link, Reading, Response, Template
from tests.extract.conftest import Reader

TOPICS = [
    "harbour",
    "orchard",
    "bridge",
    "school",
    "museum",
    "railway",
    "hospital",
    "library",
    "market",
    "theatre",
]


def make_page(number: int, *, notice: str = "") -> str:
    """Build a page whose markup says nothing, with a notice that changes daily amid the story."""
    topic = TOPICS[number % len(TOPICS)]
    paragraphs = [
        f"The council spent {n + number} hours on the {topic} and decided in round {n} what is to become of it in {topic} week {number}."
        for n in range(4)
    ]
    middle = f"<p>The valley's water stood at {300 + number * 7} centimetres on Monday, {number + 1} March, and {number} boats passed the lock.</p>"
    body = (
        "".join(f"<p>{p}</p>" for p in (*paragraphs[:2],))
        + (notice or middle)
        + "".join(f"<p>{p}</p>" for p in paragraphs[2:])
    )
    return f"<title>Council debates {topic} number {number}</title><div><h1>Council debates {topic} number {number}</h1><div>{body}</div></div>"


def learn(read: Reader, pages: int) -> Template:
    """Read some pages of a source and remember their blocks."""
    return Template(pages=tuple(read(make_page(n)).blocks for n in range(pages)))


def test_a_line_with_ever_changing_numbers_is_stripped_once_it_is_learned(read: Reader) -> None:
    fresh = read(make_page(40))
    assert "centimetres" in fresh.article.text
    reading = read(make_page(40), template=learn(read, MIN_PAGES))
    assert "centimetres" not in reading.article.text
    assert reading.stripped["learned template"] == 1
    assert len(reading.article.text.split("\n\n")) == 4


def test_nothing_is_learned_from_too_few_pages(read: Reader) -> None:
    assert "centimetres" in read(make_page(40), template=learn(read, MIN_PAGES - 1)).article.text


def test_a_block_on_less_than_half_of_the_pages_is_kept(read: Reader) -> None:
    other = Template(
        pages=tuple(read(make_page(n, notice="<p>Nothing else.</p>")).blocks for n in range(MIN_PAGES))
    )
    mixed = Template(pages=(*learn(read, MIN_PAGES - 1).pages, *other.pages))
    assert "centimetres" in read(make_page(40), template=mixed).article.text


def test_a_redesign_is_forgotten_as_its_pages_leave_the_window(read: Reader) -> None:
    old = learn(read, MIN_PAGES).pages
    new = tuple(read(make_page(n, notice="<p>Nothing else.</p>")).blocks for n in range(WINDOW - MIN_PAGES))
    assert "centimetres" in read(make_page(40), template=Template(pages=(*new, *old))).article.text


def test_the_greater_part_of_a_story_is_never_stripped(read: Reader) -> None:
    page = make_page(3)
    template = Template(pages=(read(page).blocks,) * MIN_PAGES)
    story = "<p>" + "One long paragraph carries most of what this page has to tell. " * 30 + "</p>"
    long_page = page.replace("</div></div>", story + "</div></div>")
    template = Template(pages=(read(long_page).blocks,) * MIN_PAGES)
    assert "One long paragraph" in read(long_page, template=template).article.text


def test_stories_told_by_formula_are_not_their_source_s_chrome(read: Reader) -> None:
    def page(number: int) -> str:
        return (
            f"<title>Exchange rates of {number} March</title><div>USD 3{number}.10 EUR 4{number}.20 GBP 5{number}.30</div>"
            f"<h1>Exchange rates of {number} March</h1><p>The central bank has set the rate of the dollar to 3{number}.1 for today.</p>"
            f"<p>The euro costs {number} points more than on the day before, and stands at 4{number}.2 this morning.</p>"
            f"<p>An ounce of gold is sold for 26{number} thousand, and one of silver for 3{number} in all banks.</p>"
            f"<p>The next rates will be published in {number} hours, when the exchange has closed its doors.</p>"
        )

    template = Template(pages=tuple(read(page(n)).blocks for n in range(10, 10 + MIN_PAGES)))
    reading = read(page(30), template=template)
    assert len(reading.article.text.split("\n\n")) == 4
    assert reading.stripped["currency ticker"] == 1


def test_hashes_are_the_same_in_every_process_and_fit_64_bits(read: Reader) -> None:
    blocks = read(make_page(1)).blocks
    assert blocks == read(make_page(1)).blocks
    assert all(0 <= block < 2**64 for block in blocks)


def test_a_learned_block_that_has_a_name_of_its_own_goes_by_it(read: Reader) -> None:
    def page(number: int) -> str:
        return make_page(number, notice=f"<p>USD 48.{number:02} EUR 52.{number:02} GBP 60.{number:02}</p>")

    template = Template(pages=tuple(read(page(n)).blocks for n in range(MIN_PAGES)))
    stripped = read(page(40), template=template).stripped
    assert stripped["currency ticker"] == 1
    assert "learned template" not in stripped


def arrived(number: int, page: str) -> tuple[Response, Link]:
    """Return a page of a source as it came, with its link."""
    url = f"https://gazette.example/{number}"
    response = Response(url=url, body=page.encode(), fetched_at=datetime(2026, 3, 1, tzinfo=UTC))
    return response, Link(url=url, source="gazette")


def test_the_first_pages_of_a_source_are_read_in_the_light_of_all_of_them(read: Reader) -> None:
    pages = [make_page(n) for n in range(MIN_PAGES)]
    readings, template = read_together([arrived(n, page) for n, page in enumerate(pages)], Template())
    assert template == Template(pages=tuple(read(page).blocks for page in reversed(pages)))
    for page, reading in zip(pages, readings, strict=True):
        assert isinstance(reading, Reading)
        alone = read(page, template=template)
        assert (reading.article.text, reading.stripped) == (alone.article.text, alone.stripped)


def test_a_page_that_holds_nothing_says_why_and_leaves_the_others(read: Reader) -> None:
    known = learn(read, MIN_PAGES)
    pages = [
        arrived(20, make_page(20)),
        arrived(21, " "),
        arrived(22, "<title>Soon</title><p>Come back.</p>"),
    ]
    (story, empty, short), template = read_together(pages, known)
    assert isinstance(story, Reading)
    assert isinstance(empty, NotAnArticle)
    assert isinstance(short, NotAnArticle)
    assert empty.reason == "the page is empty"
    assert template.pages[1:] == (read(make_page(20)).blocks, *known.pages), (
        "what was cut has taught, last first"
    )


def test_a_page_of_no_source_teaches_nothing_and_is_read_the_same() -> None:
    reading = read_article(*arrived(1, make_page(1)), None)
    taught = read_article(*arrived(1, make_page(1)), Template())
    assert reading.blocks == frozenset()
    assert taught.blocks
    assert (reading.article, reading.stripped) == (taught.article, taught.stripped)


def test_what_was_stripped_goes_to_another_process_as_it_is(read: Reader) -> None:
    reading = read(make_page(1, notice="<p>USD 48.12 EUR 52.12 GBP 60.12</p>"))
    sent = pickle.loads(pickle.dumps(reading))
    assert type(sent.stripped) is dict
    assert sent == reading
    assert sent.stripped == {"currency ticker": 1}


def test_numbers_are_masked_in_every_script(read: Reader) -> None:
    def notice(number: str, word: str) -> str:
        return make_page(1, notice=f"<p>{word} {number}</p>")

    for one, other, word in (
        ("12", "907", "ticket"),
        ("١٢", "٩٠", "تذكرة"),
        ("१२", "९०", "टिकट"),
        ("１２", "９０", "切符"),
    ):
        assert read(notice(one, word)).blocks == read(notice(other, word)).blocks
        assert read(notice(one, word)).blocks != read(notice(one, word + " b")).blocks
