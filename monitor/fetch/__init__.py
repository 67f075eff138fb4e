"""Link -> Response: pages from the web, had politely and safely.

Position: after `discover`, before `extract`; the adapter behind `ports.Fetcher`.

* `open_fetcher` gives the fetcher for pages, feeds and sitemaps.
* `open_guarded_client` gives an HTTP client behind the same guard against private addresses, for
  webhooks.

Inside, from the outside in: `client` (get), `robots`, `exchange` (one request), `pacing` (turns),
`transport` and `addresses` (the guard), `body` (caps and content codings), `causes` (words). For pages
that scripts draw: `rendering`, `gateway` (a browser's way out, guarded), `browser` (Playwright).
"""

from monitor.fetch.client import HttpFetcher
from monitor.fetch.rendering import Browser, OpenBrowser, find_browser
from monitor.fetch.settings import FetchSettings
from monitor.fetch.transport import NameNotResolved, PrivateAddress, open_guarded_client
from monitor.ports import Clock

__all__ = [
    "Browser",
    "FetchSettings",
    "HttpFetcher",
    "NameNotResolved",
    "OpenBrowser",
    "PrivateAddress",
    "find_browser",
    "open_fetcher",
    "open_guarded_client",
]


def open_fetcher(
    settings: FetchSettings, clock: Clock, open_browser: OpenBrowser | None = None
) -> HttpFetcher:
    """Return a fetcher that paces itself by the machine's monotonic clock; the caller closes it."""
    return HttpFetcher(settings, clock, open_browser=open_browser)
