"""Pages drawn by the system's Chromium, through Playwright.

Position: behind `rendering`; the only module that knows Playwright, which the extra `browser` brings.
`app` imports it when a source is first rendered.

A page gets a browser of its own, with an empty profile, that ends with it: nothing of one site is left
for the next, and a page that never stops is stopped. It shares nothing with us but a proxy on loopback
(`gateway`): names are not resolved by the browser, and what does not go through proxies (QUIC, WebRTC)
is off.

The page itself was had before, so it is put into the browser's hands; its images, films and fonts are
not asked for, nor are the pages in its frames, nor is another page that it leads to.
"""

from __future__ import annotations

import asyncio
import base64
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, CDPSession, Error, Page, Playwright, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from monitor.errors import FetchFailed
from monitor.fetch.rendering import Sheet
from monitor.text.urls import origin_of

SWITCHES = (
    "--disable-quic",
    "--disable-dev-shm-usage",  # in a container it is small
    "--no-pings",
    "--gaia-url=http://localhost:9/",
    "--component-updater=url-source=http://localhost:9/",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # what older releases call it
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--js-flags=--max-old-space-size=256",
)
"""No way past the gateway, no calls home to its maker, and no more than 256 MB for scripts."""

NO_WAY_AROUND = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) delete self[name];
"""
"""What speaks UDP is taken from scripts as well, since switches change from one release to the next."""

NOT_ASKED_FOR = frozenset(
    {"Image", "Media", "Font", "TextTrack", "Prefetch", "Ping", "Manifest", "CSPViolationReport", "Other"}
)
"""What shows no text (Chrome DevTools Protocol, Network.ResourceType); the others are icons."""

PARSE_SHARE = 0.5
"""Of the time that is left: how long a page may take to be parsed, with its scripts."""

SETTLE_SHARE = 0.25
LONGEST_SETTLING_S = 10.0
"""How long the scripts may go on asking for more. Pages that never fall silent are read as they are."""

ENDING_S = 5.0
"""How long a browser may take to end before its driver ends it."""

ENVIRONMENT = {"PATH": os.defpath, "HOME": tempfile.gettempdir(), "LANG": "C.UTF-8"}
"""All that a browser knows of our environment, which may hold passwords."""


class PlaywrightBrowser:
    """Draws pages with the Chromium at `executable`."""

    def __init__(self, executable: str) -> None:
        self._executable = executable
        self._ending: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Wait until every process has ended."""
        await asyncio.gather(*self._ending)

    async def draw(self, sheet: Sheet) -> str:
        """Return the page's HTML once its scripts have drawn it.

        Raises:
            FetchFailed: the browser did not start, or died.
        """
        ends_at = time.monotonic() + sheet.time_left.total_seconds()
        starting = asyncio.create_task(_start(self._executable, sheet))
        try:
            # Shielded: a start that is broken off would leave a process that nobody knows of.
            session = await asyncio.shield(starting)
            return await _read(session.chromium, sheet, ends_at - time.monotonic())
        except Error as exc:
            reason = NO_SANDBOX if "sandbox" in exc.message.lower() else exc.message.strip().splitlines()[0]
            raise FetchFailed(f"the browser drew no page: {reason[:200]}") from exc
        finally:
            ending = asyncio.create_task(_end(starting))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)


NO_SANDBOX = (
    "its sandbox needs user namespaces, which this machine or container does not allow (docs/operations.md)"
)


@dataclass(frozen=True, slots=True)
class _Session:
    """A running browser, and the driver between it and us."""

    driver: Playwright
    chromium: Chromium


async def _start(executable: str, sheet: Sheet) -> _Session:
    driver = await async_playwright().start()
    try:
        chromium = await driver.chromium.launch(
            executable_path=executable,
            args=SWITCHES,
            # Chromium refuses to run its sandbox as root.
            chromium_sandbox=os.geteuid() != 0,
            env={**ENVIRONMENT},
            handle_sighup=False,
            handle_sigint=False,
            handle_sigterm=False,
            proxy={"server": sheet.gateway, "bypass": "<-loopback>"},
            timeout=sheet.time_left,
        )
    except BaseException:
        await driver.stop()
        raise
    return _Session(driver, chromium)


