"""Leases: who works on a source or an alert, and until when.

Position: under `visits` and `outbox`, whose tables both have the columns `claimed_by` and `claimed_until`.
A lease that nobody gives back runs out by itself, so that no crash holds anything for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, or_

UNCLAIMED: dict[str, object] = {"claimed_by": None, "claimed_until": None}


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish to work on something from `now` on, for the time of a `lease`."""

    owner: str
    now: datetime
    lease: timedelta

    def columns(self) -> dict[str, object]:
        """Return what is written when the claim is granted."""
        return {"claimed_by": self.owner, "claimed_until": self.now + self.lease}

    def is_free(self, table: Table) -> ColumnElement[bool]:
        """Return the condition that nobody has a row of `table`, or that its lease has run out."""
        return or_(table.c.claimed_until.is_(None), table.c.claimed_until <= self.now)
