"""How clean is the text, how right the metadata, and what does it cost, against other extractors?

    python -m benchmarks.extraction [--data DIR] [--json FILE]

DIR holds `gold.jsonl`, one object a page (`file`, `url`, `source`, and any of `text`, `with`, `without`,
`title`, `authors`, `date`), and the pages themselves, gzipped. Peers that are installed run too.

Text: bags of 4-grams of words, Chinese, Japanese and Thai by the character; true and false positives are
divided by their sum on each page; precision and recall are means over pages and F1 is made of those
(the published metric of the scrapinghub article-extraction benchmark). Exact: all words are the same.
Segments, for the source that has no full texts: wanted ones found, unwanted ones not. CPU: every page goes
to every contestant in turn, in random order; the best of `ROUNDS`, or of one for those that are slow. A
contestant that takes more than `LIMIT_S` over a page has given nothing for it; `over_limit` counts those.
The last figures are ratios: to a bare
parse, and how many times trafilatura's speed.

Ends with exit code 1 when our F1 on a source falls below its floor, which is all that
`python -m benchmarks.floors` asks.
"""

from __future__ import annotations

import gzip
import importlib
import json
import random
import re
import signal
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from time import thread_time
from types import FrameType

from selectolax.lexbor import LexborHTMLParser

from benchmarks.report import OURS, Report, Row, publish, read_arguments
from monitor.errors import NotAnArticle
from monitor.extract import read_article
from monitor.model import Link, Response

DATA = Path("../shared/extraction-dev")
ROUNDS = 2
LIMIT_S = 2.0
"""CPU seconds that a contestant may take over a page."""

SLOW_MS = 60.0
"""Mean CPU milliseconds a page from which one round says enough."""

PARSE = "parse"
SLACK = 0.003
"""How far an F1 may fall below its floor before the run ends badly."""

FLOORS = Path(__file__).with_name("floors.json")
"""Our F1 on each source when it was last raised."""

NOW = datetime.now(UTC)
Found = dict[str, object]
Adapter = Callable[[bytes, str], Found]


@dataclass(frozen=True, slots=True)
class Gold:
    """A page and what it holds; None and () where nobody said."""

    html: bytes
    url: str
    source: str
    text: str | None
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    title: str | None
    authors: tuple[str, ...]
    date: str | None


def adapter(html: bytes, url: str) -> Found:
    """Return what we make of a page: text, title, authors, date (ISO 8601), language.

    As `monitor extract` does: the page is of no source, so that nothing is learned from it, as by any peer.
    """
    address = url or "https://unknown.invalid/story"
    response = Response(url=address, fetched_at=NOW, body=html, content_type="text/html")
    try:
        article = read_article(response, Link(url=address, source="benchmark"), None).article
    except NotAnArticle:
        return {"text": ""}
    return {
        "text": article.text,
        "title": article.title,
        "authors": list(article.authors),
        "date": article.published_at.isoformat() if article.published_at else None,
        "language": article.language,
    }


# --- the peers


def _trafilatura(**options: bool) -> Adapter:
    library = importlib.import_module("trafilatura")

    def read(html: bytes, url: str) -> Found:
        found = library.bare_extraction(html, url=url or None, include_comments=False, **options)
        if found is None:
            return {"text": ""}
        authors = [name for name in re.split(r"\s*[;|]\s*", found.author or "") if name]
        return {"text": found.text or "", "title": found.title, "authors": authors, "date": found.date}

    return read


def _resiliparse() -> Adapter:
    text = importlib.import_module("resiliparse.extract.html2text")
    tree = importlib.import_module("resiliparse.parse.html")
    encoding = importlib.import_module("resiliparse.parse.encoding")

    def read(html: bytes, _url: str) -> Found:
        page = tree.HTMLTree.parse(encoding.bytes_to_str(html, encoding.detect_encoding(html)))
        return {
            "text": text.extract_plain_text(page, main_content=True, alt_texts=False),
            "title": page.title,
        }

    return read


def _readability() -> Adapter:
    library = importlib.import_module("readability")

    def read(html: bytes, _url: str) -> Found:
        document = library.Document(html.decode("utf-8", "replace"))
        body = LexborHTMLParser(document.summary()).body
        return {"text": body.text(separator="\n") if body else "", "title": document.short_title()}

    return read


def _newspaper() -> Adapter:
    library = importlib.import_module("newspaper")

    def read(html: bytes, url: str) -> Found:
        article = library.Article(url=url or "https://unknown.invalid/", fetch_images=False)
        article.download(input_html=html.decode("utf-8", "replace"))
        article.parse()
        day = article.publish_date
        return {
            "text": article.text,
            "title": article.title,
            "authors": list(article.authors),
            "date": day.isoformat() if hasattr(day, "isoformat") else day,
        }

    return read


