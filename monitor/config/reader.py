"""The main file and those it includes -> a `Config`, or every mistake in them.

Position: the last step of this room: it calls `parsing` for each file, `crosscheck` for all, and builds.
CPU-bound and synchronous; the daemon runs it in a thread.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.compose import Pace
from monitor.config.crosscheck import (
    CONSOLE,
    Entry,
    channels_of,
    find_contradictions,
    name_entries,
    rules_of,
    sources_of,
)
from monitor.config.document import Document
from monitor.config.forms import (
    AppriseForm,
    ChannelForm,
    DefaultsForm,
    EmailForm,
    Form,
    JsonLinesForm,
    SmtpForm,
    SourceForm,
    WebhookForm,
)
from monitor.config.naming import Naming
from monitor.config.parsing import ParsedFile, parse_file
from monitor.config.references import Resolver, stamp_file
from monitor.config.servers import locate_database
from monitor.config.settings import Config
from monitor.config.templates import Folders, read_templates
from monitor.config.times import AUTO
from monitor.errors import ConfigError, FileStamp, Mistake
from monitor.model import (
    AppriseChannel,
    ChannelSettings,
    ConsoleChannel,
    EmailChannel,
    FileChannel,
    Overrides,
    QuietHours,
    Rule,
    Seed,
    SeedKind,
    Smtp,
    Source,
    WebhookChannel,
)
from monitor.timetable import DigestTimes, Timetable

LOCALTIME = Path("/etc/localtime")

GIVEN = "the configuration names it"

FIRST_PACE = Source(name="", url="").every
"""The pace of a source that finds its own, until it has."""


def read_config(path: Path, environ: Mapping[str, str], previous: Config | None = None) -> Config:
    """Read the configuration at `path` and the files it includes.

    Secrets come from `environ`. Of `previous`, the configuration in use, are taken over the files that
    have not changed since, and whose secrets have not.

    Raises:
        ConfigError: there are mistakes; it holds every one, in the order of the files.
    """
    parsed = previous.parsed if previous else ()
    known_main = parsed[0] if parsed else None
    known = {file.stamp.path: file for file in parsed[1:]}
    resolver = Resolver(environ, path.parent)
    main = parse_file(path, resolver, known_main, is_included=False)
    included, patterns, unmatched = _expand(path, main)
    files = [main]
    files += [parse_file(p, resolver, known.get(str(p.absolute())), is_included=True) for p in included]
    is_complete = not unmatched and all(file.is_whole for file in files)
    contradictions = find_contradictions(files, is_complete=is_complete)
    folders = read_templates(files, path.parent)
    stamps = _in_order([*(file.stamp for file in files), *resolver.files.values(), *folders.stamps])
    mistakes = [
        *unmatched,
        *(m for file in files for m in file.mistakes),
        *contradictions,
        *folders.mistakes,
    ]
    if mistakes:
        raise ConfigError(_sort(mistakes, files), stamps, patterns)
    config = _build(files, path.parent, machine_timezone(environ), stamps, patterns)
    return replace(config, channels=tuple(_with_templates(c, folders) for c in config.channels))


def file_stamps(read: Config | ConfigError) -> tuple[FileStamp, ...]:
    """Return what the files that `read` came from look like now, and those that its includes match now."""
    paths = {stamp.path for stamp in read.files} | {
        str(p) for pattern in read.patterns for p in _match(pattern)
    }
    return _in_order(stamp_file(Path(path)) for path in paths)


def has_changed(read: Config | ConfigError) -> bool:
    """Return whether the files that `read` came from, its secrets or what its includes match have changed."""
    return file_stamps(read) != read.files


def machine_timezone(environ: Mapping[str, str]) -> ZoneInfo:
    """Return the timezone of the machine: `TZ`, or where /etc/localtime leads to, or UTC."""
    linked = os.path.realpath(LOCALTIME).partition("/zoneinfo/")[2]
    for name in (environ.get("TZ", "").removeprefix(":"), linked):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def blame_channel(config: Config, name: str, message: str) -> ConfigError:
    """Return the error that says `message` of a channel, at its place in the files of `config`."""
    [entry] = [entry for entry in channels_of(config.parsed) if entry.path[-1] == name]
    document = Document(entry.file.name, entry.file.text)
    mistake = document.mistake(document.span_of_key(entry.path), message)
    return ConfigError((mistake,), config.files, config.patterns)


def blame_source(config: Config, name: str, setting: str, message: str) -> ConfigError:
    """Return the error that says `message` of a source's `setting`, or of a source that does not name it."""
    entries = sources_of(config.parsed)
    [entry] = [e for e, naming in zip(entries, name_entries(entries), strict=True) if naming.name == name]
    document = Document(entry.file.name, entry.file.text)
    mistake = document.mistake(document.span_of((*entry.path, setting)), message)
    return ConfigError((mistake,), config.files, config.patterns)


