"""A fictional story, the alert about it, and headlines written by somebody who means ill."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from monitor.model import Alert, Article, Delivery, DeliveryState, Excerpt, name_id

FETCHED = datetime(2026, 3, 4, 9, 12, 30, tzinfo=UTC)

FIRST = (
    "The harbour council of Port Ansel will meet the ferry union on Thursday, for the first time since May."
)
SECOND = "Both sides said that the timetable for the winter is the only question on the table."
TEXT = f"{FIRST}\n\n{SECOND}\n\nThe old pier stays closed until its piles have been looked at."


def excerpt_of(text: str, *words: str, in_title: bool = False) -> Excerpt:
    marks = tuple(sorted((text.index(word), text.index(word) + len(word)) for word in words))
    return Excerpt(text=text, marks=marks, in_title=in_title)


def make_article(title: str = "Harbour council & ferry union to meet", text: str = TEXT) -> Article:
    return Article(
        url="https://www.ansel-gazette.example/harbour/ferry?id=7&lang=en",
        source="ansel-gazette",
        title=title,
        text=text,
        fetched_at=FETCHED,
        extractor_version=1,
        authors=("Mara Fictional", "Ode Invented"),
        published_at=datetime(2026, 3, 4, 11, 0, tzinfo=timezone(timedelta(hours=2))),
        language="en",
        site_name="The Ansel Gazette",
    )


def make_delivery(
    article: Article | None = None,
    *,
    excerpts: tuple[Excerpt, ...] | None = None,
    number: int = 0,
    rule: str = "ferries",
) -> Delivery:
    article = article or make_article()
    excerpts = (excerpt_of(FIRST, "harbour council", "ferry union"),) if excerpts is None else excerpts
    alert = Alert(
        id=name_id("alert", str(number)),
        rule=rule,
        query='"harbour council" AND ferry*',
        channel="desk",
        story_id=name_id("story", str(number)),
        article_id=article.id,
        excerpts=excerpts,
        created_at=FETCHED,
    )
    return Delivery(
        alert=alert, article=article, state=DeliveryState.SENDING, attempts=0, next_attempt_at=FETCHED
    )


def titled(title: str, number: int = 0) -> Delivery:
    """Return a delivery whose headline, also in its excerpt, is `title`."""
    delivery = make_delivery(number=number)
    return replace(delivery, article=replace(delivery.article, title=title))


HOSTILE_TITLES = (
    "=?utf-8?q?=0d=0aBcc:_victim=40elsewhere.example?=",
    "=?utf-8?b?DQpCY2M6IHZpY3RpbUBlbHNld2hlcmUuZXhhbXBsZQ==?=",
    "=?us-ascii?q?a=0aSubject:_another?= =?utf-8?q?=0d=0a=0d=0abody?=",
    "=?=?utf-8?q?=0d=0aBcc:x?=?=",
    "= ?utf-8?q?=0d=0aBcc:x?=",
    "=\x00?utf-8?q?=0d=0aBcc:x?=",
    "=\u202e?utf-8?q?=0d=0aBcc:x?=",
    "News\r\nBcc: victim@elsewhere.example",
    "News\nBcc: victim@elsewhere.example\n\nThe body",
    "News\rBcc: victim@elsewhere.example",
    "News\x0bBcc: a@b.example\x0cTo: c@d.example",
    "News\x85Bcc: a@b.example\u2028Cc: c@d.example\u2029",
    "News\x1c\x1d\x1e\x1fBcc: a@b.example",
    "\x00\x01\x02\x1b[31mred\x1b[0m\x7f\x9b31m",
    "lone \ud800 surrogate \udfff \ud83d",
    "\u202eelpmaxe.live\u202c and \u2066isolate\u2069",
    "ü " * 5000,
    "x" * 10_000,
    "Հայաստանի արտաքին գործերի նախարարությունը պատասխանել է " * 40,
    "Министерство иностранных дел ответило на вопрос журналиста " * 9,
    "外務省は質問に答えた。" * 60,
    "وزارة الخارجية ترد على السؤال " * 30,
    "👩‍👩‍👧‍👦" * 200,
    "e" + "\u0301" * 9000,
    "\u0301" * 400,
    "",
    " ",
    "\t\r\n ",
    "-- \n--=_boundary",
    "<script>alert(1)</script>{{ 7 * 7 }}{% raw %}",
    '"quoted", (comment); <a@b.example>: group:;',
    "\\\\ \\r\\nBcc: a@b",
    "%0d%0aBcc:%20a@b.example",
    "Bcc: a@b.example",
    "." * 500,
    "\ufeffbom\ufffe\uffff",
    "Ｆｕｌｌ ｗｉｄｔｈ ＝？utf-8？q？x？＝",
)

FRAGMENTS = (
    "=?", "?=", "utf-8?q?", "utf-8?b?DQo=", "=0d=0a", "Bcc:", "To: <a@b.example>", "\r\n", "\n", "\r", "\t",
    " ", "  ", "\x00", "\x0b", "\x1b[2J", "\x85", "\u2028", "\u200b", "\u200d", "\u202e", "\u2067", "\ud800",
    "é", "ß", "Հ", "ж", "の", "ש", "ع", "🎉", "👩‍🚀", "\u0301", "word", "A", ".", "..", ",", ";", ":", "<",
    ">", '"', "'", "(", ")", "\\", "@", "_", "?", "=", "{{", "}}", "{%", "&", "&amp;", "%s", "$(id)",
    "x" * 90,
)  # fmt: skip


def hostile_titles(count: int, seed: int = 7) -> Iterator[str]:
    """Yield the known tricks, then `count` made of their fragments, the same at every call."""
    yield from HOSTILE_TITLES
    pick = random.Random(seed)
    for _ in range(count):
        yield "".join(pick.choices(FRAGMENTS, k=pick.randint(1, 60)))
