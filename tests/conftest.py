"""What all tests share: no network beyond this machine, no settings of its user, patience with its speed."""

from __future__ import annotations

import errno
import os
import socket
import sys

from hypothesis import HealthCheck, settings

settings.register_profile(
    "monitor",
    deadline=None,  # a busy machine is no bug
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,  # elsewhere every run looks at new examples
)
settings.load_profile("monitor")

for name in [name for name in os.environ if name.startswith("MONITOR_")]:
    del os.environ[name]


HERE = {"", "localhost", "0.0.0.0", "::", "::1", socket.gethostname()}


def stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what would leave the machine, before a packet is sent.

    An audit hook (PEP 578) sees every library's connections and look-ups. To the code under test it is
    a machine without a network: names do not resolve and other hosts cannot be reached.
    """
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not is_here(str(address[0])):
            raise OSError(errno.ENETUNREACH, f"tests connect to this machine only, not to {address[0]}")
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0] or "")
        if not (is_here(host) or is_address(host)):
            raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no names, such as {host!r}")


def is_here(host: str) -> bool:
    """Return whether a connection to `host` stays on this machine."""
    return host in HERE or host.startswith(("127.", "::ffff:127."))


def is_address(host: str) -> bool:
    """Return whether `host` is an address in any spelling, so that no name server is asked for it."""
    try:
        socket.inet_aton(host)
    except OSError:
        return ":" in host
    return True


sys.addaudithook(stay_on_this_machine)
