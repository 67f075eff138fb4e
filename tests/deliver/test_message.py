import re
from datetime import UTC
from email import policy
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.deliver import message
from monitor.deliver.message import Envelope, parse_mailbox, reads_back, transfer_encoding, write_message
from monitor.deliver.wording import Letter, Wording, write_subject
from monitor.errors import DeliveryFailed
from monitor.model import Delivery, name_id
from tests.deliver.servers import parse_mail
from tests.deliver.stories import HOSTILE_TITLES, hostile_titles, make_article, make_delivery, titled

WORDING = Wording(UTC)
ENVELOPE = Envelope(
    "News desk / Wien",
    parse_mailbox("News monitor <monitor@example.org>"),
    (parse_mailbox("desk@example.org"), parse_mailbox("Böse Zungen <zungen@bücher.example>")),
)
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id", "Auto-Submitted",
    "MIME-Version", "Content-Type",
]  # fmt: skip


def write(delivery: Delivery) -> bytes:
    return write_message(ENVELOPE, delivery, WORDING.write_letter(delivery))


def test_a_message_says_from_whom_to_whom_and_that_a_machine_wrote_it() -> None:
    mail = parse_mail(write(make_delivery()))
    assert mail["From"] == "News monitor <monitor@example.org>"
    assert [a.addr_spec for a in mail["To"].addresses] == ["desk@example.org", "zungen@xn--bcher-kva.example"]
    assert mail["To"].addresses[1].display_name == "Böse Zungen"
    assert mail["Date"] == "Wed, 04 Mar 2026 09:12:30 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<news-desk-wien.news-monitor.example.org>"


def test_the_message_id_is_the_alerts_on_every_attempt() -> None:
    delivery = make_delivery()
    assert parse_mail(write(delivery))["Message-ID"] == f"<alert.{delivery.alert.id}@example.org>"
    assert write(delivery) == write(delivery)


def test_alerts_of_one_story_stand_in_one_thread() -> None:
    mail = parse_mail(write(make_delivery()))
    assert mail["References"] == f"<story.{name_id('story', '0')}@example.org>" == mail["In-Reply-To"]


def test_a_message_has_a_plain_and_an_html_body() -> None:
    mail = parse_mail(write(make_delivery()))
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "*harbour council*" in plain.get_content()
    assert "<mark" in html.get_content()


def test_a_message_is_seven_bits_and_its_lines_are_short() -> None:
    for text in ("a" * 3000, "Հայաստան " * 300, "naïve " * 300, ".\n.\n..\nFrom me"):
        raw = write(make_delivery(make_article(text=text)))
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_headline_in_any_language_arrives_as_it_was() -> None:
    for title in (
        "Արտաքին գործերի նախարարությունը պատասխանել է",
        "外務省は質問に答えた",
        "ü ü ü ü ü ü ü" * 9,
        "a  b",
    ):
        subject = str(parse_mail(write(titled(title)))["Subject"])
        assert subject == f"[ferries] {' '.join(title.split())}"


def test_an_encoded_line_break_in_a_headline_writes_no_header() -> None:
    raw = write(titled("=?utf-8?q?=0d=0aBcc:_victim=40elsewhere.example?="))
    assert b"bcc" not in raw.split(b"\r\n\r\n")[0].lower().replace(b"q?=0d=0abcc", b"")
    assert parse_mail(raw).keys() == HEADERS
    assert parse_mail(raw)["Subject"] == "[ferries] = ?utf-8?q?=0d=0aBcc:_victim=40elsewhere.example?="


def test_five_hundred_hostile_headlines_write_no_header_and_all_can_be_sent() -> None:
    plain = 0
    for number, title in enumerate(hostile_titles(600)):
        delivery = titled(title, number)
        letter = Letter(subject=write_subject(delivery), text="a\n", html="<p>a\n")
        raw = write_message(ENVELOPE, delivery, letter)
        modern = BytesParser(policy=policy.default).parsebytes(raw)
        assert modern.keys() == BytesParser(policy=policy.compat32).parsebytes(raw).keys() == HEADERS
        assert modern["Message-ID"] == f"<alert.{name_id('alert', str(number))}@example.org>"
        assert not modern["Subject"].defects
        assert len(list(modern.walk())) == 3
        plain += "news (alert " in str(modern["Subject"])
    assert plain == 0, "each of them has a subject made of its own words"


@pytest.mark.parametrize("title", HOSTILE_TITLES)
def test_a_whole_mail_about_a_hostile_headline_writes_no_header(title: str) -> None:
    mail = parse_mail(write(titled(title)))
    assert mail.keys() == HEADERS
    assert len(list(mail.walk())) == 3


