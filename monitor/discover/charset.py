"""The charsets of the web, and where documents name theirs.

Position: asked by `page` and `mending`. Pure.
"""

from __future__ import annotations

import re

_LABEL = re.compile(rb"""charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:+-]{1,40})""", re.IGNORECASE)
_CHARSETS = re.compile(
    rb"(?:utf-?8|(?:windows|cp)-?(?:125\d|874|936|949|31j)|iso-?8859-\d{1,2}|latin-?1|us-ascii|koi8-[ru]|gb2312"
    rb"|gbk|gb18030|big5|big5-hkscs|euc-(?:jp|kr)|shift[_-]jis|sjis|iso-2022-jp|tis-620|ks_c_5601-1987)",
    re.IGNORECASE,
)
"""Charsets of the web. Python knows others by name that unpack, or take quadratic time (idna)."""


def find_labels(text: bytes) -> list[bytes]:
    """Return the charsets that a header or the head of a page names, in their order."""
    return _LABEL.findall(text)


def is_of_the_web(label: bytes) -> bool:
    """Return whether a charset is one that pages are written in."""
    return _CHARSETS.fullmatch(label) is not None
