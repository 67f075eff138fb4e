"""What a page says of its story beside the text.

Position: after `walk`, before `decide`, which needs the title. Pure.

JSON-LD is asked first, then `<meta>`, microdata and `<time>`, then the lines around the title, then
the URL. Nothing is ever made up: a field that the page does not give stays empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitor.extract.authors import find_authors, find_title_block
from monitor.extract.page import Page
from monitor.extract.published import find_dates
from monitor.extract.structured import Claims, read_claims
from monitor.extract.title import find_title
from monitor.text.urls import normalise_url, same_site

_ABSOLUTE = re.compile(
    r"https?://[a-z0-9.-]+(?:/[a-z0-9._~%!$&'()*+,=:@/-]*)?(?:\?[a-z0-9._~%!$&'()*+,=:@/-]+)?",
    re.ASCII | re.IGNORECASE,
)
"""A link that has nothing to resolve."""

MAX_TAGS = 30
MAX_SUMMARY_CHARS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The fields of an article other than its text; see `monitor.model.Article`.

    `body` is the text that JSON-LD gives, "" if none: often cut short. `claims_article` says that the page
    calls itself an article, `claims_news` that its JSON-LD calls it news.
    """

    url: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    modified_at: datetime | None
    language: str
    site_name: str | None
    section: str | None
    tags: tuple[str, ...]
    image: str | None
    summary: str | None
    paywalled: bool
    body: str
    claims_article: bool
    claims_news: bool


def read_metadata(page: Page, url: str, hint: str, now: datetime) -> Metadata:
    """Return what the page at `url` says of its story. `hint` is the title its seed gave, "" if none.

    `now` is when it was fetched: later dates are not believed, and it stands for no date itself.
    """
    claims = read_claims(page.jsonld)
    site_name = _first_meta(page, "og:site_name", "application-name", "al:ios:app_name") or claims.publisher
    host = urlsplit(url).hostname or ""
    site_names = [site_name, claims.publisher, _site_label(host), host]
    title = page.chosen_title or find_title(page, claims, site_names, hint)
    place = find_title_block(page, title)
    published, modified = find_dates(page, claims, url, place, now)
    return Metadata(
        url=_canonical(page, url),
        title=title,
        authors=find_authors(page, claims.authors, site_names, title, place),
        published_at=published,
        modified_at=modified,
        language=_language(page, claims),
        site_name=site_name or None,
        section=claims.section or _first_meta(page, "article:section", "og:section", "section") or None,
        tags=_tags(page, claims),
        image=_absolute(_first_meta(page, "og:image", "twitter:image", "og:image:url") or claims.image, url),
        summary=(
            _first_meta(page, "og:description", "description", "twitter:description") or claims.description
        )[:MAX_SUMMARY_CHARS]
        or None,
        paywalled=claims.free is False or _first_meta(page, "article:content_tier") in ("locked", "metered"),
        body=claims.body,
        claims_article=claims.is_article or _first_meta(page, "og:type").casefold() == "article",
        claims_news=claims.is_news,
    )


def _first_meta(page: Page, *names: str) -> str:
    """Return the first non-empty content among the named metas, white space folded."""
    for name in names:
        for value in page.meta.get(name, ()):
            if folded := " ".join(value.split()):
                return folded
    return ""


def _site_label(host: str) -> str:
    """Return the label of a host that names the site: "gazette" of www.gazette.co.uk."""
    labels = [label for label in host.split(".") if label not in ("www", "m", "co", "com", "org", "net")]
    return max(labels[:-1], key=len, default=labels[0] if labels else "")


def _canonical(page: Page, url: str) -> str:
    """Return the page's canonical URL when it stays on the site and names a page, else the response's."""
    for claimed in (page.canonical, _first_meta(page, "og:url")):
        absolute = _absolute(claimed, url)
        if absolute and same_site(absolute, url) and urlsplit(absolute).path.strip("/"):
            try:
                return normalise_url(absolute)
            except ValueError:
                continue
    try:
        return normalise_url(url)
    except ValueError:
        return url


def _absolute(link: str, url: str) -> str | None:
    """Return a link as an absolute HTTP URL, None when it is none."""
    link = link.strip()
    if not link or _ABSOLUTE.fullmatch(link):
        return link or None
    try:
        absolute = urljoin(url, link)
    except ValueError:
        return None
    return absolute if absolute.startswith(("http://", "https://")) else None


def _language(page: Page, claims: Claims) -> str:
    """Return the declared language as ISO 639-1, "" when none is declared."""
    for declared in (
        page.language,
        *page.meta.get("content-language", ()),
        *page.meta.get("og:locale", ()),
        claims.language,
    ):
        code = re.split(r"[-_,;\s]", declared.strip().casefold())[0]
        if len(code) == len("en") and code.isalpha():
            return code
    return ""


def _tags(page: Page, claims: Claims) -> tuple[str, ...]:
    """Return the story's tags, each once."""
    values = [*claims.tags, *page.meta.get("article:tag", ())]
    if not values:
        values = [
            tag
            for name in ("news_keywords", "keywords")
            for value in page.meta.get(name, ())
            for tag in value.split(",")
        ]
    folded = (" ".join(value.split()) for value in values)
    return tuple(dict.fromkeys(value for value in folded if value))[:MAX_TAGS]
