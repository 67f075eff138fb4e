"""What a page's JSON-LD claims about its article.

Position: read by `metadata` and `read` before anything visible. Pure.

Publishers fill schema.org fields in every way there is: a string, an object, a list of either, a reference
to another object of the graph. All are parsed here, once, into `Claims`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

MAX_JSON_CHARS = 1_000_000
"""A longer script is not read."""

MAX_OBJECTS = 5_000
"""Objects of a graph that are looked at."""

_ARTICLE_TYPE = re.compile(
    r"(?:.*Article|BlogPosting|.*BlogPosting|Report|Review|.*Review|Recipe|SocialMediaPosting|Interview)$"
)
_PAGE_TYPES = frozenset(("WebPage", "ItemPage", "MedicalWebPage", "CreativeWork", "VideoObject"))
_OTHER_STORIES = frozenset(
    (
        "itemListElement",
        "hasPart",
        "mentions",
        "relatedLink",
        "citation",
        "isPartOf",
        "comment",
        "publisher",
        "isBasedOn",
    )
)
_TAG = re.compile(r"<[^<>]{1,500}>")
_COMMENT_ENDS = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*<!\[CDATA\[\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$"
)
_JSON = json.JSONDecoder(strict=False)
"""Control characters inside strings are let through."""

_TRAILING_COMMA = re.compile(r",\s{0,99}([}\]])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The fields of the page's article, as strings; "" and () where it claims nothing.

    `free` is None when nothing is said about who may read it.
    """

    headline: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    body: str = ""
    language: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    description: str = ""
    publisher: str = ""
    free: bool | None = None
    is_article: bool = False
    is_news: bool = False


Json = dict[str, object]


def read_claims(scripts: list[str]) -> Claims:
    """Return what the JSON-LD scripts of a page claim of its article; nothing when they are broken."""
    objects = [found for script in scripts for found in _objects(_parse(script))]
    article = _first(objects, _is_article) or _first(objects, _is_page)
    if article is None:
        return Claims()
    by_id = {str(o["@id"]): o for o in objects if "@id" in o and "name" in o}
    free = article.get("isAccessibleForFree")
    return Claims(
        headline=_text(article.get("headline")) or _text(article.get("name")),
        authors=tuple(_names(article.get("author") or article.get("creator"), by_id)),
        published=_text(article.get("datePublished")) or _text(article.get("dateCreated")),
        modified=_text(article.get("dateModified")),
        body=_text(article.get("articleBody")),
        language=_text(article.get("inLanguage")),
        section=next(iter(_texts(article.get("articleSection"))), ""),
        tags=tuple(_tags(article.get("keywords"))),
        image=_url(article.get("image")),
        description=_text(article.get("description")),
        publisher=next(iter(_names(article.get("publisher"), by_id)), ""),
        free=None if free is None else str(free).casefold() not in ("false", "0", "no"),
        is_article=_is_article(article),
        is_news=any(name.endswith("NewsArticle") for name in _types(article)),
    )


def _parse(script: str) -> object:
    """Return the value of a script, None when nothing can be made of it."""
    if len(script) > MAX_JSON_CHARS:
        return None
    try:
        value: object = _JSON.decode(script)
    except RecursionError:
        return None
    except ValueError:
        cleaned = _TRAILING_COMMA.sub(r"\1", _COMMENT_ENDS.sub("", script.strip()).strip().rstrip(";"))
        try:
            value = _JSON.decode(cleaned)
        except (ValueError, RecursionError):
            return None
    return value


def _objects(value: object) -> Iterator[Json]:
    """Yield the objects of a graph, outer before inner, without those that are other stories."""
    waiting, seen = [value], 0
    while waiting and seen < MAX_OBJECTS:
        current = waiting.pop(0) if len(waiting) < MAX_OBJECTS else waiting.pop()
        seen += 1
        if isinstance(current, list):
            waiting.extend(current)
        elif isinstance(current, dict):
            yield current
            waiting.extend(
                v for k, v in current.items() if isinstance(v, dict | list) and k not in _OTHER_STORIES
            )


def _first(objects: list[Json], wanted: object) -> Json | None:
    return next((o for o in objects if callable(wanted) and wanted(o)), None)


def _types(value: Json) -> list[str]:
    return [name.rsplit("/", 1)[-1] for name in _texts(value.get("@type"))]


def _is_article(value: Json) -> bool:
    return any(_ARTICLE_TYPE.fullmatch(name) for name in _types(value))


def _is_page(value: Json) -> bool:
    return any(name in _PAGE_TYPES for name in _types(value))


def _texts(value: object) -> list[str]:
    """Return the strings of a field that holds one or several."""
    values = value if isinstance(value, list) else [value]
    return [text for item in values if (text := _text(item))]


def _text(value: object) -> str:
    """Return a field as clean text, "" when it holds none."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("alternateName") or ""
    if not isinstance(value, str):
        return ""
    return _TAG.sub(" ", unescape(value)).strip() if "<" in value or "&" in value else value.strip()


def _names(value: object, by_id: dict[str, Json]) -> Iterator[str]:
    """Yield the names of people or organisations in a field."""
    for person in value if isinstance(value, list) else [value]:
        if isinstance(person, dict):
            found = person if "name" in person else by_id.get(str(person.get("@id")), person)
            yield from _texts(found.get("name") or found.get("@value"))
        elif text := _text(person):
            linked = by_id.get(text)
            yield _text(linked.get("name")) if linked else text


def _tags(value: object) -> Iterator[str]:
    for text in _texts(value):
        yield from (tag for part in re.split(r"[,;،、，]", text) if (tag := part.strip()))


def _url(value: object) -> str:
    """Return the URL of an image given as a string, an object, or a list of either."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id") or ""
        return (
            _url(value)
            if isinstance(value, list) and len(value) == 1
            else value
            if isinstance(value, str)
            else ""
        )
    return value if isinstance(value, str) else ""
