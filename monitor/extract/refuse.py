# ruff: noqa: E501  (word tables read best a language to the line)
"""Is it an article? Walls, shells, lists and missing pages are told by what they are.

Position: called by `read`, before and after `decide`. Pure.

A wall or a shell is `transient`: the same link may give the story later. A list, or a page that says
the story does not exist, is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import re2

from monitor.errors import NotAnArticle
from monitor.extract.metadata import Metadata
from monitor.extract.page import Block, Page, Reason

MAX_WALL_CHARS = 2_500
"""A page with more text than this is no wall, whatever its words."""

MIN_STORY_CHARS = 140
"""A story shorter than this is a teaser, an error message or a caption."""

MIN_FLASH_CHARS = 100
"""A page that calls itself an article may be as short as this: a flash of news is one sentence."""

MIN_LIST_ENTRIES = 8
"""Linked lines from which a page without a story is a list."""

SHELL = "an empty shell: the story is filled in by JavaScript"

SHELL_SCRIPTS = 2
"""Scripts of a page that has next to no text from which it is a shell that JavaScript fills."""

WAITING_CHARS = 40
"""Characters of a page from which one script is enough for a shell: "Loading, please wait" and nothing else."""

LIST_LINK_SHARE = 0.6
"""Share of a page's characters inside links from which it is a list, when its story is short."""

SHORT_STORY_CHARS = 600

_WALLS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("a Cloudflare check stands before the page", re.compile(rb"cdn-cgi/challenge-platform|cf-browser-verification|cf_chl_|<title>\s*just a moment\.\.\.|attention required! \| cloudflare", re.IGNORECASE)),
    ("a DataDome check stands before the page", re.compile(rb"captcha-delivery\.com|geo\.captcha-delivery|datadome(?:-captcha|\.co/captcha)", re.IGNORECASE)),
    ("a PerimeterX check stands before the page", re.compile(rb"px-captcha|perimeterx|_pxappid|captcha\.px-cdn", re.IGNORECASE)),
    ("an Imperva check stands before the page", re.compile(rb"_incapsula_resource|incapsula incident id|imperva", re.IGNORECASE)),
    ("an Akamai block stands before the page", re.compile(rb"errors\.edgesuite\.net|<title>\s*access denied\s*</title>", re.IGNORECASE)),
    ("an AWS WAF check stands before the page", re.compile(rb"awswafintegration|aws-waf-token|token\.awswaf\.com", re.IGNORECASE)),
    ("a Sucuri check stands before the page", re.compile(rb"sucuri website firewall|sucuri_cloudproxy_js", re.IGNORECASE)),
    ("a DDoS-Guard check stands before the page", re.compile(rb"ddos-guard", re.IGNORECASE)),
    ("an Anubis check stands before the page", re.compile(rb"within\.website/x/cmd/anubis|id=.anubis_", re.IGNORECASE)),
    ("a Vercel check stands before the page", re.compile(rb"vercel security checkpoint", re.IGNORECASE)),
    ("a Kasada check stands before the page", re.compile(rb"window\.kpsdk", re.IGNORECASE)),
    ("a Qrator block stands before the page", re.compile(rb"qrator\.net|by qrator", re.IGNORECASE)),
    ("a captcha stands before the page", re.compile(rb"g-recaptcha|hcaptcha\.com|recaptcha/api\.js|smartcaptcha|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|i.?m not a robot|(?:making sure|verify(?:ing)? that|prove) you.{1,6}(?:not|aren.{1,6}t) a (?:ro)?bot", re.IGNORECASE)),
)  # fmt: skip

_ANY_WALL = re2.compile("(?i)" + "|".join(pattern.pattern.decode() for _, pattern in _WALLS))
"""One pass over the page that tells whether one of the walls' words is there at all."""

_CONSENT = re.compile(
    r"before you continue|(?:we|our partners|and our) .{0,80}(?:store|use) .{0,80}cookies|accept (?:all|cookies|and continue)|manage (?:settings|options|preferences|cookies)"
    r"|we value your privacy|your privacy choices|consent to|mit werbung weiterlesen|cookies akzeptieren|alle akzeptieren|zustimmen und weiter|einwilligung|tout accepter|accepter et continuer"
    r"|continuer sans accepter|aceptar (?:todas|y continuar)|aceitar (?:todos|e continuar)|accetta (?:tutti|e continua)|принять (?:все|и продолжить)|файлы cookie|ընդունել|kabul et|alles accepteren|zaakceptuj|同意并继续|すべて同意",
    re.IGNORECASE | re.DOTALL,
)
_LOGIN = re.compile(
    r"(?:log|sign) ?in (?:to|or|and)|(?:please )?(?:log|sign) in\b|subscribe to (?:continue|read|keep)|to (?:continue|keep) reading|already (?:a )?(?:subscriber|member)|create (?:a free |an )?account|subscribers? only|members? only"
    r"|bitte (?:melden sie sich|loggen)|jetzt (?:anmelden|abonnieren)|connectez-vous|réservé aux abonnés|inicia(?:r)? sesión|para suscriptores|faça login|accedi|войдите|авторизуйтесь|մուտք գործ|giriş yap|تسجيل الدخول|登录|登入|ログイン",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"(?:page|article|story|content|post|site|url|file)\b.{0,40}(?:not (?:be )?found|does ?n[o']t exist|no longer (?:exists|available)|been (?:re)?moved|unavailable|been deleted|can.?(?:no)?t be found)|nothing (?:was )?found (?:at|for)|(?:^|\s)(?:error )?404(?:\s|$)|not found"
    r"|seite (?:wurde )?nicht gefunden|seite existiert nicht|page (?:introuvable|non trouvée|n.existe pas)|página no (?:encontrada|existe)|página não encontrada|pagina non trovata|страница не найдена|էջը (?:չի գտնվել|գոյություն չունի)"
    r"|sayfa bulunamadı|페이지를 찾을 수 없|העמוד לא נמצא|پیدا نشد|पेज नहीं मिला|η σελίδα δεν βρέθηκε|сторінку не знайдено|الصفحة غير موجودة|页面不存在|找不到(?:页面|頁面)|页面未找到|ページが見つかりません|pagina niet gevonden|nie znaleziono strony|sidan (?:kunde inte|hittades inte)",
    re.IGNORECASE,
)  # fmt: skip
_ENABLE_SCRIPTS = re.compile(
    r"enable javascript|javascript (?:is )?(?:disabled|required)|turn on javascript|javascript aktivieren|activer javascript|включите javascript|habilit\w+ javascript",
    re.IGNORECASE,
)


