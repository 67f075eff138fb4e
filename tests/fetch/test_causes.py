"""Why a page could not be had, in words."""

from __future__ import annotations

import ssl

import httpcore2 as httpcore
import httpx2 as httpx
import pytest

from monitor.errors import FetchFailed, FetchRefused
from monitor.fetch.causes import explain
from monitor.fetch.transport import NameNotResolved, PrivateAddress


def chained(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


TLS = ssl.SSLCertVerificationError("certificate verify failed")
TLS.verify_code = 21
TLS.verify_message = "unable to verify the first certificate"
SELF_SIGNED = ssl.SSLCertVerificationError("certificate verify failed")
SELF_SIGNED.verify_code = 18
SELF_SIGNED.verify_message = "self-signed certificate"
WANTED = ssl.SSLError("tlsv13 alert certificate required")
WANTED.reason = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
STRANGE = ssl.SSLError("x")
STRANGE.reason = "BAD_EXTENSION"
TOO_EARLY = ssl.SSLCertVerificationError("certificate verify failed")
TOO_EARLY.verify_code = 9


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("x"), "timeout: a.example did not accept a connection"),
        (
            httpx.ConnectTimeout("the name a.example was not resolved in time"),
            "timeout: the name a.example was not resolved",
        ),
        (httpx.ReadTimeout(""), "timeout: a.example went silent in the middle of its answer"),
        (httpx.PoolTimeout(""), "timeout: no connection was free"),
        (
            NameNotResolved("the name a.example leads to no address", exists=True),
            "DNS: the name a.example leads to no address",
        ),
        (NameNotResolved("no", exists=False), "DNS: no; is the address spelled right?"),
        (
            httpx.ConnectError("[Errno 113] No route to host"),
            "a.example cannot be reached: [Errno 113] No route to host",
        ),
        (
            chained(
                httpx.ConnectError("all attempts failed"),
                httpcore.ConnectError(ConnectionRefusedError(111, "x")),
            ),
            "a.example refused the connection",
        ),
        (
            chained(httpx.ConnectError("x"), httpcore.ConnectError(TLS)),
            "TLS: a.example: unable to verify the first certificate",
        ),
        (
            chained(httpx.ConnectError("x"), httpcore.ConnectError(SELF_SIGNED)),
            "TLS: a.example: its certificate is signed by itself; to take it all the same, set verify: false",
        ),
        (
            chained(httpx.ConnectError("x"), httpcore.ConnectError(TOO_EARLY)),
            "TLS: a.example: its certificate is not valid yet; is the clock of this machine right?",
        ),
        (
            chained(httpx.ReadError("x"), chained(WANTED, ssl.SSLWantReadError("did not complete"))),
            "TLS: a.example: no secure connection: its server wants a certificate from us",
        ),
        (chained(httpx.ReadError("x"), ssl.SSLWantReadError("x")), "a.example broke the connection off: x"),
        (chained(httpx.ReadError("x"), STRANGE), "TLS: a.example: no secure connection: BAD_EXTENSION"),
        (
            httpx.ProxyError("403 Forbidden"),
            "a.example cannot be reached: the proxy answers 403 Forbidden",
        ),
        (
            httpx.ProxyError("407 Proxy Authentication Required"),
            "a.example cannot be reached: the proxy answers 407 Proxy Authentication Required: the",
        ),
        (chained(httpx.ConnectError("x"), OSError("x")), "a.example cannot be reached"),
        (
            httpx.RemoteProtocolError("illegal status line"),
            "a.example broke off or answered no HTTP: illegal status line",
        ),
        (httpx.ReadError(""), "a.example broke the connection off: ReadError"),
        (
            httpx.LocalProtocolError("illegal header value"),
            "a.example could not be asked: illegal header value",
        ),
        (ValueError("two\nlines"), "a.example could not be asked: two lines"),
        (
            ExceptionGroup("group", [ExceptionGroup("inner", [ConnectionRefusedError(111, "x")])]),
            "a.example refused the connection",
        ),
    ],
)
def test_every_error_of_the_client_becomes_words(error: Exception, words: str) -> None:
    explained = explain(error, "a.example")
    assert isinstance(explained, FetchFailed)
    assert str(explained).startswith(words)


def test_a_refusal_of_the_guard_is_final() -> None:
    assert isinstance(explain(PrivateAddress("10.0.0.1, which is not public"), "a.example"), FetchRefused)
    assert isinstance(explain(ExceptionGroup("g", [PrivateAddress("x")]), "a.example"), FetchRefused)


def test_an_error_that_has_itself_for_a_cause_is_explained_all_the_same() -> None:
    error = httpx.ConnectError("x")
    error.__context__ = chained(OSError("y"), error)
    assert "cannot be reached" in str(explain(error, "a.example"))


def test_what_has_words_already_keeps_them() -> None:
    error = FetchFailed("503")
    assert explain(error, "a.example") is error
