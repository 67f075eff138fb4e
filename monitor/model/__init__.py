"""The nouns, frozen, in the order in which they appear on the walk (docs/architecture.md).

Every datetime is aware. Times the program makes are UTC; times a page claims keep the page's own
offset. Durations are `timedelta`. Nothing here does I/O or knows a library.

Import from here: a module of this room knows only those before it on the walk.
"""

from monitor.model.alerts import Alert, Outlet
from monitor.model.articles import Article, Reading, Template
from monitor.model.bulletins import Coverage, Digest, Gap, HealthNotice, Outgoing, Turn
from monitor.model.channels import (
    AppriseChannel,
    ChannelSettings,
    ConsoleChannel,
    EmailChannel,
    FileChannel,
    Smtp,
    Templates,
    TlsMode,
    WebhookChannel,
)
from monitor.model.copies import Candidate, Candidates, Fingerprint, Relation, Verdict
from monitor.model.deliveries import Delivery, DeliveryState, Dispatch, MessageKind, MessageName
from monitor.model.ids import ID_BYTES, name_id
from monitor.model.revisions import ChangeKind, Changes, DiffPiece, DiffSide, Revision
from monitor.model.rules import ASKABLE, Excerpt, Match, Occasion, Rule
from monitor.model.sources import RECHECK, Overrides, QuietHours, Seed, SeedKind, Source
from monitor.model.stories import Outline, StoryCandidates, Teller
from monitor.model.visits import Child, Link, PastLinks, Request, Response, Validators, Visit, VisitOutcome

__all__ = [  # noqa: RUF022 (in order of appearance)
    # names
    "ID_BYTES",
    "name_id",
    # where we look
    "SeedKind",
    "Seed",
    "RECHECK",
    "Overrides",
    "QuietHours",
    "Source",
    # what a visit sees
    "Validators",
    "Child",
    "Request",
    "Response",
    "Link",
    "PastLinks",
    "VisitOutcome",
    "Visit",
    # what a page holds
    "Template",
    "Article",
    "Reading",
    # copy or story?
    "Fingerprint",
    "Candidate",
    "Candidates",
    "Relation",
    "Verdict",
    "Outline",
    "Teller",
    "StoryCandidates",
    # what became of it
    "ChangeKind",
    "DiffSide",
    "DiffPiece",
    "Changes",
    "Revision",
    # whom it concerns
    "Occasion",
    "ASKABLE",
    "Rule",
    "Excerpt",
    "Match",
    "Alert",
    "Outlet",
    # who is told
    "TlsMode",
    "Smtp",
    "Templates",
    "EmailChannel",
    "WebhookChannel",
    "ConsoleChannel",
    "FileChannel",
    "AppriseChannel",
    "ChannelSettings",
    # what is on its way
    "DeliveryState",
    "Dispatch",
    "MessageKind",
    "MessageName",
    "Delivery",
    "Gap",
    "Coverage",
    "Digest",
    "Turn",
    "HealthNotice",
    "Outgoing",
]
