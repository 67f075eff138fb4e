"""Alert -> any of a hundred other services, by Apprise URL (https://appriseit.com).

Position: after `wording`; behind `ports.Channel`. It needs the extra `apprise`, so nothing imports it but
the function that opens such a channel.

Apprise speaks to the services by itself: the guard against private addresses does not stand before it. It
says yes or no, and no more; a service with several targets is asked for all of them again when one has
failed.
"""

from __future__ import annotations

import re
from datetime import timedelta, tzinfo

from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode, PersistentStoreMode

from monitor.deliver.clean import one_line
from monitor.deliver.retry import EMAIL_WAITS, spread, wait_after
from monitor.deliver.wording import Wording
from monitor.errors import DeliveryFailed
from monitor.model import AppriseChannel, Outgoing

TIMEOUT = timedelta(seconds=20)

MAX_REASON_CHARS = 300

MENTIONS = re.compile(r"(?<=@)(?=\w)|(?<=<)(?=[!@#&])")
"""Where "@everyone", "<!channel>" and their like begin: a headline must not ring a whole company."""

ZERO_WIDTH_SPACE = "\u200b"


class AppriseSender:
    """Sends alerts to one service."""

    def __init__(self, channel: AppriseChannel, timezone: tzinfo, *, timeout: timedelta = TIMEOUT) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            ValueError: the URL names no service that Apprise knows. The words do not repeat it: it may
                hold a password.
        """
        self._channel = channel
        self._wording = Wording(timezone)
        self._timeout = timeout
        asset = AppriseAsset(
            app_id="news-monitor",
            allow_templates=False,  # page text is never a template
            http_redirects=False,
            storage_mode=PersistentStoreMode.MEMORY,
        )
        self._service = Apprise(asset=asset)
        if not self._service.add(channel.url):
            raise ValueError(f"the URL of channel {channel.name!r} names no service that Apprise knows")
        for service in self._service:
            if service.overflow_mode == OverflowMode.UPSTREAM:  # as long as the URL does not say otherwise
                service.overflow_mode = OverflowMode.SPLIT

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._channel.name

    async def send(self, message: Outgoing) -> str:
        """Send one message; return the service that took it.

        Raises:
            DeliveryFailed: the service did not take it, or not in time; always transient.
        """
        note = self._wording.write_note(message)
        result = await self._service.async_notify(
            title=silence(note.title),
            body=silence(note.body),
            body_format=NotifyFormat.TEXT,
            timeout=self._timeout.total_seconds(),
        )
        if not result:
            said = "; ".join(str(entry.message) for entry in result.logs()) or result.status.name.lower()
            raise DeliveryFailed(f"Apprise could not deliver: {one_line(said, MAX_REASON_CHARS)}")
        return f"taken by {', '.join(str(service.name) for service in result)}"

    def retry_wait(self, attempts: int, alert_id: str = "") -> timedelta | None:
        """Return the wait after `attempts` failed ones: as for email; None after 5 days."""
        wait = wait_after(EMAIL_WAITS, attempts)
        return None if wait is None else spread(wait, alert_id, attempts)

    async def close(self) -> None:
        """Do nothing: Apprise keeps no connection."""


def silence(text: str) -> str:
    """Return `text` in which nobody is mentioned: it reads the same, and rings nobody."""
    return MENTIONS.sub(ZERO_WIDTH_SPACE, text)
