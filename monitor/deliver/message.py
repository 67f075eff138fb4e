"""Letter -> the bytes of an email (RFC 5322), with headers that a page's text cannot forge.

Position: after `wording`, before `email`. Pure.

A headline is hostile. Python 3.11.7, among others, decodes `=?utf-8?q?=0d=0aBcc:...?=` in a Subject
of an `EmailMessage`, and writes the decoded line break: a real Bcc header; it also loses spaces when it
folds one in other letters. So the headline is made one clean line in which no encoded word begins, the
older `Header` folds it, and what was written is parsed again and compared. When it does not read back
as it was meant, the plain subject goes instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, formataddr
from typing import assert_never

from monitor.deliver.clean import one_line
from monitor.deliver.wording import MAX_SUBJECT_CHARS, Letter
from monitor.errors import DeliveryFailed
from monitor.model import Delivery, Digest, HealthNotice, MessageKind, Outgoing, name_id

WIRE = policy.SMTP.clone(cte_type="7bit")
"""Seven bits: no server can refuse or mangle it."""

MAX_LINE_CHARS = 76
"""The longest line of a header that holds an encoded word (RFC 2047, 2)."""

QUOTED_SHARE = 6
"""Text with fewer than one byte in six outside ASCII is shorter, and readable, as quoted-printable."""

MAILBOX = re.compile(
    r"(?:(?P<name>[^<>\r\n]*)<)?"
    r"(?P<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)"
    r"@(?P<domain>[^\s\x00-\x20<>()\[\]:;,\\\"@]+)"
    r"(?(name)>)"
)
"""`Name <address>` or `address`, with the letters that RFC 5321 allows unquoted before the @."""

MAX_LABEL_CHARS = 60
"""A label of the List-Id; DNS allows 63."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a channel's mail is from and to."""

    channel: str
    sender: Address
    recipients: tuple[Address, ...]


def parse_mailbox(text: str) -> Address:
    """Return `Name <address>` or a bare address, parsed; a domain in other letters becomes its ASCII form.

    Raises:
        ValueError: it is not one address that mail servers in general take.
    """
    parsed = MAILBOX.fullmatch(text.strip())
    if parsed is None:
        raise ValueError(f"{text!r} is not an email address")
    try:
        domain = parsed["domain"].encode("idna").decode()
        name = re.sub(r"\\(.)", r"\1", (parsed["name"] or "").strip().strip('"'))
        return Address(harmless(name), parsed["local"], domain)
    except (ValueError, UnicodeError) as exc:
        raise ValueError(f"{text!r} is not an email address") from exc


def write_message(envelope: Envelope, message: Outgoing, letter: Letter) -> bytes:
    """Return the message, ready for DATA: its headers are those of `write_headers` and no others.

    Raises:
        DeliveryFailed: no subject at all could be written, so a name in the configuration cannot be.
    """
    for subject in (harmless(letter.subject), plain_subject(message)):
        headers = write_headers(envelope, message, subject)
        try:
            raw = assemble(headers, letter, message.id)
            if reads_back(raw, headers):
                return raw
        except (HeaderParseError, UnicodeError, LookupError):
            continue  # a line break, a lone surrogate, a charset that does not exist
    raise DeliveryFailed(
        f"the headers of a mail from {envelope.sender} on channel {envelope.channel!r} cannot be written; "
        "look for unusual characters in the names of smtp.from, the channel and the rule",
        transient=False,
    )


def write_headers(envelope: Envelope, message: Outgoing, subject: str) -> dict[str, str]:
    """Return the headers, in order. The Message-ID is the message's on every attempt."""
    domain = envelope.sender.domain
    match message:
        case Delivery():
            kind, moment, thread = MessageKind.ALERT, message.alert.created_at, thread_alert(message, domain)
        case Digest():
            kind, moment, thread = MessageKind.DIGEST, message.created_at, {}
        case HealthNotice():
            kind, moment, thread = MessageKind.HEALTH, message.created_at, thread_notice(message, domain)
        case _:
            assert_never(message)
    return {
        "From": write_mailbox(envelope.sender),
        "To": ", ".join(write_mailbox(recipient) for recipient in envelope.recipients),
        "Subject": subject,
        "Date": write_date(moment),
        "Message-ID": f"<{kind}.{message.id}@{domain}>",
        **thread,
        "List-Id": f"<{label(envelope.channel)}.news-monitor.{domain}>",
        "Auto-Submitted": "auto-generated",
    }


