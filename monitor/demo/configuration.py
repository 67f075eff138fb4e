"""The configuration that the demo's daemon works after: a real one, which a reader may edit while it runs.

Position: written by `script` before the daemon starts.
"""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from monitor.demo.mailbox import Mailbox
from monitor.demo.newsstand import Newsstand
from monitor.demo.webhook import SECRET_PREFIX, WebhookReceiver

QUERY = 'Kestria AND ("ferry talks" OR dialogue)'

DESK, READERS = "desk@example.org", "readers@example.org"

TEMPLATE = """\
# Written by `monitor demo`: two small papers on this machine, two rules, a mailbox and a webhook.
database: {database}

group_wait: 6s          # how long an alert waits for copies; real sites: 1m
story_update: 2s        # the least time between two updates on a story; real sites: 6h

defaults:
  every: 2s             # real sites: 15m, which is what you get when you say nothing
  recheck: [2s, 4s, 8s, 12s, 16s, 20s, 24s, 30s, 36s, 42s, 48s]   # real sites: 15m, 1h, 3h, 1d, 3d, 7d
  pause: 0s             # the least time between two requests to one host; real sites: 2s
  allow_private: true   # this machine's own addresses are off limits otherwise

sources:
  - name: review
    url: {review}
  - name: herald
    url: {herald}

channels:
  desk: {{ email: {desk} }}
  readers: {{ email: {readers}, limit: 1/h }}   # what is more comes in one digest; digest: daily 08:00
  ops: {{ webhook: "{webhook}", secret: "${{file:{secret_file}}}", allow_private: true }}

rules:
  - name: ferry
    match: '{query}'
    notify: [desk, ops, readers]
    on: [new, edit]     # edits are not told unless a rule asks
  - name: strait
    match: 'ferry AND (Halmet OR Brackwater)'
    notify: [readers]

smtp: {{ url: "{smtp}", from: "News monitor <monitor@example.org>" }}
"""


def make_secret() -> str:
    """Return a fresh Standard Webhooks secret."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def write_configuration(
    folder: Path, newsstand: Newsstand, mailbox: Mailbox, receiver: WebhookReceiver
) -> Path:
    """Write `sources.yaml` into `folder`, with the webhook's secret beside it; return the file."""
    path, secret_file = folder / "sources.yaml", folder / "webhook-secret"
    secret_file.touch(mode=0o600)
    secret_file.write_text(receiver.secret + "\n", "utf-8")
    path.write_text(
        TEMPLATE.format(
            database=f"sqlite:///{folder.absolute() / 'monitor.db'}",
            review=newsstand.review.url,
            herald=newsstand.herald.url,
            webhook=receiver.url,
            secret_file=secret_file,
            query=QUERY,
            desk=DESK,
            readers=READERS,
            smtp=mailbox.url,
        ),
        "utf-8",
    )
    return path
