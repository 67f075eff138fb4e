"""Link -> Response: one page, had politely and safely.

Position: after `discover` has named a link (or the schedule a seed), before `extract`.

How: the site's robots.txt is asked (`robots`), then the request goes out (`exchange`) when it is its
host's turn (`pacing`), through the guard (`transport`), and its answer is read within its caps
(`body`). Redirects are followed here, each as a request of its own, so that every one of them passes
all of that. A page of a source with `render: true` is drawn by a browser then (`rendering`). What goes
wrong is put into words by `causes`.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urljoin

import httpx2 as httpx

from monitor.errors import FetchError, FetchFailed, FetchRefused
from monitor.fetch.body import Caps, read_body, read_start
from monitor.fetch.causes import NOT_PAGES, read_retry_after, refuse_status
from monitor.fetch.exchange import Errand, Exchanges, own_origins
from monitor.fetch.freshness import read_freshness
from monitor.fetch.pacing import LONGEST_PAUSE, Pacing
from monitor.fetch.rendering import Browser, Cookie, OpenBrowser, Rendering, can_be_drawn
from monitor.fetch.robots import ALLOW_ALL, MAX_ROBOTS_BYTES, RobotsMemory, Rules, parse_rules
from monitor.fetch.settings import MIB, FetchSettings
from monitor.model import Request, Response, Validators
from monitor.ports import Clock
from monitor.text.urls import host_of, origin_of

MAX_REDIRECTS = 5
REDIRECTS = {
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
}
PAGES = {HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION}
QUICK_ROBOTS_BYTES = 16 * 1024
"""Up to here reading the rules takes some milliseconds; the largest may take half a second."""

MAX_VALIDATOR_CHARS = 1024
MAX_LENGTH_DIGITS = 18


class HttpFetcher:
    """The Fetcher port over HTTP. One serves the whole daemon; `close` lets go of its connections.

    `open_browser` is asked when a page is first to be rendered.
    """

    def __init__(
        self,
        settings: FetchSettings,
        clock: Clock,
        pacing: Pacing | None = None,
        open_browser: OpenBrowser | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._pacing = pacing or Pacing(time.monotonic, asyncio.sleep)
        self._exchanges = Exchanges(settings, clock, self._pacing)
        self._rendering = Rendering(settings, open_browser or have_no_browser)
        self._robots = RobotsMemory()
        self._asking: dict[str, asyncio.Lock] = {}

    async def close(self) -> None:
        """Close the kept connections, and wait for browsers to end."""
        await self._rendering.close()
        await self._exchanges.close()

    async def get(self, request: Request) -> Response:
        """Return what the server answers, redirects followed: 200 with a body, or not modified.

        Raises:
            FetchFailed: not this time.
            FetchRefused: never: a Disallow that was read, a private address, too large, 404 or 410.
        """
        errand = self._exchanges.begin(request.source)
        url = request.url
        for _ in range(MAX_REDIRECTS + 1):
            _require_http(url)
            rules = await self._rules_for(url, errand)
            if not rules.allow(url):
                raise FetchRefused(
                    f"the robots.txt of {host_of(url)} does not allow it to {errand.agent}; only the site can"
                )
            pause = max(request.source.pause, min(rules.crawl_delay, LONGEST_PAUSE))
            async with self._exchanges.open(url, errand, pause, _conditions(request.validators)) as answer:
                target = _redirect_target(answer, url)
                page = None if target is not None else await self._read(answer, url, request)
            if page is not None:
                page = replace(page, sitemaps=rules.sitemaps)
                return await self._draw(page, errand) if request.source.render else page
            url = target or url
        raise FetchFailed(f"more than {MAX_REDIRECTS} redirects, the last to {url[:200]}")

    async def _draw(self, page: Response, errand: Errand) -> Response:
        """Return a page as its scripts draw it; what is no page, as it is."""
        if page.not_modified or not can_be_drawn(page):
            return page
        homes = own_origins(errand.source) if errand.at_home else ()
        given = [
            Cookie(name=name, value=value, url=home)
            for home in homes
            for name, value in errand.source.cookies
        ]
        stored = [
            Cookie(
                name=cookie.name,
                value=cookie.value or "",
                domain=cookie.domain,
                path=cookie.path,
                secure=cookie.secure,
            )
            for cookie in self._exchanges.cookies_of(errand.source)
        ]
        return await self._rendering.draw(page, errand, [*given, *stored])

    async def _read(self, answer: httpx.Response, url: str, request: Request) -> Response:
        now = self._clock.now()
        if answer.status_code == HTTPStatus.NOT_MODIFIED and request.validators != Validators():
            return Response(
                url=url,
                fetched_at=now,
                validators=request.validators,
                not_modified=True,
                fresh_for=read_freshness(answer.headers),
            )
        if answer.status_code not in PAGES:
            error = refuse_status(answer, now)
            if isinstance(error, FetchFailed) and error.retry_after:
                self._exchanges.silence(url, error.retry_after)
            raise error
        content_type = answer.headers.get("content-type", "").strip()
        if NOT_PAGES.match(content_type):
            raise FetchRefused(f"not a page: {content_type[:80]}")
        caps = self._caps_for(content_type)
        _check_length(answer, caps)
        body = await read_body(answer.aiter_raw(), answer.headers.get("content-encoding", ""), caps)
        validators = Validators(
            etag=_validator(answer, "etag"), last_modified=_validator(answer, "last-modified")
        )
        return Response(
            url=url,
            fetched_at=now,
            body=body.plain,
            packed=body.packed,
            content_type=content_type,
            validators=validators,
            fresh_for=read_freshness(answer.headers),
        )

    def _caps_for(self, content_type: str) -> Caps:
        kind = content_type.partition(";")[0].lower()
        lists_links = ("xml" in kind and "xhtml" not in kind) or "json" in kind
        decoded = self._settings.max_feed_bytes if lists_links else self._settings.max_decoded_bytes
        return Caps(self._settings.max_wire_bytes, decoded)

    # --- robots.txt ---------------------------------------------------------------------------------

    async def _rules_for(self, url: str, errand: Errand) -> Rules:
        """Return what the site of `url` allows us.

        Raises:
            FetchFailed: its robots.txt cannot be had, so nothing is allowed for now.
            FetchRefused: the site is at a private address.
        """
        origin = origin_of(url)
        lock = self._asking.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                known = self._robots.recall(origin, errand.agent, self._pacing.monotonic())
                if known is None:
                    known = await self._ask_for_rules(origin, errand)
        finally:
            if not lock.locked():
                self._asking.pop(origin, None)
        if isinstance(known, str):
            raise FetchFailed(known)
        return known

    async def _ask_for_rules(self, origin: str, errand: Errand) -> Rules:
        try:
            rules = await self._fetch_rules(origin, errand)
        except FetchFailed as exc:
            older = self._robots.fail(origin, errand.agent, str(exc), self._pacing.monotonic())
            if older is None:
                raise
            return older
        self._robots.keep(origin, errand.agent, rules, self._pacing.monotonic())
        return rules

    async def _fetch_rules(self, origin: str, errand: Errand) -> Rules:
        url = f"{origin}/robots.txt"
        for hop in range(MAX_REDIRECTS + 1):
            try:
                _require_http(url)
                async with self._exchanges.open(url, errand, errand.source.pause, {}) as answer:
                    target = _redirect_target(answer, url)
                    if target is None:
                        return await self._read_rules(answer, errand.agent)
            except FetchRefused as exc:
                if hop == 0:
                    raise
                raise FetchFailed(f"the robots.txt of {host_of(origin)} cannot be had: {exc}") from exc
            url = target
        return ALLOW_ALL  # RFC 9309, 2.3.1.2: after five redirects it may be taken for unavailable

    async def _read_rules(self, answer: httpx.Response, agent: str) -> Rules:
        status = answer.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            now = self._clock.now()
            wait = read_retry_after(answer.headers.get("retry-after"), now)
            raise _unreadable_rules(refuse_status(answer, now), wait)
        if not answer.is_success:
            return ALLOW_ALL
        encoding = answer.headers.get("content-encoding", "")
        try:
            body = await read_start(answer.aiter_raw(), encoding, MAX_ROBOTS_BYTES)
        except FetchFailed as exc:
            raise _unreadable_rules(exc) from exc
        if len(body) > QUICK_ROBOTS_BYTES:
            return await asyncio.to_thread(parse_rules, body, agent)
        return parse_rules(body, agent)


def have_no_browser() -> Browser:
    """Say that no browser was given."""
    raise FetchFailed("this program was started without a browser, and cannot render pages")


def _unreadable_rules(cause: FetchError, wait: timedelta | None = None) -> FetchFailed:
    words = f"robots.txt cannot be read ({cause}), so nothing may be visited for now"
    return FetchFailed(words, retry_after=wait)


def _require_http(url: str) -> None:
    try:
        host_of(url)
    except ValueError as exc:
        raise FetchRefused(f"not an address to be fetched: {exc}") from exc


def _redirect_target(answer: httpx.Response, url: str) -> str | None:
    location = answer.headers.get("location")
    if answer.status_code not in REDIRECTS or location is None:
        return None
    try:
        return urljoin(url, location)
    except ValueError as exc:
        raise FetchFailed(f"redirects to what is no address: {location[:200]!r}") from exc


def _conditions(validators: Validators) -> dict[str, str]:
    asked = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in asked.items() if value is not None}


def _validator(answer: httpx.Response, name: str) -> str | None:
    value = answer.headers.get(name)
    usable = value and value.isascii() and value.isprintable() and len(value) <= MAX_VALIDATOR_CHARS
    return value if usable else None


def _check_length(answer: httpx.Response, caps: Caps) -> None:
    announced = answer.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:MAX_LENGTH_DIGITS]) > caps.max_wire_bytes:
        raise FetchRefused(f"too large: {int(announced[:MAX_LENGTH_DIGITS]) / MIB:.1f} MiB")
