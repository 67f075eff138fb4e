# ruff: noqa: E501, ISC004  (word tables, a reason to the paragraph)
"""What the class, id and role words of a box say about it.

Position: asked by `decide` for every box. Pure tables and two look-ups.

The words were collected from how publishers and their systems name things; no site's own name is among
them. A mark is a suspicion: `decide` revokes it when it would cover too much of the story.

How: names are cut into parts ("article__read-more" is article, read, more). A part may be a word of the
table, contain one of its stems, or form one of its pairs with the next. Answers are kept by name, because
sites repeat their names on every page and share many with other sites.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from itertools import groupby

from monitor.extract.page import Box, Reason

# For each reason: stems found anywhere in a part; words that must be a whole part; pairs of parts, "a b",
# which are also stems when written together.
_NAMES: tuple[tuple[Reason, str, str, str], ...] = (
    (
        Reason.COMMENTS,
        "comment disqus livefyre discussion kommentar guestbook",
        "respond coral forum",
        "spot im",
    ),
    (
        Reason.COOKIES,
        "cookie consent gdpr onetrust didomi",
        "cmp",
        "privacy banner, privacy notice",
    ),
    (Reason.WEATHER, "weather forecast wetter pogoda", "meteo clima", "hava durumu"),
    (
        Reason.TICKER,
        "currency currencies forex ticker kursy doviz",
        "",
        "exchange rate, breaking bar",
    ),
    (
        Reason.STOCKS,
        "tradingview",
        "",
        "stock strip, stock list, stock quote, stock widget, market data, market strip, quote strip",
    ),
    (Reason.POLL, "umfrage encuesta sondage survey", "poll polls vote voting quiz anket", ""),
    (
        Reason.RELATED,
        "related recommend recirc outbrain taboola trending popular latest teaser promo sidebar widget carousel photogallery slider "
        "slideshow snippet similar relacionad suggest onward zergnet revcontent mgid yarpp playlist mostread",
        "rail readmore storyline storylines",
        "block query, read more, read next, read also, more stories, more from, more news, more article, more on, more in, more about, "
        "more like, see also, also like, you may, most read, most viewed, most shared, up next, next up, side bar, side col, "
        "right rail, right col, card list, card grid, cross link, inline link, inline article, inline story, link box, "
        "link list, infobox link, zum thema, mehr zum, a lire, lire aussi, te puede, lee tambien, leia tambem, leggi anche, next story, previous post, next post, prev next, "
        "post nav, nav link, nav below, nav single, other news, other article, feed list, article list, news list, "
        "story list, post list, archive list, crp related, video detail, video title, photo gallery",
    ),
    (
        Reason.AD,
        "advert sponsor adslot adsense werbung anzeige publicidad reklam affiliate commercial outstream banner",
        "ad ads adv dfp gpt",
        "ad box, ad unit, ad wrap, ad container, ad slot, ad block, ad label",
    ),
    (
        Reason.NEWSLETTER,
        "newsletter subscri signup signin paywall mailing donat membership registration mailchimp gform wpcf7",
        "piano cta optin login mc4wp",
        "sign up, sign in, log in, abo box, app promo, app banner, app download, call to, opt in, support us",
    ),
    (
        Reason.SHARE,
        "share sharing addtoany addthis whatsapp toolbar bookmark reaction",
        "social socials like likes print rating ratings tool tools",
        "follow us, article action, article tool, google news",
    ),
    (
        Reason.AUTHOR_BOX,
        "biograph",
        "",
        "author bio, author box, author info, author card, author desc, author description, author profile, author about, "
        "about author, about the, bio box",
    ),
    (
        Reason.CAPTION,
        "caption cptn bildunterschrift bildtext legende",
        "credit credits",
        "photo credit, photo info, photo by, image credit, image source, image desc, image meta, bild quelle, media desc, media description, image description, img description, picture description, "
        "media info, figure desc, img desc, img credit, media credit",
    ),
    (
        Reason.BYLINE,
        "byline contributor metadata",
        "author authors writer writers meta autor autoren",
        "by line, posted on, posted by, article meta, article info, article source, post meta, post info, "
        "entry meta, entry info, entry footer, reading time, read time",
    ),
    (
        Reason.DATELINE,
        "dateline timestamp datetime published updated pubdate",
        "date time",
        "pub date, date time, post date",
    ),
    (
        Reason.TAGS,
        "tagcloud keywords hashtag kicker",
        "tag tags topic topics",
        "tag list, post terms, tag cloud, tag link, category list, category link, categories list, categories link, cat link, article tag",
    ),
    (
        Reason.NAVIGATION,
        "navbar navigation submenu breadcrumb pagination megamenu hamburger dropdown",
        "nav menu menus menuitem pager toc burger",
        "page link, skip link, skip to, site header, site nav, site search, search form, search box, language switch, "
        "table of, jump link",
    ),
    (
        Reason.COPYRIGHT,
        "copyright disclaimer disclosure imprint",
        "",
        "legal note, legal notice, legal info, all rights",
    ),
    (
        Reason.FURNITURE,
        "masthead popup lightbox overlay tooltip noprint videojs feedback modal",
        "footer toast player badge listen",
        "page footer, page bottom, site footer, hover card, alert bar, alert box, no print, gallery nav, gallery count, "
        "video js, audio player, audio widget, read aloud, correction link, report error, report typo, pop up",
    ),
    (
        Reason.HIDDEN,
        "screenreader",
        "hidden",
        "display none, visually hidden, sr only, screen reader, d none, is hidden",
    ),
)


class Body(Enum):
    """How surely a box is called the body of the story: by microdata, by the story's name, by any content's."""

    MICRODATA = "microdata"
    STORY = "story"
    CONTENT = "content"


_PART = re.compile(r"[a-z][a-z0-9]*")


def _table(column: int, parting: str | None) -> dict[str, Reason]:
    """Return the entries of one column of `_NAMES` with their reasons; the first reason of an entry counts."""
    table: dict[str, Reason] = {}
    for row in _NAMES:
        cell = (row[1], row[2], row[3])[column]
        for entry in cell.split(parting) if cell else ():
            table.setdefault(entry.strip().replace(" ", ""), row[0])
    return table


_WHOLE = _table(1, None)
_PAIRS = _table(2, ",")
_PAIR_OPENINGS = frozenset(pair.split()[0] for row in _NAMES for pair in row[3].split(",") if pair)
"""The first parts of the pairs."""

_STEMS = _table(0, None) | {
    pair: reason for pair, reason in _PAIRS.items() if len(pair) >= len("ad-container") - 2
}


def _compile_stems(stems: list[str]) -> re.Pattern[str]:
    """Compile alternatives grouped by their first letter, which is several times faster than a flat list."""
    groups = [
        f"{letter}(?:{'|'.join(sorted((stem[1:] for stem in group), key=len, reverse=True))})"
        for letter, group in groupby(sorted(stems), key=lambda stem: stem[0])
    ]
    return re.compile("|".join(groups))


_STEM = _compile_stems(list(_STEMS))

_BODY = re.compile(
    r"article-?_*(?:body|content|text|corps|main-?(?:body|content|text))|artikel-?_*(?:text|inhalt)|(?:noticia|articulo|nota)-?_*(?:cuerpo|texto)|cuerpo-?_*(?:noticia|nota|articulo)|story-?_*(?:body|content|text)|entry-?_*content"
    r"|post-?_*(?:content|body|text|entry)|news-?_*(?:body|content|text|detail)|mw-parser-output"
)
_WIDER_BODY = (
    r"body-?_*(?:content|text|copy)|content-?_*(?:body|text|article)|(?:main|page|single|blog|detail)-?_*(?:content|text|body)"
    r"|rich-?text|paragraphs|text-?body|wysiwyg|prose|(?<![a-z])body(?![a-z])|full-?text"
)
_ANY_BODY = re.compile(f"{_BODY.pattern}|{_WIDER_BODY}")
_BODY_STEMS = (
    "content",
    "body",
    "article",
    "text",
    "entry",
    "detail",
    "copy",
    "paragraphs",
    "mw-parser",
    "wysiwyg",
    "prose",
)
"""One of these is in every name of a body."""

_NOT_BODY = re.compile(r"comment|related|teaser|sidebar|footer|header|wrap-?(?:per)?-?outer|recommend|promo")

_SAYS_NOTHING = re.compile(
    r"\S*[:\[]|commentar(?:y|ies)$|elementor-widget(?:-(?:container|wrap|text-editor|heading|theme-post-content|image))?$|elementor-widget__|hs_cos_wrapper|widget-(?:span|type-)|so-widget-sow-editor|siteorigin-widget-|cmp-(?:text|title|container|contentfragment)|(?:paywall|premium|members?|subscribers?)[-_]+(?:article|body|content|only|premium|preview|story|text)$|(?:category|tag|post_tag|type|status|format|has|no|with|without|is|js|wp-image)-"
)
"""Words that tell of styles or of what a story is about: utility classes ("print:hidden"), a post's own
categories and tags, states of the layout ("no-sidebar"), who may read a part of the story."""

TAG_REASONS: dict[str, Reason] = {
    "nav": Reason.NAVIGATION,
    "menu": Reason.NAVIGATION,
    "footer": Reason.FURNITURE,
    "aside": Reason.RELATED,
    "figcaption": Reason.CAPTION,
    "figure": Reason.CAPTION,
    "address": Reason.BYLINE,
    "search": Reason.NAVIGATION,
}
"""What a tag alone says."""


_WHOLE_PAGE = frozenset(("html", "body", "main", "form"))
"""Boxes whose words describe the page, not a part of it."""


def read_mark(box: Box) -> Reason | None:
    """Return what a box's markup says against it, or else its words; None for nothing."""
    if box.mark is None and box.words and box.tag not in _WHOLE_PAGE:
        return read_words(box.words)
    return box.mark


