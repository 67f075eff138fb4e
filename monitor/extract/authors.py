# ruff: noqa: E501  (tables and patterns read best unbroken)
"""Who wrote a story: people, each once.

Position: asked by `metadata`. Pure.

How: sources of names are asked in order of how rarely they lie (JSON-LD, meta, marked-up names, a line
that opens with "By"); the first that names a person answers. What is no person's name (the desk, the
site itself, a profile's address) is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.extract.body import count_chars, fold
from monitor.extract.months import MONTHS
from monitor.extract.page import Page
from monitor.extract.phrases import read_edge_line

MAX_NAME_WORDS = 5
"""Words of a person's name, particles among them."""

MAX_NAME_CHARS = 60

MAX_AUTHORS = 12
"""More names than this are a list of something else."""

_META_NAMES = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "byl", "dc.creator", "dc.contributor",
    "dcterms.creator", "citation_author", "cxenseparse:author", "mrf:authors", "twitter:data1:author", "rbauthors", "authors", "article.author",
)  # fmt: skip
_OPENING = re.compile(
    r"^\s*(?:(?:written|posted|published|reported|story|words|text|texte|article|photos?|geschrieben|verfasst|escrito|publicado|scritto)\s+)?"
    r"(?:(?:by|von|par|por|di|door|av|af|przez|od|автор(?:ы)?|հեղինակ|yazan|yazar|autor(?:es|en|ka|in)?|auteur|author|authors?|reporter|"
    r"редактор|記者|文|作者|记者|責任編輯|责任编辑)\s*[:：՝/|]?|(?:text|texte|testo|fotos?)\s*[:：/|])\s+",
    re.IGNORECASE,
)
_COLON_OPENING = re.compile(
    r"^\s*(?:(?:автор|հեղինակ|作者|文|来源|autor|author|yazar|haber|text|von|كتبت?|إعداد|نویسنده|خبرنگار|लेखक|מאת)\s*[:：՝/]\s*|(?:بقلم|本?[报報]?(?:记者|記者))\s*[:：]?\s*)",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:,|;|\||&|/|•|·|\n|、|，|\s(?:and|und|et|y|e|en|og|och|ve|и|և|with|mit|avec|con|i|a|oraz)\s)\s*",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"\s*(?:[|(\[–—@]|\s-\s|,|\b(?:for|in|is|at|from|updated|published|posted|on|via|staff|senior|chief|special to|editor|"
    r"reporter|correspondent|contributor|writer|redakteur|korrespondent)\b|\s(?:the associated press|associated press|reuters|afp|dpa|bloomberg)$|(?<=\w)\s?(?:기자|특파원|記者|记者)(?!\w)).*$",
    re.IGNORECASE,
)
_NOT_PERSON = re.compile(
    r"\d|https?:|www\.|@|\.com\b|\b(?:super user|auteur|staff|news|newsroom|editor(?:s|ial)?|team|desk|agenc(?:y|ies)|agence|agentur|redaktion|redaction|rédaction|"
    r"redacción|redazione|redação|редакция|admin(?:istrator)?|press|media|magazine|times|report(?:er)?s?|wire|service|services|online|"
    r"web|webdesk|correspondent|bureau|guest|contributor|author|authors|writer|unknown|anonymous|about|more|follow|view|posts?|share|"
    r"reuters|afp|dpa|associated press|company|inc|ltd|group|gmbh|network|tv|radio|university|institute|department|foundation|posted|"
    r"published|updated|comments?|columnist|journalist(?:in)?|korrespondent(?:in)?|head of|director|officer|chief|associate|photograph\w*|fact|checked|doctor|contributing|opinion|freelance|attorney|facebook|twitter|pinterest|linkedin|whatsapp|instagram|e-?mail|others|phd|clinician|subscribe|newsletter|by|von|the|your|our|article|story|photo|video|read|min|minutes|ago|profile|text|size)\b",
    re.IGNORECASE,
)
_DEGREES = re.compile(
    r"(?:,?\s+(?:M\.?[ADS]|MBA|MPH|MSN?|R[ND]N?|LDN|CPT|CSCS|CFP|CPA|CFA|DDS|D[OC]|PharmD|Ph\.? ?D|J\.?D|Esq|FACLM|FAND)\b\.?®?)+$"
)
"""Degrees and licences behind a name."""

_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"[^\W\d_][\w'’.\-՚ ·]{1,59}")


def find_authors(
    page: Page, claimed: tuple[str, ...], site_names: list[str], title: str, place: int
) -> tuple[str, ...]:
    """Return the names of the people who wrote the story, in the page's order; () when it names none.

    `place` is the index of the block that is the `title`, 0 when none is. An agency or the site itself stands in when JSON-LD or `<meta>` name it and no person is named.
    """
    sites = {fold(name) for name in site_names if name}
    people = _people(claimed, sites)
    if people:
        return people
    metas = [[v for v in page.meta[name] if "//" not in v] for name in _META_NAMES if name in page.meta]
    organisations = _organisations([*claimed, *(value for values in metas for value in values)])
    sites |= {fold(name) for name in organisations if not clean_name(name)}
    for values in map(_turn_around, metas):
        if people := _people(values, sites):
            return people
    below = [m.value for m in page.people if place < m.before <= place + 2 * BYLINE_BLOCKS]
    above = [m.value for m in page.people if place - BYLINE_BLOCKS <= m.before <= place]
    marked, opened, bare, roles = _byline_lines(page, place)
    titled = bool(page.blocks) and fold(page.blocks[place].text) == fold(title)
    sources = [below, marked, opened, above, bare if titled and not organisations else [], roles]
    people = next((people for values in sources if (people := _people(values, sites))), ())
    return people or organisations or _find_desk(page, place, below) or _find_lone(page, place, sites)


def _find_lone(page: Page, place: int, sites: set[str]) -> tuple[str, ...]:
    """Return the one person that the markup of the whole page names, or a line above the title.

    Blogs sign below the story, or once for all under their own name: "by Jane Doe".
    """
    above = (block.text for block in page.blocks[:place] if len(block.text) <= MAX_BYLINE_CHARS)
    signed = [line for line in above if _OPENING.match(line) and is_byline(line)]
    for values in ([mention.value for mention in page.people], signed):
        if len(people := _people(values, sites)) == 1:
            return people
    return ()


def _find_desk(page: Page, place: int, mentioned: list[str]) -> tuple[str, ...]:
    """Return who wrote the story when markup names somebody who is no person: a desk, a team, a pen name."""
    near = page.blocks[place + 1 : place + 1 + BYLINE_BLOCKS]
    lines = [b.text for b in near if len(b.text) <= MAX_NAME_CHARS and _is_marked(page, b.box)]
    for line in (*mentioned, *lines):
        name = _UNTIL_DATE.split(_PARTS.split(_strip_opening(line))[0])[0].rstrip(" -–—,")
        if name and len(name.split()) <= MAX_BARE_WORDS and not _NO_DESK.search(name):
            return _organisations([name])
    return ()


TURNED_PARTS = 2
"""Last name, first name."""


def _turn_around(values: list[str]) -> list[str]:
    """Return names as read: "Doe, Jane" is Jane Doe where every name is written so."""
    parts = [value.split(", ") for value in values]
    if len(values) > 1 and all(
        len(part) == TURNED_PARTS and len(part[0].split()) <= TURNED_PARTS for part in parts
    ):
        return [f"{first} {last}" for last, first in parts]
    return values


def _organisations(values: list[str]) -> tuple[str, ...]:
    """Return the first author that is no person but has a name: an agency, the site itself."""
    for value in values:
        name = " ".join(value.split())
        if 1 < len(name) <= MAX_NAME_CHARS and not _NOBODY.search(name):
            return (name,)
    return ()


_NOBODY = re.compile(
    r"https?:|@|^(?:admin\w*|super user|staff|editor|webmaster|author|unknown|anonymous|guest|null|none|undefined|\W*|\d+|\S+[._]\S*\d+)$",
    re.IGNORECASE,
)


_NO_DESK = re.compile(
    rf"\d|[:：*/]|www\.|admin|^\W|^(?:{'|'.join(MONTHS)})\b|^(?:published|posted|updated|written|created|date|name|by|von|share|video|photo"
    r"|veröffentlicht|publiziert|eingestellt|erstellt|wikimedia|wordpress)|\b(?:am|on|von|by|sagt|says)$",
    re.IGNORECASE,
)
"""What stands in boxes for an author beside one: when it was, who said so, the system's own name."""


def find_title_block(page: Page, title: str) -> int:
    """Return the index of the block that is the title, a heading of the first level if one is; 0 when none is."""
    wanted = fold(title)
    word = max(wanted.split(), key=len, default="")
    least, most = len(title) - MAX_TITLE_SLACK, len(title) + MAX_TITLE_SLACK
    found = [
        i
        for i, block in enumerate(page.blocks)
        if least <= len(block.text) <= most and word in block.text.casefold() and fold(block.text) == wanted
    ]
    return min(found, key=lambda i: page.blocks[i].tag != "h1", default=0)


MAX_TITLE_SLACK = 8
"""Characters, all of them punctuation, by which two spellings of a title differ at most."""


def _byline_lines(page: Page, place: int) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return the bylines around the title: one in a box marked as such, one that opens with "By", a bare name.

    The last list is of marked ones that go on with a role.

    Each list holds the first such line, below the title before above it.
    """
    marked: list[str] = []
    opened: list[str] = []
    bare: list[str] = []
    roles: list[str] = []
    below = range(place + 1, min(place + 1 + BYLINE_BLOCKS, len(page.blocks)))
    above = range(place - 1, max(place - 1 - BARE_NAME_BLOCKS, -1), -1)
    for i in (*below, *above):
        block = page.blocks[i]
        if len(block.text) > MAX_BYLINE_CHARS or block.tag in _TITLE_TAGS:
            continue
        names = read_byline(block.text)
        if names and not opened:
            opened = [names]
        if not opened and len(block.text) <= MAX_OPENING_CHARS and _OPENS_ALONE.fullmatch(block.text):
            opened = [_PARTS.split(below.text)[0] for below in page.blocks[i + 1 : i + 2]]
        if not marked and _is_marked(page, block.box):
            first = _PARTS.split(names or block.text)[0]
            marked = [first] if is_byline(first) and " " in _strip_opening(first).strip() else []
            roles = roles or _read_role(block.text)
        near = place < i and (page.flat or i <= place + BARE_NAME_BLOCKS)
        if (
            not bare
            and near
            and block.tag not in _NO_BYLINE_TAGS
            and not read_edge_line(block.text)
            and is_byline(first := _PARTS.split(block.text)[0])
        ):
            bare = [first]
    return marked, opened, bare, roles


def _read_role(text: str) -> list[str]:
    """Return the name in a line that is marked as a byline and goes on with a role: "& Jane Doe Writer"."""
    name = clean_name(_SPLIT.split(_PARTS.split(text)[0].lstrip("& "))[0])
    return [name] if " " in name and is_byline(name) else []


def read_byline(text: str) -> str:
    """Return the names that a line introduces with "By" or its like, up to a date; "" when it does not."""
    match = _OPENED.search(text)
    if match is None:
        return ""
    names = _PARTS.split(_UNTIL_DATE.split(text[match.end() :])[0])[0]
    before_label = _LABEL.split(names)[0]
    names = before_label if " " in before_label else names
    parts = _SPLIT.split(names)
    amid = not _OPENING.match(text) and not all(clean_name(part) or _DIGIT.search(part) for part in parts)
    return names if clean_name(parts[0]) and not amid else ""


_TITLE_TAGS = frozenset(("h1", "h2", "nav"))
_NO_BYLINE_TAGS = frozenset(("h3", "h4", "h5", "h6", "figcaption", "th", "td"))
"""Tags of headings and cells, where two to four capitalised words alone are no byline."""

_PARTS = re.compile(
    r"(?:\s+|\s*[(（])(?=[\w.+-]{1,40}@[\w-]{1,40}\.\w)|\s*[|•·⋅∙‧]\s*|\s+[–—-]\s+|(?<=\w)\s?@(?=\w)"
)
"""What parts the names of a byline from what else it tells."""


def _is_marked(page: Page, index: int) -> bool:
    """Return whether a box, or the one around it, is marked as a byline."""
    box = page.boxes[index]
    around = page.boxes[max(box.parent, 0)]
    return box.tag == "address" or bool(_AUTHOR_WORDS.search(box.words) or _AUTHOR_WORDS.search(around.words))


_AUTHOR_WORDS = re.compile(
    r"author|byline|by-line|(?<![a-z])(?:autor|writer|contributor|reporter|penulis|yazar)"
)

MAX_BYLINE_CHARS = 160

MAX_OPENING_CHARS = 16
_OPENS_ALONE = re.compile(
    r"(?:(?:written|posted|published|story|words) )?(?:by|von|par|por|di|author|autor|auteur|autore|автор)\s?[:—–-]?",
    re.IGNORECASE,
)
"""A line that says no more than that the next one is a byline."""

BARE_NAME_BLOCKS = 3
"""Blocks below the title among which a line of two to four capitalised words is a byline without more."""

_OPENED = re.compile(
    r"^(?:.{0,40}\s)?(?:(?:[Bb]y|BY|[Vv]on|VON|[Pp]ar|[Pp]or|Di|Af|Av|Door)(?: |:\s?)(?=[^\W\d_])"
    r"|(?:(?:Autor|Автор|Հեղինակ|Author|Writer|Penulis|Yazar|Reporter)[:：՝]?|Text[:：]) (?=[^\W\d_])|By(?=[A-Z][a-z]))"
    r"|^(?:(?:作者|本?[报報]?(?:记者|記者)|文|كتبت?|إعداد|نویسنده|خبرنگار|लेखक|מאת|Haber)\s?[:：/]\s?|بقلم\s?[:：]?\s|記者\s)(?=[^\W\d_])"
)
_UNTIL_DATE = re.compile(
    rf"\s(?=\d)|,\s(?=\S+ \d)|\s(?=(?:{'|'.join(MONTHS)})\.? \d)|\s(?:[Pp]ublished|[Uu]pdated|[Pp]osted|[Ll]ast)\b"
    r"|(?<=[^\W\d_])(?=(?-i:Published|Updated|Posted)\b)",
    re.IGNORECASE,
)

_LABEL = re.compile(r"\s(?=[^\W\d_]{3,20}\s?:)")
"""What ends the names where another label follows: "Jane Doe Source: Reuters"."""

BYLINE_BLOCKS = 14
"""Blocks below the title among which a byline is looked for."""


def _people(values: Iterable[str], sites: set[str]) -> tuple[str, ...]:
    """Return the distinct people among `values`, each of which may name several."""
    people: dict[str, str] = {}
    for value in values:
        parts = _SPLIT.split(_strip_opening(value))
        for part in parts:
            name = clean_name(part)
            if len(parts) > 1 and " " not in name and name.isascii():
                continue
            key = fold(name)
            if name and key not in people and not _names_site(key, sites):
                people[key] = name
    if len(people) > MAX_AUTHORS:
        return ()
    return tuple(people.values())


def _names_site(key: str, sites: set[str]) -> bool:
    """Return whether a folded name is a site's or an organisation's, or opens with one of several words."""
    return key in sites or any(" " in site and key.startswith(site) for site in sites)


def _strip_opening(value: str) -> str:
    """Return a byline without "By" and its kin."""
    return _OPENING.sub("", _COLON_OPENING.sub("", value))


def clean_name(part: str) -> str:
    """Return a person's name without what trails it; "" when it is no person's name."""
    whole = _strip_opening(" ".join(part.split()))
    name = _DEGREES.sub("", _TRAILER.sub("", whole)).strip(" ,:;-–—|*\"'").removesuffix(".")
    first_alone = " " not in name and whole.startswith(name + " ") and count_chars(name) == len(name)
    if not is_name(name) or first_alone:
        return ""
    return name.title() if name.isupper() and len(name) > MAX_ACRONYM_CHARS else name


MAX_ACRONYM_CHARS = 5
"""Capitals alone, up to this length, are initials or an agency; longer ones are a name that shouts."""


def is_name(text: str) -> bool:
    """Return whether a text reads like one person's name: a few capitalised words without digits."""
    words = text.split()
    if not 1 <= len(words) <= MAX_NAME_WORDS or len(text) > MAX_NAME_CHARS or not _NAME.fullmatch(text):
        return False
    cased = [
        word
        for word in words
        if word[0].isupper() or not word[0].isalpha() or word[0].lower() == word[0].upper()
    ]
    return len(cased) * 2 >= len(words) and words[-1] in cased and not _NOT_PERSON.search(text)


MIN_BARE_WORDS, MAX_BARE_WORDS = 2, 4
"""Words of a name that nothing introduces."""


def is_byline(text: str) -> bool:
    """Return whether a whole line is a byline: "By" and names, or two to four capitalised words alone."""
    if len(text) > MAX_NAME_CHARS * 2 or text.endswith(("?", "!", ":")) or _DIGIT.search(text):
        return False
    bare = _strip_opening(_DEGREES.sub("", text))
    parts = [part for part in _SPLIT.split(bare) if part]
    named = bool(parts) and all(is_name(part) for part in parts)
    return named and (
        bare != text or all(MIN_BARE_WORDS <= len(part.split()) <= MAX_BARE_WORDS for part in parts)
    )
