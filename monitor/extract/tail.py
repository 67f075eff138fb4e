# ruff: noqa: E501  (wordings read best a language to the line)
"""What trails a story: who contributed, where it first appeared, what else to subscribe to.

Position: called by `decide` after both ends of the body are trimmed. Pure.

These are sentences, so neither shape nor links give them away; their wordings do, and only below the
story or, for the plainest of them, in short paragraphs of their own.
"""

from __future__ import annotations

import re
from collections.abc import Container

import re2

from monitor.extract.page import Block, Page, Reason
from monitor.extract.sieve import Sieve

TAIL_BLOCKS = 8
"""Blocks at the end of a story that may be notes on it."""

MAX_NOTE_CHARS = 420
"""A note is not longer."""

MAX_BIOGRAPHY_CHARS = 800
"""A line about the author below the story may be longer."""

MAX_LEGAL_CHARS = 1_500
"""A disclaimer may be longer."""

MAX_PLEA_CHARS = 260
"""An invitation amid a story is not longer."""

MAX_SOURCES_SHARE = 0.4
"""Share of the kept text that a list of sources may be at most to be cut."""

_PLEAS = (
    r"\bsign(?:ing)? up (?:for|to|here)\b|\bnewsletters?\b.{0,60}\b(?:inbox|sign|subscribe|here|anmeld|abonn|hier|free)|\b(?:subscribe|subscribing) (?:to|now|here|today|for)\b|delivered (?:right |straight |directly )?to your inbox|in your inbox (?:every|each|daily|weekly)"
    r"|(?:like|follow|join|find) (?:us|him|her|them|me|our|the author) on\b|follow .{2,40} on (?:twitter|facebook|instagram|x|google news|threads|bluesky|tiktok|linkedin|whatsapp)\b|join (?:our|the) .{0,40}(?:whatsapp|telegram|channel|newsletter|community)"
    r"|download (?:our|the) .{0,40}\bapps?\b|\bget in touch\b.{0,80}(?:email|news team|contact)|(?:for )?more (?:stories|news) like this|get .{0,40}breaking news .{0,40}(?:browser|inbox|phone)|already a subscriber|not a subscriber|follow your (?:favou?rite|team)|subscription has been confirmed|keep an eye on your inbox"
    r"|(?:automatically|be) logged in\b|waiting for your permission to load|refresh your browser|enable cookies|this video (?:is unavailable|has failed to load)|try refreshing your browser"
    r"|become a (?:member|patron|supporter|subscriber)|support (?:our|independent) (?:work|journalism|reporting)|make a (?:donation|contribution)|if you (?:like|enjoy|value)d? .{0,60}(?:support|donat|subscribe|share)|what do you think\?.{0,60}comment|let us know in the comments"
    r"|an dieser stelle finden sie .{0,80}inhalt|empfohlener (?:redaktioneller|externer) inhalt|externe(?:r|n)? inhalt|hier geht[’']?s? (?:es )?zu[rm] |(?:kostenlosen?|täglichen?|unseren?|zum|den) newsletter|auf (?:dein|ihr) handy|whats-?app-?(?:kanal|channel)|folg(?:st|en|e) (?:du|sie|uns|dir)|hat (?:ihnen|dir) (?:dieser|der) artikel gefallen|(?:jetzt|kostenlos) (?:abonnieren|anmelden|registrieren)|teile deine|sie lesen gerade|ich bin (?:damit )?einverstanden, dass mir|personenbezogene daten .{0,40}drittplattformen|jederzeit (?:wieder )?abmelden|unsubscribe at any time|i would like to (?:be emailed|receive)|notifications can be managed|up to date with notifications"
    r"|inscrivez-vous|abonnez-vous|suivez(?:-nous| toute)|rejoignez-nous|téléchargez (?:notre|l.)|suscr[ií]b(?:ete|ase)|s[ií]guenos|únete a|reg[ií]strate|assine (?:a|o|já)|inscreva-se|siga-nos|siga o .{0,30}no|iscriviti|seguici|segui(?:te)? .{0,20}su (?:facebook|instagram|telegram|whatsapp|google)|подпи(?:сывайтесь|шитесь)|հետևեք մեզ|բաժանորդագրվեք|takip ed(?:in|ebilirsiniz)|abone ol|تابعونا|اشترك|关注我们|订阅|フォロー|会員登録|meld je aan|schrijf je in|zapisz się|obserwuj nas|ακολουθήστε .{0,40}google news|δείτε όλες τις τελευταίες ειδήσεις|prenumerera|abonner på"
)
"""Invitations: newsletters, apps, social networks, donations; and what stands for a blocked embed."""
_PLEA = re2.compile(f"(?i){_PLEAS}")