def refuse_wall(page: Page, html: bytes, story_chars: float, metadata: Metadata) -> None:
    """Refuse a page that stands before the story: bot checks, consent, login.

    `story_chars` is how much story was found, in characters of an alphabet; a page with enough of it is
    let through, whatever its words. So is, by the bot checks, a flash of news that calls itself an article:
    their scripts are on pages that they let through too.

    Raises:
        NotAnArticle: transient.
    """
    if story_chars >= SHORT_STORY_CHARS:
        return
    text = "\n".join(block.text for block in page.blocks)
    if len(text) > MAX_WALL_CHARS:
        return
    is_flash = metadata.claims_article and story_chars >= MIN_FLASH_CHARS
    if not is_flash and _ANY_WALL.search(html):
        for reason, pattern in _WALLS:
            if pattern.search(html):
                raise NotAnArticle(reason, transient=True)
    if _CONSENT.search(text) and _is_mostly(text, _CONSENT):
        raise NotAnArticle("a consent wall stands before the page", transient=True)
    if story_chars < SHORT_STORY_CHARS / 2 and (page.password_fields or _LOGIN.search(text)):
        raise NotAnArticle("the story is behind a login", transient=True)


SHORT_WALL_CHARS = 1_000
"""Characters of text around one mention of consent below which the page is about nothing else."""


def _is_mostly(text: str, pattern: re.Pattern[str]) -> bool:
    """Return whether a wall's words come up often enough that the text is about them."""
    return len(pattern.findall(text)) > 1 or len(text) < SHORT_WALL_CHARS


def refuse_empty(page: Page, reasons: Sequence[Reason], story_chars: float, metadata: Metadata) -> None:
    """Refuse a page that holds no story: an empty shell, a missing page, a list.

    `reasons` are the decisions on its blocks.

    Raises:
        NotAnArticle: transient for shells.
    """
    if story_chars < SHORT_STORY_CHARS:
        _refuse_missing(page, story_chars, metadata)
    if story_chars >= MIN_FLASH_CHARS and metadata.claims_article:
        return
    if is_list(page, story_chars) or count_headlines(page.blocks, reasons) >= MIN_LIST_ENTRIES:
        raise NotAnArticle("a list of stories, not a story")
    if story_chars < MIN_STORY_CHARS:
        raise NotAnArticle("no text long enough to be a story")


def _refuse_missing(page: Page, story_chars: float, metadata: Metadata) -> None:
    """Refuse a page with little of a story that says so itself, or has hardly any text."""
    text = " ".join(block.text for block in page.blocks)
    if _MISSING.search(metadata.title) or (len(text) < SHORT_STORY_CHARS and _MISSING.search(text)):
        raise NotAnArticle("the page says that there is no such story")
    if story_chars >= MIN_FLASH_CHARS and metadata.claims_article:
        return
    if story_chars < MIN_STORY_CHARS and (
        (len(text) < SHORT_STORY_CHARS and page.scripts >= SHELL_SCRIPTS) or _ENABLE_SCRIPTS.search(text)
    ):
        raise NotAnArticle(SHELL, transient=True)
    if len(text) <= WAITING_CHARS and page.scripts:
        raise NotAnArticle(SHELL, transient=True)
    if not text:
        raise NotAnArticle("the page has no text")


def is_list(page: Page, story_chars: float) -> bool:
    """Return whether a page is mostly links to other pages."""
    if story_chars > SHORT_STORY_CHARS:
        return False
    entries = sum(
        max(b.links, 1)
        for b in page.blocks
        if b.link_chars * 2 > len(b.text) and len(b.text) >= LIST_ENTRY_CHARS * max(b.links, 1)
    )
    linked = sum(b.link_chars for b in page.blocks)
    total = sum(len(b.text) for b in page.blocks)
    return entries >= MIN_LIST_ENTRIES and (linked > LIST_LINK_SHARE * total or story_chars < MIN_STORY_CHARS)


def count_headlines(blocks: Sequence[Block], reasons: Sequence[Reason]) -> int:
    """Return how many linked headings cut the story into teasers from its first lines on, 0 when they do not."""
    told = [i for i, reason in enumerate(reasons) if reason is Reason.STORY]
    if not told:
        return 0
    first = max(told[0] - 1, 0)
    headlines = [
        i
        for i, block in enumerate(blocks[first : told[-1] + 1], start=first)
        if block.tag in _HEADINGS and block.link_chars * 2 > len(block.text) >= LIST_ENTRY_CHARS
    ]
    are_teasers = len(told) <= TEASER_BLOCKS * len(headlines) and headlines[0] <= told[:TEASER_BLOCKS][-1]
    return len(headlines) if are_teasers else 0


TEASER_BLOCKS = 2
"""Blocks that a teaser has at most, its headline among them."""

_HEADINGS = frozenset(("h2", "h3", "h4"))

LIST_ENTRY_CHARS = 25
"""A link at least this long is a headline."""
