"""Alert -> mailboxes, over SMTP.

Position: after `wording` and `message`; behind `ports.Channel`.

Each recipient has its own result. A mail that some have taken is sent again to the others only: what each
has answered for good goes into the outbox with the failed attempt (`DeliveryFailed.progress`).
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from datetime import timedelta, tzinfo

from monitor.deliver.custom import CustomWording
from monitor.deliver.message import Envelope, parse_mailbox, write_message
from monitor.deliver.retry import EMAIL_WAITS, spread, wait_after
from monitor.deliver.smtp import Reply, SmtpConnection, SmtpLimits
from monitor.errors import DeliveryFailed
from monitor.model import EmailChannel, Outgoing, Smtp


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
            ValueError: an address is not one (the configuration has checked them), or a template.
        """
        self._channel = channel
        self._envelope = Envelope(
            channel.name, parse_mailbox(smtp.sender), tuple(parse_mailbox(address) for address in channel.to)
        )
        self._wording = CustomWording(timezone, channel.templates)
        self._connection = SmtpConnection(smtp, limits or SmtpLimits(), tls_context)

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._channel.name

    async def send(self, message: Outgoing) -> str:
        """Send one message to every recipient that has not answered for good.

        Returns what the server said, for each recipient when they differ: one may be refused while
        others have the mail.

        Raises:
            DeliveryFailed: transient while any recipient may still take it; final when all refuse.
        """
        return conclude(await self._ask_all(message))

    async def send_to_all(self, message: Outgoing) -> str:
        """Send one message as `send` does, for somebody who wants to know whether everybody gets mail.

        Raises:
            DeliveryFailed: any recipient did not take it; it says who did and who did not.
        """
        replies = await self._ask_all(message)
        summary = conclude(replies)
        if not all(reply.taken for reply in replies.values()):
            raise DeliveryFailed(f"not everybody has it: {summary}", transient=False)
        return summary

    async def _ask_all(self, message: Outgoing) -> dict[str, Reply]:
        """Return what was answered for each recipient, earlier or now."""
        mail = write_message(self._envelope, message, self._wording.write_letter(message))
        recipients = dict.fromkeys(address.addr_spec for address in self._envelope.recipients)
        replies = {
            recipient: reply for recipient, reply in settled_of(message).items() if recipient in recipients
        }
        waiting = [recipient for recipient in recipients if recipient not in replies]
        if waiting:
            replies |= await self._connection.send(self._envelope.sender.addr_spec, waiting, mail)
        return replies

    def retry_wait(self, attempts: int, alert_id: str = "") -> timedelta | None:
        """Return the wait after `attempts` failed ones: 5 minutes, later at least 30; None after 5 days."""
        wait = wait_after(EMAIL_WAITS, attempts)
        return None if wait is None else spread(wait, alert_id, attempts)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._connection.close()


def settled_of(message: Outgoing) -> dict[str, Reply]:
    """Return the final reply to each recipient that has answered for good in earlier attempts.

    At a first attempt only those who have the mail: a person has called a dead alert back, and wants
    those asked again who refused it.
    """
    noted: dict[str, tuple[int, str]] = json.loads(message.progress or "{}")
    replies = {recipient: Reply(code, text) for recipient, (code, text) in noted.items()}
    return {recipient: reply for recipient, reply in replies.items() if message.attempts or reply.taken}


def conclude(replies: Mapping[str, Reply]) -> str:
    """Return the receipt, or raise what the replies amount to; who has answered for good is noted."""
    summary = summarise(replies)
    settled = {recipient: (reply.code, reply.text) for recipient, reply in replies.items() if reply.final}
    progress = json.dumps(settled, ensure_ascii=False)
    if len(settled) < len(replies):
        raise DeliveryFailed(summary, progress=progress)
    if not any(reply.taken for reply in replies.values()):
        raise DeliveryFailed(summary, transient=False, progress=progress)
    return summary


def summarise(replies: Mapping[str, Reply]) -> str:
    """Return what the server said: once when it said the same of all, else for each recipient."""
    if len(set(replies.values())) == 1:
        return str(next(iter(replies.values())))
    return "; ".join(f"{recipient}: {reply}" for recipient, reply in replies.items())
