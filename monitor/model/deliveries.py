"""What is on its way to a channel, and how far it has come.

Position: after `alerts`, last on the walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.alerts import Alert, Outlet
from monitor.model.articles import Article


class DeliveryState(StrEnum):
    """Where an alert, or another message, stands on its way to its channel."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    RETRYING = "retrying"
    DEAD = "dead"
    SHADOWED = "shadowed"
    """The rule is only rehearsed: it is counted and shown, and never sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """How far something has come on its way to its channel.

    `attempts` counts the finished attempts. `last_error` is None before the first failure.
    `receipt` is what the receiver answered, None until it was taken. `progress` is what the channel
    itself noted of earlier attempts, for its eyes only; None when it noted nothing.
    """

    state: DeliveryState
    attempts: int
    next_attempt_at: datetime
    last_error: str | None = None
    sent_at: datetime | None = None
    receipt: str | None = None
    progress: str | None = None


class MessageKind(StrEnum):
    """What a message is about."""

    ALERT = "alert"
    DIGEST = "digest"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class MessageName:
    """What was sent: an id, and of what."""

    kind: MessageKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Dispatch):
    """An alert on its way, with the article it is about.

    `digest` is the id of the digest that carries it, None for one that goes by itself. `also_in` are the
    other outlets that have it, `further` the articles of the story that the same message tells of.
    `reply_to` names the message that told of the story first, None when none was sent.
    """

    alert: Alert
    article: Article
    also_in: tuple[Outlet, ...] = ()
    further: tuple[Outlet, ...] = ()
    reply_to: MessageName | None = None
    digest: str | None = None

    @property
    def id(self) -> str:
        """The name of what is sent, the same on every attempt."""
        return self.alert.id
