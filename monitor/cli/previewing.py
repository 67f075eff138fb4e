"""What a source's newest pages would give: on the terminal, and for JSON.

Position: prints what `preview` answers, for `monitor visit NAME --dry-run`.
"""

from __future__ import annotations

from monitor.cli import explaining
from monitor.cli.printing import console, plain
from monitor.extract import KEPT
from monitor.preview import Preview, Sample

SHOWN_CHARS = 100
"""How much of a page's first and last paragraph is shown."""


def is_unwell(preview: Preview) -> bool:
    """Return whether an override matched nothing on any page, or no page gave an article."""
    articles = [s for s in preview.samples if s.explanation is not None and s.explanation.refusal is None]
    return not articles or any(not match.elements for match in preview.matches())


def as_object(preview: Preview) -> dict[str, object]:
    """Return a preview for JSON."""
    return {
        "source": preview.source.name,
        "seed": preview.seed,
        "links": preview.found,
        "pages": [
            {
                "url": sample.link.url,
                "problem": sample.problem,
                "explanation": sample.explanation and explaining.as_object(sample.explanation),
            }
            for sample in preview.samples
        ],
        "overrides": [
            {"setting": match.setting, "selector": match.selector, "elements": match.elements}
            for match in preview.matches()
        ],
    }


def show_preview(preview: Preview) -> None:
    """Print for each page what would be kept, and how each override matched."""
    seed = f" ({preview.seed.kind} {preview.seed.url})" if preview.seed else ""
    head = f"{preview.source.name}{seed}: {preview.found} links; nothing is stored"
    console.print(plain(head), style="bold")
    for sample in preview.samples:
        show_sample(sample)
    for match in preview.matches():
        if not match.elements:
            where = f"any of the {len(preview.samples)} pages"
            line = f"{match.setting}: {match.selector} matched nothing on {where}"
            console.print(plain(line), style="yellow")


def show_sample(sample: Sample) -> None:
    """Print what would be kept of one page."""
    console.print()
    if sample.explanation is None:
        console.print(plain(sample.link.url), style="cyan")
        console.print(plain(f"  {sample.problem}"), style="red")
        return
    console.print(plain(sample.explanation.title), style="bold")
    console.print(plain(sample.link.url), style="cyan")
    console.print(plain(f"  {explaining.verdict_of(sample.explanation)}"))
    kept = [d.block.text for d in sample.explanation.decisions if d.reason in KEPT]
    for text in dict.fromkeys((*kept[1:2], *kept[-1:])):
        console.print(plain(f"  + {text[:SHOWN_CHARS]}"), style="green")
