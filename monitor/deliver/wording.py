"""Alert -> words for people: the subject, the plain text and the HTML of an email.

Position: after `compose`, before a sender. Pure: the templates are read when a `Wording` is made, and
the page's text only ever fills them; it is never a template itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.deliver.bulletins import (
    DigestView,
    NoticeView,
    view_digest,
    view_notice,
    write_digest_subject,
    write_notice_subject,
)
from monitor.deliver.clean import one_line
from monitor.deliver.views import MAX_NAME_CHARS, AlertView, emphasise, mark_changes, view_alert
from monitor.model import Delivery, Digest, HealthNotice, Occasion, Outgoing

MAX_SUBJECT_CHARS = 150
"""Mail clients show 30 to 70 of them; a headline that is longer is cut at a word."""

OPENINGS = {
    Occasion.NEW: "",
    Occasion.UPDATE: "Update: ",
    Occasion.EDIT: "Edited: ",
    Occasion.REMOVAL: "Gone: ",
}

View = AlertView | DigestView | NoticeView
"""What a template shows; it is called `alert`, `digest` or `notice` there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An email's words. `subject` is one clean line; the bodies end in a newline."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A few lines of plain text, for services that show no more: chats and telephones."""

    title: str
    body: str


class Wording:
    """Words what is sent, for readers in one timezone."""

    def __init__(self, timezone: tzinfo) -> None:
        self.timezone = timezone
        environment = Environment(
            loader=PackageLoader("monitor.deliver"),
            autoescape=select_autoescape(["html"], default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.globals["mark_changes"] = mark_changes
        self._templates = {
            f"{kind}.{form}": environment.get_template(f"{kind}.{form}")
            for kind in ("alert", "digest", "notice")
            for form in ("txt", "html")
        }

    def view(self, message: Outgoing) -> View:
        """Return what the templates show of a message."""
        match message:
            case Delivery():
                return view_alert(message, self.timezone)
            case Digest():
                return view_digest(message, self.timezone)
            case HealthNotice():
                return view_notice(message, self.timezone)
            case _:
                assert_never(message)

    def write_letter(self, message: Outgoing) -> Letter:
        """Return the email about a message."""
        view = self.view(message)
        kind = kind_of(message)
        return Letter(
            subject=write_subject(message),
            text=self._templates[f"{kind}.txt"].render({kind: view}),
            html=self._templates[f"{kind}.html"].render({kind: view}),
        )

    def write_note(self, message: Outgoing) -> Note:
        """Return the few lines about a message."""
        if not isinstance(message, Delivery):
            return Note(title=write_subject(message), body=self.write_letter(message).text)
        view = view_alert(message, self.timezone)
        about = " · ".join(part for part in (view.source, view.authors, view.published) if part)
        sentences = ("> " + emphasise(sentence) for sentence in view.excerpts)
        changes = (mark_changes(line) for line in view.changes)
        further = (f"{each.title} ({each.source})\n{each.url}" for each in view.further)
        parts = [view.happened, about, *changes, *sentences, view.also_in, view.url, *further]
        return Note(title=write_subject(message), body="\n\n".join(filter(None, parts)) + "\n")


def kind_of(message: Outgoing) -> str:
    """Return what the templates of a message are called, and the message in them."""
    match message:
        case Delivery():
            return "alert"
        case Digest():
            return "digest"
        case _:
            return "notice"


def write_subject(message: Outgoing) -> str:
    """Return the subject, one clean line: of an alert, the rule in brackets, then the headline."""
    match message:
        case Delivery():
            rule = one_line(message.alert.rule, MAX_NAME_CHARS)
            opening = OPENINGS[message.alert.occasion]
            headline = opening + one_line(message.article.title, MAX_SUBJECT_CHARS)
            return one_line(f"[{rule}] {headline}", MAX_SUBJECT_CHARS)
        case Digest():
            return one_line(write_digest_subject(message), MAX_SUBJECT_CHARS)
        case _:
            return one_line(write_notice_subject(message), MAX_SUBJECT_CHARS)
