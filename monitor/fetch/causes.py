"""Why a page could not be had, in words that a journalist can act on.

Position: inside `client`; the one place where the HTTP library's errors and a server's refusals
become ours.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2 as httpx

from monitor.errors import FetchError, FetchFailed, FetchGone, FetchRefused
from monitor.fetch.transport import NameNotResolved, PrivateAddress

MAX_RETRY_AFTER = timedelta(days=1)
"""The longest wait that a server's Retry-After is taken for."""

GONE = {HTTPStatus.NOT_FOUND: "404 Not Found", HTTPStatus.GONE: "410 Gone"}
WAITING = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
WALLED = {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED, *WAITING}

BOT_WALLS: tuple[tuple[str, str, str], ...] = (
    ("cf-mitigated", "", "Cloudflare"),
    ("x-datadome", "", "DataDome"),
    ("x-dd-b", "", "DataDome"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-sucuri-id", "", "Sucuri"),
    ("x-iinfo", "", "Imperva"),
    ("x-px-block", "", "HUMAN"),
    ("x-vercel-mitigated", "", "Vercel"),
    ("server", "cloudflare", "Cloudflare"),
    ("server", "akamaighost", "Akamai"),
    ("server", "ddos-guard", "DDoS-Guard"),
    ("server", "qrator", "Qrator"),
)
"""Header, what its value contains, and whose wall leaves it. The sure marks come first."""

NOT_PAGES = re.compile(
    r"(?:image|video|audio|font)/|application/(?:pdf|zip|x-7z-compressed|vnd\.rar|msword|vnd\.openxmlformats)",
    re.IGNORECASE,
)

_CERTIFICATE_PROBLEMS = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself; to take it all the same, set verify: false",
    19: "its certificate leads to an authority that is not trusted",
    20: "its certificate leads to an authority that is not known (often a missing intermediate)",
    62: "its certificate is for another host",
    64: "its certificate is for another address",
}
"""OpenSSL's X509_V_ERR codes."""


def refuse_status(response: httpx.Response, now: datetime) -> FetchError:
    """Return the error that a status which is neither 200, 304 nor a redirect stands for."""
    status = response.status_code
    if status in GONE:
        return FetchGone(GONE[HTTPStatus(status)])
    words = f"{status} {_phrase(status)}".strip()
    if status in WAITING:
        wait = read_retry_after(response.headers.get("retry-after"), now)
        if wait is not None:
            return FetchFailed(f"{words}, until {now + wait:%Y-%m-%d %H:%M} UTC", retry_after=wait)
    if status in WALLED and (wall := _bot_wall(response.headers)):
        words += f" by {wall}, which takes us for an unwanted robot; ask the site to let our User-Agent in"
    elif status == HTTPStatus.UNAUTHORIZED:
        words += ": the site wants a name and a password (`headers:` can carry them)"
    return FetchFailed(words)


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Return the wait that a Retry-After header asks for, capped at a day; None when it asks for none.

    Both forms of RFC 9110, 10.2.3: seconds, and a date. One that has passed is no wait.
    """
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:9]), int(MAX_RETRY_AFTER.total_seconds())))
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(timedelta(), min(until - now, MAX_RETRY_AFTER))


def explain(exc: Exception, host: str) -> FetchError:
    """Return our error for one of the HTTP library's, whatever it is."""
    if isinstance(exc, FetchError):
        return exc
    if isinstance(exc, ExceptionGroup):
        return explain(exc.exceptions[0], host)
    if isinstance(exc, PrivateAddress):
        return FetchRefused(str(exc))
    if isinstance(exc, NameNotResolved):
        hint = "" if exc.exists else "; is the address spelled right?"
        return FetchFailed(f"DNS: {exc}{hint}")
    if isinstance(exc, httpx.TimeoutException):
        return FetchFailed(_explain_timeout(exc, host))
    for cause in _causes(exc):
        if isinstance(cause, ssl.SSLError):
            return FetchFailed(f"TLS: {host}: {_explain_tls(cause)}")
        if isinstance(cause, ConnectionRefusedError):
            return FetchFailed(f"{host} refused the connection: nothing answers at its port")
    return FetchFailed(_explain_rest(exc, host))


def _explain_timeout(exc: httpx.TimeoutException, host: str) -> str:
    if isinstance(exc, httpx.ConnectTimeout):
        return f"timeout: {exc}" if "resolved" in str(exc) else f"timeout: {host} did not accept a connection"
    if isinstance(exc, httpx.PoolTimeout):
        return "timeout: no connection was free"
    return f"timeout: {host} went silent in the middle of its answer"


def _explain_tls(exc: ssl.SSLError) -> str:
    if isinstance(exc, ssl.SSLCertVerificationError):
        return _CERTIFICATE_PROBLEMS.get(exc.verify_code, exc.verify_message)
    return f"no secure connection ({exc.reason or exc})"


def _explain_rest(exc: Exception, host: str) -> str:
    if isinstance(exc, httpx.ConnectError):
        return f"{host} cannot be reached: {_one_line(exc)}"
    if isinstance(exc, httpx.RemoteProtocolError):
        return f"{host} broke off or answered no HTTP: {_one_line(exc)}"
    if isinstance(exc, httpx.NetworkError):
        return f"{host} broke the connection off: {_one_line(exc)}"
    return f"{host} could not be asked: {_one_line(exc)}"


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """Yield `exc` and what it wraps: the pool keeps the cause in `args`, the chain or a group."""
    waiting: list[BaseException] = [exc]
    seen: set[int] = set()
    while waiting:
        error = waiting.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        waiting += [arg for arg in error.args if isinstance(arg, BaseException)]
        waiting += [inner for inner in (error.__cause__, error.__context__) if inner is not None]
        if isinstance(error, BaseExceptionGroup):
            waiting += error.exceptions


def _bot_wall(headers: httpx.Headers) -> str | None:
    return next(
        (wall for name, part, wall in BOT_WALLS if name in headers and part in headers[name].lower()), None
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _one_line(exc: Exception) -> str:
    return " ".join(str(exc).split())[:200] or type(exc).__name__
