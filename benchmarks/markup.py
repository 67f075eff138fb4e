"""What can 5 MB of hostile markup cost us: CPU and memory, page by page?

    python -m benchmarks.markup [--json FILE]

Each kind of page is made for one weakness of parsers or of rules over text: endless nesting, tags that no one
closes, a million attributes, JSON-LD of brackets only, lines of megabytes. Each is read in a process of its
own, so that none hides behind what another has left. `cpu_s` is the reading alone; `peak_mb` is what the
process grows by at most over an interpreter that holds the page, our imports included. The table shows the
worst pages; the last row, the worst of each figure over all kinds. A page that is not read within `LIMIT_S`
seconds ends the run.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from itertools import count
from multiprocessing.queues import Queue
from pathlib import Path
from time import process_time

from benchmarks.report import OURS, Report, Row, publish, read_arguments

SIZE = 5_000_000
"""Bytes of each page, about."""

LIMIT_S = 60.0

SHOWN = 8
"""How many of the slowest pages the table names."""


def repeat(unit: str, before: str = "", after: str = "") -> Callable[[], bytes]:
    """Return what makes a page of `unit` again and again."""
    unit_bytes = unit.encode()
    return lambda: before.encode() + unit_bytes * (SIZE // len(unit_bytes)) + after.encode()


def number(unit: str, before: str = "", after: str = "") -> Callable[[], bytes]:
    """Return what makes a page of `unit` with another number at each `{}`."""

    def make() -> bytes:
        pieces, size = [before], 0
        for place in count():
            pieces.append(unit.replace("{}", str(place)))
            size += len(pieces[-1])
            if size >= SIZE:
                break
        return "".join([*pieces, after]).encode()

    return make


LD = "<script type=application/ld+json>"

PAGES: dict[str, Callable[[], bytes]] = {
    "100,000 nested div": lambda: b"<div>" * 100_000,
    "nested lists": repeat("<ul><li>"),
    "text 1,999 deep": repeat("a b c. ", before="<div>" * 1999),
    "lists 600 deep and wide": repeat("<li>x</li>", before="<ul><li>" * 600),
    "nav 900 deep and wide": repeat("x <p>", before="<div><nav>" * 900),
    "spans 300 deep and wide": repeat("<span>x</span>", before="<div>" * 300),
    "paragraphs": repeat("<p>a"),
    "sentences": repeat("<p>This is a sentence that ends here, and it is long enough to count. "),
    "unclosed b": repeat("<b>a"),
    "unclosed a": repeat("<a href=x>a"),
    "unclosed p b i font": repeat("<p><b><i><font>x"),
    "unclosed tables": repeat("<table><tr><td>"),
    "text fostered out of a table": repeat("a<b>c", before="<table>"),
    "options": repeat("<option>x", before="<select>"),
    "attributes": number(" a{}=1", before="<div", after=">"),
    "one long class": repeat("ad banner ", before="<div class='", after="'>x"),
    "another class for each box": number("<div class='c{} ad-box'>text {}</div>"),
    "another tag for each word": number("<x{}>y"),
    "headings over headlines": repeat(
        "<h3>Related</h3><h3><a href=x>What happened at the lock</a></h3><p>A hundred people came to see it."
    ),
    "headlines in boxes": repeat(
        "<div><h3><a href=x>What happened at the lock</a></h3><p>A hundred people came to see it.</div>"
    ),
    "slides": number("<h2>{}/999</h2>x"),
    "questions with buttons": repeat(
        "<p>What?<div><input type=radio>Nothing</div><div><input type=radio>All</div>"
    ),
    "Markdown in JSON-LD": repeat(
        "[a](*b*_c_", before=LD + '{"@type":"NewsArticle","articleBody":"', after='"}</script>'
    ),
    "one line of words": repeat("word ", before="<p>"),
    "one word": repeat("w", before="<p>"),
    "digits": repeat("1 ", before="<p>"),
    "text without markup": repeat("line of text\n"),
    "less-than signs": repeat("<"),
    "unfinished tags": repeat("<a"),
    "comments": repeat("<!--x-->"),
    "an open comment": repeat("-", before="<!--"),
    "entities": repeat("&amp;&nbsp;&#x1F600;"),
    "nested svg": repeat("<g>", before="<svg>"),
    "links in svg": repeat("<svg><a>"),
    "templates": repeat("<template><div>x"),
    "frames": repeat("<frame>", before="<frameset>"),
    "ruby": repeat("<ruby>x<rt>y"),
    "nobr": repeat("<nobr>x"),
    "definitions": repeat("<dl><dt>x<dd>y"),
    "buttons": repeat("<button>x"),
    "plaintext": repeat("<p>x", before="<plaintext>"),
    "line breaks": repeat("a<br>"),
    "empty line breaks": repeat("<br>"),
    "inputs": repeat("<input type=radio>x"),
    "lists of links": repeat("<ul><li><a href=x>A link that says</a></li></ul>"),
    "one list of links": repeat("<li><a href=x>A link that says</a></li>", before="<ul>"),
    "deep JSON-LD": repeat('{"a":', before=LD, after="</script>"),
    "long JSON-LD": repeat('{"@type":"Article","headline":"x"},', before=LD + "[", after="{}]</script>"),
    "much JSON-LD": repeat(LD + '{"@type":"NewsArticle","headline":"x"}</script>'),
    "meta authors": repeat("<meta name=author content='Jane Doe'>"),
    "meta names": number("<meta name=n{} content=x>"),
    "headings": repeat("<h1>a b c d</h1>", before="<title>a b c</title>"),
    "times": repeat("<time>12 May 2020</time>"),
    "authors": repeat("<span itemprop=author>Jane Doe</span>"),
    "authors in authors": repeat("Jane Doe ", before="<div itemprop=author>" * 1900),
    "a long title": repeat("a - ", before="<title>", after="</title><p>" + "x. " * 300),
    "tickers": repeat("<li>USD 480.50 "),
    "dates": repeat("<p>12 May 2020 "),
    "degrees": repeat("<p>12°C Paris"),
    "latin-1": lambda: b"<p>" + b"caf\xe9 " * (SIZE // 5),
    "windows-1251": lambda: "Привет мир. ".encode("cp1251") * (SIZE // 12),
    "bytes above 127": lambda: bytes(range(128, 256)) * (SIZE // 128),
}


def read_page(name: str, costs: Queue[tuple[float, float]]) -> None:
    """Read the page in this process, and tell (CPU in seconds, growth of memory in 10^6 bytes)."""
    body = PAGES[name]()
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # proc(5): forgets the peak so far
    errors, extract, model = map(import_module, ("monitor.errors", "monitor.extract", "monitor.model"))
    url = "https://paper.example/story"
    plain = name == "text without markup"
    response = model.Response(
        url=url,
        fetched_at=datetime.now(UTC),
        body=body,
        content_type="text/plain" if plain else "text/html",
    )
    began = process_time()
    with suppress(errors.NotAnArticle):
        extract.read_article(response, model.Link(url=url, source="paper"), model.Template())
    costs.put((process_time() - began, memory("VmHWM") - before))


def memory(name: str) -> float:
    """Return a figure of proc(5) about this process, in 10^6 bytes."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024 / 1e6


