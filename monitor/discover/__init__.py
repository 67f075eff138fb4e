"""Response -> Links: what a site offers to be looked at, and what of it looks like an article.

Position: after `fetch` has brought a front page, a feed or a sitemap; before its links are remembered
and fetched. Pure and CPU-bound on hostile bytes, so the pipeline runs it in a worker process.

* `find_seeds` says which documents of a site list its articles, best first.
* `find_links` reads one of them; `find_children` names the sitemaps of a sitemap index, and
  `join_links` makes one list of what those name.

Inside: `seeds`; `feeds`, `jsonfeed` and `sitemaps` (what publishers list); `front` (which of a page's
links look like articles), `embedded` (JSON in pages), `page` (HTML); `listing` (entries -> links:
order, duplicates, dates).
"""

from monitor.discover.listing import join_links
from monitor.discover.seeds import find_children, find_links, find_seeds

__all__ = ["find_children", "find_links", "find_seeds", "join_links"]
