"""How the tests of this room ask for a page."""

from __future__ import annotations

from datetime import timedelta

from monitor.model import Request, Seed, SeedKind, Source, Validators


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
    )
    return Request(url=url, source=source, validators=validators)
