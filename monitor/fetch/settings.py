"""How this program goes about on the web: what `app` tells the fetcher."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Who we say that we are, and how much we take.

    `contact` (a URL or an address, "" for none) goes into the User-Agent. `max_wire_bytes` caps an
    answer as it comes, `max_decoded_bytes` once it is unpacked; feeds and sitemaps, told by their
    content type, may unpack to `max_feed_bytes`. `max_concurrent` bounds the requests at one time.
    `ca_file` names a PEM file with authorities that are trusted beside the system's.
    """

    product: str = "news-monitor"
    version: str = "0"
    contact: str = ""
    max_wire_bytes: int = 10 * MIB
    max_decoded_bytes: int = 20 * MIB
    max_feed_bytes: int = 50 * MIB
    max_concurrent: int = 64
    ca_file: str | None = None

    @property
    def user_agent(self) -> str:
        """The User-Agent header, such as `news-monitor/1.0 (+https://example.org/bot)`."""
        contact = f" (+{self.contact})" if self.contact else ""
        return f"{self.product}/{self.version}{contact}"
