# ruff: noqa: E501, SIM905  (tables and patterns read best unbroken)
"""Chrome by its shape: tickers of currencies, metals and stocks.

Position: asked by `decide` about short blocks. Shapes (numbers, units, codes, arrows, repeated short cells)
decide in every language; the few words only tell metals from currencies.

A story about exchange rates is safe: a ticker's tokens are codes and numbers, a sentence's are words.
"""

from __future__ import annotations

import re
from enum import Enum

from monitor.extract.page import Reason
from monitor.extract.wordings import fold_line

MAX_STRIP_CHARS = 600
"""A strip of quotes on one line; longer text is never judged by shape."""

MAX_CELL_CHARS = 60
"""A cell of a ticker or a weather box."""

MIN_QUOTES = 2
"""Quotes that make a strip: one number may be anything."""

MIN_MOVES = 3
"""Gains and losses that make a strip of stocks, whose names are any words."""

MAX_STRANGE_SHARE = 0.34
"""Share of a strip's tokens that may be neither number, code, unit nor sign."""

MAX_CHARS_PER_DIGIT = 12
"""A line with fewer digits than one in so many characters is prose with numbers in it."""

MAX_STRANGE_WORDS = 2
"""Unknown words in a cell that other cells say is part of a strip."""

PAIR_CHARS = 6
"""Two currencies in one word: EURUSD."""

CURRENCIES = frozenset(
    """
USD EUR GBP RUB RUR AMD GEL CHF JPY CNY TRY KZT UAH BYN AZN UZS KGS TJS TMT MDL PLN CZK HUF RON BGN
RSD SEK NOK DKK ISK CAD AUD NZD BRL MXN ARS CLP COP PEN UYU INR PKR BDT LKR NPR IDR MYR SGD HKD TWD
THB VND PHP KRW ILS SAR AED QAR KWD BHD OMR JOD LBP EGP MAD TND DZD NGN KES ZAR GHS IRR IRT IQD SYP
AFN XAU XAG BTC ETH USDT
""".split()
)
_SIGNS = "$€£¥₽₴₸₺₹₩֏₾₼"
_CURRENCY_WORDS = frozenset(
    """
dollar euro pound ruble rouble yuan yen franc dram lari lira доллар евро рубль фунт юань иена драм
лари դոլար եվրո ռուբլի ֆունտ dolar avro sterlin libra peso real dólar dolaire bitcoin ethereum دولار يورو 美元 欧元 英镑 日元
人民币 米ドル ユーロ ドル
""".split()
)
_METALS = frozenset(
    """
gold silver platinum palladium copper nickel oil brent wti crude gas gold: oro plata platino paladio
cobre ouro prata platina argento petrolio argent platine cuivre pétrole silber platin kupfer öl
золото серебро платина палладий медь нефть никель ոսկի արծաթ պլատին պալադիում պղինձ նավթ altın gümüş
petrol ذهب الذهب فضة الفضة نفط النفط 黄金 白银 白金 铂金 原油 金 銀 銅 プラチナ złoto srebro guld zlato stříbro
""".split()
)
_UNITS = frozenset(
    """
oz g gr gram kg t ton barrel bbl % pts pt points amd/g usd/oz p.
""".split()
)
_NUMBER = re.compile(r"[+\-−–±▲▼△▽↑↓⬆⬇]?[$€£¥₽₴₸₺₹₩֏₾₼]?\d[\d.,:'’ \u00a0\u202f]*[%$€£¥₽₴₸₺₹₩֏₾₼]?[▲▼↑↓]?")
_MOVE = re.compile(r"[+\-−–±▲▼△▽↑↓⬆⬇]\s?\d|\d\s?%|[▲▼△▽↑↓⬆⬇]")
_SIGN_OR_CODE = r"[A-Z]{3}|[%$€£¥₽₴₸₺₹₩֏₾₼▲▼△▽↑↓⬆⬇]"
_QUOTE_HINT = re.compile(rf"\d[.,]\d|{_SIGN_OR_CODE}")
QUOTE_HINTS = rf"\p{{Nd}}[.,]\p{{Nd}}|(?:{_SIGN_OR_CODE}).*\p{{Nd}}|\p{{Nd}}.*(?:{_SIGN_OR_CODE})"
"""What all quotes have, in RE2's syntax: a digit, and a decimal, a sign, an arrow or a code."""
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"[^\s|•·/()\[\]]+")
_SIGN_ONLY = re.compile(r"[\W_]+")


