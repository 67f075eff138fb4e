"""What is wrong between the parts: names twice, channels nobody declared, email without a mail server.

Position: after `parsing`, before `reader` puts the parts together. It sees all files at once, of which
the first is the main one. Their trees are gone by now, and grow again for files with a mistake only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from monitor.config.document import Document
from monitor.config.forms import ChannelForm, ConsoleForm, EmailForm, Form, RuleForm, SourceForm
from monitor.config.naming import Naming, name_sources
from monitor.config.parsing import EXAMPLE, ParsedFile
from monitor.config.suggestions import did_you_mean, quoted
from monitor.errors import Mistake

CONSOLE = "console"
"""The channel that is there without being declared."""

Form_co = TypeVar("Form_co", bound=Form, covariant=True)

SMTP_EXAMPLE = 'smtp: { url: "smtp+starttls://user:password@host:587", from: "News <news@example.org>" }'

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Entry(Generic[Form_co]):
    """A source, channel or rule that is sound by itself, and where it stands."""

    file: ParsedFile
    path: Path
    form: Form_co


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something wrong at `path` of a file.

    `first` is the entry it collides with, which is named behind the message and before the hint; None
    when there is none.
    """

    file: ParsedFile
    path: Path
    message: str
    first: Entry[Form] | None = None
    hint: str = ""


def find_contradictions(files: Sequence[ParsedFile], *, is_complete: bool) -> list[Mistake]:
    """Return what is wrong between the parts of all files.

    Unless they are complete, nothing is said to be missing: it may stand in a part that was not read.
    """
    found = [*_check_sources(files), *_check_channels(files), *_check_rules(files)]
    if is_complete:
        found += [*_find_no_source(files), *_find_no_mail_server(files), *_find_unknown_channels(files)]
    names = {c.file.name for c in found} | {c.first.file.name for c in found if c.first}
    documents = {file.name: Document(file.name, file.text) for file in files if file.name in names}
    mistakes = []
    for contradiction in found:
        document, message = documents[contradiction.file.name], contradiction.message
        if first := contradiction.first:
            line = documents[first.file.name].span_of_key(first.path).line + 1
            message = f"{message}, in line {line} of {first.file.name}{contradiction.hint}"
        # Channels are told by their key, the rest by a value.
        is_channel = contradiction.path[:1] == ("channels",)
        span = (document.span_of_key if is_channel else document.span_of)(contradiction.path)
        mistakes.append(document.mistake(span, message))
    return mistakes


# --- sources -----------------------------------------------------------------------------------------


def sources_of(files: Sequence[ParsedFile]) -> list[Entry[SourceForm]]:
    """Return the sound sources of all files, in order."""
    return [
        Entry(file, ("sources", i), form)
        for file in files
        for i, form in zip(file.positions.get("sources", ()), file.form.sources, strict=True)
    ]


def name_entries(entries: Sequence[Entry[SourceForm]]) -> list[Naming]:
    """Return a name for each source, in order. No name is made from a URL that holds a secret."""
    namings = name_sources([(entry.form.name, entry.form.url) for entry in entries])
    return [
        Naming(naming.name, (), naming.taken_by) if _has_secret_url(entry) else naming
        for entry, naming in zip(entries, namings, strict=True)
    ]


def _check_sources(files: Sequence[ParsedFile]) -> Iterator[Contradiction]:
    entries = sources_of(files)
    for entry, naming in zip(entries, name_entries(entries), strict=True):
        form = entry.form
        places = [place for place in ("feed", "sitemap", "section") if getattr(form, place)]
        if len(places) > 1:
            rest = " or ".join(f'"{place}"' for place in places)
            message = f"a source is read from one place: leave only {rest}"
            yield Contradiction(entry.file, (*entry.path, places[-1]), message)
        if form.name is None and _has_secret_url(entry):
            message = "a source whose URL holds a reference needs a name, as names are shown"
            yield Contradiction(entry.file, (*entry.path, "url"), message)
        elif naming.taken_by is not None:
            first = entries[naming.taken_by]
            setting, hint = ("name", "") if form.name else ("url", "; give this one a name")
            message = f"a source is called {quoted(naming.name)} already"
            yield Contradiction(entry.file, (*entry.path, setting), message, first, hint)