async def _end(starting: asyncio.Task[_Session]) -> None:
    """End the browser; one that will not end is ended by its driver, which goes with it."""
    with suppress(Error):
        session = await starting
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDING_S):
                    await session.chromium.close()
        finally:
            await session.driver.stop()


async def _read(chromium: Chromium, sheet: Sheet, seconds_left: float) -> str:
    context = await chromium.new_context(
        user_agent=sheet.user_agent,
        ignore_https_errors=not sheet.verify,
        service_workers="block",
        accept_downloads=False,
    )
    await context.add_init_script(NO_WAY_AROUND)
    await _add_cookies(context, sheet)
    page = await context.new_page()
    context.on("page", _close)
    cdp = await context.new_cdp_session(page)
    answers = _Answers(cdp, sheet)
    cdp.on("Fetch.requestPaused", answers.answer)
    await cdp.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
    parsing = timedelta(seconds=seconds_left * PARSE_SHARE)
    settling = timedelta(seconds=min(seconds_left * SETTLE_SHARE, LONGEST_SETTLING_S))
    with suppress(PlaywrightTimeoutError):
        await page.goto(sheet.page.url, wait_until="domcontentloaded", timeout=parsing)
    with suppress(PlaywrightTimeoutError):
        await page.wait_for_load_state("networkidle", timeout=settling)
    return await page.content()


async def _close(page: Page) -> None:
    """Close a window that a page has opened."""
    with suppress(Error):
        await page.close()


async def _add_cookies(context: BrowserContext, sheet: Sheet) -> None:
    """Give the browser the source's cookies, one by one: of a list with a bad one it takes none."""
    for cookie in sheet.cookies:
        with suppress(Error):
            if cookie.url:
                await context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": cookie.url}])
            else:
                await context.add_cookies(
                    [
                        {
                            "name": cookie.name,
                            "value": cookie.value,
                            "domain": cookie.domain,
                            "path": cookie.path,
                            "secure": cookie.secure,
                        }
                    ]
                )


class _Request(TypedDict):
    url: str
    headers: dict[str, str]


class _Paused(TypedDict):
    """A request that waits for our answer (Chrome DevTools Protocol, Fetch.requestPaused)."""

    requestId: str
    request: _Request
    resourceType: str


class _Answers:
    """Says what becomes of each request of a page, redirects among them."""

    def __init__(self, cdp: CDPSession, sheet: Sheet) -> None:
        self._cdp = cdp
        self._sheet = sheet
        self._is_served = False

    async def answer(self, paused: _Paused) -> None:
        """Hand the page over, refuse what shows no text, let all else out by the gateway."""
        one: dict[str, object] = {"requestId": paused["requestId"]}
        kind = paused["resourceType"]
        with suppress(Error):  # the page has gone meanwhile
            if kind == "Document" and not self._is_served:
                self._is_served = True
                await self._cdp.send("Fetch.fulfillRequest", one | self._page())
            elif kind == "Document":
                # An error would take the place of the page that leads there; "no content" leaves it.
                await self._cdp.send("Fetch.fulfillRequest", one | {"responseCode": 204})
            elif kind in NOT_ASKED_FOR:
                await self._cdp.send("Fetch.failRequest", one | {"errorReason": "BlockedByClient"})
            else:
                await self._cdp.send("Fetch.continueRequest", one | self._own_headers(paused["request"]))

    def _page(self) -> dict[str, object]:
        page = self._sheet.page
        return {
            "responseCode": 200,
            "responseHeaders": [
                {"name": "Content-Type", "value": page.content_type},
                {"name": "Cache-Control", "value": "no-store"},
            ],
            "body": base64.b64encode(page.body).decode("ascii"),
        }

    def _own_headers(self, request: _Request) -> dict[str, object]:
        """Return the source's headers for what is asked of its own site; a redirect is asked about anew."""
        try:
            is_home = origin_of(request["url"]) in self._sheet.homes
        except ValueError:  # blob: and the like
            is_home = False
        if not is_home or not self._sheet.headers:
            return {}
        ours = {name.lower() for name, _ in self._sheet.headers}
        theirs = [(name, value) for name, value in request["headers"].items() if name.lower() not in ours]
        return {"headers": [{"name": n, "value": v} for n, v in (*theirs, *self._sheet.headers)]}
