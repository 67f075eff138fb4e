"""Draw docs/alert.png: the email about a made-up story, as a browser shows it.

    python docs/draw_alert.py [--size 800x990] [--dark] [--out docs/alert.png]

Run it in the project's environment, with Chromium on the machine (`apt-get install chromium`). The
words and the layout are those of `monitor.deliver`, so the picture is what a reader gets.
"""

# ruff: noqa: INP001 - a script beside the pages, no package

from __future__ import annotations

import argparse
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.deliver.wording import Wording
from monitor.model import Alert, Article, Delivery, DeliveryState, Excerpt, name_id

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)

TITLE = "Velmark and Tarsia reopen talks on the Iven water treaty"
AGREED = (
    "The foreign ministry of Velmark said on Tuesday that it had accepted an invitation to talks on the "
    "Iven water treaty, the first since the gauges at Harrow Bridge were switched off in spring."
)
ANSWER = (
    "Tarsia answered within the hour: its delegation will bring the gauge readings that both sides had "
    "refused to share, and hopes that a dialogue between engineers will come before one between ministers."
)
BETWEEN = (
    "The treaty divides the summer flow of the Iven between eleven districts. It was signed when the "
    "river carried a third more water than it does today, and neither side has read its tables in the "
    "same way since."
)
TEXT = f"{AGREED}\n\n{BETWEEN}\n\n{ANSWER}"


def make_delivery() -> Delivery:
    """Return the alert about the story."""
    fetched = datetime(2026, 3, 10, 8, 42, tzinfo=UTC)
    article = Article(
        url="https://www.iven-review.example/analysis/water-treaty-talks",
        source="iven-review",
        title=TITLE,
        text=TEXT,
        fetched_at=fetched,
        extractor_version=1,
        authors=("Staff of the Iven Review",),
        published_at=datetime(2026, 3, 10, 12, 15, tzinfo=timezone(timedelta(hours=4))),
        language="en",
        site_name="Iven Review",
    )
    alert = Alert(
        id=name_id("alert", "water-treaty"),
        rule="water-treaty",
        query='"water treaty" AND ("foreign ministry" OR dialogue)',
        channel="desk",
        story_id=name_id("story", "water-treaty"),
        article_id=article.id,
        excerpts=(
            mark(TITLE, "water treaty", in_title=True),
            mark(AGREED, "foreign ministry", "water treaty"),
            mark(ANSWER, "dialogue"),
        ),
        created_at=fetched,
    )
    return Delivery(
        alert=alert, article=article, state=DeliveryState.SENT, attempts=1, next_attempt_at=fetched
    )


def mark(sentence: str, *words: str, in_title: bool = False) -> Excerpt:
    """Return a sentence with these words marked."""
    starts = sorted((sentence.index(word), len(word)) for word in words)
    return Excerpt(text=sentence, marks=tuple((at, at + size) for at, size in starts), in_title=in_title)


def draw(html: str, out: Path, size: str, *, dark: bool) -> None:
    """Write a picture of the upper `size` (as in "800x600") of a page."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "alert.html"
        page.write_text(html, encoding="utf-8")
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        window = f"--window-size={size.replace('x', ',')}"
        profile, target = f"--user-data-dir={folder}/profile", f"--screenshot={out.resolve()}"
        command = [CHROMIUM, *FLAGS, scheme, window, profile, target, page.as_uri()]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own page


def main() -> None:
    """Draw what the command line asks for."""
    parser = argparse.ArgumentParser(description="Draw the email about a made-up story.")
    parser.add_argument("--size", default="800x990", help="width and height in pixels")
    parser.add_argument("--dark", action="store_true", help="as a reader in dark mode sees it")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("alert.png"))
    options = parser.parse_args()
    letter = Wording(ZoneInfo("Asia/Yerevan")).write_letter(make_delivery())
    draw(letter.html, options.out, options.size, dark=options.dark)


if __name__ == "__main__":
    main()
