"""How the tests of this room ask for a page."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict, Unpack

from monitor.model import Request, Seed, SeedKind, Source, Validators


class Settings(TypedDict, total=False):
    """What only few tests ask for."""

    cookies: tuple[tuple[str, str], ...]
    proxy: str | None
    verify: bool


def ask(
    url: str,
    *,
    validators: Validators = Validators(),
    timeout_s: float = 5.0,
    pause: timedelta = timedelta(),
    headers: tuple[tuple[str, str], ...] = (),
    allow_private: bool = True,
    name: str = "gazette",
    home: str | None = None,
    user_agent: str | None = None,
    **settings: Unpack[Settings],
) -> Request:
    """Return a request on behalf of a source that lives where `url` does, or at `home`."""
    source = Source(
        name=name,
        url=home or url,
        seed=Seed(url=home or url, kind=SeedKind.FRONT),
        timeout=timedelta(seconds=timeout_s),
        pause=pause,
        headers=headers,
        allow_private=allow_private,
        user_agent=user_agent,
        **settings,
    )
    return Request(url=url, source=source, validators=validators)
