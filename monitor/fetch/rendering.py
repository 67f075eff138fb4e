"""A page as it came -> the page as its scripts draw it, in a browser.

Position: the last step of `client` for a source with `render: true`, behind robots.txt, the pauses, the
caps and the guard, all of which the page itself has passed by then. Only what the scripts ask for comes
from the browser, by way of the `gateway`.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from monitor.errors import FetchFailed, FetchRefused
from monitor.fetch.exchange import Errand, own_origins
from monitor.fetch.gateway import open_gateway
from monitor.fetch.settings import MIB, FetchSettings
from monitor.fetch.transport import Route
from monitor.model import Response, Validators
from monitor.text.urls import host_of

MAX_BROWSERS = 2
"""How many pages are drawn at one time: each takes 200 to 400 MB for some seconds."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""What the browser is called on PATH, by system."""

_HTML = re.compile(r"text/html|application/xhtml\+xml", re.IGNORECASE)
_LISTS_LINKS = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,500}>\s*)?<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b"
)
"""A feed or a sitemap that is served as a page: no script draws it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie for the browser: for one `url`, or for a `domain` and what lies under its `path`."""

    name: str
    value: str
    url: str = ""
    domain: str = ""
    path: str = "/"
    secure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a browser needs to draw a page. `page` is had already: the browser does not ask for it again.

    `headers` go with what is asked of the `homes` (origins) alone. `gateway` is the proxy that all requests
    go through.
    """

    page: Response
    gateway: str
    user_agent: str
    homes: frozenset[str]
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[Cookie, ...]
    verify: bool
    time_left: timedelta


class Browser(Protocol):
    """Draws pages, each in a process of its own that has ended when it is drawn, or cancelled."""

    async def draw(self, sheet: Sheet) -> str:
        """Return the page's HTML once its scripts have drawn it.

        Raises:
            FetchFailed: the browser did not start, or died.
        """
        ...

    async def close(self) -> None:
        """Wait until every process has ended."""
        ...


OpenBrowser = Callable[[], Browser]
"""Opens a browser. Raises `FetchFailed`, with the cure, when there is none."""


class Rendering:
    """Has pages drawn, `MAX_BROWSERS` at one time. No browser is looked for before the first."""

    def __init__(self, settings: FetchSettings, open_browser: OpenBrowser) -> None:
        self._settings = settings
        self._open_browser = open_browser
        self._browser: Browser | None = None
        self._slots = asyncio.Semaphore(MAX_BROWSERS)

    async def close(self) -> None:
        """Wait until every browser has ended."""
        if self._browser is not None:
            await self._browser.close()

    async def draw(self, page: Response, errand: Errand, cookies: Sequence[Cookie]) -> Response:
        """Return `page` with the body that its scripts draw, within what is left of the errand's deadline.

        It has no validators: the same shell may draw another page tomorrow.

        Raises:
            FetchFailed: it was not drawn in time, or there is no browser.
            FetchRefused: it asks for more bytes than a page may have.
        """
        async with self._slots:
            began = time.monotonic()
            try:
                async with asyncio.timeout(errand.seconds_left):
                    html = await self._draw(page, errand, cookies)
            except TimeoutError as exc:
                whole = errand.source.timeout.total_seconds()
                raise FetchFailed(
                    f"timeout: the scripts of {host_of(page.url)} drew no page within {whole:g} s"
                ) from exc
            finally:
                errand.seconds_left -= time.monotonic() - began
        body = html.encode("utf-8", "replace")
        if len(body) > self._settings.max_decoded_bytes:
            raise FetchRefused(f"too large: more than {self._settings.max_decoded_bytes / MIB:g} MiB drawn")
        return replace(
            page,
            body=body,
            packed=b"",
            content_type="text/html; charset=utf-8",
            validators=Validators(),
            fresh_for=timedelta(),
        )

    async def _draw(self, page: Response, errand: Errand, cookies: Sequence[Cookie]) -> str:
        if self._browser is None:
            self._browser = self._open_browser()
        source, max_bytes = errand.source, self._settings.max_wire_bytes
        route = Route(
            allow_private=source.allow_private,
            proxy=source.proxy,
            verify=source.verify,
            ca_file=self._settings.ca_file,
        )
        async with open_gateway(route, max_bytes) as (gateway, url):
            sheet = Sheet(
                page=page,
                gateway=url,
                user_agent=errand.user_agent,
                homes=frozenset(own_origins(source)) if errand.at_home else frozenset(),
                headers=source.headers,
                cookies=tuple(cookies),
                verify=source.verify,
                time_left=timedelta(seconds=errand.seconds_left),
            )
            html = await self._browser.draw(sheet)
            if gateway.is_spent:
                raise FetchRefused(f"too large: its scripts ask for more than {max_bytes / MIB:g} MiB")
            return html


def can_be_drawn(page: Response) -> bool:
    """Return whether an answer is HTML, and no feed or sitemap that is served as such."""
    return _HTML.match(page.content_type) is not None and _LISTS_LINKS.match(page.body) is None


def find_browser(path: str | None) -> str:
    """Return the path of a Chromium: `path`, or the first that is installed.

    Raises:
        FetchFailed: there is none.
    """
    if path is not None:
        if (found := shutil.which(path)) is None:
            raise FetchFailed(f"there is no browser at {path}; `browser:` names the program of a Chromium")
        return found
    for name in BROWSERS:
        if (found := shutil.which(name)) is not None:
            return found
    raise FetchFailed(
        "render: true needs a browser, and there is none: apt install chromium, or name one with `browser:`"
    )