# --- files -------------------------------------------------------------------------------------------


def _expand(path: Path, main: ParsedFile) -> tuple[list[Path], tuple[str, ...], list[Mistake]]:
    """Return the files that the main one includes, their patterns, and a mistake for each that is in vain."""
    included: dict[Path, None] = {}
    patterns, mistakes = [], []
    for i, written in enumerate(main.form.include or ()):
        pattern = str(path.parent / written)
        patterns.append(str(path.parent.absolute() / written))
        found = _match(pattern)
        included.update(dict.fromkeys(file for file in found if file.absolute() != path.absolute()))
        # A folder may well be empty for now, but it has to be there.
        if not found and not (glob.has_magic(pattern) and _match(str(Path(pattern).parent))):
            document = Document(main.name, main.text)
            message = f'"{written}" is not there; the path starts at the folder of this file'
            mistakes.append(document.mistake(document.span_of(("include", i)), message))
    return list(included), tuple(patterns), mistakes


def _match(pattern: str) -> list[Path]:
    return sorted(Path(name) for name in glob.glob(pattern, recursive=True))  # noqa: PTH207 (absolute patterns)


def _in_order(stamps: Iterable[FileStamp]) -> tuple[FileStamp, ...]:
    return tuple(sorted(set(stamps), key=lambda stamp: stamp.path))


def _sort(mistakes: Iterable[Mistake], files: Sequence[ParsedFile]) -> tuple[Mistake, ...]:
    order = {file.name: i for i, file in enumerate(files)}
    return tuple(sorted(mistakes, key=lambda m: (order[m.file], m.line, m.column)))


# --- values ------------------------------------------------------------------------------------------


def _build(
    files: Sequence[ParsedFile],
    folder: Path,
    timezone: ZoneInfo,
    stamps: tuple[FileStamp, ...],
    patterns: tuple[str, ...],
) -> Config:
    main = files[0].form
    sources = sources_of(files)
    return Config(
        sources=tuple(
            _build_source(entry.form, naming, main.defaults, main.timezone or timezone)
            for entry, naming in zip(sources, name_entries(sources), strict=True)
        ),
        channels=_build_channels(channels_of(files), folder.absolute()),
        timetables=_build_timetables(channels_of(files), main.timezone or timezone),
        rules=tuple(
            Rule(
                name=rule.form.name,
                query=rule.form.match,
                notify=tuple(dict.fromkeys(rule.form.notify)),
                on=tuple(dict.fromkeys(rule.form.on)),
                shadow=rule.form.shadow,
                stem=rule.form.stem,
                fold_diacritics=main.fold_diacritics
                if rule.form.fold_diacritics is None
                else rule.form.fold_diacritics,
            )
            for rule in rules_of(files)
        ),
        smtp=None if main.smtp is None else _build_smtp(main.smtp),
        database=locate_database(main.database, folder),
        contact=main.contact,
        timezone=main.timezone or timezone,
        workers=main.workers,
        browser=main.browser,
        keep_pages=main.keep_pages,
        pace=Pace(group_wait=main.group_wait, story_update=main.story_update),
        copy_window=main.copy_window,
        story_window=main.story_window,
        health=tuple(dict.fromkeys(main.health or ())),
        fold_diacritics=main.fold_diacritics,
        files=stamps,
        patterns=patterns,
        parsed=tuple(files),
    )


