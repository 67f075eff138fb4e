"""The stories of the two demo sites, each with what must remain of it when the chrome is off.

Position: under `newsstand`, which prints them. A story is a text file beside its site's templates:
fields, a blank line, then blocks parted by blank lines. A block of `- ` lines is a list, one that
begins with `> ` a quotation; `*so*` is emphasis.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files

FOLDER = files("monitor.demo") / "sites"


class BlockKind(StrEnum):
    """How a block of a story is set."""

    PARAGRAPH = "paragraph"
    LIST = "list"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Part of a story: one paragraph, one quotation, or the entries of a list. Emphasis is in asterisks."""

    kind: BlockKind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as its author wrote it.

    `days_old` is its age when the newsstand opens, None for one that is published later. `copy_of` is
    the slug of the other site's story that it repeats with light edits, None when it is its own.
    """

    slug: str
    title: str
    authors: tuple[str, ...]
    section: str
    days_old: int | None
    copy_of: str | None
    blocks: tuple[Block, ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """What an extractor must find: the plain text of each paragraph, list entry and quotation."""
        return tuple(line.replace("*", "") for block in self.blocks for line in block.lines)


def read_stories(site: str) -> tuple[Story, ...]:
    """Return the stories of a site, by slug."""
    shelf = sorted((FOLDER / site / "stories").iterdir(), key=lambda file: file.name)
    return tuple(read_story(file.name.removesuffix(".txt"), file.read_text("utf-8")) for file in shelf)


def read_story(slug: str, text: str) -> Story:
    """Return the story that a file holds.

    Raises:
        KeyError: it has no title.
        ValueError: a field has no value, or an age that is no number.
    """
    head, *blocks = text.strip().split("\n\n")
    fields: dict[str, str] = {}
    for line in head.splitlines():
        name, value = line.split(": ", 1)
        fields[name] = value
    return Story(
        slug=slug,
        title=fields["Title"],
        authors=tuple(name for name in fields.get("By", "").split(", ") if name),
        section=fields.get("Section", "News"),
        days_old=int(fields["Days-old"]) if "Days-old" in fields else None,
        copy_of=fields.get("Copy-of"),
        blocks=tuple(read_block(block) for block in blocks),
    )


def edit_story(story: Story, title: str, old: str, new: str) -> Story:
    """Return a story under another headline, with `old` replaced by `new` wherever it stands."""
    blocks = tuple(
        replace(block, lines=tuple(line.replace(old, new) for line in block.lines)) for block in story.blocks
    )
    return replace(story, title=title, blocks=blocks)


def read_block(text: str) -> Block:
    """Return one block, its own lines folded."""
    if text.startswith("- "):
        entries = text.removeprefix("- ").split("\n- ")
        return Block(kind=BlockKind.LIST, lines=tuple(" ".join(entry.split()) for entry in entries))
    if text.startswith("> "):
        return Block(kind=BlockKind.QUOTE, lines=(" ".join(text.removeprefix("> ").split()),))
    return Block(kind=BlockKind.PARAGRAPH, lines=(" ".join(text.split()),))
