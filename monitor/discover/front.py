"""Front or section page -> entries: the links that look like articles.

Position: after `page`, before `listing`. Pure.

For sites that list their articles nowhere else. Every link of the page to its own site is weighed:
its text (is it a headline?), its URL (dates, numbers, slugs), its place (a heading, a card, a menu),
and its company: links of one URL shape of which most read like headlines are a list of articles,
whatever their language. On a site that has been read before, what its links have turned out to be counts
for more than any of that: the shapes of its articles' URLs, and the places where they stand.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.discover.embedded import read_embedded
from monitor.discover.listing import Entry, clean_title
from monitor.discover.page import Anchor, Page, Surrounding
from monitor.model import Link, PastLinks
from monitor.text.urls import resolve_url, same_site, url_key

MIN_WEIGHT = 3.0
"""The weight from which a link counts as an article. The weights below were set on the front pages
and section lists that our own fixtures imitate; they are votes, not probabilities."""

HEADLINE, SHORT_HEADLINE, NO_HEADLINE = 2.0, 1.0, -1.0
HEADING, CARD, MAIN = 1.5, 0.5, 0.5
MENU, HEADER, ASIDE = -3.0, -1.5, -0.5
DATE_IN_URL, SLUG, NUMBER, PAGE_SUFFIX = 3.0, 1.5, 1.0, 0.5
LISTING_PATH = -3.0
LIST_OF_HEADLINES = 1.5
SHAPE_OF_ARTICLES, SHAPE_OF_OTHERS = 3.0, -4.0
PLACE_OF_ARTICLES, PLACE_OF_OTHERS = 1.0, -1.0

MIN_HEADLINE_CHARS = 25
MIN_HEADLINE_WORDS = 4
MIN_SHORT_HEADLINE_CHARS = 14
MIN_SHORT_HEADLINE_WORDS = 2
MIN_UNSPACED_CHARS = 11
MIN_SHORT_UNSPACED_CHARS = 6
"""Characters of a headline in a script without spaces, where each says about as much as a word."""

MIN_SLUG_WORDS = 4
MIN_ID_DIGITS = 4
MIN_COMPANY = 3
HEADLINES_IN_COMPANY = 0.6

MIN_PAST = 3
PURE_SHARE = 0.8
"""From so many links of one kind on, of which so many have turned out to be the same, the kind is known."""

PLACE_DEPTH = 3
"""So many elements around a link are its place, if one of them at least has a name."""

_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)[/_.-]?(?P<m>1[0-2]|0[1-9]|[1-9](?!\d))(?:[/_.-]?(?P<d>0[1-9]|[12]\d|3[01]|[1-9]))?(?!\d)"
)
_ID = re.compile(rf"\d{{{MIN_ID_DIGITS},}}")
_SLUG_BREAK = re.compile(r"[-_+ ]+")
_PAGE_SUFFIX = re.compile(r"\.(?:s?html?|php|aspx?|jsp|cms)$", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|avif|ico|pdf|docx?|xlsx?|pptx?|zip|rar|gz|mp[34]|m4a|ogg|wav|avi|mov|webm"
    r"|css|js|json|xml|rss|atom|ics|apk|exe|epub|txt|csv)$",
    re.IGNORECASE,
)
_LISTING_SEGMENT = re.compile(
    r"(?:tags?|categor(?:y|ies)|authors?|topics?|sections?|search|login|signin|sign-in|register|signup|account"
    r"|profile|users?|about(?:-us)?|contacts?(?:-us)?|privacy(?:-policy)?|terms.*|subscri(?:be|ption).*|cart|shop"
    r"|policy|cookies?(?:-policy)?|advertis.*|jobs|careers|help|faq|archives?|page|rss|feeds?|sitemap|newsletters?.*"
    r"|contributors?|people|person|team|staff|writers?|rankings?|donate|impressum|imprint|wp-(?:admin|content|login.*)|cdn-cgi|hashtag|share|print|gallery|podcasts?|live)",
    re.IGNORECASE,
)
_MENU_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|submenu|footer|breadcrumbs?|pagination|pager|paginator|social"
    r"|share|sharing|cookies?|lang|languages?|login|tags?|tagcloud|toolbar|topbar|skip|copyright)(?:$|[\s_-])"
)
_CARD_NAME = re.compile(
    r"(?:^|[\s_-])(?:article|articles|story|stories|post|posts|card|teaser|entry|headline|headlines|news|item"
    r"|feed|list|blog|latest|title)(?:$|[\s_-])"
)
_UNSPACED_TEXT = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
)


@dataclass(slots=True)
class _Candidate:
    """All links of a page to one URL, taken together: picture, headline and "read more"."""

    url: str
    title: str = ""
    place: float = -10.0
    from_heading: bool = False
    anchors: int = 0
    key: str = ""
    places: set[tuple[Surrounding, ...]] = field(default_factory=set)
    reads: float = NO_HEADLINE
    published_at: datetime | None = None

    def add(self, anchor: Anchor) -> None:
        """Take another link to the same URL into account: the best headline and the best place count."""
        self.anchors += 1
        place = anchor.around[1 : 1 + PLACE_DEPTH]
        if any(element.names for element in place):
            self.places.add(place)
        self.place = max(self.place, _weigh_place(anchor))
        reads = _weigh_text(anchor.text)
        better = (anchor.in_heading, reads, len(anchor.text)) > (
            self.from_heading,
            self.reads,
            len(self.title),
        )
        if anchor.text and (not self.title or better):
            self.title, self.reads, self.from_heading = anchor.text, reads, anchor.in_heading


def read_front(page: Page, past: PastLinks = PastLinks()) -> list[Entry]:
    """Return the links that look like articles of the page's own site, in page order.

    A page that has next to none of them may still carry what its script would draw (`embedded`). `past` tells
    what earlier links of the source have turned out to be; without it nothing is known yet.
    """
    chosen = _choose(_candidates(page), past)
    if len(chosen) >= MIN_COMPANY:
        return chosen
    embedded = _choose(_embedded_candidates(page), past)
    return embedded if len(embedded) > len(chosen) else chosen


def _choose(candidates: list[_Candidate], past: PastLinks) -> list[Entry]:
    company = _weigh_company(candidates)
    shapes, places = _weigh_shapes(past), _weigh_places(candidates, past)
    chosen = []
    for one in candidates:
        shape = shape_of(one.url)
        weight = one.place + one.reads + weigh_url(one.url) + company.get(shape, 0.0) + shapes.get(shape, 0.0)
        weight += max((places.get(place, 0.0) for place in one.places), default=0.0)
        if weight >= MIN_WEIGHT:
            chosen.append(Entry(one.url, one.title, one.published_at or date_in_url(one.url)))
    return chosen


def _weigh_shapes(past: PastLinks) -> dict[tuple[str, ...], float]:
    """Return what the shapes of URLs weigh by what has become of those that had them.

    Before there are articles at all nothing speaks against a shape: it may be that none could be read.
    """
    kinds: defaultdict[tuple[str, ...], list[bool]] = defaultdict(list)
    for is_article, urls in ((True, past.articles), (False, past.others)):
        for url in urls:
            kinds[shape_of(url)].append(is_article)
    against = SHAPE_OF_OTHERS if len(past.articles) >= MIN_PAST else 0.0
    return {shape: _judge(turned_out, SHAPE_OF_ARTICLES, against) for shape, turned_out in kinds.items()}


def _weigh_places(candidates: Iterable[_Candidate], past: PastLinks) -> dict[tuple[Surrounding, ...], float]:
    """Return what the places on this page weigh by the known links that stand there."""
    known = {
        url_key(url): is_article
        for is_article, urls in ((False, past.others), (True, past.articles))
        for url in urls
    }
    places: defaultdict[tuple[Surrounding, ...], list[bool]] = defaultdict(list)
    for one in candidates:
        if one.key in known:
            for place in one.places:
                places[place].append(known[one.key])
    return {
        place: _judge(turned_out, PLACE_OF_ARTICLES, PLACE_OF_OTHERS) for place, turned_out in places.items()
    }


def _judge(turned_out: list[bool], if_articles: float, if_others: float) -> float:
    """Return the weight of a kind of links, of which some have turned out to be articles or not."""
    share = sum(turned_out) / len(turned_out)
    if len(turned_out) < MIN_PAST or 1 - PURE_SHARE < share < PURE_SHARE:
        return 0.0
    return if_articles if share >= PURE_SHARE else if_others


def date_in_url(url: str) -> datetime | None:
    """Return the day that a URL names (/2026/05/04/, /20260504-), at midnight UTC; None for no day."""
    for found in _DATE.finditer(urlsplit(url).path):
        if found["d"] is not None:
            try:
                return datetime(int(found["y"]), int(found["m"]), int(found["d"]), tzinfo=UTC)
            except ValueError:
                continue
    return None


def shape_of(url: str) -> tuple[str, ...]:
    """Return what the URLs of one kind of page have in common: numbers and slugs become letters."""
    parts = urlsplit(url)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    shapes = [_shape_of_segment(segment, under=number) for number, segment in enumerate(segments)]
    return (parts.netloc, *shapes, *sorted(name for name, _ in parse_qsl(parts.query)))


def share_out(links: Sequence[Link], limit: int) -> tuple[Link, ...]:
    """Return up to `limit` of the links, in their order: of each shape of URL as many as of any other.

    A calendar without end, or links with a new session id on each visit, get no more than their share.
    """
    if len(links) <= limit:
        return tuple(links)
    seen: Counter[tuple[str, ...]] = Counter()
    turns: list[tuple[int, int]] = []
    for place, link in enumerate(links):
        shape = shape_of(link.url)
        turns.append((seen[shape], place))
        seen[shape] += 1
    return tuple(links[place] for place in sorted(place for _, place in sorted(turns)[:limit]))


def _shape_of_segment(segment: str, *, under: int) -> str:
    """Return N for a number, A for what holds one, S for a slug: what has words, or others above it."""
    suffix = _PAGE_SUFFIX.search(segment)
    stem = segment[: suffix.start()] if suffix else segment
    ending = suffix[0].lower() if suffix else ""
    if stem.isdigit():
        return "N" + ending
    if _ID.search(stem):
        return "A" + ending
    return ("S" if under or _slug_words(stem) > 1 else stem) + ending


def _candidates(page: Page) -> list[_Candidate]:
    found: dict[str, _Candidate] = {}
    own = url_key(page.url)
    for anchor in page.anchors():
        key = url_key(anchor.url)
        if key != own and _is_page_of(page, anchor.url):
            found.setdefault(key, _Candidate(anchor.url, key=key)).add(anchor)
    return list(found.values())


def _embedded_candidates(page: Page) -> list[_Candidate]:
    found: dict[str, _Candidate] = {}
    for entry in read_embedded(page.json):
        try:
            url = resolve_url(page.url, entry.reference)
        except ValueError:
            continue
        if _is_page_of(page, url):
            title = clean_title(entry.title)
            one = _Candidate(url, title, 0.0, reads=_weigh_text(title), published_at=entry.published_at)
            found.setdefault(url_key(url), one)
    return list(found.values())


def _is_page_of(page: Page, url: str) -> bool:
    return same_site(url, page.url) and not _NO_PAGE.search(urlsplit(url).path)


def _weigh_company(candidates: Iterable[_Candidate]) -> dict[tuple[str, ...], float]:
    """Return what a URL's shape adds to it: something where most links of that shape are headlines."""
    shapes: defaultdict[tuple[str, ...], list[bool]] = defaultdict(list)
    for one in candidates:
        shapes[shape_of(one.url)].append(one.reads >= SHORT_HEADLINE and one.place > MENU / 2)
    return {
        shape: LIST_OF_HEADLINES
        for shape, read_well in shapes.items()
        if len(read_well) >= MIN_COMPANY and sum(read_well) >= HEADLINES_IN_COMPANY * len(read_well)
    }


