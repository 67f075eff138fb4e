"""Why a page could not be had, in words that a journalist can act on.

Position: inside `client`; the one place where the HTTP library's errors and a server's refusals
become ours.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator
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

CHALLENGES: tuple[tuple[str, str, str], ...] = (
    ("cf-mitigated", "", "Cloudflare"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-vercel-mitigated", "", "Vercel"),
)
"""Header, what its value contains, and whose wall leaves it, whatever the status: AWS says 202 and 405."""

BOT_WALLS = (
    *CHALLENGES,
    ("x-datadome", "", "DataDome"),
    ("x-dd-b", "", "DataDome"),
    ("x-sucuri-id", "", "Sucuri"),
    ("x-iinfo", "", "Imperva"),
    ("x-px-block", "", "HUMAN"),
    ("server", "cloudflare", "Cloudflare"),
    ("server", "akamaighost", "Akamai"),
    ("server", "ddos-guard", "DDoS-Guard"),
    ("server", "qrator", "Qrator"),
)
"""The same for answers that refuse us: what such a wall leaves on all that passes it."""

NOT_PAGES = re.compile(
    r"(?:image|video|audio|font)/|application/(?:pdf|zip|x-7z-compressed|vnd\.rar|msword|vnd\.openxmlformats)",
    re.IGNORECASE,
)

_CERTIFICATE_PROBLEMS = {
    10: "its certificate has expired",
    18: "its certificate is signed by itself",
    19: "its certificate leads to an authority that is not trusted",
    20: "its certificate leads to an authority that is not known (often a missing intermediate)",
    62: "its certificate is for another host",
    64: "its certificate is for another address",
}
"""OpenSSL's X509_V_ERR codes. The site must mend these; a source that trusts it may look away."""

_NOT_YET_VALID = 9
_TAKE_IT = "to take it all the same, set verify: false"

_HANDSHAKE_PROBLEMS = {
    "WRONG_VERSION_NUMBER": "what answers at that port speaks no TLS; is it http:// there?",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it only speaks versions of TLS that are safe no more",
    "UNSUPPORTED_PROTOCOL": "it only speaks versions of TLS that are safe no more",
    "DH_KEY_TOO_SMALL": "its keys are too short to be safe",
    "TLSV1_UNRECOGNIZED_NAME": "its server knows no site of that name",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "its server wants a certificate from us, and we have none",
    "UNEXPECTED_EOF_WHILE_READING": "it hung up before the connection was secure",
}
"""OpenSSL's reasons, as it spells them."""

_STILL_WAITING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""No errors, but part of how connections are read."""

_STATUSES = {
    HTTPStatus.UNAUTHORIZED.value: "the site wants a name and a password (`headers:` can carry them)",
    HTTPStatus.FORBIDDEN.value: "the site does not let us in; ask it to let our User-Agent in",
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED.value: "the proxy wants a name and a password "
    "(`proxy: http://user:password@...`)",
    520: "its server gave Cloudflare, which stands before it, no sensible answer",
    521: "its server is down, says Cloudflare, which stands before it",
    522: "its server did not answer Cloudflare, which stands before it, in time",
    523: "its server cannot be reached by Cloudflare, which stands before it",
    524: "its server did not answer Cloudflare, which stands before it, in time",
    525: "its server and Cloudflare, which stands before it, agree on no TLS",
    526: "its server has a certificate that Cloudflare, which stands before it, does not accept",
    530: "Cloudflare, which stands before its server, does not find it",
}
"""What a status means where its phrase does not say it; those from 520 on only one company gives."""


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
    marks = BOT_WALLS if status in WALLED else CHALLENGES
    if wall := _bot_wall(response.headers, marks):
        words += f" by {wall}, which takes us for an unwanted robot; ask the site to let our User-Agent in"
    elif meaning := _STATUSES.get(status):
        words += f": {meaning}"
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
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _STILL_WAITING):
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
        if exc.verify_code == _NOT_YET_VALID:
            return "its certificate is not valid yet; is the clock of this machine right?"
        return f"{_CERTIFICATE_PROBLEMS.get(exc.verify_code, exc.verify_message)}; {_TAKE_IT}"
    reason = exc.reason or " ".join(str(exc).split())
    return f"no secure connection: {_HANDSHAKE_PROBLEMS.get(reason, reason)}"


def _explain_rest(exc: Exception, host: str) -> str:
    if isinstance(exc, httpx.ProxyError):
        return f"{host} cannot be reached: the proxy answers {_explain_proxy(exc)}"
    if isinstance(exc, httpx.ConnectError):
        return f"{host} cannot be reached: {_one_line(exc)}"
    if isinstance(exc, httpx.RemoteProtocolError):
        return f"{host} broke off or answered no HTTP: {_one_line(exc)}"
    if isinstance(exc, httpx.NetworkError):
        return f"{host} broke the connection off: {_one_line(exc)}"
    return f"{host} could not be asked: {_one_line(exc)}"


def _explain_proxy(exc: httpx.ProxyError) -> str:
    """Return what a proxy said, which begins with its status, and the cure if there is one."""
    said = _one_line(exc)
    wanted = HTTPStatus.PROXY_AUTHENTICATION_REQUIRED.value
    return f"{said}: {_STATUSES[wanted]}" if said.startswith(str(wanted)) else said


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


def _bot_wall(headers: httpx.Headers, marks: Iterable[tuple[str, str, str]]) -> str | None:
    return next(
        (wall for name, part, wall in marks if name in headers and part in headers[name].lower()), None
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _one_line(exc: Exception) -> str:
    return " ".join(str(exc).split())[:200] or type(exc).__name__
