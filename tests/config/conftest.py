"""A folder with a `sources.yaml`, and two ways to read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from monitor.config import Config, read_config, render_mistakes
from monitor.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, so that mistakes name `sources.yaml` and nothing more."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def read(folder: Path) -> Callable[..., Config]:
    """Write `sources.yaml` and read it."""

    def read_text(
        text: str | bytes, environ: Mapping[str, str] | None = None, previous: Config | None = None
    ) -> Config:
        (folder / "sources.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_config(Path("sources.yaml"), environ or {}, previous)

    return read_text


@pytest.fixture
def complain(read: Callable[..., Config]) -> Callable[..., str]:
    """Write `sources.yaml`, read it, and return what is said about its mistakes."""

    def complain_about(text: str | bytes, environ: Mapping[str, str] | None = None) -> str:
        with pytest.raises(ConfigError) as caught:
            read(text, environ)
        return render_mistakes(caught.value)

    return complain_about
