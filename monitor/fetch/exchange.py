"""One request and its answer: the host's turn, the source's headers and cookies, the deadline.

Position: under `client`, above `transport`. Every request of the fetcher goes through here, so that
politeness and the guard hold for pages, robots.txt and each redirect alike.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookiejar import Cookie

import httpx2 as httpx

from monitor.errors import FetchFailed
from monitor.fetch.body import ACCEPT_ENCODING
from monitor.fetch.causes import explain
from monitor.fetch.pacing import Pacing
from monitor.fetch.settings import FetchSettings
from monitor.fetch.transport import GuardedTransport, Route
from monitor.model import Source
from monitor.ports import Clock
from monitor.text.urls import host_of, origin_of

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 20.0
"""Between two pieces of an answer. Neither is ever longer than what is left of the total deadline."""

MIN_TIMEOUT_S = 0.001
MAX_COOKIES = 50
"""What one source may store with us; past it, it starts anew."""

MAX_JARS = 10_000
ACCEPT = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,"
    "application/xml;q=0.9,*/*;q=0.5"
)


@dataclass(slots=True)
class Errand:
    """One page to be had, with all the requests that it takes.

    `seconds_left` is what remains of the source's total deadline: time on the network counts, waiting
    for a host's turn does not. `at_home` turns False for good once a request leaves the source's own
    origins: from then on the source's headers stay behind. `agent` is the product token that
    robots.txt knows us by.
    """

    source: Source
    user_agent: str
    seconds_left: float
    at_home: bool = True

    @property
    def agent(self) -> str:
        """The first word of the User-Agent, without its version (RFC 9309, 2.2.1)."""
        words = self.user_agent.replace("/", " ").split()
        return words[0] if words else "*"


class Exchanges:
    """Sends requests, each when it may be sent."""

    def __init__(self, settings: FetchSettings, clock: Clock, pacing: Pacing) -> None:
        self._settings = settings
        self._clock = clock
        self._pacing = pacing
        self._slots = asyncio.Semaphore(settings.max_concurrent)
        self._jars: OrderedDict[str, httpx.Cookies] = OrderedDict()
        self._transports: dict[Route, GuardedTransport] = {}

    async def close(self) -> None:
        """Close the kept connections."""
        for transport in self._transports.values():
            await transport.aclose()

    def begin(self, source: Source) -> Errand:
        """Return a fresh errand for `source`."""
        user_agent = source.user_agent or self._settings.user_agent
        return Errand(source, user_agent, source.timeout.total_seconds())

    def cookies_of(self, source: Source) -> Iterator[Cookie]:
        """Yield what the sites have set that were asked on behalf of `source`."""
        jar = self._jars.get(source.name)
        if jar is not None:
            yield from jar.jar

    def silence(self, url: str, wait: timedelta) -> None:
        """Send nothing to the host of `url` during `wait`: it asked for that."""
        self._pacing.silence(_lane(url), wait)

    @asynccontextmanager
    async def open(
        self, url: str, errand: Errand, pause: timedelta, extra: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """Send a GET with the `extra` headers when it is its host's turn; read the answer inside the `with`.

        Whatever goes wrong, inside as well, comes out as a FetchError.
        """
        lane = _lane(url)
        self._heed_silence(lane)
        async with self._pacing.turn(lane, pause), self._slots:
            self._heed_silence(lane)
            started = time.monotonic()
            answer: httpx.Response | None = None
            try:
                async with asyncio.timeout(errand.seconds_left):
                    answer = await self._send(url, errand, extra)
                    yield answer
            except TimeoutError as exc:
                whole = errand.source.timeout.total_seconds()
                raise FetchFailed(f"timeout: {host_of(url)} gave no whole answer within {whole:g} s") from exc
            except Exception as exc:  # the client's errors are not of one tree, nor all documented
                error = explain(exc, _who(url, errand.source))
                if error is exc:
                    raise
                raise error from exc
            finally:
                errand.seconds_left -= time.monotonic() - started
                if answer is not None:
                    await answer.aclose()

    async def _send(self, url: str, errand: Errand, extra: Mapping[str, str]) -> httpx.Response:
        message = httpx.Request(
            "GET", url, headers=self._headers(url, errand, extra), extensions={"timeout": _timeouts(errand)}
        )
        jar = self._jars.get(errand.source.name)
        if jar is not None:
            _add_cookies(jar, message)
        answer = await self._transport_for(errand.source).handle_async_request(message)
        self._keep_cookies(errand.source.name, answer)
        return answer

    def _transport_for(self, source: Source) -> GuardedTransport:
        route = Route(
            allow_private=source.allow_private,
            proxy=source.proxy,
            verify=source.verify,
            ca_file=self._settings.ca_file,
        )
        if route not in self._transports:
            self._transports[route] = GuardedTransport(route)
        return self._transports[route]

    def _headers(self, url: str, errand: Errand, extra: Mapping[str, str]) -> httpx.Headers:
        errand.at_home = errand.at_home and origin_of(url) in own_origins(errand.source)
        headers = httpx.Headers(
            {"User-Agent": errand.user_agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING}
        )
        if errand.at_home:
            headers.update(errand.source.headers)
            if errand.source.cookies:
                pairs = [f"{name}={value}" for name, value in errand.source.cookies]
                headers["Cookie"] = "; ".join(filter(None, (headers.get("Cookie"), *pairs)))
        headers.update(extra)
        return headers

    def _keep_cookies(self, source: str, answer: httpx.Response) -> None:
        if "set-cookie" not in answer.headers:
            return
        jar = self._jars.setdefault(source, httpx.Cookies())
        self._jars.move_to_end(source)
        jar.extract_cookies(answer)
        if len(jar) > MAX_COOKIES:
            jar.clear()
        if len(self._jars) > MAX_JARS:
            self._jars.popitem(last=False)

    def _heed_silence(self, lane: str) -> None:
        left = self._pacing.silence_left(lane)
        if left:
            until = self._clock.now() + left
            raise FetchFailed(
                f"{lane} asked to be left alone until {until:%Y-%m-%d %H:%M} UTC", retry_after=left
            )


def _add_cookies(jar: httpx.Cookies, message: httpx.Request) -> None:
    """Add what the site has set to what the configuration sends."""
    configured = message.headers.pop("Cookie", None)
    jar.set_cookie_header(message)
    if configured is not None:
        message.headers["Cookie"] = "; ".join(filter(None, (configured, message.headers.get("Cookie"))))


def _lane(url: str) -> str:
    """Return what takes turns: host and port, so that http and https of one host share a lane."""
    return origin_of(url).partition("://")[2]


def _who(url: str, source: Source) -> str:
    return host_of(url) if source.proxy is None else f"{host_of(url)} (asked through the proxy)"


def own_origins(source: Source) -> set[str]:
    """Return the origins that a source's headers and cookies go to."""
    urls = [source.url] if source.seed is None else [source.url, source.seed.url]
    return {origin_of(url) for url in urls}


def _timeouts(errand: Errand) -> dict[str, float]:
    left = max(errand.seconds_left, MIN_TIMEOUT_S)
    connect, read = min(CONNECT_TIMEOUT_S, left), min(READ_TIMEOUT_S, left)
    return {"connect": connect, "read": read, "write": read, "pool": left}
