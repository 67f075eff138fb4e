"""Why each block of a page was kept or stripped: on the terminal, and as a page in two colours.

Position: prints what `extract.explain_page` answers; the decisions are those of extraction itself.
"""

from __future__ import annotations

from html import escape

from rich.text import Text

from monitor.cli.printing import console, plain
from monitor.extract import KEPT, Decision, Explanation, OverrideMatch

STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
p { margin: .3rem 0; padding: .3rem .7rem; border-left: 4px solid; overflow-wrap: anywhere }
.kept { border-color: #1a7f37; background: #1a7f3722 }
.stripped { border-color: #cf222e; background: #cf222e18; font-size: .875rem }
small { display: block; opacity: .75 }
"""


def reason_of(decision: Decision, pages: int) -> str:
    """Return in words why a block was kept or stripped; for learned chrome on how many pages it was seen."""
    learned = f", on {decision.seen_on} of the source's last {pages} pages" if decision.seen_on else ""
    return f"{decision.reason}{learned}"


def verdict_of(explanation: Explanation) -> str:
    """Return in a sentence what came of the page."""
    if explanation.refusal is not None:
        return f"No article: {explanation.refusal}."
    kept = sum(decision.reason in KEPT for decision in explanation.decisions)
    verdict = f"{kept} blocks kept, {len(explanation.decisions) - kept} stripped."
    verdict += "".join(f" {match_of(match)}" for match in explanation.overrides)
    claimed = " The page shows little of its story, so the text was taken from its JSON-LD."
    return verdict + (claimed if explanation.claimed else "")


def match_of(match: OverrideMatch) -> str:
    """Return in a sentence how an override matched a page."""
    elements = {0: "nothing", 1: "1 element"}.get(match.elements, f"{match.elements} elements")
    return f"{match.setting}: {match.selector} matched {elements}."


def as_object(explanation: Explanation) -> dict[str, object]:
    """Return an explanation for JSON: the blocks in the page's order."""
    return {
        "title": explanation.title,
        "refusal": explanation.refusal,
        "claimed": explanation.claimed,
        "pages": explanation.pages,
        "overrides": [
            {"setting": match.setting, "selector": match.selector, "elements": match.elements}
            for match in explanation.overrides
        ],
        "blocks": [
            {
                "text": decision.block.text,
                "kept": decision.reason in KEPT,
                "reason": decision.reason.value,
                "seen_on": decision.seen_on,
            }
            for decision in explanation.decisions
        ],
    }


def show_explanation(explanation: Explanation) -> None:
    """Print every block of a page in its order, kept or stripped, and by which rule."""
    console.print(plain(explanation.title), style="bold")
    for decision in explanation.decisions:
        kept = decision.reason in KEPT
        mark = Text("+ ", style="green") if kept else Text("- ", style="red")
        why = Text(f"  [{reason_of(decision, explanation.pages)}]", style="cyan")
        text = plain(decision.block.text)
        if not kept:
            text.stylize("dim")
        console.print(Text.assemble(mark, text, why))
    console.print(plain(f"\n{verdict_of(explanation)}"), style="bold")


def write_page(explanation: Explanation) -> str:
    """Return a self-contained HTML page of the blocks: kept in green, stripped in red."""
    rows = "\n".join(
        f'<p class="{"kept" if decision.reason in KEPT else "stripped"}" dir="auto">'
        f"{escape(decision.block.text)}<small>{escape(reason_of(decision, explanation.pages))}</small></p>"
        for decision in explanation.decisions
    )
    title = escape(explanation.title)
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{title}</h1>\n<p>{escape(verdict_of(explanation))}</p>\n{rows}\n</body></html>\n"
    )
