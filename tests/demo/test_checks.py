"""The demo's checks notice what did not happen: each case is an outcome with one thing wrong."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from monitor.demo.checks import (
    DIGEST_WORDS,
    STRIPPED,
    TOLD,
    Outcome,
    check_alerts,
    check_archive,
    check_copy,
    check_digest,
    check_edit,
    check_end,
    check_update,
)
from monitor.demo.configuration import DESK, READERS
from monitor.demo.daemon import ArchivedArticle, LogLine, OutboxEntry
from monitor.demo.events import Check
from monitor.demo.mailbox import Mail
from monitor.demo.newsstand import Newsstand
from monitor.demo.webhook import Hook

ALERT = OutboxEntry(alert_id="1", channel="desk", state="sent", attempts=1, article_title="Ferry")
OUTBOX = (ALERT, *(replace(ALERT, alert_id=f"{channel}", channel=channel) for channel in TOLD[1:]))
MAIL = Mail(message_id="<1>", subject="Ferry", to=(DESK,), message=EmailMessage(), repeated=False)
HOOK = Hook(id="2", body=b"{}", headers={}, repeated=False)
MAIL.message.set_content("They opened ferry talks.\n\nAlso reported by Herald")


@pytest.fixture
async def newsstand() -> AsyncIterator[Newsstand]:
    stand = Newsstand()
    await stand.open()
    stand.review.publish("ferry-offer", datetime.now(UTC))
    stand.herald.publish("ready-for-ferry-talks", datetime.now(UTC))
    yield stand
    await stand.close()


@pytest.fixture
def outcome(newsstand: Newsstand) -> Outcome:
    return Outcome(
        newsstand=newsstand,
        lines=(LogLine(step="ingest", stripped=dict.fromkeys(STRIPPED, 1)),),
        mails=(MAIL,),
        hooks=(HOOK,),
        refused=0,
        exit_code=0,
    )


@pytest.fixture
def articles(newsstand: Newsstand) -> tuple[ArchivedArticle, ...]:
    return tuple(
        ArchivedArticle(
            id=each.story.slug,
            source=site.name,
            url=each.url,
            title=each.story.title,
            authors=each.story.authors,
            text="\n\n".join(each.story.paragraphs),
            copy_of=each.story.copy_of,
        )
        for site in newsstand.sites
        for each in site.publications
    )


def failed(checks: Iterable[Check]) -> list[str]:
    return [check.name for check in checks if not check.passed]


def test_nothing_is_wrong_when_everything_happened(
    outcome: Outcome, articles: Sequence[ArchivedArticle]
) -> None:
    assert failed(check_archive(outcome, articles)) == []
    assert failed(check_alerts(outcome, OUTBOX)) == []
    assert failed(check_copy(outcome, articles, OUTBOX)) == []
    assert failed(check_end(outcome)) == []


def test_a_missing_article_and_one_kept_twice_are_noticed(
    outcome: Outcome, articles: Sequence[ArchivedArticle]
) -> None:
    name = "every article of The Tarsen Review is kept, once"
    assert failed(check_archive(outcome, articles[1:])) == [name]
    twice = (*articles, replace(articles[0], url=articles[0].url + "?again"))
    assert name in failed(check_archive(outcome, twice))


def test_a_word_of_chrome_in_a_text_is_noticed(outcome: Outcome, articles: Sequence[ArchivedArticle]) -> None:
    wrong = replace(articles[0], text=articles[0].text + "\n\nHumidity: 40%")
    names = failed(check_archive(outcome, (wrong, *articles[1:])))
    assert names == ["each text is what its author wrote, and no word of the chrome"]


def test_a_box_that_was_not_stripped_is_noticed(
    outcome: Outcome, articles: Sequence[ArchivedArticle]
) -> None:
    calm = replace(outcome, lines=(LogLine(step="ingest", stripped={"poll": 1, "weather": 0}),))
    assert len(failed(check_archive(calm, articles))) == 1


def test_an_alert_that_did_not_arrive_or_was_not_signed_is_noticed(outcome: Outcome) -> None:
    assert failed(check_alerts(replace(outcome, mails=()), OUTBOX)) == ["the alert is in the mailbox"]
    webhook = ["the same alert is at the webhook, its signature verified"]
    assert failed(check_alerts(replace(outcome, hooks=()), OUTBOX)) == webhook
    assert failed(check_alerts(replace(outcome, refused=1), OUTBOX)) == webhook


def test_an_alert_about_another_story_is_noticed(outcome: Outcome) -> None:
    bees = replace(ALERT, alert_id="3", article_title="Bees")
    names = failed(check_alerts(outcome, (*OUTBOX, bees)))
    assert names == ["nobody was alerted for the backlog, or for what only a poll said"]


def test_a_copy_that_was_not_known_or_alerted_again_is_noticed(
    outcome: Outcome, articles: Sequence[ArchivedArticle]
) -> None:
    unknown = tuple(replace(article, copy_of=None) for article in articles)
    assert len(failed(check_copy(outcome, unknown, OUTBOX))) == 1
    mistaken = (replace(articles[0], copy_of=articles[1].id), *articles[1:])
    assert len(failed(check_copy(outcome, mistaken, OUTBOX))) == 1
    names = failed(check_copy(outcome, articles, (*OUTBOX, replace(ALERT, alert_id="3"))))
    assert names == ["the copy sent no second alert"]


def test_a_daemon_that_had_to_be_killed_is_noticed_and_one_that_runs_on_is_not(outcome: Outcome) -> None:
    assert len(failed(check_end(replace(outcome, exit_code=-9)))) == 1
    assert failed(check_end(replace(outcome, exit_code=None))) == []


def digest_mail(*words: str) -> Mail:
    message = EmailMessage()
    message.set_content("\n".join(words))
    return Mail(message_id="<5>", subject="1 story", to=(READERS,), message=message, repeated=False)


@pytest.mark.parametrize(
    ("mails", "passed"),
    [
        ((digest_mail(*DIGEST_WORDS),), True),
        ((digest_mail(*DIGEST_WORDS[1:]),), False),
        ((digest_mail(*DIGEST_WORDS[:2]),), False),
        ((digest_mail(*DIGEST_WORDS), digest_mail(*DIGEST_WORDS)), False),
        ((), False),
    ],
    ids=["told", "no limit", "no receipt", "told twice", "not told"],
)
def test_what_two_rules_found_comes_to_the_readers_in_one_digest(
    outcome: Outcome, mails: tuple[Mail, ...], passed: bool
) -> None:
    with_digest = replace(outcome, mails=(*mails, MAIL))
    [check] = check_digest(with_digest)
    assert check.passed is passed
    assert failed(check_alerts(with_digest, OUTBOX)) == []


def update_mail(replies_to: str) -> Mail:
    message = EmailMessage()
    message["In-Reply-To"] = replies_to
    message.set_content("More on a story that you were told of.")
    return Mail(message_id="<4>", subject="[a] Update: Quay", to=(DESK,), message=message, repeated=False)


@pytest.mark.parametrize(
    ("mails", "passed"),
    [
        ((update_mail("<1>"),), True),
        ((update_mail("<2>"),), False),
        ((update_mail("<1>"), update_mail("<1>")), False),
        ((), False),
    ],
    ids=["told", "in no thread", "told twice", "not told"],
)
def test_a_story_in_other_words_is_told_once_under_the_first_mail(
    outcome: Outcome, mails: tuple[Mail, ...], passed: bool
) -> None:
    [check] = check_update(replace(outcome, mails=(MAIL, *mails)))
    assert check.passed is passed


def edit_mail(text: str, replies_to: str = "<1>") -> Mail:
    message = EmailMessage()
    message["In-Reply-To"] = replies_to
    message.set_content(text)
    return Mail(message_id="<3>", subject="[a] Edited: Ferry", to=(DESK,), message=message, repeated=False)


@pytest.mark.parametrize(
    ("mail", "passed"),
    [
        (edit_mail("Edited: headline, number\n[-140-] {+90+}"), True),
        (edit_mail("Edited: headline\n[-140-] {+90+}"), False),
        (edit_mail("Edited: headline, number"), False),
        (edit_mail("Edited: headline, number\n[-140-] {+90+}", replies_to="<2>"), False),
        (MAIL, False),
    ],
    ids=["told", "not all of it", "no difference", "in no thread", "not told"],
)
def test_an_edit_is_told_once_word_by_word_under_the_first_mail(
    outcome: Outcome, mail: Mail, passed: bool
) -> None:
    [check] = check_edit(replace(outcome, mails=(MAIL, mail)))
    assert check.passed is passed


def test_an_alert_that_does_not_name_the_other_paper_is_noticed(outcome: Outcome) -> None:
    message = EmailMessage()
    message.set_content("They opened ferry talks.")
    alone = replace(outcome, mails=(replace(MAIL, message=message),))
    assert failed(check_alerts(alone, OUTBOX)) == ["it names the other paper, which has the story too"]


def test_what_is_told_of_an_edit_or_an_update_is_no_second_alert(outcome: Outcome) -> None:
    later = (
        replace(ALERT, alert_id="3", occasion="edit", article_title="Another headline"),
        replace(ALERT, alert_id="4", occasion="update", article_title="Quay"),
    )
    mails = (MAIL, edit_mail("Edited: headline, number"), update_mail("<1>"))
    hooks = (
        HOOK,
        replace(HOOK, id="3", body=b'{"data":{"occasion":"edit"}}'),
        replace(HOOK, id="4", body=b'{"data":{"occasion":"update"}}'),
    )
    checks = list(check_alerts(replace(outcome, mails=mails, hooks=hooks), (*OUTBOX, *later)))
    assert checks
    assert [check for check in checks if not check.passed] == []
