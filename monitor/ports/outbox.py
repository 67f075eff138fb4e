"""What is on its way to the channels: the part of the store that delivering takes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.model import Coverage, Outgoing, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """How a channel's alerts are gathered, at the moment; by default not at all.

    `before` is the last time at which a digest was due: when an alert was composed before then and nobody
    has begun to send it, all that wait go into one. `empty` asks for one also when none wait. `limit`
    is how many messages may be begun within an hour; when more are due, those beyond go into one.
    """

    before: datetime | None = None
    empty: bool = False
    limit: int | None = None


NO_GATHERING = Gathering()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a channel was told of a source: that it was unwell, for a reason and since a time, at `told_at`.

    `unwell` is False once it was told that it is well again, at `recovered_at`. `well_since` is since when
    it has been well without anybody being told, None while it is not.
    """

    channel: str
    source: str
    unwell: bool
    reason: str
    since: datetime
    told_at: datetime
    well_since: datetime | None = None
    recovered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How a channel fares. `counts` says how many of its alerts stand where.

    `open_since` is when the oldest of what is still on its way was put into the outbox, None when nothing
    is. `stopped_because` are the words of a receiver that wants no more, None while it is not stopped.
    """

    name: str
    stopped_at: datetime | None
    stopped_because: str | None
    counts: Mapping[str, int]
    open_since: datetime | None


class OutboxStore(Protocol):
    """Alerts, digests and word of the sources until their receiver has them; and the channels themselves."""

    # --- deliveries

    async def claim_deliveries(
        self,
        channel: str,
        now: datetime,
        limit: int,
        lease: timedelta,
        gathering: Gathering = NO_GATHERING,
    ) -> tuple[Outgoing, ...]:
        """Take up to `limit` alerts that are due on `channel`, oldest first, until `now + lease`.

        Before them come the digests and the word of the sources that are due. What a digest holds is
        settled here, in the same transaction. A channel that was stopped is given nothing.
        """
        ...

    async def cover_digest(self, digest_id: str, coverage: Coverage) -> None:
        """Add to a digest what was watched; one that says so already stays as it is."""
        ...

    async def mark_sent(self, alert_id: str, receipt: str, now: datetime) -> None:
        """Record that the receiver took the alert, or the bulletin with that id and all it carries."""
        ...

    async def mark_failed(
        self, alert_id: str, error: str, next_attempt_at: datetime | None, progress: str | None = None
    ) -> None:
        """Record a failed attempt: the next one, or None when the alert is dead.

        `progress` takes the place of what the channel had noted before; None leaves that as it is.
        """
        ...

    async def revive(
        self, now: datetime, *, alert_id: str | None = None, channel: str | None = None
    ) -> tuple[str, ...]:
        """Send what is dead or retrying at once, its schedule begun anew; return the ids, oldest first.

        Only the one called `alert_id`, only those of `channel`, or all when neither is given. Their
        ids stay as they were, so that a receiver knows what it has. Who names an alert of a digest, or the
        digest, calls all of it back; the digest's id is among those returned.
        """
        ...

    # --- word of the sources

    async def told(self) -> tuple[Told, ...]:
        """List what channels were told of the sources."""
        ...

    async def tell(self, told: Sequence[Told], notices: Mapping[str, Sequence[Turn]], now: datetime) -> None:
        """Remember `told` in the place of what was, and put `notices`, by channel, into the outbox."""
        ...

    # --- channels

    async def register_channels(self, targets: Mapping[str, str], now: datetime) -> None:
        """Remember the channels of the configuration, by name, and what tells where each one leads.

        One that was stopped and leads elsewhere now is started.
        """
        ...

    async def stop_channel(self, name: str, reason: str, now: datetime) -> None:
        """Send nothing to a channel until it is started; what was claimed for it is given back."""
        ...

    async def start_channel(self, name: str) -> bool:
        """Start a channel that was stopped; return whether it was."""
        ...

    async def channel_states(self) -> tuple[ChannelState, ...]:
        """List all channels that were ever registered or told of anything, by name."""
        ...
