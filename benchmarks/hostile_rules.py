"""What can a hostile rule or a hostile article cost the matcher?

    python -m benchmarks.hostile_rules [--json FILE]

Each rule is read, built and asked of an article that was written against it: `ms` is the CPU of all
three, `refused` how many are refused with a column. Each article of 5 MB is matched by rules of every kind,
their sentences chosen: `s` is the CPU. Everything is the best of three in a process that has matched before;
the worst of a kind stands in the table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random

from benchmarks.report import OURS, Figure, Report, Row, publish, read_arguments
from monitor.errors import RuleError
from monitor.match import RuleSet
from monitor.match.parser import MAX_LENGTH
from monitor.model import Article, Rule

QUESTION = "What do the most hostile rules, and articles of 5 MB, cost the matcher?"

HUGE = 100_000
"""Characters of a rule that no person wrote."""

ARTICLE_SIZE = 5_000_000
SOUPS = 300
REPEATS = 3

EVERY_KIND = (
    *("drone", '"drone attack"', '"one drone attack"', "dron*", '"drone att*"', "drone NEAR/5 attack"),
    *(
        "(drone OR a*) NEAR/100 (attack OR word)".replace("a*", "wor*"),
        "drone ONEAR/3 word",
        '"a word drone"~9',
    ),
    *(
        "stem(attacking)",
        "case(Drone)",
        "atleast100(word)",
        "atleast3(stem(drones))",
        "title:drone",
        "lead:word",
    ),
    *("text:(drone -attack)", "re(/dr.ne/)", "re(/(a|aa)+$/i)", "lang:en word", "source:gazette -drone word"),
    *(
        "author:drone OR word",
        "北京",
        '"a a"',
        "a NEAR/3 a",
        "u.s. OR at&t",
        "drone " * 500,
        "(a OR b) NEAR/9 (a OR b)",
    ),
)
"""Rules of every kind, most of which hold of most of the articles below."""

PATTERNS = (
    *(
        "(a+)+$",
        "(a|aa)+$",
        "(a|a)*b",
        "(a*)*b",
        "(.*)(.*)(.*)(.*)(.*)x",
        "(x+x+)+y",
        "([a-zA-Z]+)*1",
        "(a|b|ab)*c",
    ),
    *(
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.*a){20}b",
        "(a?){50}a{50}b",
        "[a-z]{1000}",
        "(?:a{1,100}){1,10}b",
        "a{1000}{1000}",
    ),
    *(
        r"\pL{900}",
        "(?i)" + "(foo|bar|qux)" * 50,
        "|".join(f"w{n}" for n in range(3_000)),
        "(" * 900 + "a" + ")" * 900,
    ),
    *(
        "((((a{9}){9}){9}){9})b",
        ".{900}" * 3 + "b",
        ".{350}b",
        "[^b]{350}a",
        "[^a]{999}" * 3,
        r"(\w+\s?)+\(",
        "(a(b(c(d)*)*)*)*e",
        "a**",
        "(?=a)b",
        "(a)\\1",
    ),
)
"""Patterns that hang a backtracking matcher, or would take a large one much memory."""


def main() -> None:
    """Measure each kind and publish the table."""
    arguments = read_arguments(__doc__)
    RuleSet.compile([make_rule(query) for query in EVERY_KIND]).match(make_article("A drone attack. " * 9))
    figures: dict[str, Figure] = {}
    refused = tried = 0
    for kind, queries in KINDS.items():
        costs = [cost_of_rule(query, text) for query, text in queries()]
        figures[f"{kind}_ms"] = max(ms for ms, _ in costs)
        refused += sum(was_refused for _, was_refused in costs)
        tried += len(costs)
    figures["slowest_rule_ms"] = max(figures.values())
    figures |= {"rules": tried, "refused": refused}
    texts = {kind: repeat_piece(piece) for kind, piece in PIECES.items()} | {
        k: make() for k, make in TEXTS.items()
    }
    articles = {f"article_of_{kind}_s": cost_of_article(text) for kind, text in texts.items()}
    figures |= articles | {"slowest_article_s": max(articles.values())}
    publish(
        Report(name="hostile_rules", question=QUESTION, rows=[Row(OURS, figures)]),
        arguments,
    )


def make_rule(query: str) -> Rule:
    """Return a rule that looks for this."""
    return Rule(name=query, query=query, notify=())


def make_article(text: str) -> Article:
    """Return an article of this text."""
    return Article(
        url="https://gazette.example/a",
        source="gazette",
        title="A drone and a word",
        text=text,
        language="en",
        fetched_at=datetime.now(UTC),
        extractor_version=1,
    )


def best_of(work: Callable[[], bool]) -> tuple[float, bool]:
    """Return the fewest seconds of CPU that some work takes, and its answer."""
    answer, least = False, float("inf")
    for _ in range(REPEATS):
        before = time.process_time()
        answer = work()
        least = min(least, time.process_time() - before)
    return least, answer


def cost_of_rule(query: str, text: str) -> tuple[float, bool]:
    """Return the milliseconds that a rule costs with one article, and whether it was refused."""
    article = make_article(text)

    def read_and_match() -> bool:
        try:
            RuleSet.compile([make_rule(query)]).match(article)
        except RuleError as error:
            if not 1 <= error.column <= len(query) + 1:
                raise
            return True
        return False

    seconds, was_refused = best_of(read_and_match)
    return seconds * 1000, was_refused


def repeat_piece(piece: str) -> str:
    """Return a text of 5 MB."""
    return piece * (ARTICLE_SIZE // len(piece.encode("utf-8", "surrogatepass")) + 1)


def cost_of_article(text: str) -> float:
    """Return the seconds that an article costs with rules of every kind."""
    rules = RuleSet.compile([make_rule(query) for query in EVERY_KIND])
    article = make_article(text)
    return best_of(lambda: bool(rules.match(article)))[0]


Cases = Iterator[tuple[str, str]]
NEWS = "A drone attack on the harbour cut the power of one city in the north. " * 30


def nested() -> Cases:
    """Yield parentheses in parentheses."""
    for opening in ("(", "(a (", "NOT (", "stem(", "title:(", "atleast2(", "(a OR ", "-("):
        for depth in (50, 10_000):
            count = opening.count("(")
            yield opening * depth + "a" + ")" * depth * count, NEWS
            yield opening * depth, NEWS
    yield ")" * 10_000, NEWS


def long() -> Cases:
    """Yield rules as long as may be, and longer."""
    pieces: tuple[str, ...] = (
        "drone ",
        "drone OR ",
        "a NEAR/9 b OR ",
        '"a b" OR ',
        "drone NEAR/99 attack ",
        "-x ",
        "--",
        "a",
        "* ",
        "~",
        "'",
    )
    pieces += (
        "«a",
        "re(/a+/) OR ",
        "title:a OR ",
        "AT&T ",
        "u.s. ",
        "é\u0301",
        "ք",
        "北",
        "case(A) OR ",
        "(a) ",
        "()",
        "a:",
        '"',
        "\\",
    )
    for piece in pieces:
        for length in (MAX_LENGTH, HUGE):
            yield (piece * length)[: length - 6] + " drone", NEWS
    yield " OR ".join(f"word{n}" for n in range(2_900)), NEWS
    yield " OR ".join(f"wor{n}*" for n in range(2_500)), NEWS
    yield " ".join(f'"w{n} v{n}"' for n in range(1_900)), NEWS
    yield " OR ".join(f"(a{n} NEAR/99 b{n})" for n in range(1_000)), "a1 b1 " * 500
    yield "(" + " OR ".join("abcdefgh") + ") NEAR/100 (" + " OR ".join("abcdefgh") + ")", "a b c d " * 500
    yield " OR ".join(f"stem(word{chr(97 + n % 26)}{chr(97 + n // 26)})" for n in range(200)), NEWS


def unreadable() -> Cases:
    """Yield control characters, halves of characters, and what none of our signs are."""
    for character in (
        "\x00",
        "\x1b",
        "\x7f",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\ud800",
        "\udfff",
        "\U0010ffff",
        "\u0301",
        "\n",
        "\u2028",
    ):
        yield character * MAX_LENGTH, NEWS
        yield f"drone {character} attack", character.join(NEWS)
        yield f'"{character}"~{character}', NEWS
        yield f"re(/{character}+/)", character.join(NEWS)


def patterns() -> Cases:
    """Yield regular expressions, each with a text that it nearly matches from everywhere."""
    for pattern in PATTERNS:
        yield f"re(/{pattern}/)", "a" * 30_000 + "!"
        yield f"drone re(/{pattern}/i)", "drone " + "ab " * 10_000


def soups() -> Cases:
    """Yield what comes of throwing the signs of the language together."""
    chance = Random(6)
    pieces = [
        *("a", "drone", "AND", "OR", "NOT", "-", "(", ")", "(", ")", '"', "'", "title:", "foo:", "lang:en"),
        *("NEAR/2", "ONEAR", "*", "~3", "stem(", "case(", "atleast2(", "re(/", "/)", "北", "é"),
    ]
    for _ in range(SOUPS):
        yield "".join(chance.choice([*pieces, " ", " ", " "]) for _ in range(chance.randint(1, 2_000))), NEWS


KINDS: dict[str, Callable[[], Cases]] = {
    "nested": nested,
    "long": long,
    "unreadable": unreadable,
    "pattern": patterns,
    "soup": soups,
}

PIECES = {
    "one_word": "a ",
    "words": "The drone attack, a word of the U.S. and AT&T, wi-fi at 3.5 per cent. ",
    "no_space": "drone",
    "hits": "drone attack word ",
    "lines": "word\n\n",
    "dots": "u.s.",
    "marks": "a'b&c",
    "accents": "e\u0301\u0301\u0301",
    "chinese": "北京外交部",
    "thai": "กรุงเทพ",
    "arabic": "مُحَمَّد ",
    "armenian": "Ո՞ւր է երևան։ ",
    "capitals": "DRONE Drone İSTANBUL ",
    "nothing": " \u200b\t",
    "surrogates": "\ud800 a ",
    "controls": "\x00\x01drone",
    "pairs": "b x a x ",
}
"""What the articles of 5 MB are made of."""

LATE = "A Drone attack, a word."
CYRILLIC = str.maketrans("0123456789abcdef", "абвгдежзийклмноп")
TEXTS: dict[str, Callable[[], str]] = {
    "late_words": lambda: "x " * (ARTICLE_SIZE // 2) + LATE,
    "late_thai": lambda: repeat_piece("กรุงเทพ") + LATE,
    "one_spelling": lambda: repeat_piece("drone ") + "xDrone",
    "different_words": lambda: " ".join(f"w{n:x}" for n in range(650_000)),
    "different_letters": lambda: " ".join(f"{n:x}".translate(CYRILLIC) for n in range(500_000)),
}
"""Articles of 5 MB that end in what is looked for, or repeat nothing."""


if __name__ == "__main__":
    main()
