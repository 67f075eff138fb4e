"""The store, of its parts, and what concerns all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.ports.archive import ArchiveStore
from monitor.ports.articles import ArticleStore
from monitor.ports.outbox import OutboxStore
from monitor.ports.visits import VisitStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The daemon's last sign of life."""

    at: datetime
    started_at: datetime
    pid: int


class Store(VisitStore, ArticleStore, OutboxStore, ArchiveStore, Protocol):
    """What is remembered. Each call is one transaction, durable when it returns.

    Raises `StoreError` (transient when waiting may cure it) from any call.
    """

    async def release_claims(self) -> None:
        """Give back every source and delivery that this store's owner has taken."""
        ...

    async def shift_due_times(self, by: timedelta) -> None:
        """Move all that is due at some time: visits, retries, deliveries, leases. The clock was set."""
        ...

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Leave a sign of life."""
        ...

    async def heartbeat(self) -> Heartbeat | None:
        """Return the last sign of life, None when no daemon has ever run here."""
        ...

    async def prune(self, pages_before: datetime, copies_before: datetime, stories_before: datetime) -> int:
        """Forget the bytes of pages fetched earlier; return how many. Articles stay.

        Clusters of copies that began before `copies_before` are compared with nothing any more, and stories
        that began before `stories_before` take no others in.
        """
        ...
