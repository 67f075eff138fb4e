"""Alert -> mailboxes, over SMTP.

Position: after `wording` and `message`; behind `ports.Channel`.

Each recipient has its own result. A mail that some have taken is sent again to the others only, as long
as this sender lives: what a recipient answered is remembered until all have answered for good.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import timedelta, tzinfo

from monitor.deliver.message import Envelope, parse_mailbox, write_message
from monitor.deliver.retry import EMAIL_WAITS, spread, wait_after
from monitor.deliver.smtp import Reply, SmtpConnection, SmtpLimits
from monitor.deliver.wording import Wording
from monitor.errors import DeliveryFailed
from monitor.model import Delivery, EmailChannel, Smtp

MAX_OPEN_ALERTS = 10_000
"""Alerts whose partial results are remembered; the oldest is forgotten first."""


class EmailSender:
    """Sends alerts to the mailboxes of one channel."""

    def __init__(
        self,
        channel: EmailChannel,
        smtp: Smtp,
        timezone: tzinfo,
        *,
        limits: SmtpLimits | None = None,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare; nothing is opened before the first mail.

        Raises:
            ValueError: an address is not one (the configuration has checked them).
        """
        self._channel = channel
        self._envelope = Envelope(
            channel.name, parse_mailbox(smtp.sender), tuple(parse_mailbox(address) for address in channel.to)
        )
        self._wording = Wording(timezone)
        self._connection = SmtpConnection(smtp, limits or SmtpLimits(), tls_context)
        self._settled: dict[str, dict[str, Reply]] = {}

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._channel.name

    async def send(self, delivery: Delivery) -> str:
        """Send one alert to every recipient that has not answered for good.

        Returns what the server said, for each recipient when they differ: one may be refused while
        others have the mail.

        Raises:
            DeliveryFailed: transient while any recipient may still take it; final when all refuse.
        """
        alert = delivery.alert
        message = write_message(self._envelope, alert, self._wording.write_letter(delivery))
        settled = self._settled.pop(alert.id, {})
        recipients = [address.addr_spec for address in self._envelope.recipients]
        waiting = [recipient for recipient in dict.fromkeys(recipients) if recipient not in settled]
        replies = dict(settled)
        try:
            replies |= await self._connection.send(self._envelope.sender.addr_spec, waiting, message)
        finally:
            self._remember(alert.id, replies)
        return self._conclude(alert.id, replies)

    def retry_wait(self, attempts: int, alert_id: str = "") -> timedelta | None:
        """Return the wait after `attempts` failed ones: 5 minutes, later at least 30; None after 5 days."""
        wait = wait_after(EMAIL_WAITS, attempts)
        return None if wait is None else spread(wait, alert_id, attempts)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.close()

    def _remember(self, alert_id: str, replies: Mapping[str, Reply]) -> None:
        """Keep the final replies of an alert that is to be tried again."""
        settled = {recipient: reply for recipient, reply in replies.items() if reply.final}
        if settled:
            self._settled[alert_id] = settled
        while len(self._settled) > MAX_OPEN_ALERTS:
            del self._settled[next(iter(self._settled))]

    def _conclude(self, alert_id: str, replies: Mapping[str, Reply]) -> str:
        """Return the receipt, or raise what the replies amount to."""
        summary = summarise(replies)
        if not all(reply.final for reply in replies.values()):
            raise DeliveryFailed(summary)
        self._settled.pop(alert_id, None)
        if not any(reply.taken for reply in replies.values()):
            raise DeliveryFailed(summary, transient=False)
        return summary


def summarise(replies: Mapping[str, Reply]) -> str:
    """Return what the server said: once when it said the same of all, else for each recipient."""
    if len(set(replies.values())) == 1:
        return str(next(iter(replies.values())))
    return "; ".join(f"{recipient}: {reply}" for recipient, reply in replies.items())
