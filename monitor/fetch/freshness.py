"""How long an answer will do, by what its server says.

Position: inside `client`; the schedule listens to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:cache|store)(?:$|[\s,])", re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,9}")


def read_freshness(headers: Mapping[str, str]) -> timedelta:
    """Return for how long an answer stays fresh (RFC 9111, 4.2): its max-age less its Age, zero for none.

    `headers` finds a name in any case. `s-maxage` is not meant for us: nobody shares what we keep.
    """
    control = headers.get("cache-control", "")
    found = _MAX_AGE.search(control)
    if found is None or _NOT_KEPT.search(control):
        return timedelta()
    age = _SECONDS.fullmatch(headers.get("age", "").strip())
    return timedelta(seconds=max(0, int(found[1]) - (int(age[0]) if age else 0)))
