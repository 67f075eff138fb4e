"""One file -> its forms, filled in, and its mistakes.

Position: after `explain`, before `reader`, which puts the files together. What is sound in a file with
mistakes is kept, so that one pass finds the mistakes between the parts, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from monitor.config.document import Document
from monitor.config.explain import explain_errors
from monitor.config.forms import FileForm
from monitor.config.references import Resolver, Text, Value, read_regular_file, say_os_error, stamp_file
from monitor.config.tree import Leaf, Series, Span, Table
from monitor.errors import FileStamp, Mistake

MAX_FILE_BYTES = 64 * 1024 * 1024
"""100,000 sources with all settings take less than 30 MB."""

LISTS = ("sources", "rules")
INCLUDABLE = (*LISTS, "channels")
"""What an included file may hold; also the sections of which one entry may be wrong and the rest sound."""

START = Span(0, 0, 0, 1)

Place = tuple[str | int, ...]

Faults = dict[Place, set[str | int]]
"""What is wrong: a section, or an entry of one -> those of its settings that are wrong."""

Positions = dict[str, tuple[int, ...]]

STAND_INS: dict[str, Value] = {
    key: Text(text, raw=text, is_bare=True)
    for key, text in {"url": "https://stand-in.invalid/", "match": "word", "notify": "console"}.items()
}

EXAMPLE = '"sources:" and below it "  - https://www.example.org/"'


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParsedFile:
    """A file as it was read; also what the next reading takes over when neither it nor a secret changed.

    `form` holds what is sound; `positions` says for each sound source and rule which entry of its list
    it was. `written` are the top-level keys, `channel_names` the channels, sound or not. `is_whole` is
    False when a part could not be read at all, so that what seems missing may stand there.
    `references` are pairs of a reference and what it stood for. `secret_urls` are the entries of
    `sources` whose URL holds one.
    """

    name: str
    stamp: FileStamp
    text: str = ""
    form: FileForm = field(default_factory=FileForm)
    positions: Positions = field(default_factory=dict)
    written: frozenset[str] = frozenset()
    channel_names: frozenset[str] = frozenset()
    is_whole: bool = False
    mistakes: tuple[Mistake, ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    secret_urls: frozenset[int] = frozenset()


def parse_file(path: Path, resolver: Resolver, known: ParsedFile | None, *, is_included: bool) -> ParsedFile:
    """Read one file; `known` is what it was the last time, None when it was not read before.

    Never raises: what cannot be read is a mistake.
    """
    stamp = stamp_file(path.absolute())
    if known is not None and known.stamp == stamp and _still_hold(known.references, resolver):
        return known
    try:
        content, stamp = read_regular_file(path.absolute(), MAX_FILE_BYTES)
    except OSError as exc:
        is_missing = isinstance(exc, FileNotFoundError) and not is_included
        cure = "; start in the folder that holds it, or name another with --config" if is_missing else ""
        mistake = Document(str(path), "").mistake(START, f"cannot be read: {say_os_error(exc)}{cure}")
        return ParsedFile(name=str(path), stamp=stamp, mistakes=(mistake,))
    return _parse(Document(str(path), content), stamp, resolver, is_included=is_included)


def _parse(document: Document, stamp: FileStamp, resolver: Resolver, *, is_included: bool) -> ParsedFile:
    mistakes = [document.mistake(flaw.span, flaw.message) for flaw in document.flaws]
    root = document.root
    if not isinstance(root, Table):
        if not document.is_broken:
            mistakes.append(_say_no_settings(document))
        return ParsedFile(name=document.name, stamp=stamp, text=document.text, mistakes=tuple(mistakes))
    values = resolver.read(root)
    mistakes += [
        document.mistake(document.span_within(bad.leaf, bad.offset, bad.width), bad.message)
        for bad in resolver.bad
    ]
    if is_included:
        mistakes += _take_out_what_is_not_includable(values, document)
    form, positions, wrong = _fill_in(values, document)
    secret_urls = frozenset(_secret_urls(values.get("sources")))
    return ParsedFile(
        name=document.name,
        stamp=stamp,
        text=document.text,
        form=form,
        positions=positions,
        written=frozenset(root.rows),
        channel_names=frozenset(_keys(values.get("channels"))),
        is_whole=not document.is_broken
        and all(isinstance(values.get(section, []), list | dict) for section in INCLUDABLE)
        and (is_included or "include" not in values or form.include is not None),
        mistakes=(*mistakes, *wrong),
        references=tuple(resolver.used.items()),
        secret_urls=secret_urls,
    )


def _say_no_settings(document: Document) -> Mistake:
    """Return the mistake of a file that is empty, or holds one thing that is no mapping."""
    root = document.root
    if root is None or (isinstance(root, Leaf) and root.is_null):
        return document.mistake(START, f"the file is empty; write {EXAMPLE}")
    what = "a list" if isinstance(root, Series) else "a single value"
    return document.mistake(document.span_of(()), f"{what} stands here instead of settings; write {EXAMPLE}")


def _take_out_what_is_not_includable(values: dict[str, Value], document: Document) -> Iterator[Mistake]:
    for key in [key for key in values if key in FileForm.model_fields and key not in INCLUDABLE]:
        del values[key]
        span = document.span_of_key((key,))
        yield document.mistake(span, f'"{key}" belongs in the main file, not in an included one')


def _fill_in(values: dict[str, Value], document: Document) -> tuple[FileForm, Positions, list[Mistake]]:
    """Return the form with all that is sound, where its list entries stood, and the mistakes in the rest."""
    entries = {key: value for key in LISTS if isinstance(value := values.get(key), list)}
    try:
        form = FileForm.model_validate(values)
    except ValidationError as exc:
        faults: Faults = {}
        for error in exc.errors(include_url=False, include_input=False):
            place = error["loc"]
            depth = 2 if place[0] in INCLUDABLE else 1
            faults.setdefault(place[:depth], set()).update(place[depth : depth + 1])
        sound, positions = _salvage(values, faults)
        return FileForm.model_validate(sound), positions, list(explain_errors(exc, document))
    return form, {key: tuple(range(len(value))) for key, value in entries.items()}, []


def _salvage(values: dict[str, Value], faults: Faults) -> tuple[dict[str, Value], Positions]:
    """Return the values without what is wrong, and where the entries of lists stood that are left."""
    sound: dict[str, Value] = {}
    positions: Positions = {}
    for key, value in values.items():
        if (key,) in faults:
            continue
        if key in LISTS and isinstance(value, list):
            mended = {i: _mend(entry, faults.get((key, i))) for i, entry in enumerate(value)}
            kept = {i: entry for i, entry in mended.items() if entry is not None}
            positions[key], sound[key] = tuple(kept), list(kept.values())
            if not kept:
                del sound[key]
        elif isinstance(value, dict):
            sound[key] = {name: entry for name, entry in value.items() if (key, name) not in faults}
        else:
            sound[key] = value
    return sound, positions


def _mend(entry: Value, wrong: set[str | int] | None) -> Value | None:
    """Return an entry without its wrong settings, None when too little is left to compare it with others.

    A query or URL that is wrong gets a stand-in: the name and the channels beside it can still be
    checked, and nothing is built from a file with mistakes.
    """
    if wrong is None:
        return entry
    if not isinstance(entry, dict) or "name" in wrong or ("url" in wrong and "name" not in entry):
        return None
    sound = {key: value for key, value in entry.items() if key not in wrong}
    return sound | {key: value for key, value in STAND_INS.items() if key in wrong}


def _secret_urls(sources: Value | None) -> Iterator[int]:
    """Yield the entries of `sources` whose URL holds a reference."""
    for i, entry in enumerate(sources if isinstance(sources, list) else []):
        url = entry.get("url") if isinstance(entry, dict) else entry
        if isinstance(url, Text) and url.has_references:
            yield i


def _keys(table: Value | None) -> Iterable[str]:
    return table if isinstance(table, dict) else ()


def _still_hold(references: Iterable[tuple[str, str]], resolver: Resolver) -> bool:
    try:
        return all(resolver.resolve(reference) == value for reference, value in references)
    except ValueError:
        return False