def thread_alert(delivery: Delivery, domain: str) -> dict[str, str]:
    """Return the headers that put an alert beside others.

    `References` names the story: alerts of one story, by whatever rule, stand together in a mailbox. What
    came later replies to the mail that first told of it, if one did.
    """
    story = f"<story.{delivery.alert.story_id}@{domain}>"
    if delivery.reply_to is None:
        return {"In-Reply-To": story, "References": story}
    first = f"<{delivery.reply_to.kind}.{delivery.reply_to.id}@{domain}>"
    return {"In-Reply-To": first, "References": f"{story} {first}"}


def thread_notice(notice: HealthNotice, domain: str) -> dict[str, str]:
    """Return the headers that put word of one source beside the earlier word of it; of several, none."""
    if len(notice.turns) != 1:
        return {}
    source = f"<source.{name_id('source', notice.turns[0].source)}@{domain}>"
    return {"In-Reply-To": source, "References": source}


def write_mailbox(address: Address) -> str:
    """Return an address with its name, in ASCII."""
    return formataddr((address.display_name, address.addr_spec))


def write_date(moment: datetime) -> str:
    """Return a date after RFC 5322: when the alert was composed, so that every attempt is the same."""
    return format_datetime(moment)


def label(channel: str) -> str:
    """Return a channel's name as one label of a List-Id (RFC 2919)."""
    return re.sub(r"[^a-z0-9]+", "-", channel.lower()).strip("-")[:MAX_LABEL_CHARS] or "channel"


def harmless(text: str) -> str:
    """Return a subject or a name as one clean line in which no encoded word begins."""
    return one_line(text, MAX_SUBJECT_CHARS).replace("=?", "= ?")


def plain_subject(message: Outgoing) -> str:
    """Return a subject without a word of the page."""
    match message:
        case Delivery():
            name, what = message.alert.rule, "news (alert"
        case Digest():
            name, what = message.channel, "news (digest"
        case _:
            name, what = message.channel, "word of the sources (notice"
    plain = one_line(re.sub(r"[^A-Za-z0-9 ._-]+", " ", name), MAX_LABEL_CHARS)
    return one_line(f"[{plain}] {what} {message.id})", MAX_SUBJECT_CHARS)


def assemble(headers: Mapping[str, str], letter: Letter, message_id: str) -> bytes:
    """Return the message as bytes: the headers, and both bodies as alternatives.

    The boundary holds a "=", which neither of the two encodings can write: no page can close a part.
    """
    bodies = EmailMessage(policy=WIRE)
    bodies.set_content(letter.text, cte=transfer_encoding(letter.text))
    bodies.add_alternative(letter.html, subtype="html", cte=transfer_encoding(letter.html))
    bodies.set_boundary(f"=_{message_id}_=")
    lines = (f"{name}: {fold(name, value)}\r\n" for name, value in headers.items())
    return "".join(lines).encode("ascii") + bodies.as_bytes()


def fold(name: str, value: str) -> str:
    """Return a header's value on lines of the allowed length, in encoded words when it is not ASCII."""
    charset = "us-ascii" if value.isascii() else "utf-8"
    return Header(value, charset, MAX_LINE_CHARS, name).encode(linesep="\r\n")


def transfer_encoding(text: str) -> str:
    """Return the shorter of the two encodings that hold any text in seven bits."""
    size = len(text.encode())
    outside = size - sum(map(str.isascii, text))
    return "quoted-printable" if outside * QUOTED_SHARE < size else "base64"


def reads_back(raw: bytes, headers: Mapping[str, str]) -> bool:
    """Return whether the bytes, parsed again, hold exactly these headers, and two bodies."""
    parsed = BytesParser(policy=policy.compat32).parsebytes(raw)
    written = {name: unfold(str(value)) for name, value in parsed.items()}
    wanted = {*headers, "MIME-Version", "Content-Type"}
    return (
        len(parsed.keys()) == len(wanted)
        and set(written) == wanted
        and headers.items() <= {**written, "Subject": decoded(written["Subject"])}.items()
        and [part.get_content_type() for part in parsed.walk()]
        == ["multipart/alternative", "text/plain", "text/html"]
    )


def unfold(value: str) -> str:
    """Return a header's value on one line (RFC 5322, 2.2.3)."""
    return value.replace("\r\n", "").replace("\n", "")


def decoded(value: str) -> str:
    """Return a header's value with its encoded words decoded (RFC 2047)."""
    return str(make_header(decode_header(value)))