_NOTE_OPENING = re.compile(
    r"\W*(?:this (?:story|article|post|piece|column|report|essay|interview) (?:was|is|has been|originally|first|appeared)\b|(?:a version of this|originally (?:published|appeared)|first published|cross-?posted|republished|adapted) |read the original|the post .{0,120} appeared first"
    r"|(?:additional |with )?(?:reporting|contributions?|research|editing|writing|translation|photography|illustrations?|graphics?|production) by\b|edited by|\W*additional reporting|©|copyright\b|\(c\) |all rights reserved|(?:more|further) information\b ?:|(?:a|an) (?:previous|earlier) ver\w+ of this (?:article|story)\b|.{3,90}\bet al\.,? (?:19|20)\d\d[.,]|(?:fotos?|photos?|bilder|text) ?:|for (?:more|further) (?:information|details)\b"
    r"|citation ?:|doi ?:|correction(?:s)?(?:,| ?:|\s\()|editor.?s note|disclaimer ?:|disclosure ?:|(?:story|materials?) (?:source|provided by)|source ?:|sources ?:|quellen? ?:|mit material (?:von|der)|\(?(?:dpa|afp|ap|reuters|sid|apa|efe|ansa|sda|epd|kna)(?:[/, -]{1,3}\w{2,12})*\)?\W*$|redaktion ?:|(?:fuente|fonte|source|kaynak|источник|աղբյուր|来源|來源|責編|责编|責任編輯|责任编辑|编辑|記者|记者)\s?[:：՝]"
    r"|tags? ?:|topics? ?:|filed under|posted in|share this|image credits?|photo(?:s)?(?: credit)?s? ?:|last updated|updated? ?:|published ?:|this is a breaking|(?:the )?(?:views|opinions)(?: and (?:views|opinions))? expressed\b|with (?:files|inputs) from|\(with inputs|— ?with |\[\d{1,3}\]\s|___+\W*$|-{2,}\W*$|#\w+(?:\s+#\w+)*\W*$|\W{1,12}$)",
    re.IGNORECASE,
)
"""How notes on the story open: who contributed, where it appeared, corrections, agencies."""

_NOTE_WORDS = re2.compile(
    r"(?i)contributed to (?:this|the) (?:report|story|article|piece|post)|can be reached (?:at|by|via|on)|this (?:story|article|column|post) (?:has been|was) (?:updated|corrected|amended)|(?:e-?mail|contact) (?:him|her|them|the (?:author|reporter|writer)) at|mit agenturen|our standards: the .{0,20}trust principles|^catch all the .{0,60}(?:news|updates)|wurde automatisch aus der dpa|^[（(]新[华華]社.{0,30}[电電][）)]|^.{0,40}\b[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}\W*$|[（(](?:責|责)编"
    r"|(?:for|only|purely) (?:general )?informational purposes|substitute for (?:professional |direct )?medical advice|(?:not|nor) (?:constitute|intended (?:as|to be)|be construed as|legal|tax|investment|financial)\b.{0,60}\badvice\b"
)
"""What is said anywhere in such a note."""

_LEGAL = re.compile(
    r"\W*(?:disclaimer|disclosure|©|copyright|\(c\)|important (?:legal )?(?:information|disclosures?))\b",
    re.IGNORECASE,
)

_BIOGRAPHY = re.compile(
    r"^\W*(?:(?:dr|prof|mr|ms|mrs)\.? )?[^\W\d_][\w'’.-]+(?: [^\W\d_][\w'’.-]+){1,3}(?:,[^,]{2,60},)? (?:is|was|are|covers|writes|reports|works|has (?:been|written|covered)|ist|schreibt|berichtet|arbeitet|est|es|è|é) "
    r"(?:.{0,60}\b(?:reporter|writer|editor|journalist\w*|correspondent|columnist|author|contributor|analyst|professor|fellow|producer|critic|researcher|freelance\w*|redakteur\w*|autor\w*|korrespondent\w*|reporterin|journaliste|periodista|giornalista|jornalista|director|founder|co-founder|expert|specialist)\b|(?:covers?|writes?|reports?) (?:on|about|for)\b)",
    re.IGNORECASE,
)
"""A line about the author."""

_SOURCES = re.compile(
    r"\W*(?:(?:image |article )?references|(?:image|article) sources|bild(?:nachweise?|quellen)|bibliography|footnotes|notes|sources|works cited|further reading|literatur(?:verzeichnis)?|einzelnachweise|quellen|quellen(?:angaben|nachweise?)|anmerkungen|références|notes et références|referencias|bibliografía|referências|riferimenti|źródła|примечания|литература|источники|参考文献|參考文獻|参考资料|注释|出典)\W*",
    re.IGNORECASE,
)
_END_NOTES = re.compile(
    r"(?:more|further) information ?:|journal references? ?:|story source ?:|citation ?:|publication details? ?:|weitere informationen ?:"
    r"|(?:about the (?:author|writer|reviewer|reporter|expert|contributor)s?|über (?:den autor|die autor(?:in|en))|(?:sobre|acerca de) (?:el |la |o |a )?autora?|à propos de l.auteure?|об авторе)\W*$",
    re.IGNORECASE,
)
"""What opens the notes at the end: all below is of their kind."""

