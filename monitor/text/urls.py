"""What "the same URL" means: one spelling to fetch by, one key to recognise by.

Position: asked by `discover` (links), `extract` (the canonical link) and `fetch` (hosts, origins).
Pure.

There are two answers, because a URL that is recognised is not always one that can be fetched:

* `normalise_url` gives the spelling that is stored and fetched. It only changes what no server
  answers differently to: case of scheme and host, default port, percent-encoding, dot segments, the
  fragment, user name and password, and parameters that are known to count clicks or carry a session.
* `url_key` gives the identity. It goes on where fetching could break: `www`, mobile and AMP twins,
  http or https, trailing slashes, index pages, the order of parameters. Never fetch a key.

Both do nothing when done twice. The rules follow RFC 3986 (6.2) and the WHATWG URL standard, which
is what pages are written against.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import idna

MAX_URL_CHARS = 4096
"""A headline of 200 letters in a script of three bytes a letter takes 1,800 once percent-encoded."""

REMEMBERED_URLS = 256
"""To have and keep one page takes ten questions about its URL, and about its source's."""

MAX_HOST_CHARS = 253
"""RFC 1035, 2.3.4: 255 octets on the wire."""

DEFAULT_PORTS = {"http": 80, "https": 443}

TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_", "at_", "stm_", "wt.", "__hs", "oly_")
TRACKING_NAMES = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid"),
        *("twclid", "ttclid", "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_openstat"),
        *("_ga", "_gl", "_hsenc", "_hsmi", "vero_id", "vero_conv", "rb_clickid", "s_cid", "ncid"),
        *("cmpid", "cmp", "ref_src", "ref_url", "smid", "ftag", "xtor", "srsltid", "spm", "scid"),
        *(
            "ns_campaign",
            "ns_mchannel",
            "ns_source",
            "ns_linkname",
            "ns_fee",
            "ocid",
            "ito",
            "wprov",
            "dicbo",
        ),
        *("fb_action_ids", "fb_action_types", "fb_source", "fb_ref", "mibextid", "_branch_match_id"),
        *("epik", "guccounter", "guce_referrer", "guce_referrer_sig", "share_id", "wickedid", "zanpid"),
    }
)
"""Parameters that count clicks: set by mailers, advertisers and social networks, read by scripts in
the page. Names that some site uses to choose the page (`ref`, `source`, `from`, `sid`) are not here."""

SESSION_NAMES = frozenset({"jsessionid", "phpsessid", "cfid", "cftoken", "sessionid", "session_id"})
SESSION_PREFIXES = ("aspsessionid",)

TWIN_LABELS = frozenset({"www", "www1", "www2", "www3", "m", "mobile", "mob", "amp", "wap", "touch"})
"""First labels of a host that serve the same articles as the host without them."""

TWIN_PARAMETERS = frozenset(
    {
        *("amp", "amp=", "amp=1", "amp=true", "amp=yes", "output=amp", "outputtype=amp", "view=amp"),
        *("mode=amp", "type=amp", "m=1", "m=0", "mobile=1", "mobile=true", "view=mobile"),
    }
)
REFERRER_NAMES = frozenset({"ref", "referrer", "referer"})
"""Left in what is fetched, since a few sites branch on them; left out of what is recognised."""

SECOND_LEVEL_LABELS = frozenset(
    {"ac", "co", "com", "edu", "gob", "gouv", "gov", "go", "ne", "net", "or", "org"}
)
COUNTRY_CODE_CHARS = 2
"""Under a country's code these labels are registries: the site of `news.example.co.uk` is `example.co.uk`."""

SHARED_SUFFIXES = frozenset(
    {
        *("blogspot.com", "wordpress.com", "substack.com", "github.io", "gitlab.io", "medium.com"),
        *("wixsite.com", "weebly.com", "tumblr.com", "livejournal.com", "typepad.com", "ghost.io"),
        *("netlify.app", "vercel.app", "pages.dev", "web.app", "firebaseapp.com", "herokuapp.com"),
        *("squarespace.com", "beehiiv.com", "blogs.com", "over-blog.com", "hatenablog.com", "ucoz.com"),
        *("amazonaws.com", "cloudfront.net", "azurewebsites.net", "appspot.com", "workers.dev"),
    }
)
"""Hosts that give a name below themselves to anybody: two such names are two sites."""

_PLAIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63})"
    r"(?P<path>(?:/(?!\.)[A-Za-z0-9\-._~:@!$&'()*+,=]*)*)"
)
"""What most links look like and nothing needs to be done to: told by one look, at a tenth of the cost."""

