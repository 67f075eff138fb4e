"""What the tests of this room share: a way to read a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.extract import read_article
from monitor.model import Link, Reading, Response, Template

READ_AT = datetime(2032, 1, 1, tzinfo=UTC)

Reader = Callable[..., Reading]


@pytest.fixture
def read() -> Reader:
    """Read a page as if it had just been fetched."""

    def read_page(
        body: bytes | str,
        *,
        url: str = "https://gazette.example/2031/story",
        content_type: str = "text/html",
        title: str | None = None,
        template: Template | None = None,
        at: datetime = READ_AT,
    ) -> Reading:
        raw = body if isinstance(body, bytes) else body.encode()
        response = Response(url=url, fetched_at=at, body=raw, content_type=content_type)
        return read_article(response, Link(url=url, source="gazette", title=title), template or Template())

    return read_page
