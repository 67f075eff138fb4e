"""The folders of templates that email channels name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import Config, has_changed
from monitor.model import EmailChannel, Templates

CONFIGURATION = """\
sources: [https://a.example/]
smtp: { url: smtps://m.example, from: bot@a.example }
channels:
  desk: { email: desk@a.example, templates: words }
"""


def test_the_templates_in_the_folder_are_read_and_the_rest_stays_ours(
    read: Callable[..., Config], folder: Path
) -> None:
    (folder / "words").mkdir()
    (folder / "words/subject.txt").write_text("{{ alert.rule }} ✓")
    config = read(CONFIGURATION)
    assert config.channels[0] == EmailChannel(
        name="desk", to=("desk@a.example",), templates=Templates(subject="{{ alert.rule }} ✓")
    )
    assert not has_changed(config)
    (folder / "words/alert.html").write_text("<p>{{ alert.rule }}</p>")
    assert has_changed(config)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, '4:45: "words" is no folder with any of subject.txt, alert.txt, alert.html'),
        (b"\xff\xfe", "4:45: alert.txt is not UTF-8"),
        (b"x" * 200_001, "4:45: alert.txt cannot be read: it is larger than 200,000 bytes"),
    ],
)
def test_what_is_wrong_with_them_is_told_at_their_place(
    complain: Callable[..., str], folder: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (folder / "words").mkdir()
        (folder / "words/alert.txt").write_bytes(content)
    assert words in complain(CONFIGURATION)
