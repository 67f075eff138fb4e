"""What the pipeline asks of the world. Adapters stand behind these; `app` says which.

Each adapter of a port passes the same contract suite in `tests/`. An adapter translates its
library's errors into ours (`errors`) and raises nothing else on purpose.

Import from here: how the store's port is parted is a reader's business, not a caller's.
"""

from monitor.ports.archive import (
    AlertTrace,
    ArticleQuery,
    ArticleYield,
    LinkState,
    MatchCounts,
    SourceState,
    SourceYield,
    StoredArticle,
)
from monitor.ports.articles import Filing, KnownPage, Lookup, Recheck
from monitor.ports.channel import Channel
from monitor.ports.outbox import NO_GATHERING, ChannelState, Gathering, Told
from monitor.ports.store import Heartbeat, Store
from monitor.ports.visits import SourceMemory
from monitor.ports.world import Clock, Fetcher, Workers

__all__ = [  # noqa: RUF022 (in the order of the walk)
    # the world
    "Clock",
    "Fetcher",
    "Workers",
    # the store: visits and links
    "SourceMemory",
    # the store: articles
    "Filing",
    "Lookup",
    "KnownPage",
    "Recheck",
    # the store: the outbox
    "Gathering",
    "NO_GATHERING",
    "Told",
    "ChannelState",
    # the store: what people ask of it
    "ArticleQuery",
    "StoredArticle",
    "MatchCounts",
    "SourceState",
    "ArticleYield",
    "SourceYield",
    "LinkState",
    "AlertTrace",
    # the store, whole
    "Heartbeat",
    "Store",
    # where alerts go
    "Channel",
]
