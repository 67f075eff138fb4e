"""What a configuration may say, and what the program makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.config import Config
from monitor.model import (
    AppriseChannel,
    ConsoleChannel,
    EmailChannel,
    FileChannel,
    QuietHours,
    Rule,
    Seed,
    SeedKind,
    Smtp,
    Source,
    TlsMode,
    WebhookChannel,
)
from monitor.timetable import DigestTimes, Timetable

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ENVIRON = {"OPS_WEBHOOK_SECRET": SECRET, "SMTP_PASSWORD": "p@ss/w#rd: 100%"}

MINIMAL = """
sources:
  - https://www.example-news.org/            # a URL is enough
  - name: gazette
    url: https://gazette.example/world
    every: 15m
channels:
  desk: { email: desk@example.org }
  ops:  { webhook: https://hooks.example.org/news, secret: "${OPS_WEBHOOK_SECRET}" }
rules:
  - name: dialogue
    match: 'Artsakh AND ("foreign ministry" OR dialogue)'
    notify: [desk, ops]
smtp: { url: "smtp+starttls://bot:${SMTP_PASSWORD}@mail.example.org:587", \
from: "News monitor <monitor@example.org>" }
"""

Read = Callable[..., Config]


def one_source(read: Read, settings: str) -> Source:
    return read(f"sources:\n  - {{ url: https://a.example/, {settings} }}\n").sources[0]


def test_the_minimal_forms_are_enough(read: Read) -> None:
    config = read(MINIMAL, ENVIRON)
    assert config.sources == (
        Source(name="example-news.org", url="https://www.example-news.org/", adapts=True),
        Source(
            name="gazette",
            url="https://gazette.example/world",
            every=timedelta(minutes=15),
            former_names=("gazette.example", "gazette.example-world"),
        ),
    )
    assert config.channels == (
        EmailChannel(name="desk", to=("desk@example.org",)),
        WebhookChannel(name="ops", url="https://hooks.example.org/news", secrets=(SECRET,)),
        ConsoleChannel(name="console"),
    )
    query = 'Artsakh AND ("foreign ministry" OR dialogue)'
    assert config.rules == (Rule(name="dialogue", query=query, notify=("desk", "ops")),)
    assert config.smtp == Smtp(
        host="mail.example.org",
        port=587,
        tls=TlsMode.STARTTLS,
        sender="News monitor <monitor@example.org>",
        username="bot",
        password="p@ss/w#rd: 100%",
    )


def test_one_source_is_a_configuration(read: Read, folder: Path) -> None:
    config = read("sources: [https://a.example/]\n")
    assert config.database == f"sqlite:///{folder}/data/monitor.sqlite3"
    assert config.keep_pages == timedelta(days=14)
    assert (config.contact, config.workers, config.smtp, config.rules) == (None, None, None, ())


def test_every_setting_of_a_source_arrives(read: Read) -> None:
    source = one_source(
        read,
        "name: a, every: 2h, feed: https://a.example/rss, headers: { X-Edition: world }, "
        "user_agent: reader/1, timeout: 10s, pause: 500ms, allow_private: true, first_visit: 5, "
        'backfill: 7d, cookies: { consent: "yes" }, proxy: "http://u:p@proxy.example:3128", verify: false',
    )
    assert source == Source(
        name="a",
        url="https://a.example/",
        every=timedelta(hours=2),
        seed=Seed(url="https://a.example/rss", kind=SeedKind.FEED),
        headers=(("X-Edition", "world"),),
        cookies=(("consent", "yes"),),
        user_agent="reader/1",
        proxy="http://u:p@proxy.example:3128",
        verify=False,
        timeout=timedelta(seconds=10),
        pause=timedelta(milliseconds=500),
        allow_private=True,
        first_visit=5,
        backfill=timedelta(days=7),
        former_names=("a.example",),
    )


def test_a_section_is_a_front_page_to_read(read: Read) -> None:
    source = one_source(read, "section: https://a.example/city/")
    assert source.seed == Seed(url="https://a.example/city/", kind=SeedKind.FRONT)


def test_a_sitemap_is_a_seed_of_its_own_kind(read: Read) -> None:
    source = one_source(read, "sitemap: https://a.example/news.xml")
    assert source.seed == Seed(url="https://a.example/news.xml", kind=SeedKind.SITEMAP)


def test_a_source_goes_without_the_proxy_of_all_and_adds_its_cookies_to_theirs(read: Read) -> None:
    plain, direct = read(
        "defaults: { proxy: 'http://p.example:3128', cookies: { a: 1, b: 2 } }\nsources:\n"
        "  - https://a.example/\n  - { url: https://b.example/, proxy: none, cookies: { b: 3 } }\n"
    ).sources
    assert (plain.proxy, plain.cookies) == ("http://p.example:3128", (("a", "1"), ("b", "2")))
    assert (direct.proxy, direct.cookies) == (None, (("a", "1"), ("b", "3")))


def test_every_other_setting_arrives(read: Read) -> None:
    config = read(
        "sources: [https://a.example/]\ncontact: news@a.example\ntimezone: Asia/Yerevan\nworkers: 3\n"
        "keep_pages: 0\ndatabase: sqlite:////var/lib/monitor.sqlite3\n"
    )
    assert config.contact == "news@a.example"
    assert config.timezone == ZoneInfo("Asia/Yerevan")
    assert config.workers == 3
    assert config.keep_pages == timedelta()
    assert config.database == "sqlite:////var/lib/monitor.sqlite3"


def test_a_page_about_you_is_a_contact(read: Read) -> None:
    config = read("sources: [https://a.example/]\ncontact: https://Example.org/about-us\n")
    assert config.contact == "https://example.org/about-us"


def test_a_postgresql_database_is_left_as_written_and_its_password_may_hold_any_sign(read: Read) -> None:
    config = read(
        "sources: [https://a.example/]\ndatabase: postgresql://m:${PW}@db.example/news\n", {"PW": "a/b@c"}
    )
    assert config.database == "postgresql://m:a%2Fb%40c@db.example/news"


def test_defaults_hold_for_sources_that_say_nothing_else_and_headers_are_added(read: Read) -> None:
    config = read(
        "defaults: { every: 1h, pause: 5s, headers: { Accept-Language: en, X-A: 1 } }\n"
        "sources:\n"
        "  - https://a.example/\n"
        "  - { url: https://b.example/, every: 15m, headers: { x-a: 2, X-B: 3 } }\n"
    )
    first, second = config.sources
    assert (first.every, first.pause) == (timedelta(hours=1), timedelta(seconds=5))
    assert first.headers == (("Accept-Language", "en"), ("X-A", "1"))
    assert (second.every, second.pause) == (timedelta(minutes=15), timedelta(seconds=5))
    assert second.headers == (("Accept-Language", "en"), ("x-a", "2"), ("X-B", "3"))


def test_console_is_there_and_may_be_declared_under_any_name(read: Read) -> None:
    config = read(
        "sources: [https://a.example/]\nchannels: { terminal: { console: true } }\n"
        "rules:\n  - { name: a, match: b, notify: [terminal, console, terminal] }\n"
    )
    assert config.channels == (ConsoleChannel(name="terminal"), ConsoleChannel(name="console"))
    assert config.rules[0].notify == ("terminal", "console")


def test_a_webhook_needs_no_secret_and_an_email_channel_takes_several_addresses(read: Read) -> None:
    config = read(
        "sources: [https://a.example/]\n"
        "channels:\n"
        "  ops: { webhook: 'https://10.0.0.7/x?ref=1', allow_private: true }\n"
        "  desk: { email: [a@b.example, Press@լուրեր.հայ] }\n"
        "smtp: { url: smtps://mail.example, from: bot@a.example }\n"
    )
    assert config.channels[:2] == (
        WebhookChannel(name="ops", url="https://10.0.0.7/x?ref=1", allow_private=True),
        EmailChannel(name="desk", to=("a@b.example", "Press@xn--29an0b6abj.xn--y9a3aq")),
    )


def test_a_file_stands_beside_the_configuration_and_a_service_goes_by_its_url(
    read: Read, folder: Path
) -> None:
    config = read(
        "sources: [https://a.example/]\nchannels:\n  log: { file: out/alerts.jsonl }\n"
        "  far: { file: /var/log/alerts.jsonl }\n  chat: { apprise: '${CHAT}' }\n",
        {"CHAT": "slack://TokenA/TokenB/TokenC/#news"},
    )
    assert config.channels[:3] == (
        FileChannel(name="log", path=str(folder / "out/alerts.jsonl")),
        FileChannel(name="far", path="/var/log/alerts.jsonl"),
        AppriseChannel(name="chat", url="slack://TokenA/TokenB/TokenC/#news"),
    )


def test_a_webhook_may_have_two_secrets(read: Read) -> None:
    fresh = "whsec_" + "bmV3LXNlY3JldC1uZXctc2VjcmV0LW5ldw=="
    config = read(
        "sources: [https://a.example/]\n"
        f"channels: {{ ops: {{ webhook: https://h.example/, secret: [{SECRET}, {fresh}] }} }}\n"
    )
    assert config.channels[0] == WebhookChannel(name="ops", url="https://h.example/", secrets=(SECRET, fresh))


def test_each_channel_may_keep_quiet_hours_in_the_readers_timezone(read: Read) -> None:
    config = read(
        "sources: [https://a.example/]\ntimezone: Asia/Yerevan\nchannels:\n"
        "  log: { file: a.jsonl, quiet: 22:00-07:00 }\n  console: { console: true, quiet: 13:00 - 14:30 }\n"
    )
    zone = ZoneInfo("Asia/Yerevan")
    assert {name: timetable.quiet for name, timetable in config.timetables.items()} == {
        "log": QuietHours(begin=time(22), end=time(7), timezone=zone),
        "console": QuietHours(begin=time(13), end=time(14, 30), timezone=zone),
    }


@pytest.mark.parametrize(
    ("written", "at", "weekday"),
    [
        ("hourly", None, None),
        ("daily 08:00", time(8), None),
        ("weekly mon 08:30", time(8, 30), 0),
        ("Weekly  Sun 23:59", time(23, 59), 6),
    ],
)
def test_a_channel_may_send_digests_in_a_timezone_of_its_own(
    read: Read, written: str, at: time | None, weekday: int | None
) -> None:
    config = read(
        "sources: [https://a.example/]\ntimezone: Asia/Yerevan\nchannels:\n"
        f"  log: {{ file: a.jsonl, digest: {written}, empty: true, timezone: Europe/Vienna }}\n"
    )
    vienna = ZoneInfo("Europe/Vienna")
    assert config.timetables == {
        "log": Timetable(
            timezone=vienna, digest=DigestTimes(timezone=vienna, at=at, weekday=weekday), empty=True
        ),
        "console": Timetable(timezone=ZoneInfo("Asia/Yerevan")),
    }


def test_a_channel_may_have_a_limit_of_messages_an_hour(read: Read) -> None:
    config = read("sources: [https://a.example/]\nchannels: { log: { file: a.jsonl, limit: 12/h } }\n")
    assert config.timetables["log"].limit == 12


@pytest.mark.parametrize(
    ("url", "tls", "port"),
    [
        ("smtp://mail.example", TlsMode.NONE, 25),
        ("smtp+starttls://mail.example", TlsMode.STARTTLS, 587),
        ("smtps://mail.example", TlsMode.TLS, 465),
        ("smtp+tls://mail.example:2465", TlsMode.TLS, 2465),
    ],
)
def test_the_scheme_of_a_mail_server_says_how_it_is_spoken_to(
    read: Read, url: str, tls: TlsMode, port: int
) -> None:
    config = read(f"sources: [https://a.example/]\nsmtp: {{ url: '{url}', from: bot@a.example }}\n")
    assert config.smtp == Smtp(host="mail.example", port=port, tls=tls, sender="bot@a.example")


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("bot@a.example", "bot@a.example"),
        ("<bot@a.example>", "bot@a.example"),
        ("News monitor <bot@a.example>", "News monitor <bot@a.example>"),
        ("News, the desk <bot@a.example>", '"News, the desk" <bot@a.example>'),
        ('"News, the desk" <bot@a.example>', '"News, the desk" <bot@a.example>'),
        ("Լուրեր <bot@a.example>", "Լուրեր <bot@a.example>"),
    ],
)
def test_the_sender_comes_out_as_a_header_can_hold_it(read: Read, written: str, sender: str) -> None:
    config = read(f"sources: [https://a.example/]\nsmtp: {{ url: smtps://m.example, from: '{written}' }}\n")
    assert config.smtp is not None
    assert config.smtp.sender == sender


@pytest.mark.parametrize(
    "name", ["no", "on", "1:30", "2024", "0777", "1.10", "0x1F", "yes", "1e3", "2026-01-01"]
)
def test_what_yaml_takes_for_something_else_is_read_as_it_is_written(read: Read, name: str) -> None:
    config = read(
        f"sources:\n  - {{ name: {name}, url: https://a.example/ }}\n"
        f"channels: {{ {name}: {{ console: true }} }}\n"
        f"rules:\n  - {{ name: {name}, match: {name}, notify: {name} }}\n"
    )
    assert config.sources[0].name == config.rules[0].name == config.rules[0].query == name
    assert config.rules[0].notify == (name,)


@pytest.mark.parametrize(
    ("written", "number"), [("10", 10), ("010", 10), ("0o10", 8), ("0x10", 16), ("+7", 7)]
)
def test_numbers_follow_the_core_schema_of_yaml_1_2(read: Read, written: str, number: int) -> None:
    assert one_source(read, f"first_visit: {written}").first_visit == number


@pytest.mark.parametrize("written", ["true", "True", "TRUE"])
def test_booleans_follow_the_core_schema_of_yaml_1_2(read: Read, written: str) -> None:
    assert one_source(read, f"allow_private: {written}").allow_private is True


def test_a_url_is_stored_in_one_spelling(read: Read) -> None:
    assert one_source(read, "feed: HTTPS://A.Example:443/rss#top").seed == Seed(
        url="https://a.example/rss", kind=SeedKind.FEED
    )


def test_the_file_may_begin_with_a_byte_order_mark_and_a_document_marker(read: Read) -> None:
    assert len(read("\ufeff---\nsources: [https://a.example/]\n").sources) == 1


def test_the_machine_says_the_timezone_when_the_file_does_not(read: Read) -> None:
    config = read("sources: [https://a.example/]\n", {"TZ": "Asia/Tbilisi"})
    assert config.timezone == ZoneInfo("Asia/Tbilisi")
    assert isinstance(read("sources: [https://a.example/]\n", {"TZ": "no/where"}).timezone, ZoneInfo)


def test_a_rule_may_be_in_the_shadow(read: Read) -> None:
    rules = "{ name: a, match: b, notify: console, shadow: true }, { name: c, match: d, notify: console }"
    config = read(f"sources: [https://a.example/]\nrules: [{rules}]\n")
    assert [rule.shadow for rule in config.rules] == [True, False]


def test_channels_may_be_told_how_the_sources_fare(read: Read) -> None:
    assert read("sources: [https://a.example/]\nhealth: console\n").health == ("console",)
    assert read("sources: [https://a.example/]\n").health == ()


def test_a_rule_says_how_its_words_are_read_or_the_file_does(read: Callable[..., Config]) -> None:
    text = (
        "fold_diacritics: true\nsources: [https://a.example/]\nrules:\n"
        "  - { name: a, match: b, notify: console }\n"
        "  - { name: c, match: d, notify: console, stem: true, fold_diacritics: false }\n"
    )
    plain, own = read(text).rules
    assert (plain.stem, plain.fold_diacritics) == (False, True)
    assert (own.stem, own.fold_diacritics) == (True, False)
    assert read(text).fold_diacritics
