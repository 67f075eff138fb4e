"""The kinds of characters that `tokens` tells apart, as character classes for `re`.

Position: below `tokens`. Pure. Written as numbers, since half of them cannot be seen.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]
"""Code points, first and last of each run."""

ASTRAL = 0x10000
"""The first character beyond the basic plane."""

MARKS_END = 0x1F000
"""From here on only the variation selectors of plane 14 are marks (Unicode 15)."""

IGNORED: Ranges = (
    (0xAD, 0xAD),  # soft hyphen
    (0x34F, 0x34F),  # combining grapheme joiner
    (0x61C, 0x61C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian selectors and vowel separator
    (0x200B, 0x200F),  # zero-width space, joiners, direction marks
    (0x202A, 0x202E),  # direction embeddings
    (0x2060, 0x206F),  # word joiner, direction isolates
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xE0100, 0xE01EF),  # variation selectors
)
"""What cannot be seen inside a word."""

ARMENIAN_MARKS: Ranges = ((0x55B, 0x55C), (0x55E, 0x55F))
"""Emphasis, exclamation, question, abbreviation: written upon the vowel, inside the word."""

HARAKAT: Ranges = (
    (0x610, 0x61A),
    (0x640, 0x640),  # tatweel, which stretches the line
    (0x64B, 0x652),
    (0x656, 0x65F),
    (0x670, 0x670),
    (0x6D6, 0x6DC),
    (0x6DF, 0x6E4),
    (0x6E7, 0x6E8),
    (0x6EA, 0x6ED),
    (0x8CA, 0x8E1),
    (0x8E3, 0x8FF),
)
"""The vowel signs of Arabic. Madda and hamza (653 to 655) are part of their letter and stay."""

NIQQUD: Ranges = ((0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7))
"""The vowel points and accents of Hebrew."""

GERSHAYIM: Ranges = ((0x22, 0x22), (0x5F4, 0x5F4))
"""What makes a Hebrew acronym, or the straight quote that is typed for it."""

APOSTROPHES: Ranges = (
    (0x27, 0x27),
    (0xB4, 0xB4),
    (0x2BB, 0x2BC),  # modifier letters: Uzbek, Hawaiian
    (0x55A, 0x55A),  # Armenian
    (0x5F3, 0x5F3),  # Hebrew geresh
    (0x2018, 0x2019),
    (0x2032, 0x2032),
    (0xFF07, 0xFF07),
)

UNSPACED: Ranges = (
    (0xE01, 0xE30),  # Thai
    (0xE32, 0xE32),
    (0xE40, 0xE46),
    (0xE81, 0xEB0),  # Lao
    (0xEB2, 0xEB2),
    (0xEBD, 0xEC6),
    (0xEDC, 0xEDF),
    (0x1000, 0x102A),  # Burmese
    (0x103F, 0x103F),
    (0x1050, 0x1055),
    (0xAA60, 0xAA76),
    (0x1780, 0x17B3),  # Khmer
    (0x17D7, 0x17D7),
    (0x17DC, 0x17DC),
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x3035),
    (0x3038, 0x303C),
    (0x3041, 0x3096),  # kana
    (0x309D, 0x30FF),
    (0x3105, 0x318E),  # bopomofo, jamo of the old encodings
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # ideographs
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # Korean
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),  # half-width kana and jamo
    (0xFFA1, 0xFFDC),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
"""The letters of scripts without spaces between words, and Korean: one token each, with its marks."""

UNSPACED_EXTRA: Ranges = ((0xE33, 0xE33), (0xEB3, 0xEB3), (0xFF9E, 0xFF9F))
"""Letters that belong to the one before them: sara am, half-width voicing marks."""

JAMO_LEADS: Ranges = ((0x1100, 0x115E), (0xA960, 0xA97C))
JAMO_RESTS: Ranges = ((0x1161, 0x11FF), (0xD7B0, 0xD7FB))
"""A Korean syllable in its parts, as some systems name files: one lead, one vowel, perhaps a tail."""

OTHER_SCRIPTS: Ranges = ((0x370, 0x1DBF),)
"""Greek to the last Indic script: neither Latin nor punctuation in general. An apostrophe between two
of these letters is part of the word (комп'ютер)."""

HEBREW: Ranges = ((0x5D0, 0x5EA),)


def find_marks() -> Ranges:
    """Return all combining marks: every script writes some of its vowels with them."""
    runs: list[tuple[int, int]] = []
    for point in range(0x300, MARKS_END):
        if unicodedata.category(chr(point))[0] != "M":
            continue
        if runs and runs[-1][1] == point - 1:
            runs[-1] = (runs[-1][0], point)
        else:
            runs.append((point, point))
    return tuple(runs)


def as_class(*kinds: Ranges, last: int = sys.maxunicode) -> str:
    """Return the inside of a class that holds all `kinds`, without the runs that end after `last`."""
    runs = (run for ranges in kinds for run in ranges if run[1] <= last)
    return "".join(f"\\U{first:08x}-\\U{end:08x}" for first, end in runs)


def points(*kinds: Ranges) -> Iterable[int]:
    """Yield each code point of all `kinds`."""
    return (point for ranges in kinds for first, last in ranges for point in range(first, last + 1))