def _weigh_text(text: str) -> float:
    unspaced = len(_UNSPACED_TEXT.findall(text))
    if unspaced >= MIN_UNSPACED_CHARS:
        return HEADLINE
    words = len(text.split())
    if len(text) >= MIN_HEADLINE_CHARS and words >= MIN_HEADLINE_WORDS:
        return HEADLINE
    if len(text) >= MIN_SHORT_HEADLINE_CHARS and words >= MIN_SHORT_HEADLINE_WORDS:
        return SHORT_HEADLINE
    if unspaced >= MIN_SHORT_UNSPACED_CHARS:
        return SHORT_HEADLINE
    return NO_HEADLINE if text else 0.0


def _weigh_place(anchor: Anchor) -> float:
    weight = HEADING if anchor.in_heading else 0.0
    tags = {one.tag for one in anchor.around}
    names = [one.names for one in anchor.around if one.tag not in {"html", "body"}]
    if tags & {"nav", "footer"} or any(_MENU_NAME.search(name) for name in names):
        weight += MENU
    if "header" in tags and not tags & {"article", "main"}:
        weight += HEADER
    if "aside" in tags:
        weight += ASIDE
    if "article" in tags or any(_CARD_NAME.search(name) for name in names):
        weight += CARD
    if "main" in tags:
        weight += MAIN
    return weight