def measure_pages() -> Iterator[Row]:
    """Yield what each page costs; ends the program when one takes more than `LIMIT_S` seconds."""
    spawn = multiprocessing.get_context("spawn")
    for name in PAGES:
        costs: Queue[tuple[float, float]] = spawn.Queue()
        reader = spawn.Process(target=read_page, args=(name, costs))
        reader.start()
        reader.join(LIMIT_S)
        if reader.exitcode != 0:
            reader.kill()
            sys.exit(f"{name}: not read in {LIMIT_S:.0f} s, exit code {reader.exitcode}")
        cpu_s, peak_mb = costs.get()
        print(f"  {name:32} {cpu_s:6.2f} s {peak_mb:6.0f} MB", flush=True)
        yield Row(name, {"cpu_s": round(cpu_s, 2), "peak_mb": round(peak_mb)})


def main() -> None:
    """Read every page and publish the worst."""
    arguments = read_arguments(__doc__)
    rows = list(measure_pages())
    slowest = sorted(rows, key=lambda row: -row.figures["cpu_s"])[:SHOWN]
    worst = {
        "kinds": len(rows),
        **{name: max(row.figures[name] for row in rows) for name in ("cpu_s", "peak_mb")},
    }
    publish(
        Report(
            name="markup",
            question="What can 5 MB of hostile markup cost us? (the slowest kinds, then the worst of all)",
            rows=[*slowest, Row(OURS, worst)],
            distributions=("selectolax", "google-re2", "chardet"),
        ),
        arguments,
    )


if __name__ == "__main__":
    main()