_FOLDABLE = re.compile(r"amp|//|/(?:index|default)\.", re.IGNORECASE)
_EDGES = "".join(map(chr, range(0x21)))
_INSIDE = re.compile(r"[\t\n\r]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ASCII_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SESSION_SEGMENT = re.compile(r";(?:jsessionid|phpsessid|sessionid)=[^/;]*", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp|shtml)$", re.IGNORECASE)
_AMP_END = re.compile(r"(?<=[^/])(?:/+amp|\.amp)+(?=$|\.html?$)", re.IGNORECASE)
_AMP_START = re.compile(r"^(?:/+amp)+(?=/+[^/])", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^/(?:amp|[a-z])/(?P<secure>s/)?(?P<rest>.+)$")
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}")


@dataclass(frozen=True, slots=True)
class _Parts:
    """A URL taken apart and normalised.

    `host` has no brackets and no trailing dot; `port` is None for the scheme's own; `path` begins
    with a slash; `query` has no question mark, "" for none.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{self.authority}{self.path}{query}"


def normalise_url(url: str) -> str:
    """Return the one spelling of an absolute http or https URL that is stored and fetched.

    ASCII, at most `MAX_URL_CHARS`, never with a fragment or credentials. Normalising twice is
    normalising once.

    Raises:
        ValueError: it is no absolute http or https URL.
    """
    return str(_parse(url))


def resolve_url(base: str, reference: str) -> str:
    """Return the normalised URL that `reference` (an href as written) means on the page `base`.

    Raises:
        ValueError: it leads to no http or https URL.
    """
    plain = _read_plain(reference)
    if plain is not None:
        return str(plain)
    tidy = _tidy(reference)
    return normalise_url(tidy if tidy.startswith(("https://", "http://")) else urljoin(base, tidy))


def url_key(url: str) -> str:
    """Return the identity of an http or https URL: two URLs with one key are one article.

    It has the shape of a URL, but nothing says that a server answers it. The key of a key is itself.

    Raises:
        ValueError: it is no absolute http or https URL.
    """
    parts = _parse(url)
    if _needs_little(parts):
        return str(_Parts("https", _bare_host(parts.host), None, parts.path.rstrip("/") or "/", ""))
    while (folded := _fold(parts)) != parts:
        parts = folded
    return str(parts)


def host_of(url: str) -> str:
    """Return the host of a URL as it is asked of DNS: lower case, A-labels, no port, no brackets.

    Raises:
        ValueError: it is no absolute http or https URL.
    """
    return _parse(url).host


def origin_of(url: str) -> str:
    """Return scheme, host and port (the default one left out), such as `https://example.org`.

    Raises:
        ValueError: it is no absolute http or https URL.
    """
    parts = _parse(url)
    return f"{parts.scheme}://{parts.authority}"


def same_site(a: str, b: str) -> bool:
    """Return whether two URLs belong to one publisher: the same registered name and port.

    Registered names are told by their last labels (`SECOND_LEVEL_LABELS`, `SHARED_SUFFIXES`), which
    is right for news sites without carrying the public suffix list. Anything that is no http or
    https URL belongs to no site.
    """
    try:
        first, second = _parse(a), _parse(b)
    except ValueError:
        return False
    return first.port == second.port and _registered_name(first.host) == _registered_name(second.host)


# --- taking apart ----------------------------------------------------------------------------------


@lru_cache(REMEMBERED_URLS)
def _parse(url: str) -> _Parts:
    plain = _read_plain(url)
    if plain is not None:
        return plain
    split = urlsplit(_tidy(url))
    scheme = split.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise ValueError(f"not an http or https URL: {url[:100]!r}")
    host = _normal_host(split.hostname or "")
    port = None if split.port == DEFAULT_PORTS[scheme] else split.port
    path = _SESSION_SEGMENT.sub("", _normal_escapes(split.path))
    query = "&".join(p for p in _normal_escapes(split.query).split("&") if not _is_tracking(p))
    parts = _Parts(scheme, host, port, _without_dot_segments(path), query.strip("&"))
    if len(str(parts)) > MAX_URL_CHARS:
        raise ValueError(f"a URL of more than {MAX_URL_CHARS} characters")
    return parts


def _read_plain(url: str) -> _Parts | None:
    found = _PLAIN.fullmatch(url) if len(url) < MAX_URL_CHARS else None
    if found is None or len(found["host"]) > MAX_HOST_CHARS:
        return None
    return _Parts(found["scheme"], found["host"], None, found["path"] or "/", "")


def _tidy(url: str) -> str:
    """Do what browsers do: drop white space around and line breaks inside, turn backslashes round."""
    url = _SURROGATES.sub("\ufffd", _INSIDE.sub("", url.strip(_EDGES)))
    head_end = min((i for i in (url.find("?"), url.find("#")) if i >= 0), default=len(url))
    return url[:head_end].replace("\\", "/") + url[head_end:]


def _normal_host(host: str) -> str:
    if "%" in host:
        host = unquote_to_bytes(host).decode("utf-8", "replace")
    host = host.lower()
    if ":" in host:
        return str(ipaddress.IPv6Address(host.partition("%")[0]))
    if not host.isascii():
        if len(host) > MAX_HOST_CHARS:
            raise ValueError("the host is too long")
        host = _to_ascii(host)
    host = host.removesuffix(".")
    if len(host) > MAX_HOST_CHARS or not _ASCII_HOST.fullmatch(host):
        raise ValueError(f"not a host: {host[:100]!r}")
    return host


def _to_ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as exc:
        raise ValueError(f"not a host: {host[:100]!r}") from exc


def _normal_escapes(text: str) -> str:
    """Write escapes in one way: needless ones undone, missing ones added, their digits in capitals."""
    return _ESCAPE.sub(_normal_escape, text)


def _normal_escape(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 1:
        return "".join(f"%{byte:02X}" for byte in found.encode())
    char = chr(int(found[1:], 16))
    return char if char in _UNRESERVED else found.upper()


def _without_dot_segments(path: str) -> str:
    """RFC 3986, 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return (
        name in TRACKING_NAMES
        or name in SESSION_NAMES
        or name.startswith(TRACKING_PREFIXES)
        or name.startswith(SESSION_PREFIXES)
    )