PEERS: dict[str, Callable[[], Adapter]] = {
    "trafilatura": _trafilatura,
    "trafilatura with metadata": lambda: _trafilatura(with_metadata=True),
    "trafilatura fast with metadata": lambda: _trafilatura(with_metadata=True, fast=True),
    "resiliparse": _resiliparse,
    "readability-lxml": _readability,
    "newspaper4k": _newspaper,
}


def installed_peers() -> Iterator[tuple[str, Adapter]]:
    """Yield the peers that are there."""
    for name, make in PEERS.items():
        try:
            yield name, make()
        except ImportError as missing:
            print(f"{name} not run: {missing}")


# --- the metrics

_DENSE = r"\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_DENSE}]|[^\W{_DENSE}]+")
_SPACE = re.compile(r"\s+")
_BY = re.compile(r"^\s*(?:by|von|par|por|di|door|av|af)\s+")
SHINGLE = 4


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the 4-grams of a text's words; a shorter text is one gram."""
    words = _WORD.findall(text)
    if len(words) <= SHINGLE:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(*(words[i:] for i in range(SHINGLE)), strict=False))


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def same_title(gold: str, found: object) -> bool:
    """Return whether two titles differ in quotes, dashes, case and white space at most."""
    marks = str.maketrans("‘’‚‛“”„‟«»–—−‐‑", "''''" + '"' * 6 + "-" * 5)
    fold = [
        _SPACE.sub(" ", unicodedata.normalize("NFKC", text).translate(marks).casefold()).strip(" '\"")
        for text in (gold, str(found or ""))
    ]
    return fold[0] == fold[1]


def author_f1(gold: Sequence[str], found: object) -> float:
    """Return F1 of two sets of names, compared by their letters."""
    wanted, given = (_name_keys(names) for names in (gold, found if isinstance(found, list) else []))
    return 2 * len(wanted & given) / (len(wanted) + len(given)) if given else 0.0


def _name_keys(names: Sequence[object]) -> set[str]:
    folded = (unicodedata.normalize("NFKD", str(name)).casefold() for name in names)
    bare = ("".join(c for c in name if not unicodedata.combining(c)) for name in folded)
    return {" ".join(_WORD.findall(_BY.sub("", name))) for name in bare} - {""}


@dataclass(slots=True)
class Score:
    """The scores of one contestant on one source, page by page."""

    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    segments: Counter[str] = field(default_factory=Counter)
    title: list[bool] = field(default_factory=list)
    authors: list[float] = field(default_factory=list)
    date: list[bool] = field(default_factory=list)

    def add(self, gold: Gold, found: Found) -> None:
        """Score one page."""
        text = str(found.get("text") or "")
        if gold.text:
            wanted, given = shingles(gold.text), shingles(text)
            common = (wanted & given).total()
            if given:
                self.precision.append(common / given.total())
            self.recall.append(common / wanted.total() if wanted else 0.0)
            self.exact.append(_WORD.findall(gold.text) == _WORD.findall(text))
        flat = _SPACE.sub(" ", text)
        for name, segments in (("wanted", gold.wanted), ("unwanted", gold.unwanted)):
            self.segments[name] += len(segments)
            self.segments[f"{name} found"] += sum(_SPACE.sub(" ", s).strip() in flat for s in segments)
        if gold.title:
            self.title.append(same_title(gold.title, found.get("title")))
        if gold.authors:
            self.authors.append(author_f1(gold.authors, found.get("authors")))
        if gold.date:
            self.date.append(str(found.get("date") or "")[:10] == gold.date)

    def text_f1(self) -> float:
        """Return F1 of the texts, or of the segments where there are no texts."""
        if self.recall:
            return f1(mean(self.precision or [0.0]), mean(self.recall))
        hits = self.segments["wanted found"]
        given = hits + self.segments["unwanted found"]
        return f1(hits / given if given else 0.0, hits / max(self.segments["wanted"], 1))

    def figures(self) -> dict[str, float]:
        """Return the scores that the source has gold for."""
        figures = {"f1": round(self.text_f1(), 4)}
        for name, values in (
            ("precision", self.precision),
            ("recall", self.recall),
            ("exact", self.exact),
            ("title", self.title),
            ("author", self.authors),
            ("date", self.date),
        ):
            if values:
                figures[name] = round(mean(values), 3)
        return figures


@dataclass(slots=True)
class Result:
    """What one contestant scored by source, its CPU milliseconds page by page, and the pages it gave up."""

    cpu_ms: list[float]
    scores: defaultdict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    over_limit: int = 0


