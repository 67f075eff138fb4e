"""Who is told: mailboxes, endpoints, files, and how each is reached.

Position: on the last step of the walk, as the configuration names them; `deliveries` go there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class TlsMode(StrEnum):
    """How a mail server is spoken to. There is never a silent fall to plain text."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The mail server, and who the mail is from (`Name <address>`)."""

    host: str
    port: int
    tls: TlsMode
    sender: str
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """A person's own templates of an alert's and a digest's email, as text; None where ours are used."""

    subject: str | None = None
    text: str | None = None
    html: str | None = None
    digest_subject: str | None = None
    digest_text: str | None = None
    digest_html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChannel:
    """A mailbox, or several."""

    name: str
    to: tuple[str, ...]
    templates: Templates = Templates()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """An HTTP endpoint. `secrets` are Standard Webhooks ones (`whsec_...`); none sends unsigned.

    There are two while one takes the place of the other: each alert is signed with both.
    """

    name: str
    url: str = field(repr=False)  # many services put a token into it
    secrets: tuple[str, ...] = field(default=(), repr=False)
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleChannel:
    """The standard output of the daemon."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChannel:
    """A file that grows by one line of JSON for each alert."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel:
    """Another service, by its Apprise URL (`ntfy://...`), which may hold a password."""

    name: str
    url: str = field(repr=False)


ChannelSettings = EmailChannel | WebhookChannel | ConsoleChannel | FileChannel | AppriseChannel