@settings(max_examples=150)
@given(st.text(alphabet=st.characters(), max_size=400), st.text(max_size=40))
def test_no_headline_and_no_rule_name_writes_a_header(title: str, rule: str) -> None:
    delivery = make_delivery(make_article(title), rule=rule)
    raw = write(delivery)
    assert BytesParser(policy=policy.compat32).parsebytes(raw).keys() == HEADERS


def test_a_page_cannot_close_a_part_of_the_message() -> None:
    boundary = f"--=_{name_id('alert', '0')}_=--"
    mail = parse_mail(write(make_delivery(make_article(text=f"a\n{boundary}\n\nb"))))
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert f"{boundary}\r\n" in plain.get_content()
    assert len(list(mail.walk())) == 3


def test_a_forged_message_does_not_read_back() -> None:
    raw = write(make_delivery())
    headers = {"Subject": "one"}
    letter = Letter(subject="one", text="a\n", html="<p>a\n")
    alone = message.assemble(headers, letter, "ab")
    assert reads_back(alone, headers)
    assert not reads_back(alone.replace(b"one", b"two"), headers)
    assert not reads_back(b"Bcc: a@b.example\r\n" + alone, headers)
    assert not reads_back(b"Subject: one\r\n" + alone, headers)
    assert not reads_back(alone.replace(b"text/html", b"text/calendar"), headers)
    assert not reads_back(raw, headers)


@pytest.mark.parametrize(
    "title", ["a\r\nBcc: victim@elsewhere.example", "a \ud800 b", "=?utf-8?q?=0d=0aBcc:x?="]
)
def test_a_subject_that_does_not_read_back_is_replaced_by_one_without_page_text(
    title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message, "harmless", lambda subject: subject)
    delivery = make_delivery(rule="dialogue Հայ")
    letter = Letter(subject=title, text="a\n", html="<p>a\n")
    mail = parse_mail(write_message(ENVELOPE, delivery, letter))
    assert mail.keys() == HEADERS
    assert mail["Subject"] == f"[dialogue] news (alert {delivery.alert.id})"


def test_a_message_that_cannot_be_written_at_all_is_dead_and_says_where_to_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(message, "reads_back", lambda *_: False)
    with pytest.raises(DeliveryFailed, match=r"smtp\.from, the channel and the rule") as failure:
        write(make_delivery())
    assert not failure.value.transient


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a b@example.org",
        "a@b@c.example",
        "a@exa mple.org",
        "á@example.org",
        "a@b.example, c@d.example",
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a@" + "x" * 70 + ".example",
        "a\x00@b.example",
        ".a@b.example",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an email address"):
        parse_mailbox(text)


def test_an_address_may_have_a_name_and_a_domain_in_other_letters() -> None:
    assert parse_mailbox("Desk <desk@example.org>").addr_spec == "desk@example.org"
    assert (
        parse_mailbox("first.last+news@bücher.example").addr_spec == "first.last+news@xn--bcher-kva.example"
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("News monitor <a@b.example>", "News monitor"),
        ('"Desk, home" <a@b.example>', "Desk, home"),
        ('"desk@home" <a@b.example>', "desk@home"),
        ('"the \\"late\\" desk \\\\ news" <a@b.example>', 'the "late" desk \\ news'),
        ("Հայ Լուր <a@b.example>", "Հայ Լուր"),
        ("=?utf-8?q?=0d=0aBcc:_x?= <a@b.example>", "= ?utf-8?q?=0d=0aBcc:_x?="),
    ],
)
def test_a_senders_name_may_hold_any_sign_and_arrives(text: str, name: str) -> None:
    envelope = Envelope("desk", parse_mailbox(text), ENVELOPE.recipients)
    assert envelope.sender.display_name == name
    delivery = make_delivery()
    mail = parse_mail(write_message(envelope, delivery, WORDING.write_letter(delivery)))
    assert mail.keys() == HEADERS
    assert mail["From"].addresses[0].addr_spec == "a@b.example"
    assert mail["From"].addresses[0].display_name == name


def test_the_shorter_encoding_is_chosen() -> None:
    assert transfer_encoding("plain words, a café") == "quoted-printable"
    assert transfer_encoding("Հայաստանի նախարարությունը") == "base64"


def test_the_fixed_tricks_hold_what_they_are_for() -> None:
    assert sum("=?" in title for title in HOSTILE_TITLES) >= 4
    assert any(re.search(r"[\ud800-\udfff]", title) for title in HOSTILE_TITLES)