def weigh_url(url: str) -> float:
    """Return how much a URL looks like an article's, 0 when it says nothing. ValueError for no URL."""
    parts = urlsplit(url)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    last = segments[-1] if segments else ""
    weight = DATE_IN_URL if _has_dated_name(parts.path) else 0.0
    if _slug_words(_PAGE_SUFFIX.sub("", last)) >= MIN_SLUG_WORDS:
        weight += SLUG
    if _ID.search(last) or any(_ID.fullmatch(value) for _, value in parse_qsl(parts.query)):
        weight += NUMBER
    if _PAGE_SUFFIX.search(last):
        weight += PAGE_SUFFIX
    if any(_LISTING_SEGMENT.fullmatch(segment) for segment in segments):
        weight += LISTING_PATH
    return weight


def _has_dated_name(path: str) -> bool:
    """Return whether a path names a page of some day; one that ends with the day itself is a calendar's."""
    for found in _DATE.finditer(path):
        before = path[: found.start()].rpartition("/")[2]
        if before or path[found.end() :].strip("/"):
            return True
    return False


def _slug_words(segment: str) -> int:
    """Return how many words a slug has; in a script without spaces every two letters count as one."""
    unspaced = len(_UNSPACED_TEXT.findall(segment))
    return len([word for word in _SLUG_BREAK.split(segment) if word]) + unspaced // 2
