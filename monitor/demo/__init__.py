"""A newsstand, a mailbox and a webhook receiver on loopback, and the real daemon between them.

Position: beside `web`, under `cli`, which prints the events that `run_demo` yields. It needs no
internet and leaves nothing behind but the folder it was given. The tests use its parts as a world
to run the daemon in.
"""

from monitor.demo.events import (
    ArticleKept,
    Chapter,
    Check,
    DaemonComplained,
    DaemonStarted,
    DaemonStopped,
    DemoEvent,
    DemoSummary,
    Edited,
    HookArrived,
    MailArrived,
    Opened,
    Published,
    Visited,
)
from monitor.demo.script import run_demo

__all__ = [
    "ArticleKept",
    "Chapter",
    "Check",
    "DaemonComplained",
    "DaemonStarted",
    "DaemonStopped",
    "DemoEvent",
    "DemoSummary",
    "Edited",
    "HookArrived",
    "MailArrived",
    "Opened",
    "Published",
    "Visited",
    "run_demo",
]
