import io
from datetime import UTC, timedelta

import pytest

from monitor.deliver.console import BOLD, RESET, YELLOW, ConsoleSender
from monitor.errors import DeliveryFailed
from monitor.model import ConsoleChannel, Excerpt
from tests.deliver.stories import excerpt_of, hostile_titles, make_article, make_delivery

CHANNEL = ConsoleChannel(name="console")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Broken(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


async def test_an_alert_is_a_few_plain_lines_in_a_pipe() -> None:
    stream = io.StringIO()
    assert await ConsoleSender(CHANNEL, UTC, stream).send(make_delivery()) == "printed"
    assert stream.getvalue() == (
        "ferries: Harbour council & ferry union to meet\n"
        "  The Ansel Gazette · Mara Fictional, Ode Invented · 4 March 2026, 09:00 UTC\n"
        "  > The *harbour council* of Port Ansel will meet the *ferry union* on Thursday, "
        "for the first time since May.\n"
        "  https://www.ansel-gazette.example/harbour/ferry?id=7&lang=en\n"
        "\n"
    )


async def test_a_terminal_shows_the_matched_words_in_colour() -> None:
    stream = Terminal()
    await ConsoleSender(CHANNEL, UTC, stream).send(make_delivery())
    assert f"{YELLOW}harbour council{RESET} of Port Ansel" in stream.getvalue()


async def test_a_mark_within_the_title_does_not_end_its_emphasis() -> None:
    stream = Terminal()
    title = excerpt_of("Harbour council & ferry union to meet", "ferry union", in_title=True)
    await ConsoleSender(CHANNEL, UTC, stream).send(make_delivery(excerpts=(title,)))
    assert f"{YELLOW}ferry union{RESET}{BOLD} to meet{RESET}" in stream.getvalue()


async def test_a_page_cannot_drive_the_terminal() -> None:
    stream = io.StringIO()
    sender = ConsoleSender(CHANNEL, UTC, stream)
    for title in hostile_titles(60):
        excerpt = Excerpt(text=title + "x", marks=((0, 1),))
        await sender.send(make_delivery(make_article(title), excerpts=(excerpt,)))
    assert not any(ord(char) < 0x20 and char not in "\n\t" for char in stream.getvalue())
    assert "\x9b" not in stream.getvalue()


async def test_a_stream_that_knows_few_letters_prints_what_it_can() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    await ConsoleSender(CHANNEL, UTC, stream).send(make_delivery(make_article("Нет ferry")))
    assert raw.getvalue().startswith(b"ferries: ??? ferry\n")


@pytest.mark.parametrize("closed", [True, False])
async def test_a_stream_that_is_closed_or_broken_keeps_the_alert(closed: bool) -> None:
    stream = io.StringIO() if closed else Broken()
    if closed:
        stream.close()
    with pytest.raises(DeliveryFailed, match="cannot be printed") as failure:
        await ConsoleSender(CHANNEL, UTC, stream).send(make_delivery())
    assert failure.value.transient


async def test_the_standard_output_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    sender = ConsoleSender(CHANNEL, UTC)
    await sender.send(make_delivery())
    await sender.close()
    assert capsys.readouterr().out.startswith("ferries: Harbour council")


def test_the_waits_grow_and_end() -> None:
    sender = ConsoleSender(CHANNEL, UTC)
    assert sender.name == "console"
    assert sender.retry_wait(1) == timedelta(minutes=1)
    assert sender.retry_wait(9) is None
