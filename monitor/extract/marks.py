
"""What the class, id and role words of a box say about it.

Position: asked by `decide` for every box. Pure tables and two look-ups.

The words were collected from how publishers and their systems name things; no site's own name is
among them. A mark is a suspicion: `decide` revokes it when it would cover too much of the story.
"""

from __future__ import annotations

import re
from functools import lru_cache

from monitor.extract.page import Reason

_B, _E = r"(?<![a-z])", r"(?![a-z])"
"""Not within a longer word; digits and punctuation bound words too."""

_WORDS: tuple[tuple[Reason, str], ...] = (
    (Reason.COMMENTS, r"comment|disqus|livefyre|discussion|respond|kommentar|coral-|spot-im|guestbook"),
    (Reason.COOKIES, rf"cookie|consent|gdpr|onetrust|{_B}cmp{_E}|didomi|privacy-(?:banner|notice)"),
    (Reason.WEATHER, rf"weather|forecast|wetter|meteo{_E}|pogoda|clima{_E}|hava-?durumu"),
    (Reason.TICKER, r"currency|currencies|exchange-?rate|forex|kursy|doviz|ticker|breaking-?bar"),
    (Reason.STOCKS, r"stock-?(?:strip|list|quote|widget)|market-?(?:data|strip)|quote-?strip|tradingview"),
    (Reason.POLL, rf"{_B}polls?{_E}|survey|umfrage|{_B}vot(?:e|ing){_E}|{_B}quiz|encuesta|sondage|anket"),
    (
        Reason.RELATED,
        r"related|recommend|recirc|read-?(?:more|next|also)|readmore|more-?(?:stories|from|news|articles|on|in|about|like)"
        r"|see-?also|also-?like|you-?may|outbrain|taboola|trending|popular|most-?(?:read|viewed|shared)|mostread"
        r"|latest|teaser|promo|up-?next|next-?up|sidebar|side-?bar|side-?col|widget|carousel|slider|slideshow"
        rf"|{_B}rail{_E}|right-?(?:rail|col)|card-?(?:list|grid)|cross-?link|inline-?(?:link|article|story)"
        r"|linkbox|link-?list|infobox-?link|similar|zum-?thema|mehr-?zum|a-lire|lire-?aussi|te-puede|relacionad"
        r"|previous-?post|next-?post|prev-?next|post-?nav|nav-?(?:links|below|single)|suggest|other-?(?:news|articles)"
        r"|feed-?list|articles?-?list|news-?list|story-?list|post-?list|archive-?list|onward|zergnet|revcontent|mgid"
        r"|jp-relatedposts|yarpp|crp_related|playlist|storylines?(?![a-z-])",
    ),
    (
        Reason.AD,
        rf"{_B}ads?{_E}|{_B}adv{_E}|advert|{_B}adslot|{_B}ad-?(?:box|unit|wrap|container|slot|block|label)|sponsor"
        rf"|{_B}dfp|{_B}gpt{_E}|adsense|werbung|anzeige|publicidad|reklam|affiliate|commercial|{_B}banner|outstream",
    ),
    (
        Reason.NEWSLETTER,
        rf"newsletter|subscri|sign-?up|signin|sign-?in|log-?in|paywall|{_B}piano|mailing|donat|membership|abo-?box"
        r"|registration|app-?(?:promo|banner|download)|cta|call-?to-?action|optin|opt-in|mc4wp|mailchimp|support-us",
    ),
    (
        Reason.SHARE,
        rf"share|sharing|{_B}social|follow-?us|addtoany|addthis|sharedaddy|whatsapp|{_B}likes?{_E}|{_B}print{_E}"
        rf"|{_B}rating|reaction|{_B}tools?{_E}|article-?(?:actions|tools)|toolbar|bookmark|google-?news",
    ),
    (
        Reason.AUTHOR_BOX,
        r"author-?(?:bio|box|info|card|desc|profile|about)|about-?(?:the-?)?author|biograph|bio-box",
    ),
    (
        Reason.CAPTION,
        rf"caption|{_B}credits?{_E}|photo-?(?:credit|info|by)|image-?(?:credit|source|desc|meta)|bildunterschrift"
        r"|bildtext|bild-?quelle|media-?(?:desc|info)|legende|figure-?desc|img-?(?:desc|credit)|wp-media-credit",
    ),
    (
        Reason.BYLINE,
        rf"by-?line|{_B}authors?{_E}|posted-?(?:on|by)|contributor|{_B}writer|article-?(?:meta|info|source|details)"
        rf"|post-?(?:meta|info|details)|entry-?(?:meta|info|footer)|{_B}meta{_E}|metadata|reading-?time|read-?time|{_B}autor",
    ),
    (
        Reason.DATELINE,
        rf"dateline|timestamp|published|pub-?date|{_B}date{_E}|date-?time|{_B}time{_E}|post-?date|updated",
    ),
    (
        Reason.TAGS,
        rf"{_B}tags?{_E}|tag-?(?:list|cloud|links)|tagcloud|keywords|{_B}topics?{_E}|categor(?:y|ies)-?(?:list|links)"
        rf"|cat-?links|article-?tags|kicker|{_B}hashtags",
    ),
    (
        Reason.NAVIGATION,
        rf"{_B}nav{_E}|navbar|{_B}nav-|navigation|{_B}menu|submenu|breadcrumb|pagination|{_B}pager|page-?links"
        r"|skip-?(?:link|to)|site-?(?:header|nav|search)|search-?(?:form|box)|megamenu|language-?switch"
        rf"|{_B}toc{_E}|table-?of-?contents|jump-?links|hamburger|dropdown|burger",
    ),
    (Reason.COPYRIGHT, r"copyright|disclaimer|imprint|legal-?(?:note|notice|info)|all-?rights"),
    (
        Reason.FURNITURE,
        rf"{_B}footer|page-?(?:footer|bottom)|site-?footer|masthead|{_B}modal|popup|pop-up|lightbox|overlay|tooltip"
        rf"|hover-?card|{_B}toast|{_B}alert-?(?:bar|box)|noprint|no-print|{_B}gallery-?(?:nav|count)|{_B}player|video-?js"
        rf"|audio-?(?:player|widget)|listen|read-?aloud|{_B}badge|correction-?link|feedback|report-?(?:error|typo)",
    ),
    (
        Reason.HIDDEN,
        rf"{_B}hidden{_E}|display-?none|visually-?hidden|sr-only|screen-reader|{_B}d-none{_E}|is-hidden",
    ),
)

