"""Response -> Article: strip the chrome, keep the story.

Position: after `fetch`, before `dedupe`. Pure and CPU-bound, so the pipeline runs it in a worker.

The walk inside the room:

1. `charset`   bytes -> UTF-8
2. `walk`      HTML -> `page.Page`: blocks in reading order and the boxes around them (`flat`: from text;
   `tags`: what becomes of each; `mentions`: what its markup says of itself; `chosen`: what a person said of
   the source's pages; `markup` refuses what no parser should be given)
3. `metadata`  the page's own claims: `structured` (JSON-LD), `title`, `authors`, `published`, `dates`
4. `decide`    a decision for each block, kept or stripped and why: `body` finds where the story stands,
   `marks` reads class words, `tickers`, `weather` and `phrases` know short blocks by shape and wording,
   `template` what the source's other pages taught, `lines` and `runs` judge inside the body, `tail` knows the
   notes below it, `strays` knows labels by where they stand, `lead` gives it back its standfirst, `outside`
   names what was stripped
5. `refuse`    walls, shells, lists: no article, with the reason
6. `read`      all of it -> `Reading`
"""

from monitor.extract.page import KEPT, Block, OverrideMatch, Page, Reason
from monitor.extract.read import (
    EXTRACTOR_VERSION,
    Decision,
    Explanation,
    explain_page,
    read_article,
    read_together,
)
from monitor.extract.refuse import SHELL
from monitor.extract.template import MIN_PAGES, WINDOW

__all__ = [
    "EXTRACTOR_VERSION",
    "KEPT",
    "MIN_PAGES",
    "SHELL",
    "WINDOW",
    "Block",
    "Decision",
    "Explanation",
    "OverrideMatch",
    "Page",
    "Reason",
    "explain_page",
    "read_article",
    "read_together",
]
