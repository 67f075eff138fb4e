"""An answer's bytes: undone from their Content-Encoding, within caps on both sides.

Position: inside `client`, once the answer's status is known to be worth reading.

The decoding is our own, since none of the clients' is strict: here an unknown coding and a stream
that ends too early are errors, and what a bomb unfolds to is never held beyond the cap.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import AsyncIterable, Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

import brotli  # type: ignore[import-untyped]

from monitor.errors import FetchFailed, FetchRefused
from monitor.fetch.settings import MIB

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

PIECE_BYTES = 1 << 18
"""The most that is unfolded in one go: 256 KiB, a small part of any cap."""

MAX_CODINGS = 2
"""A server that compresses what was compressed already is odd; more than that is an attack."""

ZSTD_WINDOW_LOG = 23
"""8 MiB, the window that RFC 9659 allows over HTTP; the format's own limit is 128 MiB."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How many bytes of one answer are taken, as they come and once they are decoded."""

    max_wire_bytes: int
    max_decoded_bytes: int


@dataclass(frozen=True, slots=True)
class Body:
    """An answer's body, and how it came when that was one whole stream of gzip, else empty."""

    plain: bytes
    packed: bytes = b""


class _Decoder(Protocol):
    """Undoes one content coding, piece by piece."""

    def feed(self, part: bytes) -> Iterator[bytes]:
        """Yield what `part` unfolds to, in pieces of about `PIECE_BYTES`."""
        ...

    @property
    def finished(self) -> bool:
        """Whether the stream has come to its end."""
        ...


class _Zlib:
    """Gzip (RFC 1952, several members allowed) and deflate (zlib, or raw as some servers send it)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16 if gzip else zlib.MAX_WBITS)
        self._started = False
        self.is_one_gzip = gzip

    def feed(self, part: bytes) -> Iterator[bytes]:
        while part:
            try:
                piece = self._stream.decompress(part, PIECE_BYTES)
            except zlib.error:
                if self._gzip or self._started:
                    raise
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
                piece = self._stream.decompress(part, PIECE_BYTES)
            self._started = True
            if piece:
                yield piece
            part = self._stream.unconsumed_tail
            if self._stream.eof:
                part = self._next_member()

    def _next_member(self) -> bytes:
        """Begin the next gzip member, if one follows; padding behind the last is dropped."""
        rest = self._stream.unused_data
        self.is_one_gzip = self.is_one_gzip and not rest
        if not self._gzip or not rest.startswith(b"\x1f"):
            return b""
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return rest

    @property
    def finished(self) -> bool:
        return self._stream.eof


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, part: bytes) -> Iterator[bytes]:
        piece = self._stream.process(part, output_buffer_limit=PIECE_BYTES)
        while piece:
            yield piece
            piece = self._stream.process(b"", output_buffer_limit=PIECE_BYTES)

    @property
    def finished(self) -> bool:
        return bool(self._stream.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._stream = self._new_stream()

    @staticmethod
    def _new_stream() -> ZstdDecompressor:
        return ZstdDecompressor(options={DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})

    def feed(self, part: bytes) -> Iterator[bytes]:
        while True:
            if self._stream.eof:
                if not part:
                    return
                self._stream = self._new_stream()
            piece = self._stream.decompress(part, PIECE_BYTES)
            if piece:
                yield piece
            if self._stream.eof:
                part = self._stream.unused_data
            elif self._stream.needs_input:
                return
            else:
                part = b""

    @property
    def finished(self) -> bool:
        return self._stream.eof


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}


async def read_body(parts: AsyncIterable[bytes], content_encoding: str, caps: Caps) -> Body:
    """Return the whole body, decoded, and as it came.

    Raises:
        FetchRefused: it is larger than `caps` allow.
        FetchFailed: the coding is unknown, broken, or cut short.
    """
    decoders = _decoders_for(content_encoding)
    body, wire = BytesIO(), BytesIO()  # they give what they hold without a copy
    wire_bytes = 0
    may_stay = [type(decoder) for decoder in decoders] == [_Zlib]
    async for part in parts:
        wire_bytes += len(part)
        if may_stay:
            wire.write(part)
        if wire_bytes > caps.max_wire_bytes:
            raise FetchRefused(f"too large: more than {_mib(caps.max_wire_bytes)} on the wire")
        for piece in _decode(part, decoders, content_encoding):
            body.write(piece)
            if body.tell() > caps.max_decoded_bytes:
                raise FetchRefused(f"too large: more than {_mib(caps.max_decoded_bytes)} unpacked")
    _require_end(decoders, content_encoding, has_come=wire_bytes > 0)
    match decoders:
        case [_Zlib(is_one_gzip=True)]:
            return Body(body.getvalue(), wire.getvalue())
        case _:
            return Body(body.getvalue())


async def read_start(parts: AsyncIterable[bytes], content_encoding: str, max_bytes: int) -> bytes:
    """Return the first `max_bytes` of the body, decoded; what follows is not even read.

    Raises:
        FetchFailed: the coding is unknown or broken, or cut short before so much had come.
    """
    decoders = _decoders_for(content_encoding)
    body = bytearray()
    has_come = False
    async for part in parts:
        has_come = has_come or bool(part)
        for piece in _decode(part, decoders, content_encoding):
            body += piece
            if len(body) >= max_bytes:
                return bytes(body[:max_bytes])
    _require_end(decoders, content_encoding, has_come=has_come)
    return bytes(body)


def _require_end(decoders: list[_Decoder], content_encoding: str, *, has_come: bool) -> None:
    if has_come and not all(decoder.finished for decoder in decoders):
        raise FetchFailed(f"the answer was cut short: its {content_encoding} stream has no end")


def _decoders_for(content_encoding: str) -> list[_Decoder]:
    """Return the decoders in the order in which they are to be applied: last coding first."""
    codings = [name for part in content_encoding.split(",") if (name := part.strip().lower())]
    codings = [name for name in codings if name != "identity"]
    if len(codings) > MAX_CODINGS:
        raise FetchFailed(f"the answer is packed {len(codings)} times over")
    unknown = next((name for name in codings if name not in _DECODERS), None)
    if unknown is not None:
        raise FetchFailed(f"the answer has an unknown Content-Encoding: {unknown[:40]!r}")
    return [_DECODERS[name]() for name in reversed(codings)]


def _decode(part: bytes, decoders: list[_Decoder], content_encoding: str) -> Iterator[bytes]:
    try:
        yield from _unfold(part, decoders)
    except (zlib.error, brotli.error, ZstdError) as exc:
        raise FetchFailed(f"the answer is not the {content_encoding} that it says it is: {exc}") from exc


def _unfold(part: bytes, decoders: list[_Decoder]) -> Iterator[bytes]:
    if not decoders:
        yield part
        return
    for piece in decoders[0].feed(part):
        yield from _unfold(piece, decoders[1:])


def _mib(count: int) -> str:
    return f"{count / MIB:g} MiB"