def _find_no_source(files: Sequence[ParsedFile]) -> Iterator[Contradiction]:
    if not any("sources" in file.written for file in files):
        yield Contradiction(files[0], (), f"there is no source to watch; write {EXAMPLE}")


def _has_secret_url(entry: Entry[SourceForm]) -> bool:
    return entry.path[1] in entry.file.secret_urls


# --- channels ----------------------------------------------------------------------------------------


def channels_of(files: Sequence[ParsedFile]) -> list[Entry[Form]]:
    """Return the sound channels of all files, in order; the last step of the path is the name."""
    return [
        Entry(file, ("channels", name), form) for file in files for name, form in file.form.channels.items()
    ]


def _check_channels(files: Sequence[ParsedFile]) -> Iterator[Contradiction]:
    seen: dict[str, Entry[Form]] = {}
    for entry in channels_of(files):
        name = str(entry.path[-1])
        if name == CONSOLE and not isinstance(entry.form, ConsoleForm):
            message = f'"{CONSOLE}" is there already, and writes to the standard output; choose another name'
            yield Contradiction(entry.file, entry.path, message)
        if name in seen:
            message = f"a channel is called {quoted(name)} already"
            yield Contradiction(entry.file, entry.path, message, seen[name])
        seen.setdefault(name, entry)
        if isinstance(entry.form, ChannelForm):
            yield from _check_digest(entry, entry.form)


def _check_digest(entry: Entry[Form], form: ChannelForm) -> Iterator[Contradiction]:
    channel = quoted(str(entry.path[-1]))
    if form.digest is not None and form.limit is not None:
        message = f"channel {channel} sends digests, which are few enough; take the limit or the digest out"
        yield Contradiction(entry.file, entry.path, message)
    if form.empty and form.digest is None:
        message = f'channel {channel} says "empty" of a digest, and sends none; write "digest: daily 08:00"'
        yield Contradiction(entry.file, entry.path, message)


def _find_no_mail_server(files: Sequence[ParsedFile]) -> Iterator[Contradiction]:
    email = [entry for entry in channels_of(files) if isinstance(entry.form, EmailForm)]
    if email and "smtp" not in files[0].written:
        # One line cures all of them, so the first stands for all.
        what = f"channel {quoted(str(email[0].path[-1]))} sends email, and there is no mail server"
        yield Contradiction(email[0].file, email[0].path, f"{what}; write {SMTP_EXAMPLE}")


# --- rules -------------------------------------------------------------------------------------------


def rules_of(files: Sequence[ParsedFile]) -> list[Entry[RuleForm]]:
    """Return the sound rules of all files, in order."""
    return [
        Entry(file, ("rules", i), form)
        for file in files
        for i, form in zip(file.positions.get("rules", ()), file.form.rules, strict=True)
    ]


def _check_rules(files: Sequence[ParsedFile]) -> Iterator[Contradiction]:
    seen: dict[str, Entry[RuleForm]] = {}
    for entry in rules_of(files):
        name = entry.form.name
        if name in seen:
            message = f"a rule is called {quoted(name)} already"
            yield Contradiction(entry.file, (*entry.path, "name"), message, seen[name])
        seen.setdefault(name, entry)


def _find_unknown_channels(files: Sequence[ParsedFile]) -> Iterator[Contradiction]:
    channels = {CONSOLE}.union(*(file.channel_names for file in files))
    for i, channel in enumerate(files[0].form.health or ()):
        if channel not in channels:
            message = f'"health" tells {quoted(channel)}, which is not a channel'
            hint = did_you_mean(channel, sorted(channels))
            yield Contradiction(files[0], ("health", i), message + hint)
    for entry in rules_of(files):
        for i, channel in enumerate(entry.form.notify):
            if channel not in channels:
                message = f"rule {quoted(entry.form.name)} notifies {quoted(channel)}, which is not a channel"
                hint = did_you_mean(channel, sorted(channels))
                yield Contradiction(entry.file, (*entry.path, "notify", i), message + hint)
