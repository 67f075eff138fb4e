"""The settings of a channel -> its sender.

Position: the room's door; `app` calls it for each channel of the configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TextIO

from monitor.deliver.console import ConsoleSender
from monitor.deliver.email import EmailSender
from monitor.deliver.file import FileSender
from monitor.deliver.webhook import ClientFor, WebhookSender
from monitor.model import (
    AppriseChannel,
    ChannelSettings,
    ConsoleChannel,
    EmailChannel,
    FileChannel,
    Smtp,
    WebhookChannel,
)
from monitor.ports import Channel, Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTools:
    """What senders are made with.

    `timezone` is the readers'. `smtp` is None when the configuration names no mail server.
    `http_client` gives the client that may, or may not, reach private addresses; it stays open until
    its owner closes it. `stdout` is where the console prints, None for the standard output.
    `open_apprise` is None when the extra `apprise` is not installed.
    """

    clock: Clock
    timezone: tzinfo
    http_client: ClientFor
    smtp: Smtp | None = None
    stdout: TextIO | None = None
    open_apprise: Callable[[AppriseChannel], Channel] | None = None


def open_channel(settings: ChannelSettings, tools: ChannelTools) -> Channel:
    """Return the sender of a channel. Nothing is connected before the first alert.

    Raises:
        ValueError: an email channel without a mail server, an Apprise channel without the extra, an
            address or a secret that is none. The configuration refuses all of these first.
    """
    match settings:
        case EmailChannel():
            if tools.smtp is None:
                raise ValueError(
                    f"channel {settings.name!r} sends email, but there is no smtp in the configuration"
                )
            return EmailSender(settings, tools.smtp, tools.timezone)
        case WebhookChannel():
            return WebhookSender(settings, tools.http_client(settings.allow_private), tools.clock)
        case ConsoleChannel():
            return ConsoleSender(settings, tools.timezone, tools.stdout)
        case FileChannel():
            return FileSender(settings)
        case AppriseChannel():
            if tools.open_apprise is None:
                raise ValueError(
                    f"channel {settings.name!r} needs the extra: pip install 'news-monitor[apprise]'"
                )
            return tools.open_apprise(settings)
