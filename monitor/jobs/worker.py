"""A worker process: takes a call, runs it, answers; again, until its socket is closed.

Position: the other end of `workers`, which starts `main` in a new interpreter. It carries the two
rooms that read hostile bytes, and nothing else: no database, no HTTP client, no event loop.

A message is its length, then its bytes: a pickled call one way, a pickled answer the other. The socket is
the standard input, the first argument the seconds after which the process ends by itself.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from struct import Struct

from monitor.discover import find_links, find_seeds
from monitor.extract import read_article
from monitor.jobs.memory import keep_little_memory

CARRIED = (find_links, find_seeds, read_article)
"""What a worker is born with. What else a call names is imported when it comes."""

LENGTH = Struct("!Q")
READY = b"ready"
"""The first message of a worker: from now on a deadline is about the call, not about starting."""

PICKLE_PROTOCOL = 5


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call returned."""

    value: object


@dataclass(frozen=True, slots=True)
class Raised:
    """What a call raised, with its traceback as a note."""

    error: Exception


def main() -> None:
    """Serve the socket that is our standard input."""
    # a terminal and a service manager signal the whole group; when we end is the daemon's to say
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    keep_little_memory()
    gc.freeze()
    # a daemon that was killed takes no answer: no fault of ours, and nothing to say
    with socket.socket(fileno=os.dup(0)) as channel, suppress(ConnectionError):
        serve(channel, seconds=int(sys.argv[1]))


def serve(channel: socket.socket, seconds: int) -> None:
    """Answer calls until the other end is closed. One that outlives its daemon ends after `seconds`."""
    send(channel, READY)
    while (call := receive(channel)) is not None:
        signal.alarm(seconds)
        answer = run(call)
        signal.alarm(0)
        send(channel, answer)


def run(call: bytes | bytearray) -> bytes:
    """Return the answer to a call."""
    outcome: Returned | Raised
    try:
        function, args, kwargs = pickle.loads(call)  # noqa: S301 - it comes from our own daemon
        outcome = Returned(function(*args, **kwargs))
        return pickle.dumps(outcome, PICKLE_PROTOCOL)
    except Exception as exc:  # noqa: BLE001 - a job boundary: whatever it is, it is raised in the daemon
        exc.add_note(f"in a worker process:\n{traceback.format_exc()}")
        return pickle.dumps(Raised(exc), PICKLE_PROTOCOL)


def send(channel: socket.socket, message: bytes) -> None:
    """Send one message."""
    channel.sendall(LENGTH.pack(len(message)) + message)


def receive(channel: socket.socket) -> bytearray | None:
    """Return the next message, None when there will be no more."""
    head = _receive(channel, LENGTH.size)
    return None if head is None else _receive(channel, *LENGTH.unpack(head))


def _receive(channel: socket.socket, count: int) -> bytearray | None:
    message = bytearray(count)
    rest = memoryview(message)
    while rest:
        taken = channel.recv_into(rest)
        if not taken:
            return None
        rest = rest[taken:]
    return message
