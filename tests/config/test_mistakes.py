"""Each kind of mistake, as a person reads it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config import read_config, render_mistakes
from monitor.errors import ConfigError, Mistake

Complain = Callable[..., str]

S = "sources:\n  - https://a.example/\n"
"""Two lines that are right, so that mistakes begin in the third."""

R = "rules:\n  - name: talks\n"

KNOWN = (
    "sources, channels, rules, defaults, smtp, include, database, contact, timezone, workers, group_wait, "
    "story_update, copy_window, story_window, fold_diacritics, browser, health, keep_pages"
)

SOURCE_SETTINGS = (
    "every, headers, cookies, user_agent, timeout, pause, allow_private, proxy, verify, render, "
    "first_visit, backfill, recheck, quiet, url, name, feed, sitemap, section, body, remove, title"
)

EXAMPLE = 'write "sources:" and below it "  - https://www.example.org/"'


def test_mistakes_are_shown_with_place_line_and_suggestion_and_all_at_once(complain: Complain) -> None:
    text = (
        "sources:\n"
        "  - https://www.example-news.org/\n"
        "  - name: gazette\n"
        "    url: https://gazette.example/world\n"
        "    intervall: 15m\n"
        "channels: { desk: { webhook: https://hooks.example.org/ } }\n"
        "rules:\n"
        "  - name: dialogue\n"
        "    match: 'Artsakh AND (dialogue'\n"
        "    notify: dsek\n"
    )
    block = complain(text)
    assert block.startswith(
        'sources.yaml:5:5: "intervall" is not a setting of a source; did you mean "every"?\n'
        "  5 |     intervall: 15m\n"
        "    |     ^^^^^^^^^\n"
        "sources.yaml:9:25: "
    )
    assert block.endswith(
        "  9 |     match: 'Artsakh AND (dialogue'\n"
        "    |                         ^\n"
        'sources.yaml:10:13: rule "dialogue" notifies "dsek", which is not a channel; did you mean "desk"?\n'
        "  10 |     notify: dsek\n"
        "     |             ^^^^\n"
        "3 mistakes"
    )


SYNTAX = [
    ("", f"1:1: the file is empty; {EXAMPLE}", None, None),
    ("# nothing\n", f"1:1: the file is empty; {EXAMPLE}", "# nothing", "^"),
    ("~\n", f"1:1: the file is empty; {EXAMPLE}", "~", "^"),
    (
        "- https://a.example/\n",
        f"1:3: a list stands here instead of settings; {EXAMPLE}",
        "- https://a.example/",
        "  ^^^^^^^^^^^^^^^^^^",
    ),
    (
        "https://a.example/\n",
        f"1:1: a single value stands here instead of settings; {EXAMPLE}",
        "https://a.example/",
        "^^^^^^^^^^^^^^^^^^",
    ),
    (
        b"sources: \xe9t\xe9\n",
        "1:10: the byte 0xE9 is not UTF-8; save the file as UTF-8",
        "sources: été",
        "         ^",
    ),
    (S + "rules:\n\t- b\n", "4:1: a tab stands here where YAML wants spaces", " - b", "^"),
    (S + "contact: \x07\n", "3:10: the control character U+0007 cannot stand here", "contact:", "         ^"),
    (
        S + "workers: *few\n",
        '3:10: "*few" is an alias, which is not read here; put quotes around a text that begins with "*"',
        "workers: *few",
        "         ^^^^",
    ),
    (
        S + "workers: &few 3\n",
        '3:10: "&few" is an anchor, which is not read here; put quotes around a text that begins with "&"',
        "workers: &few 3",
        "         ^^^^",
    ),
    (
        S + "workers: !!int 3\n",
        '3:10: "!" begins a tag, which is not read here; put quotes around a text that begins with "!"',
        "workers: !!int 3",
        "         ^",
    ),
    (
        S + "workers: 3\nworkers: 4\n",
        '4:1: "workers" stands here twice; the first is in line 3',
        "workers: 4",
        "^^^^^^^",
    ),
    (S + "---\nworkers: 3\n", '3:1: a second document begins here; take the "---" out', "---", "^^^"),
    (S + "? [a]\n: b\n", "3:3: a list or a mapping cannot be a key", "? [a]", "  ^"),
    (S + "contact: 'x\n", "3:10: this quote is never closed", "contact: 'x", "         ^"),
    (
        S + "contact: @x\n",
        '3:10: put quotes around a text that begins with "@"',
        "contact: @x",
        "         ^",
    ),
    (
        S + 'contact: "c:\\q"\n',
        '3:13: a "\\" in double quotes begins an escape; put the text in single quotes instead',
        'contact: "c:\\q"',
        "            ^",
    ),
    (
        S + R + '    match: "a b" AND Baku\n    notify: console\n',
        "5:18: text goes on behind the closing quote; put quotes around all of it: '\"a b\" AND Baku'",
        '    match: "a b" AND Baku',
        "                 ^",
    ),
    (
        "sources:\n  - name: a\n     url: https://a.example/\n",
        '3:9: a ":" cannot stand here; is the line above complete, or are quotes missing?',
        "     url: https://a.example/",
        "        ^",
    ),
    (
        "sources:\n  - name: a\n   url: https://a.example/\n",
        '3:4: this line is not an entry of the list above; it lacks a "- ", or is not indented like the rest',
        "   url: https://a.example/",
        "   ^",
    ),
    (
        S + " workers: 3\n",
        "3:2: this line is not indented like the one it belongs to",
        " workers: 3",
        " ^",
    ),
    (
        S + "smtp: { url: smtps://m.example\n",
        '4:1: a "," or the closing "}" is missing before this',
        None,
        None,
    ),
    (S + "workers\n", '3:1: a ":" is missing in this line', "workers", "^"),
    (
        "%ODD\n" + S,
        "1:5: this is not YAML: found unknown directive name",
        "%ODD",
        "    ^",
    ),
    (
        S + "channels: { ops: { webhook: ${URL} } }\n",
        "3:30: put quotes around a ${NAME} that stands inside { } or [ ]",
        "channels: { ops: { webhook: ${URL} } }",
        " " * 29 + "^",
    ),
    (
        "[" * 200,
        "1:17: this is nested more than 16 levels deep",
        "[" * 97 + "...",
        " " * 16 + "^",
    ),
]


@pytest.mark.parametrize(("text", "message", "line", "marker"), SYNTAX)
def test_what_no_configuration_may_hold_is_told_in_place(
    complain: Complain, text: str | bytes, message: str, line: str | None, marker: str | None
) -> None:
    assert complain(text) == expected(message, line, marker)


def expected(message: str, line: str | None, marker: str | None) -> str:
    shown = ""
    if line is not None and marker is not None:
        number = message.partition(":")[0]
        shown = f"  {number} | {line}\n  {' ' * len(number)} | {marker}\n"
    return f"sources.yaml:{message}\n{shown}1 mistake"


SETTINGS = [
    # shape
    (
        "databse: x",
        '3:1: "databse" is not a setting of the configuration; did you mean "database"?',
        "databse",
    ),
    ("xyzzy: x", f'3:1: "xyzzy" is not a setting of the configuration; there are {KNOWN}', "xyzzy"),
    ("<<: { a: b }", f'3:1: "<<" is not a setting of the configuration; there are {KNOWN}', "<<"),
    ("workers:", '3:1: "workers" is empty; write something behind it, or take it out', "workers"),
    ("workers: ~", '3:1: "workers" is empty; write something behind it, or take it out', "workers"),
    ("workers: [3]", '3:11: "workers" takes a single value, not a list', "3"),
    ("workers: { a: 3 }", '3:12: "workers" takes a single value, not settings ("key: value")', "a"),
    ("rules: talks", '3:8: "rules" takes a list, each entry behind a "- ", not a single value', "talks"),
    (
        "rules: { name: a }",
        '3:10: "rules" takes a list, each entry behind a "- ", not settings ("key: value")',
        "name",
    ),
    ("smtp: mail.example", '3:7: "smtp" takes settings ("key: value"), not a single value', "mail.example"),
    ("defaults: [every]", '3:12: "defaults" takes settings ("key: value"), not a list', "every"),
    ("include: []", '3:10: "include" is an empty list; name at least one', "["),
    ("include: [[a]]", '3:12: an entry of "include" takes a single value, not a list', "a"),
    ("smtp: { url: smtps://m.example }", '3:9: smtp has no "from"', "url"),
    ("rules: [{ name: a, notify: console }]", '3:11: this rule has no "match"', "name"),
    # durations, numbers, booleans
    ("keep_pages: 14", '3:13: "14" is not a duration, as it has no unit; did you mean 14m?', "14"),
    ("keep_pages: 14 days", '3:13: "14 days" is not a duration; did you mean 14d?', "14 days"),
    ("keep_pages: 1:30", '3:13: "1:30" is not a duration; write one like 90s, 15m, 2h, 7d or 1h30m', "1:30"),
    ("defaults: { every: 0s }", '3:20: "0s" is too short; at least 1s', "0s"),
    ("defaults: { timeout: 90m }", '3:22: "90m" is too long; at most 10m', "90m"),
    ("workers: many", '3:10: "many" is not a whole number', "many"),
    ("workers: 2.5", '3:10: "2.5" is not a whole number', "2.5"),
    ("workers: 1:30", '3:10: "1:30" is not a whole number', "1:30"),
    ("workers: 0", '3:10: "0" is not between 1 and 256', "0"),
    ('workers: "3"', '3:10: "3" stands in quotes, which makes it text; a number has none', '"3"'),
    (
        "defaults: { allow_private: no }",
        '3:28: "no" is neither true nor false; did you mean false?',
        "no",
    ),
    (
        "defaults: { allow_private: 'true' }",
        '3:28: "true" is neither true nor false; did you mean true without quotes?',
        "'true'",
    ),
    ("defaults: { allow_private: 1 }", '3:28: "1" is neither true nor false', "1"),
    # the web
    (
        "defaults: { headers: { Host: v } }",
        '3:24: "Host" is set by the program itself',
        "Host",
    ),
    (
        "defaults: { headers: { User-Agent: v } }",
        '3:24: "User-Agent" has a setting of its own: user_agent',
        "User-Agent",
    ),
    ("defaults: { headers: { 'a b': v } }", '3:24: "a b" is not the name of a header', "'a b'"),
    (
        'defaults: { user_agent: "a\\nb" }',
        "3:25: a header is one line of ASCII letters, digits and signs",
        '"a\\nb"',
    ),
    ("contact: nobody", '3:10: "nobody" is neither an email address nor the URL of a page', "nobody"),
    ("contact: a@b", '3:10: "a@b" is not an email address', "a@b"),
    # channels
    (
        "channels: { desk: a@b.example }",
        (
            '3:19: "desk" takes settings ("key: value"), not a single value; '
            "write { email: ... } or { webhook: ... }"
        ),
        "a@b.example",
    ),
    (
        "channels: { desk: { emial: a@b.example } }",
        '3:21: "desk" does not say where to send; "emial" is not known; did you mean "email"?',
        "emial",
    ),
    (
        "channels: { log: { console: true, quiet: 22-07 } }",
        '3:42: "22-07" is no part of a day; write it as "22:00-07:00"',
        "22-07",
    ),
    (
        "channels: { log: { console: true, digest: daily 8 } }",
        ('3:43: "daily 8" names no times of a digest; write "hourly", "daily 08:00" or "weekly mon 08:00"'),
        "daily 8",
    ),
    (
        "channels: { log: { console: true, limit: 0/h } }",
        '3:42: "0/h" is no limit; write how many messages an hour, such as "12/h"',
        "0/h",
    ),
    (
        "channels: { desk: { x: y } }",
        '3:21: "desk" does not say where to send; give it one of email, webhook, console, file, apprise',
        "x",
    ),
    (
        "channels: { ops: { webhook: https://a.example/, emails: a@b.example } }",
        (
            '3:49: "emails" is not a setting of a webhook channel; '
            "there are quiet, digest, empty, limit, timezone, webhook, secret, allow_private"
        ),
        "emails",
    ),
    (
        "channels: { ops: { webhook: https://a:b@a.example/ } }",
        '3:29: "https://a:*@a.example/" holds a user name or a password; a webhook is signed by its secret',
        "https://a:*@a.example/",
    ),
    ("channels: { desk: { console: false } }", None, "false"),
    (
        "channels: { ' desk': { console: true } }",
        '3:13: " desk" begins or ends with a space, which nobody sees',
        "' desk'",
    ),
    (
        "channels: { console: { webhook: https://a.example/ } }",
        '3:13: "console" is there already, and writes to the standard output; choose another name',
        "console",
    ),
    (
        "channels: { desk: { email: desk@example.org } }",
        (
            '3:13: channel "desk" sends email, and there is no mail server; write smtp: '
            '{ url: "smtp+starttls://user:password@host:587", from: "News <news@example.org>" }'
        ),
        "desk",
    ),
    # mail
    (
        "smtp: { url: smpt://m.example, from: a@b.example }",
        '3:14: "smpt://m.example" is not the URL of a mail server; did you mean "smtp://"?',
        "smpt://m.example",
    ),
    (
        "smtp: { url: smtp://bot@m.example, from: a@b.example }",
        '3:14: "smtp://bot@m.example" needs both a user name and a password, or neither',
        "smtp://bot@m.example",
    ),
    (
        "smtp: { url: smtp://m.example/x, from: a@b.example }",
        '3:14: "smtp://m.example/x" goes on behind the host; in a password / is %2F, # is %23, ? is %3F',
        "smtp://m.example/x",
    ),
    ("smtp: { url: 'smtp://', from: a@b.example }", '3:14: "smtp://" names no mail server', "'smtp://'"),
    ("smtp: { url: smtp://m.example, from: Desk }", '3:38: "Desk" is not an email address', "Desk"),
    # the rest
    (
        "timezone: Asia/Yervan",
        '3:11: "Asia/Yervan" is not a timezone; did you mean "Asia/Yerevan"?',
        "Asia/Yervan",
    ),
    ("timezone: xyzzy", '3:11: "xyzzy" is not a timezone; write one like Asia/Yerevan', "xyzzy"),
    (
        "database: data/x.db",
        '3:11: "data/x.db" is not the URL of a database; did you mean "sqlite:///data/x.db"?',
        "data/x.db",
    ),
    (
        "database: mysql://a/b",
        '3:11: "mysql://a/b" is not the URL of a database; it begins with sqlite:/// or postgresql://',
        "mysql://a/b",
    ),
    (
        "database: 'sqlite:///:memory:'",
        '3:11: "sqlite:///:memory:" names no file; write one like sqlite:///data/monitor.sqlite3',
        "'sqlite:///:memory:'",
    ),
    (
        "database: postgresql://host",
        '3:11: "postgresql://host" names no database; write postgresql://user:password@host/name',
        "postgresql://host",
    ),
    (
        "database: sqlite:///a.db?mode=ro",
        '3:11: "sqlite:///a.db?mode=ro" is not a plain path; settings behind a ? are not read',
        "sqlite:///a.db?mode=ro",
    ),
    (
        "database: postgresql:///news",
        '3:11: "postgresql:///news" names no host; write postgresql://user:password@host/name',
        "postgresql:///news",
    ),
    (
        "smtp: { url: 'smtp://m.example:0', from: a@b.example }",
        '3:14: "smtp://m.example:0" has the port 0',
        "'smtp://m.example:0'",
    ),
    (
        "smtp: { url: 'smtp://m.example:x', from: a@b.example }",
        (
            '3:14: "smtp://m.example:x" is not a URL that can be understood; '
            "signs in a password are written like %2F, or come from ${NAME}"
        ),
        "'smtp://m.example:x'",
    ),
    (
        "include: other.yaml",
        '3:10: "other.yaml" is not there; the path starts at the folder of this file',
        "other.yaml",
    ),
    (
        "include: nowhere/*.yaml",
        '3:10: "nowhere/*.yaml" is not there; the path starts at the folder of this file',
        "nowhere/*.yaml",
    ),
]


@pytest.mark.parametrize(("line", "message", "marked"), SETTINGS)
def test_a_wrong_setting_is_told_with_what_to_write(
    complain: Complain, line: str, message: str | None, marked: str
) -> None:
    message = message or '3:30: "false" cannot be said of a console; write true, or take the channel out'
    shown = line.replace("a:b@", "a:*@").replace(": v }", ": * }")
    marker = " " * shown.index(marked) + "^" * len(marked)
    assert complain(f"{S}{line}\n") == expected(message, shown, marker)


SOURCES = [
    ("{ name: a }", '3:7: this source has no "url"', "name"),
    (
        "www.b.example/x",
        '3:5: "www.b.example/x" is not a URL of the web; did you mean "https://www.b.example/x"?',
        "",
    ),
    (
        "ftp://b.example/",
        '3:5: "ftp://b.example/" is not a URL of the web; it begins with https:// or http://',
        "",
    ),
    ("https://", '3:5: "https://" is not a URL that can be visited', ""),
    ("https://b.example:99999/", '3:5: "https://b.example:99999/" is not a URL that can be visited', ""),
    (
        "https://b.example/a b",
        '3:5: "https://b.example/a b" holds a space or a control character; in a URL a space is %20',
        "",
    ),
    (
        "https://u:p@b.example/",
        (
            '3:5: "https://u:*@b.example/" holds a user name or a password; URLs are shown to readers, '
            'so write it as a header: headers: { Authorization: "${NAME}" }'
        ),
        "",
    ),
    ("~", '3:5: an entry of "sources" is empty; write something behind it, or take it out', ""),
    ("[a]", '3:6: an entry of "sources" takes settings ("key: value"), not a list', "a"),
    (
        "{ url: https://b.example/, colour: red }",
        f'3:32: "colour" is not a setting of a source; there are {SOURCE_SETTINGS}',
        "colour",
    ),
    (
        "{ url: https://b.example/, feed: https://b.example/rss, section: https://b.example/x }",
        '3:70: a source is read from one place: leave only "feed" or "section"',
        "https://b.example/x",
    ),
    (
        "{ url: https://b.example/, cookies: { 'a b': c } }",
        '3:43: "a b" is not the name of a cookie',
        "'a b'",
    ),
    (
        "{ url: https://b.example/, cookies: { a: 'b; c' } }",
        "3:46: a cookie is ASCII letters, digits and signs, without spaces and semicolons",
        "'b; c'",
    ),
    (
        "{ url: https://b.example/, proxy: socks5://c.example:1080 }",
        (
            "3:39: this is not the URL of an HTTP proxy, "
            "such as http://user:password@proxy.example.org:3128; none stands for no proxy"
        ),
        "socks5://c.example:1080",
    ),
    (
        "{ url: https://b.example/, name: ' ' }",
        "3:38: a name needs at least one letter",
        "' '",
    ),
    (
        '{ url: https://b.example/, name: "a\\nb" }',
        '3:38: "a�b" holds a line break or a control character',
        '"a\\nb"',
    ),
    (
        "https://www.a.example/",
        '3:5: a source is called "a.example" already, in line 2 of sources.yaml; give this one a name',
        "",
    ),
    (
        "{ url: https://b.example/, name: gazette }\n  - { url: https://c.example/, name: gazette }",
        '4:38: a source is called "gazette" already, in line 3 of sources.yaml',
        "gazette",
    ),
]


@pytest.mark.parametrize(("entry", "message", "marked"), SOURCES)
def test_a_wrong_source_is_told_with_what_to_write(
    complain: Complain, entry: str, message: str, marked: str
) -> None:
    lines = f"  - {entry}".replace("u:p@", "u:*@").split("\n")
    marked = marked or lines[-1].removeprefix("  - ")
    marker = " " * lines[-1].rindex(marked) + "^" * len(marked)
    assert complain(f"{S}  - {entry}\n") == expected(message, lines[-1], marker)


def test_control_characters_go_into_no_header_and_no_login(complain: Complain) -> None:
    said = complain(
        f'{S}smtp: {{ url: "smtp://m.example\\n/", from: "a\\x07b <a@b.example>" }}\n'
        'include: ["a\\tb"]\nrules: [{ name: "' + "x" * 201 + '", match: a, notify: console }]\n'
        'channels: { ops: { webhook: "https://a.example/\\e" } }\n'
    )
    assert said.count("holds a line break or a control character") == 2
    assert said.count("holds a space or a control character") == 1
    assert "is not the name of a file" in said
    assert "a name has at most 200 characters" in said
    assert complain(f"{S}smtp: {{ url: 'smtp://a:b%0Ac@m.example', from: a@b.example }}\n").startswith(
        'sources.yaml:3:14: "smtp://a:*****@m.example" has a line break or a control character in its user'
    )


def test_synonyms_of_settings_are_understood(complain: Complain) -> None:
    said = complain(f"{S}rules: [{{ name: a, query: b, to: console }}]\nmail: {{ }}\nfrequency: 5m\n")
    for hint in (
        '"query" is not a setting of a rule; did you mean "match"?',
        '"to" is not a setting of a rule; ',
    ):
        assert hint in said
    assert 'did you mean "notify"?' in said
    assert '"mail" is not a setting of the configuration; did you mean "smtp"?' in said


def test_two_rules_or_two_channels_of_one_name_are_told(complain: Complain) -> None:
    rule = "  - { name: talks, match: a, notify: console }\n"
    assert complain(f"{S}rules:\n{rule}{rule}") == (
        'sources.yaml:5:13: a rule is called "talks" already, in line 4 of sources.yaml\n'
        "  5 |   - { name: talks, match: a, notify: console }\n"
        "    |             ^^^^^\n"
        "1 mistake"
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "digest: hourly, limit: 9/h",
            'channel "log" sends digests, which are few enough; take the limit or the digest out',
        ),
        (
            "empty: true",
            'channel "log" says "empty" of a digest, and sends none; write "digest: daily 08:00"',
        ),
    ],
)
def test_settings_of_a_digest_that_make_no_sense_are_told(
    complain: Complain, settings: str, message: str
) -> None:
    said = complain(f"{S}channels: {{ log: {{ console: true, {settings} }} }}\n")
    assert said.startswith(f"sources.yaml:3:13: {message}\n")


def test_word_of_the_sources_for_a_channel_that_is_none_is_told(complain: Complain) -> None:
    said = complain(f"{S}channels: {{ ops: {{ console: true }} }}\nhealth: [console, osp]\n")
    assert said.startswith(
        'sources.yaml:4:19: "health" tells "osp", which is not a channel; did you mean "ops"?\n'
    )


def test_a_source_that_would_be_called_like_another_is_asked_for_a_name(complain: Complain) -> None:
    said = complain("sources:\n  - https://a.example/\n  - https://a.example/x\n  - https://a.example/x/\n")
    assert 'sources.yaml:4:5: a source is called "a.example-x" already, in line 3 of ' in said


def test_a_file_without_sources_is_told_so(complain: Complain) -> None:
    assert complain("workers: 3\n") == (
        f"sources.yaml:1:1: there is no source to watch; {EXAMPLE}\n"
        "  1 | workers: 3\n    | ^^^^^^^\n1 mistake"
    )


def test_a_file_that_cannot_be_read_is_told_so(folder: Path) -> None:
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    for name, reason in [
        (
            "none.yaml",
            "no such file or directory; start in the folder that holds it, or name another with --config",
        ),
        ("folder", "is a directory"),
        ("pipe", "it is no file"),
    ]:
        with pytest.raises(ConfigError) as caught:
            read_config(Path(name), {})
        assert render_mistakes(caught.value) == f"{name}:1:1: cannot be read: {reason}\n1 mistake"


def test_a_mistake_in_a_query_is_shown_where_it_lies(complain: Complain) -> None:
    for line, before in [
        ("    match: Baku AND (dialogue", "    match: Baku AND "),
        ("    match: 'Baku AND (dialogue'", "    match: 'Baku AND "),
        ("    match: 'it''s AND (dialogue'", "    match: 'it''s AND "),
        ('    match: "Baku AND (dialogue"', '    match: "Baku AND '),
    ]:
        shown = complain(f"{S}{R}{line}\n    notify: console\n").split("\n")
        assert shown[1:3] == [f"  5 | {line}", f"    | {' ' * len(before)}^"]


def test_a_mistake_in_a_query_of_several_lines_is_shown_at_its_start(complain: Complain) -> None:
    shown = complain(f"{S}{R}    match: >\n      Baku AND\n      (dialogue\n    notify: console\n").split(
        "\n"
    )
    assert shown[1:3] == ["  5 |     match: >", "    |            ^"]


def test_several_mistakes_of_one_rule_and_one_source_are_all_told(complain: Complain) -> None:
    said = complain(
        "sources:\n"
        "  - { name: a, url: https://a.example/ }\n"
        "  - { name: a, url: a.example, evry: 5m, pause: 1 }\n"
        "rules:\n"
        "  - { name: x, match: '(', notify: nobody, colour: red }\n"
        "  - { name: x, match: b, notify: noone }\n"
    )
    for part in (
        "3:13: a source is called",
        "3:21: ",
        "3:32: ",
        "3:49: ",
        "5:24: ",
        "5:36: ",
        "5:44: ",
        "6:13: ",
        "6:34: ",
    ):
        assert f"sources.yaml:{part}" in said
    assert said.endswith("9 mistakes")


def test_a_mistake_causes_no_second_one(complain: Complain) -> None:
    channels = "channels: { desk: { email: nonsense } }\n"
    rules = "rules: [{ name: a, match: b, notify: desk }]\n"
    assert complain(S + channels + rules).endswith("1 mistake")
    assert complain(S + "channels: *x\n" + rules).endswith("1 mistake")
    assert complain(S + "include: nowhere.yaml\n" + rules).endswith("1 mistake")
    assert complain(S + channels.replace("nonsense", "a@b.example") + "smtp: [1]\n" + rules).endswith(
        "1 mistake"
    )
    assert complain("sources: nonsense\n").endswith("1 mistake")


def test_what_stands_before_a_break_is_still_checked(complain: Complain) -> None:
    said = complain("sources:\n  - { url: https://a.example/, evry: 5m }\n  - name: a\n   url: x\n")
    assert '"evry" is not a setting' in said
    assert said.endswith("2 mistakes")


def test_mistakes_come_in_the_order_of_the_file(complain: Complain) -> None:
    said = complain("workers: x\nsources:\n  - { evry: 1m, name: ' ' }\nkeep_pages: x\n")
    places = [
        tuple(map(int, match)) for match in re.findall(r"^sources\.yaml:(\d+):(\d+)", said, re.MULTILINE)
    ]
    assert places == sorted(places)
    assert len(places) == 5


def test_a_long_line_is_cut_around_its_mistake_and_wide_letters_take_two_columns() -> None:
    def render(line: str, column: int, width: int) -> list[str]:
        mistake = Mistake(file="f", line=1, column=column, message="m", line_text=line, width=width)
        return render_mistakes(ConfigError((mistake,))).split("\n")[1:3]

    assert render("東京: x", 5, 1) == ["  1 | 東京: x", "    |       ^"]
    shown, marker = render("a" * 500 + "MARK" + "b" * 500, 501, 4)
    assert len(shown) <= 110
    assert shown[marker.index("^") : marker.rindex("^") + 1] == "MARK"
    shown, marker = render("x" * 1000, 1, 1000)
    assert len(shown) == len(marker) == 106


def test_two_letters_swapped_in_the_shortest_setting_are_still_known(complain: Complain) -> None:
    told = complain("sources:\n  - name: gazette\n    ulr: https://gazette.example/\n")
    assert '"ulr" is not a setting of a source; did you mean "url"?' in told
