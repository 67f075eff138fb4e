"""The URL of a mail server or a database -> where it is and how to enter.

Position: beside `values`, before `kinds`. These two URLs hold passwords: references in their
credentials are percent-encoded before the URL is taken apart, and no message quotes the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from monitor.config.references import Text
from monitor.config.suggestions import did_you_mean, quoted
from monitor.model import TlsMode
from monitor.text.urls import host_of

TLS_BY_SCHEME = {
    "smtp": TlsMode.NONE,
    "smtp+starttls": TlsMode.STARTTLS,
    "smtps": TlsMode.TLS,
    "smtp+tls": TlsMode.TLS,
}
PORT_BY_TLS = {TlsMode.NONE: 25, TlsMode.STARTTLS: 587, TlsMode.TLS: 465}
"""RFC 5321 (relay), RFC 6409 (submission), RFC 8314, 7.3 (submission over TLS)."""

SQLITE = "sqlite:///"
DEFAULT_DATABASE = f"{SQLITE}data/monitor.sqlite3"
POSTGRESQL_SCHEMES = frozenset({"postgresql", "postgresql+psycopg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in. No user name: without authentication."""

    host: str
    port: int
    tls: TlsMode
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


def read_mail_server(text: Text) -> MailServer:
    """Return the mail server that `smtp+starttls://user:password@host:587` names."""
    parts, host, port = _take_apart(text)
    tls = TLS_BY_SCHEME.get(parts.scheme)
    if tls is None:
        known = [f"{scheme}://" for scheme in TLS_BY_SCHEME]
        hint = did_you_mean(f"{parts.scheme}://", known) or f"; it begins with one of {' '.join(known)}"
        raise ValueError(f"{quoted(text)} is not the URL of a mail server{hint}")
    if not host:
        raise ValueError(f"{quoted(text)} names no mail server")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(
            f"{quoted(text)} goes on behind the host; in a password / is %2F, # is %23, ? is %3F"
        )
    username, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    if (username is None) != (password is None):
        raise ValueError(f"{quoted(text)} needs both a user name and a password, or neither")
    if not f"{username}{password}".isprintable():
        raise ValueError(
            f"{quoted(text)} has a line break or a control character in its user name or password"
        )
    return MailServer(host=host, port=port or PORT_BY_TLS[tls], tls=tls, username=username, password=password)


def read_database(text: Text) -> str:
    """Return the URL of a database, a SQLite file's path still as written."""
    url = text.with_encoded_credentials().strip()
    if url.startswith(SQLITE):
        path = url.removeprefix(SQLITE)
        if not path or path.startswith(":memory:") or path.endswith("/"):
            raise ValueError(f"{quoted(text)} names no file; write one like {DEFAULT_DATABASE}")
        if "?" in path or not path.isprintable():
            raise ValueError(f"{quoted(text)} is not a plain path; settings behind a ? are not read")
        return url
    parts, host, _ = _take_apart(text)
    if parts.scheme in POSTGRESQL_SCHEMES:
        if not parts.path.strip("/"):
            raise ValueError(f"{quoted(text)} names no database; write postgresql://user:password@host/name")
        if not host and not parts.query:
            raise ValueError(f"{quoted(text)} names no host; write postgresql://user:password@host/name")
        return url
    hint = f"; did you mean {quoted(SQLITE + text.raw)}?" if "://" not in text.raw else ""
    raise ValueError(
        f"{quoted(text)} is not the URL of a database{hint or '; it begins with sqlite:/// or postgresql://'}"
    )


def locate_database(url: str, folder: Path) -> str:
    """Return the URL with the path of a SQLite file made absolute: relative ones start in `folder`."""
    if not url.startswith(SQLITE):
        return url
    return SQLITE + str(folder.absolute() / url.removeprefix(SQLITE))


def _take_apart(text: Text) -> tuple[SplitResult, str, int | None]:
    """Return the parts of a URL, its host ("" for none) and its port (None for none)."""
    url = text.with_encoded_credentials().strip()
    if not url.isprintable():
        raise ValueError(f"{quoted(text)} holds a line break or a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
        authority = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        host = host_of(f"http://{authority}/") if authority else ""
    except ValueError as exc:
        hint = "signs in a password are written like %2F, or come from ${NAME}"
        raise ValueError(f"{quoted(text)} is not a URL that can be understood; {hint}") from exc
    if port == 0:
        raise ValueError(f"{quoted(text)} has the port 0")
    return parts, host, port
