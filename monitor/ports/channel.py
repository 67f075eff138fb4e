"""Somewhere an alert can be sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from monitor.model import Outgoing


class Channel(Protocol):
    """Somewhere an alert can be sent."""

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        ...

    async def send(self, message: Outgoing) -> str:
        """Send an alert, a digest or word of the sources; return what the receiver said when it took it.

        Raises:
            DeliveryFailed: not taken; `transient` says whether to try again.
        """
        ...

    def retry_wait(self, attempts: int, alert_id: str) -> timedelta | None:
        """Return how long to wait after `attempts` failed ones (at least 1), None to give up.

        The alert's id spreads the retries of many alerts; the same id waits the same time.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