_CREDIT = re.compile(
    r"(?:getty images|shutterstock|alamy|reuters|afp|ap photo|epa(?:-efe)?|picture[- ]alliance|imago(?: images)?|istock|unsplash|pexels|pixabay|via ap|associated press|bloomberg|dpa|screenshot|wikimedia(?: commons)?|courtesy of .{2,60}|photo(?:graph)?s? by .{2,60}|handout)(?:\W+(?:images|via .{2,30}|\w{2,20}/?\w{0,20}))?[\W_]*$",
    re.IGNORECASE,
)
"""Who took the picture, at the end of its caption."""

_CREDIT_STEMS = (
    *(
        "getty",
        "shutterstock",
        "alamy",
        "reuters",
        "afp",
        "ap photo",
        "epa",
        "picture alliance",
        "picture-alliance",
    ),
    *("imago", "istock", "unsplash", "pexels", "pixabay", "via ap", "associated press", "bloomberg", "dpa"),
    *(
        "screenshot",
        "wikimedia",
        "courtesy of",
        "photo by",
        "photos by",
        "photograph by",
        "photographs by",
        "handout",
    ),
)
"""One of these is in every credit."""

_HINTED = Sieve(
    f"(?i:{re.sub(r'[.][{][0-9]+,[0-9]+[}]', '.*', _PLEAS)}|{'|'.join(map(re2.escape, _CREDIT_STEMS))})"
)
"""What may be an invitation or a credit. Gaps of any length are much cheaper to look for than counted ones."""

_PAUSES = '.!?…։。！？"”»'
"""What ends a sentence, and hardly ever a credit."""

CREDIT_CHARS = 80
"""Characters at the end of a caption that its credit is looked for in."""

MAX_CAPTION_CHARS = 300


def strip_tail(page: Page, reasons: list[Reason], body: list[int]) -> None:
    """Strip what trails the story, whose blocks are among `body`, and invitations and captions amid it, in place."""
    blocks = page.blocks
    _cut_sources(page, reasons, [i for i in body if reasons[i] is Reason.STORY])
    kept = [i for i in body if reasons[i] is Reason.STORY]
    short = [i for i in kept if len(blocks[i].text) <= MAX_CAPTION_CHARS]
    plain = set(short)
    for place in _HINTED.find_lines([blocks[i].text for i in short]):
        plain.remove(short[place])
        reasons[short[place]] = _read_hinted(blocks[short[place]])
    _strip_notes(page, reasons, [i for i in kept if reasons[i] is Reason.STORY], plain)


def _read_hinted(block: Block) -> Reason:
    """Return whether a short paragraph with a hint of it is an invitation or a caption, or the story's."""
    text = block.text
    if len(text) <= MAX_PLEA_CHARS and _PLEA.search(text):
        return Reason.NEWSLETTER
    if (
        text[-1:] in _PAUSES
        or block.tag == "li"
        or not _CREDIT.search(text, max(0, len(text) - CREDIT_CHARS))
    ):
        return Reason.STORY
    return Reason.CAPTION


def is_biography(text: str) -> bool:
    """Return whether a line is about the author."""
    return len(text) <= MAX_BIOGRAPHY_CHARS and bool(_BIOGRAPHY.match(text))


def _cut_sources(page: Page, reasons: list[Reason], kept: list[int]) -> None:
    """Strip a list of sources at the end."""
    texts = [page.blocks[i].text for i in kept]
    most = MAX_SOURCES_SHARE * sum(map(len, texts))
    below = 0
    for place in range(len(kept) - 1, -1, -1):
        text = texts[place]
        below += len(text)
        if place >= len(kept) - TAIL_BLOCKS and place and _END_NOTES.match(text):
            for later in kept[place:]:
                reasons[later] = Reason.NOTE
        if below > most:
            return
        if len(text) <= MAX_SOURCES_HEADING and _SOURCES.fullmatch(text):
            for later in kept[place:]:
                reasons[later] = Reason.OUTSIDE


MAX_SOURCES_HEADING = 40


def _strip_notes(page: Page, reasons: list[Reason], kept: list[int], plain: Container[int]) -> None:
    """Strip the notes below the last paragraph of the story, from the end upwards.

    The blocks in `plain` are known to be no invitations.
    """
    for i in reversed(kept[-TAIL_BLOCKS:] if len(kept) > 1 else ()):
        text = page.blocks[i].text
        if is_biography(text):
            reasons[i] = Reason.AUTHOR_BOX
        elif len(text) > MAX_NOTE_CHARS and not (len(text) <= MAX_LEGAL_CHARS and _LEGAL.match(text)):
            return
        elif i not in plain and _PLEA.search(text):
            reasons[i] = Reason.NEWSLETTER
        elif _NOTE_OPENING.match(text) or _NOTE_WORDS.search(text):
            reasons[i] = Reason.COPYRIGHT if "©" in text else Reason.NOTE
        else:
            return