# --- the run


def load_pages(folder: Path) -> Iterator[Gold]:
    """Yield the pages of a folder with their gold."""
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Gold(
                html=gzip.decompress((folder / row["file"]).read_bytes()),
                url=row.get("url") or "",
                source=row["source"],
                text=row.get("text"),
                wanted=tuple(row.get("with") or ()),
                unwanted=tuple(row.get("without") or ()),
                title=row.get("title"),
                authors=tuple(row.get("authors") or ()),
                date=row.get("date"),
            )


class OverLimitError(BaseException):
    """A contestant took too long. Contestants that catch every `Exception` let it through."""


def run(pages: Sequence[Gold], contestants: dict[str, Adapter]) -> dict[str, Result]:
    """Return what each contestant scored and cost."""
    results = {name: Result(cpu_ms=[float("inf")] * len(pages)) for name in contestants}
    rng = random.Random(7)
    signal.signal(signal.SIGPROF, _stop)
    for round_number in range(ROUNDS):
        order = [name for name in contestants if not round_number or mean(results[name].cpu_ms) < SLOW_MS]
        for i, page in enumerate(pages):
            rng.shuffle(order)
            for name in order:
                result = results[name]
                began = thread_time()  # while SIGPROF is armed, the process's clock moves by ticks of 4 ms
                found = _attempt(contestants[name], page)
                result.cpu_ms[i] = min(result.cpu_ms[i], (thread_time() - began) * 1000)
                if not round_number:
                    result.over_limit += "over limit" in found
                    result.scores[page.source].add(page, found)
    return results


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise OverLimitError


def _attempt(read: Adapter, page: Gold) -> Found:
    """Return what a contestant makes of a page; one that breaks on it, or takes too long, has missed it."""
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
    try:
        return read(page.html, page.url)
    except OverLimitError:
        return {"text": "", "over limit": True}
    except Exception as broken:  # noqa: BLE001 - a peer may raise anything
        return {"text": "", "broken": repr(broken)}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def parse_only(html: bytes, _url: str) -> Found:
    """Parse the page and do nothing with it: the floor of every extractor on this parser."""
    LexborHTMLParser(html)
    return {}


def make_rows(results: dict[str, Result]) -> Iterator[Row]:
    """Yield a row for each contestant, without what it never gives: a title, an author, a date."""
    cpu_ms = {name: mean(result.cpu_ms) for name, result in results.items()}
    for name, result in results.items():
        figures: dict[str, float] = {}
        if name != PARSE:
            gives = {
                key for score in result.scores.values() for key, value in score.figures().items() if value
            }
            for source, score in result.scores.items():
                kept = {key: value for key, value in score.figures().items() if key in gives}
                figures |= {f"{source}_{key}": value for key, value in kept.items()}
        figures["cpu_ms"] = round(cpu_ms[name], 2)
        figures["x_parse"] = round(cpu_ms[name] / cpu_ms[PARSE], 1)
        for peer, column in (
            ("trafilatura", "x_trafilatura"),
            ("trafilatura with metadata", "x_trafilatura_meta"),
        ):
            if peer in cpu_ms:
                figures[column] = round(cpu_ms[peer] / cpu_ms[name], 1)
        figures["over_limit"] = result.over_limit
        yield Row(name, figures)


def report_falls(scores: Mapping[str, Score]) -> int:
    """Print which of our F1 have fallen below their floors; return the exit code, 1 if any has."""
    floors: dict[str, float] = json.loads(FLOORS.read_text("utf-8"))
    fallen = [
        f"{source}: F1 {score.text_f1():.4f} has fallen below its floor of {floors[source]:.4f}"
        for source, score in scores.items()
        if source in floors and score.text_f1() < floors[source] - SLACK
    ]
    print("\n".join(fallen) or "no F1 has fallen")
    return 1 if fallen else 0


def main() -> int:
    """Run, print, and hold us to the floors."""
    arguments = read_arguments(__doc__, DATA)
    folder = arguments.data or DATA
    contestants = {OURS: adapter, PARSE: parse_only, **dict(installed_peers())}
    results = run(list(load_pages(folder)), contestants)
    publish(
        Report(
            name="extraction",
            question="How clean is the text, how right the metadata, and at what cost?",
            rows=list(make_rows(results)),
            distributions=("selectolax", "trafilatura", "resiliparse", "readability-lxml", "newspaper4k"),
        ),
        arguments,
    )
    return report_falls(results[OURS].scores)


if __name__ == "__main__":
    sys.exit(main())
