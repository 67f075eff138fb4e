"""Alert -> Delivery: word an alert and hand it to a mailbox, an endpoint or a terminal.

Position: after `keep`, which wrote the alert into the outbox; the pipeline claims it there, asks a
channel of this room to send it, and marks what came of it. Nothing here remembers an alert for the
pipeline: whatever is not taken stays in the outbox.

How: `wording` finds the words for people, from what `views` and `bulletins` show of an alert and of a digest
(the templates stand in `templates/`; `custom` puts a person's own in their place), `body` the JSON for
programs, which `schema` describes; `message` makes an email's bytes. `email` (over `smtp`), `webhook`,
`file`, `console` and, where its extra is installed, `apprise` send, and turn what the receiver said into a
receipt or into `DeliveryFailed`. `retry` holds the schedules.
"""

from monitor.deliver.channels import ChannelTools, open_channel
from monitor.deliver.custom import CustomWording
from monitor.deliver.email import EmailSender
from monitor.deliver.message import parse_mailbox
from monitor.deliver.sample import write_sample
from monitor.deliver.schema import webhook_schema
from monitor.deliver.views import mark_changes
from monitor.deliver.webhook import ClientFor, decode_secret

__all__ = [
    "ChannelTools",
    "ClientFor",
    "CustomWording",
    "EmailSender",
    "decode_secret",
    "mark_changes",
    "open_channel",
    "parse_mailbox",
    "webhook_schema",
    "write_sample",
]