_MARK = re.compile("|".join(f"(?P<{reason.name}>{pattern})" for reason, pattern in _WORDS))

_BODY = re.compile(
    r"article-?_*(?:body|content|text|main-?(?:body|content|text))|articlebody|articletext|articlecontent"
    r"|story-?_*(?:body|content|text)|storytext|entry-?_*content|post-?_*(?:content|body|text|entry)"
    r"|news-?_*(?:body|content|text|detail)|body-?_*(?:content|text|copy)|bodytext|content-?_*(?:body|text|article)"
    r"|(?:main|page|single|blog|detail)-?_*(?:content|text|body)|rich-?text|richtext|paragraphs|textbody|text-?body"
    r"|mw-parser-output|wysiwyg|prose|c-body|(?<![a-z])body(?![a-z])|td-post-content|maincontent|fulltext|full-?text"
)
_NOT_BODY = re.compile(r"comment|related|teaser|sidebar|footer|header|wrap-?(?:per)?-?outer|recommend|promo")

_SAYS_NOTHING = re.compile(r"\S*[:\[]|(?:category|tag|post_tag|type|status|format|has|no|with|without|is|js|wp-image)-")
"""Words that tell of styles or of what a story is about: utility classes ("print:hidden"), a post's own
categories and tags, states of the layout ("no-sidebar")."""

TAG_REASONS: dict[str, Reason] = {
    "nav": Reason.NAVIGATION,
    "menu": Reason.NAVIGATION,
    "footer": Reason.FURNITURE,
    "aside": Reason.RELATED,
    "figcaption": Reason.CAPTION,
    "figure": Reason.CAPTION,
    "address": Reason.BYLINE,
    "search": Reason.NAVIGATION,
}
"""What a tag alone says."""

_ROLE_REASONS = (
    ("contentinfo", Reason.FURNITURE),
    ("complementary", Reason.RELATED),
    ("banner", Reason.FURNITURE),
)


@lru_cache(maxsize=20_000)
def read_words(words: str) -> Reason | None:
    """Return what the words of a box make it, None when they say nothing against it.

    Sites repeat their class names on every page, so the answers are kept.
    """
    match = _MARK.search(" ".join(word for word in words.split() if not _SAYS_NOTHING.match(word)))
    return Reason[match.lastgroup] if match and match.lastgroup else None


@lru_cache(maxsize=20_000)
def names_body(words: str) -> bool:
    """Return whether the words of a box say that it holds the story."""
    return bool(_BODY.search(words)) and not _NOT_BODY.search(words)
