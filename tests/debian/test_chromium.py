"""The email's HTML in a real browser: it must fit a phone, with whatever a page brings along."""

from __future__ import annotations

import html
import re
import subprocess
from datetime import UTC
from pathlib import Path

import pytest

from monitor.deliver.wording import Wording
from monitor.model import Outgoing
from tests.deliver.stories import excerpt_of, make_article, make_delivery
from tests.deliver.test_bulletins import another, make_digest, make_notice

pytestmark = pytest.mark.needs_chromium

FRAME = """\
<!doctype html>
<iframe id="phone" width="{width}" height="640" style="border: 0" srcdoc="{letter}"></iframe>
<script>
  window.onload = () => {{
    const page = document.getElementById("phone").contentDocument.documentElement;
    document.title = page.scrollWidth + " of " + page.clientWidth;
  }};
</script>
"""

UNBROKEN = "x" * 400
MESSAGES: dict[str, Outgoing] = {
    "plain": make_delivery(),
    "a headline without a space": make_delivery(make_article(UNBROKEN)),
    "a paragraph without a space": make_delivery(
        make_article(text=f"{UNBROKEN} ferry."), excerpts=(excerpt_of(f"{UNBROKEN} ferry.", "ferry"),)
    ),
    "right to left": make_delivery(
        make_article(
            "محادثات العبّارات تتواصل",
            text="تواصلت محادثات العبّارات طوال الليل.\n\nقال الطرفان إن هناك تقدماً.",
        ),
        excerpts=(excerpt_of("تواصلت محادثات العبّارات طوال الليل.", "العبّارات"),),
    ),
    "a digest": make_digest([make_delivery(), another(UNBROKEN, 1, story=0), another("x", 2, rule=UNBROKEN)]),
    "a digest of many": make_digest([another(f"{n} {UNBROKEN}", n) for n in range(60)]),
    "word of the sources": make_notice(),
}


@pytest.mark.parametrize("width", [320, 800])
@pytest.mark.parametrize("message", MESSAGES.values(), ids=list(MESSAGES))
def test_an_email_never_scrolls_sideways(message: Outgoing, width: int, tmp_path: Path) -> None:
    letter = Wording(UTC).write_letter(message)
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME.format(width=width, letter=html.escape(letter.html)), "utf-8")
    browser = subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",  # it may run as root in a container, and shows our own file only
            "--disable-gpu",
            "--disable-dev-shm-usage",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            frame.as_uri(),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    measured = re.search(r"<title>(\d+) of (\d+)</title>", browser.stdout)
    assert measured, browser.stdout[:2000]
    assert int(measured[1]) <= int(measured[2]) <= width
