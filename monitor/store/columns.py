"""How values are written down, so that SQLite and PostgreSQL hold, compare and sort them alike.

Position: under `tables`.

* A time is an integer, microseconds since 1970 in UTC. A time that a page claims has its own offset,
  in seconds, in a second column, so that what comes out equals what went in.
* Text comes from hostile pages. No database holds lone surrogates, and PostgreSQL holds no NUL: each
  such character becomes U+FFFD at this border, one for one, so that offsets into a text stay true.
* Hashes are unsigned 64-bit numbers; SQL knows signed ones only. Alone they are mapped (`signed`),
  together they are packed, eight bytes each, little-endian.
* Ids inside the database are integers. They never leave it.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from monitor.model import (
    ChangeKind,
    Changes,
    Child,
    Coverage,
    DiffPiece,
    DiffSide,
    Excerpt,
    Gap,
    Outline,
    Turn,
    Validators,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

RowId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite makes a column its row number only when it is called INTEGER."""


def storable(text: str) -> str:
    """Return `text` with each character that no database holds replaced by U+FFFD.

    Mostly there is none, which the codec sees in a tenth of the pattern's time.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return _UNSTORABLE.sub("\ufffd", text)
    return text.replace("\0", "\ufffd")


def storable_each(texts: Sequence[str]) -> list[str]:
    """Return each of some short texts as `storable` does, looked at together."""
    joined = "".join(texts)
    return list(texts) if storable(joined) == joined else list(map(storable, texts))


def signed(number: int) -> int:
    """Return the signed 64-bit number that has the bits of an unsigned one."""
    return number - (1 << 64) if number >> 63 else number


def unsigned(number: int) -> int:
    """Return the unsigned 64-bit number that has the bits of a signed one."""
    return number & 0xFFFF_FFFF_FFFF_FFFF


def signed_each(numbers: Sequence[int]) -> tuple[int, ...]:
    """Return unsigned 64-bit numbers as `signed` does, in order, at a tenth of the cost."""
    form = f"<{len(numbers)}"
    return struct.unpack(form + "q", struct.pack(form + "Q", *numbers))


HASH_BYTES = 8


def pack_hashes(hashes: Sequence[int]) -> bytes:
    """Return unsigned 64-bit hashes as bytes, in order."""
    return struct.pack(f"<{len(hashes)}Q", *hashes)


def unpack_hashes(packed: bytes) -> tuple[int, ...]:
    """Return what `pack_hashes` packed."""
    return struct.unpack(f"<{len(packed) // HASH_BYTES}Q", packed)


def microseconds(moment: datetime) -> int:
    """Return an aware datetime as microseconds since 1970 in UTC, exactly."""
    return (moment - EPOCH) // MICROSECOND


def instant(moment_us: int) -> datetime:
    """Return the time of so many microseconds since 1970, in UTC."""
    return EPOCH + timedelta(microseconds=moment_us)


def offset_seconds(moment: datetime | None) -> int | None:
    """Return how far east of UTC a page says it is; None for no time. Parts of a second are dropped."""
    offset = None if moment is None else moment.utcoffset()
    return None if offset is None else offset // SECOND


def local_time(moment_us: int | None, offset_s: int | None) -> datetime | None:
    """Return a page's time with its own offset, from its two columns.

    The first and the last day of the calendar have no UTC time in some offsets: the sum is made in
    the page's own time, which was a datetime once.
    """
    if moment_us is None or offset_s is None:
        return None
    offset = timedelta(seconds=offset_s)
    wall = EPOCH.replace(tzinfo=None) + (timedelta(microseconds=moment_us) + offset)
    return wall.replace(tzinfo=timezone(offset) if offset else UTC)


class Instant(TypeDecorator[datetime]):
    """A time that the program made: aware, in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        return None if value is None else instant(value)