@lru_cache(maxsize=1_024)
def read_words(words: str) -> Reason | None:
    """Return what the words of a box make it, None when they say nothing against it."""
    for word in words.split():
        if reason := read_name(word):
            return reason
    return None


@lru_cache(maxsize=4_096)
def read_name(name: str) -> Reason | None:
    """Return what one class, id or role makes a box."""
    reason = _read_parts(_PART.findall(name))
    return None if reason is None or _SAYS_NOTHING.match(name) else reason


def _read_parts(parts: list[str]) -> Reason | None:
    """Return what the parts of a name say."""
    for i, part in enumerate(parts):
        if reason := _read_part(part):
            return reason
        if part in _PAIR_OPENINGS and i + 1 < len(parts):
            reason = _PAIRS.get(part + parts[i + 1]) or _PAIRS.get(part + parts[i + 1].removesuffix("s"))
            if reason:
                return reason
    if parts and parts[-1].endswith(_PICTURES) and _AROUND_TEXT.isdisjoint(parts):
        return Reason.CAPTION
    return None


_PICTURES = ("image", "images", "img", "photo", "photos", "picture")
"""How the name of a box ends that holds a picture, and of text only its caption."""

_AROUND_TEXT = frozenset(
    [
        "text",
        "content",
        "body",
        "article",
        "post",
        "story",
        "page",
        "site",
        "main",
        "section",
        "container",
        "wrapper",
        "recipe",
        "no",
        "with",
        "background",
    ]
)
"""Parts of a name that say that more than a picture is in the box ("article-image" lays out an article)."""


@lru_cache(maxsize=4_096)
def _read_part(part: str) -> Reason | None:
    """Return what one part of a name says; the sites of the world share a few thousand parts."""
    if part in _WHOLE:
        return _WHOLE[part]
    stem = _STEM.search(part)
    return _STEMS[stem[0]] if stem else None


@lru_cache(maxsize=1_024)
def names_body(words: str) -> Body | None:
    """Return how surely the words of a box say that it holds the story, None when they do not."""
    for stem in _BODY_STEMS:
        if stem in words:
            break
    else:
        return None
    if not _ANY_BODY.search(words) or _NOT_BODY.search(words):
        return None
    return Body.STORY if _BODY.search(words) else Body.CONTENT
