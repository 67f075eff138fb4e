"""The fetcher against the server that half of the web runs: Debian's nginx, configured as people do."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import FetchFailed, FetchRefused
from monitor.fetch import FetchSettings, HttpFetcher, open_fetcher
from monitor.jobs.clock import SystemClock
from monitor.model import Request, Source, Validators

pytestmark = pytest.mark.needs_nginx

STORY = (
    "<html><title>Ferry talks</title><p>"
    + "The ferry talks went on through the night. " * 100
    + "</p></html>"
)

CONFIGURATION = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ text/html html; text/plain txt; }}
    charset utf-8;
    gzip on;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/site;
        location = /moved {{ return 301 /story.html; }}
        location = /busy {{ add_header Retry-After 120 always; return 503; }}
    }}
}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a running nginx.

    It inherits a socket that listens already (as on an upgrade of its program), so that nobody has to
    wait for it, or guess a free port.
    """
    (tmp_path / "site").mkdir()
    (tmp_path / "site/story.html").write_text(STORY, "utf-8")
    (tmp_path / "site/robots.txt").write_text("User-agent: *\nDisallow: /secret\n", "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        configuration = tmp_path / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(user=user, folder=tmp_path, port=port), "utf-8")
        nginx = subprocess.Popen(
            ["nginx", "-p", tmp_path, "-e", tmp_path / "error.log", "-c", configuration],
            env={**os.environ, "NGINX": f"{listening.fileno()};"},
            pass_fds=[listening.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    yield f"http://127.0.0.1:{port}"
    nginx.terminate()
    assert nginx.wait() == 0


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    fetcher = open_fetcher(FetchSettings(), SystemClock())
    yield fetcher
    await fetcher.close()


def request(url: str, validators: Validators = Validators()) -> Request:
    source = Source(name="review", url=url, allow_private=True, pause=timedelta())
    return Request(url=url, source=source, validators=validators)


async def test_a_compressed_page_comes_out_as_it_was_written(site: str, fetcher: HttpFetcher) -> None:
    response = await fetcher.get(request(f"{site}/story.html"))
    assert response.body.decode() == STORY
    assert response.content_type == "text/html; charset=utf-8"


async def test_a_page_that_has_not_changed_is_not_sent_again(site: str, fetcher: HttpFetcher) -> None:
    first = await fetcher.get(request(f"{site}/story.html"))
    assert first.validators.etag
    assert first.validators.last_modified
    again = await fetcher.get(request(f"{site}/story.html", first.validators))
    assert again.not_modified
    assert again.body == b""


async def test_a_redirect_is_followed(site: str, fetcher: HttpFetcher) -> None:
    response = await fetcher.get(request(f"{site}/moved"))
    assert response.url == f"{site}/story.html"


async def test_a_disallow_is_obeyed(site: str, fetcher: HttpFetcher, tmp_path: Path) -> None:
    with pytest.raises(FetchRefused, match=r"robots\.txt"):
        await fetcher.get(request(f"{site}/secret/plans.html"))
    assert "/secret" not in (tmp_path / "access.log").read_text("utf-8")


async def test_a_busy_server_names_its_own_wait(site: str, fetcher: HttpFetcher) -> None:
    with pytest.raises(FetchFailed) as failure:
        await fetcher.get(request(f"{site}/busy"))
    assert failure.value.retry_after == timedelta(minutes=2)