class Span(TypeDecorator[timedelta]):
    """A duration, in microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102
        return None if value is None else value // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002, D102
        return None if value is None else timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else storable(str(value))


class WordList(TypeDecorator[tuple[str, ...]]):
    """Several short texts in order, as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return None if value is None else json.dumps(storable_each(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002, D102
        return None if value is None else tuple(json.loads(value))


class ChildList(TypeDecorator[tuple[Child, ...]]):
    """The sitemaps of an index, as a JSON array of [url, modified, etag, last modified]; None for none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Child] | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        if not value:
            return None
        fields = ((c.url, c.modified, c.validators.etag, c.validators.last_modified) for c in value)
        return json.dumps([[f and storable(f) for f in one] for one in fields], ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Child, ...]:  # noqa: ARG002, D102
        return tuple(
            Child(url=url, modified=modified, validators=Validators(etag=etag, last_modified=last_modified))
            for url, modified, etag, last_modified in json.loads(value or "[]")
        )


class ExcerptList(TypeDecorator[tuple[Excerpt, ...]]):
    """The excerpts of a match, as a JSON array of [text, [[start, end], ...], in title]."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Excerpt] | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        if value is None:
            return None
        return json.dumps([[storable(e.text), e.marks, e.in_title] for e in value], ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Excerpt, ...] | None:  # noqa: ARG002, D102
        if value is None:
            return None
        return tuple(
            Excerpt(text=text, marks=tuple((start, end) for start, end in marks), in_title=in_title)
            for text, marks, in_title in json.loads(value)
        )


class ChangeList(TypeDecorator[Changes]):
    """What an edit changed, as a JSON object: `kinds`, and `lines` of [text, side] pieces."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Changes | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        if value is None:
            return None
        lines = [[[storable(piece.text), piece.side] for piece in line] for line in value.lines]
        return json.dumps({"kinds": value.kinds, "lines": lines}, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Changes | None:  # noqa: ARG002, D102
        if value is None:
            return None
        written = json.loads(value)
        return Changes(
            kinds=tuple(map(ChangeKind, written["kinds"])),
            lines=tuple(
                tuple(DiffPiece(text, DiffSide(side)) for text, side in line) for line in written["lines"]
            ),
        )


class CoverageNote(TypeDecorator[Coverage]):
    """What was watched, as a JSON object: `sources`, and `gaps` of [source, reason, since or null]."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Coverage | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        if value is None:
            return None
        gaps = [
            [
                storable(gap.source),
                storable(gap.reason),
                None if gap.since is None else microseconds(gap.since),
            ]
            for gap in value.gaps
        ]
        return json.dumps({"sources": value.sources, "gaps": gaps}, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Coverage | None:  # noqa: ARG002, D102
        if value is None:
            return None
        written = json.loads(value)
        gaps = (
            Gap(source=source, reason=reason, since=None if since is None else instant(since))
            for source, reason, since in written["gaps"]
        )
        return Coverage(sources=written["sources"], gaps=tuple(gaps))


class TurnList(TypeDecorator[tuple[Turn, ...]]):
    """Sources that have become unwell, or well again, as a JSON array of [source, well, reason, since]."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Turn] | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        if value is None:
            return None
        turns = [[storable(t.source), t.well, storable(t.reason), microseconds(t.since)] for t in value]
        return json.dumps(turns, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Turn, ...] | None:  # noqa: ARG002, D102
        if value is None:
            return None
        return tuple(
            Turn(source=source, well=well, reason=reason, since=instant(since))
            for source, well, reason, since in json.loads(value)
        )


class HashList(TypeDecorator[tuple[int, ...]]):
    """Unsigned 64-bit hashes in order, packed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002, D102
        return None if value is None else pack_hashes(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> tuple[int, ...] | None:  # noqa: ARG002, D102
        return None if value is None else unpack_hashes(value)


class Hash(TypeDecorator[int]):
    """One unsigned 64-bit hash."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102
        return None if value is None else signed(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102
        return None if value is None else unsigned(value)


WEIGHT_SCALE = (1 << 16) - 1
"""Weights of unit length, none above 1, are kept in two bytes each."""


class OutlineBytes(TypeDecorator[Outline]):
    """A weighed outline, packed: the language, three lengths, the terms, their weights, mentions, facts."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Outline | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002, D102
        if value is None:
            return None
        lengths = (len(value.terms), len(value.mentions), len(value.facts))
        numbers = (*value.terms, *value.mentions, *sorted(value.facts))
        weights = (round(weight * WEIGHT_SCALE) for weight in value.weights)
        form = f"<I3H{len(numbers)}I{lengths[0]}H"
        return struct.pack(form, value.language, *lengths, *numbers, *weights)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Outline | None:  # noqa: ARG002, D102
        if value is None:
            return None
        language, terms, mentions, facts = struct.unpack_from("<I3H", value)
        end = terms + mentions
        unpacked = struct.unpack_from(f"<{end + facts}I{terms}H", value, struct.calcsize("<I3H"))
        return Outline(
            language=language,
            terms=unpacked[:terms],
            weights=tuple(weight / WEIGHT_SCALE for weight in unpacked[end + facts :]),
            mentions=unpacked[terms:end],
            facts=frozenset(unpacked[end : end + facts]),
        )
