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
SECRET_NAME = "OPS_WEBHOOK_SECRET"  # noqa: S105  (the variable's name, not the secret)

TEMPLATE = """\
# Written by `monitor demo`: two small papers on this machine, one rule, a mailbox and a webhook.
database: {database}

defaults:
  every: 2s             # real sites: 15m, which is what you get when you say nothing
  pause: 0s             # the least time between two requests to one host; real sites: 2s
  allow_private: true   # this machine's own addresses are off limits otherwise

sources:
  - name: review
    url: {review}
  - name: herald
    url: {herald}

channels:
  desk: {{ email: desk@example.org }}
  ops: {{ webhook: "{webhook}", secret: "${{{secret_name}}}", allow_private: true }}

rules:
  - name: ferry
    match: '{query}'
    notify: [desk, ops]

smtp: {{ url: "{smtp}", from: "News monitor <monitor@example.org>" }}
"""


def make_secret() -> str:
    """Return a fresh Standard Webhooks secret."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def write_configuration(
    folder: Path, newsstand: Newsstand, mailbox: Mailbox, receiver: WebhookReceiver
) -> Path:
    """Write `sources.yaml` into `folder`, with the database beside it; return the file.

    The webhook's secret is left to the environment, under `SECRET_NAME`.
    """
    path = folder / "sources.yaml"
    path.write_text(
        TEMPLATE.format(
            database="monitor.db",
            review=newsstand.review.url,
            herald=newsstand.herald.url,
            webhook=receiver.url,
            secret_name=SECRET_NAME,
            query=QUERY,
            smtp=mailbox.url,
        ),
        "utf-8",
    )
    return path
