"""The text of one setting -> an address of the web or of mail, or what is wrong with it.

Position: beside `values`, before `kinds`; as there, a `ValueError` says what is wrong. What may hold a
password or a key is never quoted.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from monitor.config.references import Text
from monitor.config.suggestions import quoted
from monitor.config.values import NONE
from monitor.text.urls import host_of, normalise_url

_SERVICE_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[!-\U0010ffff]+")
_PRINTED = re.compile(r"[!-~]+")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MAILBOX = re.compile(r"""(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>""")
_PLAIN_PHRASE = re.compile(r"[^\x00-\x1f\x7f()<>\[\]:;@\\,.\"]+")


def read_page_url(text: Text) -> str:
    """Return the spelling under which a page is fetched and stored (`text.urls.normalise_url`)."""
    if "@" in _check_url(text).netloc:
        raise ValueError(
            f"{quoted(text)} holds a user name or a password; URLs are shown to readers, "
            'so write it as a header: headers: { Authorization: "${NAME}" }'
        )
    return normalise_url(str(text).strip())


def read_webhook_url(text: Text) -> str:
    """Return the URL of a webhook, to the letter: it may carry a token."""
    if "@" in _check_url(text).netloc:
        raise ValueError(f"{quoted(text)} holds a user name or a password; a webhook is signed by its secret")
    return str(text).strip()


def read_service_url(text: Text) -> str:
    """Return an Apprise URL, to the letter. No message quotes it: it is made of keys and passwords."""
    url = str(text).strip()
    if not _SERVICE_URL.fullmatch(url):
        raise ValueError("this is not the URL of a service, such as ntfy://TOPIC; see https://appriseit.com")
    return url


def read_proxy(text: Text) -> str | None:
    """Return the URL of an HTTP proxy, None for `none`. No message quotes it: it may hold a password."""
    url = str(text).strip()
    if url == NONE:
        return None
    try:
        parts = urlsplit(url)
        is_whole_host = bool(host_of(url)) and parts.port != 0 and parts.path in {"", "/"} and not parts.query
        if parts.scheme.lower() in {"http", "https"} and is_whole_host and _PRINTED.fullmatch(url):
            return url
    except ValueError:
        pass  # it is told like all that is no URL
    raise ValueError(
        "this is not the URL of an HTTP proxy, such as http://user:password@proxy.example.org:3128; "
        f"{NONE} stands for no proxy"
    )


def _check_url(text: Text) -> SplitResult:
    """Raise unless this is an http or https URL with a host that can be asked for."""
    url = str(text).strip()
    if not url.isprintable() or " " in url:
        raise ValueError(f"{quoted(text)} holds a space or a control character; in a URL a space is %20")
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() in {"http", "https"} and host_of(url) and parts.port != 0:
            return parts
    except ValueError as exc:
        raise ValueError(f"{quoted(text)} is not a URL that can be visited") from exc
    raise ValueError(f"{quoted(text)} is not a URL of the web{_suggest_url(text)}")


def _suggest_url(text: Text) -> str:
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(:[0-9]+)?(/\S*)?", text.raw) and not text.has_references:
        return f'; did you mean "https://{text}"?'
    return "; it begins with https:// or http://"


def read_address(text: Text) -> str:
    """Return an email address, its domain in ASCII."""
    return _address(str(text).strip(), text)


def read_sender(text: Text) -> str:
    """Return `Name <address>`, or an address alone; a name with signs in it comes back in quotes."""
    match = _MAILBOX.fullmatch(text.strip())
    if match is None:
        return read_address(text)
    address, name = _address(match["address"], text), match["name"].strip().strip('"')
    if not name.isprintable():
        raise ValueError(f"{quoted(text)} holds a line break or a control character")
    if not name:
        return address
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f"{name} <{address}>" if _PLAIN_PHRASE.fullmatch(name) else f'"{escaped}" <{address}>'


def read_contact(text: Text) -> str:
    """Return whom a site can turn to: an email address or a URL. It is sent in the User-Agent."""
    contact = str(text).strip()
    if "://" in contact:
        _check_url(text)
        return normalise_url(contact)
    if "@" in contact:
        return _address(contact, text)
    raise ValueError(f"{quoted(text)} is neither an email address nor the URL of a page")


def _address(address: str, text: Text) -> str:
    local, at, domain = address.rpartition("@")
    try:
        host = host_of(f"http://{domain}/") if re.fullmatch(r"[\w.-]+", domain) else ""
    except ValueError:
        host = ""
    is_reachable = "." in host.strip(".") or host == "localhost"
    if at and _LOCAL_PART.fullmatch(local) and len(local) <= 64 and is_reachable:  # noqa: PLR2004 (RFC 5321)
        return f"{local}@{host}"
    raise ValueError(f"{quoted(text)} is not an email address")
