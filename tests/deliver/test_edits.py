"""Mails about what became of an article."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from email import message_from_bytes
from email.headerregistry import Address

from jsonschema import Draft202012Validator

from monitor.deliver import webhook_schema
from monitor.deliver.body import write_body
from monitor.deliver.clean import ELLIPSIS
from monitor.deliver.console import GREEN, RED, RESET, render
from monitor.deliver.message import Envelope, write_message
from monitor.deliver.views import MAX_CHANGES_CHARS, MAX_KEPT_CHARS, view_alert
from monitor.deliver.wording import Wording
from monitor.model import (
    ChangeKind,
    Changes,
    Delivery,
    DiffPiece,
    DiffSide,
    MessageKind,
    MessageName,
    Occasion,
    Outlet,
)
from tests.deliver.stories import make_delivery

LINE = (
    DiffPiece("About", DiffSide.KEPT),
    DiffPiece(" 40", DiffSide.REMOVED),
    DiffPiece(" <65>", DiffSide.ADDED),
    DiffPiece(" people waited.", DiffSide.KEPT),
)
ENVELOPE = Envelope("desk", Address("", "monitor", "example.org"), (Address("", "desk", "example.org"),))


def edited(*lines: tuple[DiffPiece, ...]) -> Delivery:
    delivery = make_delivery()
    changes = Changes(kinds=(ChangeKind.NUMBER,), lines=lines or (LINE,))
    return replace(delivery, alert=replace(delivery.alert, occasion=Occasion.EDIT, changes=changes))


def removed() -> Delivery:
    delivery = make_delivery()
    return replace(delivery, alert=replace(delivery.alert, occasion=Occasion.REMOVAL))


def test_a_mail_about_an_edit_says_what_was_changed_word_by_word() -> None:
    letter = Wording(UTC).write_letter(edited())
    assert letter.subject.startswith("[ferries] Edited: ")
    assert "Edited: number\n" in letter.text
    assert "About [-40-] {+<65>+} people waited." in letter.text
    assert ">40</del> <ins" in letter.html, "the space before a word is not struck out"
    assert ">&lt;65&gt;</ins> people waited." in letter.html
    assert "[-40-]" in Wording(UTC).write_note(edited()).body


def test_what_was_kept_between_two_changes_is_shortened_at_words() -> None:
    kept = DiffPiece(f" Roderic {'Mizzenmast told the station that ' * 9}the boat", DiffSide.KEPT)
    [line] = view_alert(edited((LINE[1], kept, LINE[2])), UTC).changes
    shown = next(piece.text for piece in line if ELLIPSIS in piece.text)
    head, tail = shown.split(f" {ELLIPSIS} ")
    assert len(shown) <= 2 * MAX_KEPT_CHARS + 3
    assert {*head.split(), *tail.split()} <= set(kept.text.split())
    assert shown.startswith(" Roderic")
    assert shown.endswith("the boat")


def test_a_word_without_end_that_was_kept_is_cut_all_the_same() -> None:
    kept = DiffPiece("新" * 900, DiffSide.KEPT)
    [line] = view_alert(edited((LINE[1], kept, LINE[2])), UTC).changes
    assert sum(len(piece.text) for piece in line) < 3 * MAX_KEPT_CHARS


def test_a_mail_about_a_removal_says_so() -> None:
    letter = Wording(UTC).write_letter(removed())
    assert letter.subject.startswith("[ferries] Gone: ")
    assert "Gone from its site" in letter.text


def test_an_edit_of_any_size_makes_a_mail_of_bounded_size() -> None:
    long = tuple(DiffPiece("word " * 5000, side) for side in DiffSide)
    letter = Wording(UTC).write_letter(edited(*[long] * 50))
    assert len(letter.text) < 4 * MAX_CHANGES_CHARS + len(Wording(UTC).write_letter(removed()).text)


def test_a_console_shows_what_became_of_an_article() -> None:
    lines = render(view_alert(edited(), UTC), coloured=False).splitlines()
    assert lines[1] == "  Edited: number"
    assert "  About [-40-] {+<65>+} people waited." in lines
    assert f"  About {RED}40{RESET} {GREEN}<65>{RESET} people waited." in render(
        view_alert(edited(), UTC), coloured=True
    )
    assert "  Gone from its site." in render(view_alert(removed(), UTC), coloured=False)


def test_a_console_names_who_else_has_the_story() -> None:
    one = Outlet(source="courier", site_name="The Courier", title="A & B", url="https://courier.example/b")
    delivery = replace(make_delivery(), also_in=(one,), further=(replace(one, site_name="The Herald"),))
    lines = render(view_alert(delivery, UTC), coloured=False).splitlines()
    assert lines[2] == "  Also reported by The Courier"
    assert lines[-2] == "  A & B (The Herald): https://courier.example/b"


def test_what_became_of_an_article_replies_to_the_mail_that_first_told_of_it() -> None:
    delivery = replace(edited(), reply_to=MessageName(MessageKind.ALERT, "first"))
    mail = message_from_bytes(write_message(ENVELOPE, delivery, Wording(UTC).write_letter(delivery)))
    first = "<alert.first@example.org>"
    assert mail["In-Reply-To"] == first
    assert first in mail["References"]
    assert mail["Message-ID"] != first


def test_an_edit_of_what_nobody_was_told_of_replies_to_no_mail_that_was_never_sent() -> None:
    delivery = edited()
    mail = message_from_bytes(write_message(ENVELOPE, delivery, Wording(UTC).write_letter(delivery)))
    story = f"<story.{delivery.alert.story_id}@example.org>"
    assert (mail["In-Reply-To"], mail["References"]) == (story, story)


def test_an_update_says_so_and_names_what_else_was_written_with_its_link() -> None:
    more = Outlet(source="courier", site_name="The <Courier>", title="A & B", url="https://courier.example/b")
    odd = Outlet(source="herald", site_name=None, title="C", url="ftp://herald.example/c")
    delivery = make_delivery()
    alert = replace(delivery.alert, occasion=Occasion.UPDATE)
    delivery = replace(
        delivery, alert=alert, further=(more, odd), reply_to=MessageName(MessageKind.ALERT, "first")
    )
    letter = Wording(UTC).write_letter(delivery)
    assert letter.subject.startswith("[ferries] Update: ")
    assert "More on a story that you were told of." in letter.text
    assert "* A & B (The <Courier>)\n  https://courier.example/b\n* C (herald)\n  ftp:" in letter.text
    assert '<a href="https://courier.example/b"' in letter.html
    assert "The &lt;Courier&gt;" in letter.html
    assert 'href="ftp:' not in letter.html
    assert "A & B (The <Courier>)\nhttps://courier.example/b" in Wording(UTC).write_note(delivery).body
    mail = message_from_bytes(write_message(ENVELOPE, delivery, letter))
    assert mail["In-Reply-To"] == "<alert.first@example.org>"
    body = json.loads(write_body(delivery))
    Draft202012Validator(webhook_schema()).validate(body)
    assert body["data"]["occasion"] == "update"
    assert [each["title"] for each in body["data"]["further"]] == ["A & B", "C"]


def test_a_webhook_carries_the_edit_in_kinds_and_pieces() -> None:
    for delivery in (edited(), removed()):
        body = json.loads(write_body(delivery))
        Draft202012Validator(webhook_schema()).validate(body)
        assert body["data"]["occasion"] == delivery.alert.occasion
    changes = json.loads(write_body(edited()))["data"]["changes"]
    assert changes["kinds"] == ["number"]
    assert "".join(piece["text"] for piece in changes["lines"][0] if piece["side"] != "added") == (
        "About 40 people waited."
    )


def test_the_other_outlets_of_a_story_are_named_and_many_are_counted() -> None:
    outlets = tuple(
        Outlet(source=f"paper-{number}", site_name=None, title="Talks", url=f"https://p{number}.example/")
        for number in range(12)
    )
    letter = Wording(UTC).write_letter(replace(make_delivery(), also_in=outlets[:2]))
    assert "Also reported by paper-0, paper-1\n" in letter.text
    assert "Also reported by paper-0, paper-1<" in letter.html
    assert "paper-9 and 2 more" in Wording(UTC).write_note(replace(make_delivery(), also_in=outlets)).body
    credited = replace(outlets[0], agency="AFP")
    letter = Wording(UTC).write_letter(replace(make_delivery(), also_in=(credited, outlets[1])))
    assert "Also reported by paper-0 (AFP), paper-1\n" in letter.text
    assert "Also" not in Wording(UTC).write_letter(make_delivery()).text
    body = json.loads(write_body(replace(make_delivery(), also_in=outlets)))
    Draft202012Validator(webhook_schema()).validate(body)
    assert [each["source"] for each in body["data"]["also_in"]] == [each.source for each in outlets]