class Cell(Enum):
    """What a short block would be in a strip of quotes."""

    NAME = "a code, currency or metal alone"
    NUMBER = "numbers, signs and units alone"
    QUOTE = "names with numbers"
    STRANGE = "an unknown name with a number"


def read_strip(text: str) -> Reason | None:
    """Return what a line of several quotes is: currencies, metals or stocks; None when it is none."""
    if len(text) > MAX_STRIP_CHARS or not _DIGIT.search(text):
        return None
    if len(text) > MAX_CELL_CHARS and len(_DIGIT.findall(text)) * MAX_CHARS_PER_DIGIT < len(text):
        return None
    tokens = _TOKEN.findall(text)
    words = [token for token in tokens if token.isalpha() or not _NUMBER.fullmatch(token)]
    numbers = len(tokens) - len(words)
    if numbers < MIN_QUOTES:
        return None
    names = sum(map(_is_currency, words))
    metals = sum(map(_is_metal, words))
    strange = len(words) - sum(map(_is_known, words))
    if strange > MAX_STRANGE_SHARE * len(tokens):
        moves = len(_MOVE.findall(text))
        return Reason.STOCKS if moves >= MIN_MOVES and numbers > MIN_MOVES and strange <= numbers else None
    if metals and metals + names >= MIN_QUOTES:
        return Reason.METALS
    if names >= MIN_QUOTES:
        return Reason.TICKER
    return Reason.STOCKS if len(_MOVE.findall(text)) >= MIN_QUOTES else None


def has_digit(text: str) -> bool:
    """Return whether a text has a digit, as all quotes and dates have."""
    return _DIGIT.search(text) is not None


def hints_at_quotes(text: str) -> bool:
    """Return whether a text with a digit has what every quote has: a decimal, a sign, an arrow or a code."""
    return len(text) <= MAX_STRIP_CHARS and _QUOTE_HINT.search(text) is not None


def read_cell(text: str) -> Cell | None:
    """Return what a short block would be in a strip of quotes, None when it would be strange there."""
    if len(text) > MAX_CELL_CHARS:
        return None
    tokens = _TOKEN.findall(text)
    names = numbers = strange = 0
    for token in tokens:
        if _NUMBER.fullmatch(token):
            numbers += 1
        elif _is_currency(token) or _is_metal(token):
            names += 1
        elif not _is_known(token):
            strange += 1
    if strange:
        return Cell.STRANGE if numbers and strange <= MAX_STRANGE_WORDS else None
    if names:
        return Cell.QUOTE if numbers else Cell.NAME
    return Cell.NUMBER if numbers or tokens else None


def count_quoted(text: str) -> int:
    """Return how many different currencies and metals a text names, by whatever word."""
    return len(
        {token for token in _TOKEN.findall(fold_line(text)) if _is_currency(token) or _is_metal(token)}
    )


def moves(text: str) -> bool:
    """Return whether a text tells a gain or a loss."""
    return _MOVE.search(text) is not None


def names_metal(text: str) -> bool:
    """Return whether a metal or oil is among the words."""
    return any(_is_metal(token) for token in _TOKEN.findall(text))


def names_currency(text: str) -> bool:
    """Return whether a currency is among the words."""
    return any(_is_currency(token) for token in _TOKEN.findall(text))


def _is_currency(token: str) -> bool:
    bare = token.strip("-–—:,.*").removesuffix("s")
    if bare in CURRENCIES or token in _SIGNS:
        return True
    if "/" in bare or (len(bare) == PAIR_CHARS and bare.isupper()):
        return bare[:3] in CURRENCIES and bare[-3:] in CURRENCIES
    return fold_line(bare) in _CURRENCY_WORDS


def _is_metal(token: str) -> bool:
    return fold_line(token.strip("-–—:,.*")) in _METALS


def _is_known(token: str) -> bool:
    return (
        bool(_SIGN_ONLY.fullmatch(token))
        or _is_currency(token)
        or _is_metal(token)
        or token.casefold().strip(".:") in _UNITS
    )