def _build_source(form: SourceForm, naming: Naming, defaults: DefaultsForm, timezone: ZoneInfo) -> Source:
    def chosen(setting: str) -> DefaultsForm:
        return form if setting in form.model_fields_set else defaults

    every, quiet = chosen("every").every, chosen("quiet").quiet
    headers = {
        name.lower(): (name, value) for given in (defaults, form) for name, value in given.headers.items()
    }
    cookies = {name: value for given in (defaults, form) for name, value in given.cookies.items()}
    return Source(
        name=naming.name,
        url=form.url,
        every=FIRST_PACE if every == AUTO else every,
        adapts=every == AUTO,
        seed=_build_seed(form),
        headers=tuple(headers.values()),
        cookies=tuple(cookies.items()),
        user_agent=chosen("user_agent").user_agent,
        timeout=chosen("timeout").timeout,
        pause=chosen("pause").pause,
        allow_private=chosen("allow_private").allow_private,
        proxy=chosen("proxy").proxy,
        verify=chosen("verify").verify,
        render=chosen("render").render,
        first_visit=chosen("first_visit").first_visit,
        backfill=chosen("backfill").backfill,
        recheck=tuple(chosen("recheck").recheck),
        quiet=None if quiet is None else QuietHours(begin=quiet[0], end=quiet[1], timezone=timezone),
        overrides=Overrides(body=form.body or "", remove=tuple(form.remove), title=form.title or ""),
        former_names=naming.former_names,
    )


def _build_seed(form: SourceForm) -> Seed | None:
    if form.feed is not None:
        return Seed(url=form.feed, kind=SeedKind.FEED, reason=GIVEN)
    if form.sitemap is not None:
        return Seed(url=form.sitemap, kind=SeedKind.SITEMAP, reason=GIVEN)
    return None if form.section is None else Seed(url=form.section, kind=SeedKind.FRONT, reason=GIVEN)


def _build_channels(entries: Sequence[Entry[Form]], folder: Path) -> tuple[ChannelSettings, ...]:
    names = [str(entry.path[-1]) for entry in entries]
    channels = {
        name: _build_channel(name, entry.form, folder) for name, entry in zip(names, entries, strict=True)
    }
    channels.setdefault(CONSOLE, ConsoleChannel(name=CONSOLE))
    return tuple(channels.values())


def _with_templates(channel: ChannelSettings, folders: Folders) -> ChannelSettings:
    if isinstance(channel, EmailChannel) and channel.name in folders.templates:
        return replace(channel, templates=folders.templates[channel.name])
    return channel


def _build_timetables(entries: Sequence[Entry[Form]], timezone: ZoneInfo) -> dict[str, Timetable]:
    built = {
        str(entry.path[-1]): _build_timetable(entry.form, entry.form.timezone or timezone)
        for entry in entries
        if isinstance(entry.form, ChannelForm)
    }
    return {CONSOLE: Timetable(timezone=timezone), **built}


def _build_timetable(form: ChannelForm, zone: ZoneInfo) -> Timetable:
    return Timetable(
        timezone=zone,
        quiet=form.quiet and QuietHours(begin=form.quiet[0], end=form.quiet[1], timezone=zone),
        digest=form.digest and DigestTimes(timezone=zone, at=form.digest[0], weekday=form.digest[1]),
        empty=form.empty,
        limit=form.limit,
    )


def _build_channel(name: str, form: Form, folder: Path) -> ChannelSettings:
    match form:
        case EmailForm():
            return EmailChannel(name=name, to=tuple(dict.fromkeys(form.email)))
        case WebhookForm():
            secrets = tuple(dict.fromkeys(form.secret or ()))
            return WebhookChannel(
                name=name, url=form.webhook, secrets=secrets, allow_private=form.allow_private
            )
        case JsonLinesForm():
            return FileChannel(name=name, path=str(folder / form.file))
        case AppriseForm():
            return AppriseChannel(name=name, url=form.apprise)
        case _:
            return ConsoleChannel(name=name)


def _build_smtp(form: SmtpForm) -> Smtp:
    server = form.url
    return Smtp(
        host=server.host,
        port=server.port,
        tls=server.tls,
        sender=form.sender,
        username=server.username,
        password=server.password,
    )