# --- recognising -----------------------------------------------------------------------------------


def _fold(parts: _Parts) -> _Parts:
    unwrapped = _out_of_amp_cache(parts)
    path = _AMP_START.sub("", _AMP_END.sub("", _SLASHES.sub("/", unwrapped.path)))
    path = _without_dot_segments(_INDEX_PAGE.sub("/", path)).rstrip("/") or "/"
    return replace(
        unwrapped,
        scheme="https",
        host=_bare_host(unwrapped.host),
        port=None if unwrapped.port in DEFAULT_PORTS.values() else unwrapped.port,
        path=path,
        query="&".join(sorted(p for p in unwrapped.query.split("&") if p and not _is_twin_mark(p))),
    )


def _needs_little(parts: _Parts) -> bool:
    """Return whether only host and slashes are to be folded, as with most links."""
    simple = parts.port is None and not parts.query
    return simple and not _wraps_pages(parts.host) and not _FOLDABLE.search(parts.path)


def _is_twin_mark(parameter: str) -> bool:
    lower = parameter.lower()
    return lower in TWIN_PARAMETERS or lower.partition("=")[0] in REFERRER_NAMES


def _out_of_amp_cache(parts: _Parts) -> _Parts:
    """Unwrap what an AMP cache serves on a publisher's behalf."""
    if not _wraps_pages(parts.host):
        return parts
    wrapped = _AMP_CACHE.match(parts.path)
    if wrapped is None:
        return parts
    scheme = "https" if wrapped["secure"] else "http"
    query = f"?{parts.query}" if parts.query else ""
    try:
        inner = _parse(f"{scheme}://{wrapped['rest']}{query}")
    except ValueError:
        return parts
    return inner if "." in inner.host else parts


def _wraps_pages(host: str) -> bool:
    return host.endswith(".cdn.ampproject.org") or _GOOGLE.fullmatch(host) is not None


def _bare_host(host: str) -> str:
    """Take off `www`, `m`, `amp` and their like, as long as a name with a dot remains."""
    if _is_address(host):
        return host
    while True:
        first, _, rest = host.partition(".")
        if first not in TWIN_LABELS or "." not in rest:
            return host
        host = rest


def _registered_name(host: str) -> str:
    if _is_address(host):
        return host
    labels = host.split(".")
    depth = 3 if ".".join(labels[-2:]) in SHARED_SUFFIXES or _is_registry(labels[-2:]) else 2
    return ".".join(labels[-depth:])


def _is_registry(labels: list[str]) -> bool:
    return labels[0] in SECOND_LEVEL_LABELS and len(labels[-1]) == COUNTRY_CODE_CHARS


def _is_address(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdigit()
