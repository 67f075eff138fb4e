"""Names on loopback, without DNS."""

from __future__ import annotations

import socket

_RESOLVE = socket.getaddrinfo


class Resolver:
    """Stands for `socket.getaddrinfo`: answers for names as it is told to, the last answer for ever.

    Addresses, in any spelling, are read by the real one; all other names do not exist.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {
            name: [["127.0.0.1"]] for name in ("localhost", "localhost.", "LOCALHOST")
        }
        self.asked: list[str] = []

    def getaddrinfo(self, host: str, port: int, **_: object) -> object:
        """Return one answer of the kind that the system gives."""
        answers = self.answers.get(host)
        if not answers:
            return _RESOLVE(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        self.asked.append(host)
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]
