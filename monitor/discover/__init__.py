"""Response -> Links: what a site offers to be looked at, and what of it looks like an article.

Position: after `fetch` has brought a front page, a feed or a sitemap; before its links are remembered
and fetched. Pure and CPU-bound on hostile bytes, so the pipeline runs it in a worker process.

* `find_seeds` says which documents of a site list its articles, best first; `find_refresh` where a page
  that is but a door sends its readers.
* `find_links` reads one of them; `find_children` names the sitemaps of a sitemap index, and
  `join_links` makes one list of what those name; `find_ttl` tells how long a feed says that it will do,
  `is_podcast` whether it is one of episodes.
* `share_out` says which links go first when there are more than one visit may fetch.
* `pick_seed` and `pick_stale_seed` say which to settle on, given what came of reading them (`Trial`), and
  `has_dried_up` when to think again; `tell_problems` is for people, when there is none.

Inside: `seeds`; `feeds`, `mending`, `jsonfeed` and `sitemaps` (what publishers list); `front` (which of a
page's links look like articles), `embedded` (JSON in pages), `page` (HTML), `charset`; `listing`
(entries -> links: order, duplicates, dates); `choice` (which seed).
"""

from monitor.discover.choice import Trial, has_dried_up, pick_seed, pick_stale_seed, tell_problems
from monitor.discover.feeds import find_ttl, is_podcast
from monitor.discover.front import share_out
from monitor.discover.listing import join_links
from monitor.discover.seeds import find_children, find_links, find_refresh, find_seeds

__all__ = [
    "Trial",
    "find_children",
    "find_links",
    "find_refresh",
    "find_seeds",
    "find_ttl",
    "has_dried_up",
    "is_podcast",
    "join_links",
    "pick_seed",
    "pick_stale_seed",
    "share_out",
    "tell_problems",
]
