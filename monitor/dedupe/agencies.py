"""Article -> the news agency whose text it says it is, if it says so.

Position: beside `judge`: a copy of an agency's text is told from one of another outlet's by its credit. Pure.

An agency is named in a few shapes only, and a mention ("told Reuters") is none of them:

* as an author: "Reuters", "Reuters Staff", "Ada Example, AFP";
* in the dateline: "PARIS, Nov 22 (Reuters) - ", "МОСКВА. /ТАСС/. ", "AFP — ", "ԵՐԵՎԱՆ, ԱՐՄԵՆՊՐԵՍ: ";
* as the closing credit: "(dpa)", "Source: AFP", "© Interfax", alone in the last paragraph or at its end, or
  in a line of its own below the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from monitor.model import Article

AGENCIES: Mapping[str, tuple[str, ...]] = {
    "AAP": ("Australian Associated Press",),
    "AFP": ("Agence France-Presse", "Agence France Presse", "АФП"),
    "Agerpres": (),
    "ANSA": (),
    "Anadolu": ("Anadolu Agency", "Anadolu Ajansı", "AA", "Анадолу"),
    "ANP": (),
    "AP": ("Associated Press", "The Associated Press", "АП"),
    "APA": ("Austria Presse Agentur",),
    "ARKA": ("АРКА",),
    "Armenpress": ("Արմենպրես", "Արմենպրեսս", "Арменпресс"),
    "Azertac": ("AZƏRTAC", "AZERTAC", "АЗЕРТАДЖ"),
    "Belga": (),
    "BelTA": ("БелТА", "БЕЛТА"),
    "BNS": (),
    "BTA": ("БТА",),
    "Canadian Press": ("The Canadian Press", "La Presse Canadienne"),
    "ČTK": ("CTK",),
    "dpa": ("Deutsche Presse-Agentur",),
    "EFE": ("Agencia EFE",),
    "Europa Press": (),
    "HINA": ("Hina",),
    "IANS": (),
    "Interfax": ("Интерфакс", "Інтерфакс", "Interfax-Ukraine", "Интерфакс-Украина"),
    "Interpressnews": ("ინტერპრესნიუსი",),
    "IRNA": ("ایرنا",),
    "Kazinform": ("Казинформ",),
    "Keystone-SDA": ("Keystone-ATS", "SDA", "sda"),
    "Kyodo": ("Kyodo News", "共同通信", "共同"),
    "LETA": (),
    "Lusa": ("Agência Lusa",),
    "MTI": (),
    "NTB": (),
    "PA Media": ("PA", "Press Association"),
    "PAP": (),
    "PTI": ("Press Trust of India",),
    "Reuters": ("Thomson Reuters", "Рейтер", "Рейтерс", "Ռոյթերս"),
    "RIA Novosti": ("РИА Новости", "РИА «Новости»"),
    "Ritzau": (),
    "Sputnik": ("Спутник",),
    "STT": (),
    "Tanjug": ("Танјуг",),
    "TASR": (),
    "TASS": ("ТАСС", "ՏԱՍՍ"),
    "TT": (),
    "Ukrinform": ("Укринформ", "Укрінформ"),
    "UNI": (),
    "UPI": ("United Press International",),
    "Xinhua": ("Xinhua News Agency", "新华社", "新華社"),
    "Yonhap": ("Yonhap News Agency", "연합뉴스"),
}
"""Agencies by the name that is shown, each with its other spellings. Add one here and nowhere else."""

DATELINE_CHARS = 120
"""How far into a text its dateline reaches: a town or three, a date, the credit."""

CREDIT_CHARS = 160
"""How much of the end of a text may hold the credit."""


def find_agency(article: Article, below: Sequence[str] = ()) -> str | None:
    """Return the agency that an article credits with its text, by the name in `AGENCIES`; None: no one.

    `below` are the lines that stood right below the text on its page.
    """
    begin, end = article.text[:DATELINE_CHARS], article.text[-CREDIT_CHARS:].rpartition("\n\n")[2]
    found = (
        _AUTHOR.find(article.authors)
        or _DATELINE.find((begin.partition("\n\n")[0],))
        or _CREDIT.find((end,))
        or _LINE.find(line for line in below if len(line) <= CREDIT_CHARS)
    )
    return None if found is None else _spellings()[found]


class _Shape:
    """A pattern around any agency's name, made when it is first needed."""

    def __init__(self, before: str, after: str) -> None:
        self._before, self._after = before, after
        self._pattern: re.Pattern[str] | None = None

    def find(self, texts: Iterable[str]) -> str | None:
        """Return the spelling of the first agency that one of the texts names in this shape."""
        if self._pattern is None:
            names = "|".join(map(re.escape, sorted(_spellings(), key=len, reverse=True)))
            self._pattern = re.compile(f"{self._before}({names}){self._after}")
        for text in texts:
            if match := self._pattern.search(text):
                spelling: str = match[1]
                return spelling
        return None


@cache
def _spellings() -> Mapping[str, str]:
    """Return the name of each agency by its spellings, in capitals as well."""
    return {
        written: name
        for name, others in AGENCIES.items()
        for spelling in (name, *others)
        for written in (spelling, spelling.upper())
    }


_WORDS = r"(?:Source|Sources|Quelle|Fuente|Fonte|Источник|Джерело|Աղբյուր[ըը՝]?|Kaynak|By|From|©|\(c\))"
_OTHERS = r"(?:[/,&+;]\s?[\w./ -]{1,30})?"
"""What stands beside the name: "dpa/tmn", "AP, Reuters"."""

_AUTHOR = _Shape(
    r"(?:^|[,/|(–—]\s?|\b[Bb]y )(?<!\w)",
    r"(?:\s(?:Staff|News(?: Agency)?|agency|Agency|correspondent))?\s?(?:$|[,/|)])",
)
_DATELINE = _Shape(
    r"(?:(?<!\w)[(/\[]\s?|^(?:By )?|[,.–—-]\s{1,2})(?<!\w)",
    rf"{_OTHERS}(?:\s?[)/\]]|\s?[–—:։․]|\s-\s|\.\s)",
)
_CREDIT = _Shape(
    rf"(?:^\s?{_WORDS}?\s?:?\s?|[(\[/]\s?{_WORDS}?\s?:?\s?|[–—]\s?|©\s?)(?<!\w)",
    rf"{_OTHERS}\s?[)\]/]?\.?\s*$",
)
_LINE = _Shape(rf"^[^\w©]*(?:{_WORDS}\s?:?\s?)?(?<!\w)", rf"{_OTHERS}\W*$")
