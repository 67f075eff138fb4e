"""The command line as a person or a program meets it."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from monitor.app import PageTerms
from monitor.archive import check_health
from monitor.cli.asking import amount, moment
from monitor.cli.commands import main
from monitor.cli.rules import gather, sparkline
from monitor.errors import MonitorError, NotAnArticle, RuleError
from monitor.model import Response, Source
from monitor.ports import Heartbeat
from monitor.store import open_store
from tests.cli.conftest import FEED, GONE, OTHER, STORY, CommandLine
from tests.fakes import START, news_page, story_about
from tests.store.test_writer import another_writer

PAGE = news_page("Talks about the dam open", *story_about("dam"))


def test_articles_are_listed_newest_first_with_title_and_link(archive: CommandLine) -> None:
    result = archive.run("articles")
    assert result.exit_code == 0
    assert "Talks about the dam open" in result.stdout
    assert STORY in result.stdout


def test_what_a_page_calls_itself_is_never_markup(archive: CommandLine) -> None:
    assert "The [bold]school[/bold] fete" in archive.run("articles").stdout


def test_articles_can_be_narrowed_by_a_query_of_the_rule_language(archive: CommandLine) -> None:
    found = json.loads(archive.run("articles", "--json", "--match", 'title:school OR "no such words"').stdout)
    assert [article["url"] for article in found] == [OTHER]
    assert {"id", "title", "text", "authors", "published_at", "language", "story_id"} <= found[0].keys()


def test_a_query_that_is_only_negative_is_an_error_with_its_column(archive: CommandLine) -> None:
    with pytest.raises(RuleError, match="column 1"):
        archive.run("articles", "--match", "-dam")


def test_articles_of_a_source_that_is_none_are_no_empty_list(archive: CommandLine) -> None:
    with pytest.raises(MonitorError, match="no source is called gazete; did you mean gazette"):
        archive.run("articles", "--source", "gazete")
    with pytest.raises(MonitorError, match="no source is called x; there are: courier, gazette"):
        archive.run("articles", "--source", "x")


def test_articles_of_a_source_that_was_taken_out_can_still_be_listed(archive: CommandLine) -> None:
    text = archive.config.read_text()
    archive.config.write_text(text.replace("name: gazette", "name: herald"))
    assert len(json.loads(archive.run("articles", "--json", "--source", "gazette").stdout)) == 2


def test_a_page_at_a_private_address_is_refused_with_the_option_that_permits_it(
    command_line: CommandLine,
) -> None:
    for command in ("extract", "explain"):
        with pytest.raises(MonitorError, match="if you mean it, give --allow-private"):
            command_line.run(command, "http://127.0.0.1:9/")


def test_articles_can_be_narrowed_by_source_and_time(archive: CommandLine) -> None:
    assert json.loads(archive.run("articles", "--json", "--source", "courier").stdout) == []
    assert len(json.loads(archive.run("articles", "--json", "--since", "2026-03-01").stdout)) == 2
    assert json.loads(archive.run("articles", "--json", "--since", "2026-03-03").stdout) == []
    assert "No such article" in archive.run("articles", "--source", "courier").stderr


def test_a_time_that_is_none_is_wrong_usage(archive: CommandLine) -> None:
    result = archive.run("articles", "--since", "yesterday")
    assert result.exit_code == 2
    assert "neither a duration such as 24h" in result.stderr


def test_sources_show_how_each_fares_and_why_one_fails(archive: CommandLine) -> None:
    stdout = archive.run("sources").stdout
    assert "well" in stdout
    assert "courier is failing since 2026-03-02 09:05" in stdout
    assert "the name does not resolve" in stdout


def test_one_source_shows_its_seed_and_the_links_that_gave_no_article(archive: CommandLine) -> None:
    stdout = archive.run("sources", "gazette").stdout
    assert f"its feed {FEED}" in stdout
    assert "because the page names it" in stdout
    assert "chosen 2026-03-02" in stdout
    assert GONE in stdout
    assert "dismissed" in stdout
    parsed = json.loads(archive.run("sources", "gazette", "--json").stdout)
    assert [link["link"]["url"] for link in parsed["links"]] == [GONE]


def test_a_source_with_a_typo_is_answered_with_a_suggestion(archive: CommandLine) -> None:
    with pytest.raises(MonitorError, match="did you mean gazette"):
        archive.run("sources", "gazete")
    with pytest.raises(MonitorError, match="there are: courier, gazette"):
        archive.run("sources", "zzz")


def test_rules_are_listed_with_their_query_and_channels(archive: CommandLine) -> None:
    assert "dam AND talks" in archive.run("rules").stdout
    [rule] = json.loads(archive.run("rules", "--json").stdout)
    assert (rule["name"], rule["notify"]) == ("dam", ["console"])


def test_alerts_show_the_sentence_that_matched(archive: CommandLine) -> None:
    stdout = archive.run("alerts").stdout
    assert "dam" in stdout
    assert STORY in stdout
    [alert] = json.loads(archive.run("alerts", "--json").stdout)
    assert alert["rule"] == "dam"


def test_deliveries_tell_what_was_said_and_can_be_narrowed_by_state(archive: CommandLine) -> None:
    assert "the terminal is gone" in archive.run("deliveries", "--state", "dead").stdout
    [delivery] = json.loads(archive.run("deliveries", "--json").stdout)
    assert (delivery["state"], delivery["attempts"]) == ("dead", 1)
    assert json.loads(archive.run("deliveries", "--json", "--state", "sent").stdout) == []


def test_health_is_bad_without_a_daemon_and_says_what_else_is_wrong(archive: CommandLine) -> None:
    result = archive.run("health")
    assert result.exit_code == 1
    assert "no daemon has run" in result.stdout
    assert "failing sources: courier" in result.stdout
    assert "alerts given up: 1 for console; see `monitor deliveries --state dead`" in result.stdout
    assert "tried again" not in result.stdout
    assert json.loads(archive.run("health", "--json").stdout)["well"] is False


def test_health_counts_what_is_tried_again(archive: CommandLine) -> None:
    [dead] = json.loads(archive.run("deliveries", "--json").stdout)

    async def fail_for_now() -> None:
        store = open_store(f"sqlite:///{archive.config.parent}/monitor.sqlite3", "daemon")
        await store.mark_failed(dead["alert"]["id"], "451 later", START)
        await store.close()

    asyncio.run(fail_for_now())
    stdout = archive.run("health").stdout
    assert "alerts tried again: 1 for console; see `monitor deliveries --state retrying`" in stdout
    assert "given up" not in stdout


async def test_health_says_why_a_daemon_has_fallen_silent(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.sqlite3"
    store = open_store(url, "daemon")
    await store.beat(Heartbeat(at=START, started_at=START, pid=1))
    assert "is it running?" in (await check_health(store, datetime.now(UTC))).reason
    connection = store._database.writer.raw_connection()
    connection.cursor().execute("PRAGMA query_only = ON")
    connection.close()
    answer = await check_health(store, datetime.now(UTC))
    await store.close()
    assert not answer.well
    assert "it is read-only" in answer.reason


async def test_health_says_that_the_database_of_a_silent_daemon_is_locked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.sqlite3"
    store = open_store(f"{url}?timeout=0.05", "daemon")
    await store.beat(Heartbeat(at=START, started_at=START, pid=1))
    with another_writer(url):
        answer = await check_health(store, datetime.now(UTC))
    await store.close()
    assert not answer.well
    assert "another process has kept it locked" in answer.reason


@pytest.mark.parametrize("command", ["sources", "articles", "alerts", "deliveries"])
def test_an_empty_archive_is_no_error(command_line: CommandLine, command: str) -> None:
    result = command_line.run(command)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.strip()


def test_extract_reads_a_page_from_a_file_and_says_what_it_stripped(
    command_line: CommandLine, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    result = command_line.run("extract", str(page))
    assert result.stdout.startswith("Talks about the dam open")
    assert "stripped:" in result.stderr


def test_extract_reads_standard_input_and_answers_in_json(command_line: CommandLine) -> None:
    result = command_line.run("extract", "-", "--url", STORY, "--json", stdin=PAGE.encode())
    article = json.loads(result.stdout)
    assert (article["url"], article["title"], article["language"]) == (
        STORY,
        "Talks about the dam open",
        "en",
    )
    assert article["text"] == "\n\n".join(story_about("dam"))
    assert {"authors", "published_at"} <= article.keys()


def test_extract_takes_a_page_that_was_flattened_to_text(command_line: CommandLine) -> None:
    text = "top of page\n\nTalks about the dam open\n\n" + "\n\n".join(story_about("dam"))
    article = json.loads(command_line.run("extract", "-", "--json", stdin=text.encode()).stdout)
    assert article["title"] == "Talks about the dam open"


def test_extract_says_why_a_page_is_no_article(command_line: CommandLine) -> None:
    with pytest.raises(NotAnArticle):
        command_line.run("extract", "-", stdin=b"<p>Hello.</p>")
    with pytest.raises(MonitorError, match=r"nofile\.html cannot be read: No such file"):
        command_line.run("extract", "nofile.html")


def test_config_check_counts_what_there_is(command_line: CommandLine) -> None:
    result = command_line.run("config", "check", str(command_line.config))
    assert command_line.run("config", "check", "--config", str(command_line.config)).stdout == result.stdout
    assert result.exit_code == 0
    assert "no mistakes; 2 sources, 1 rule, 1 channel" in result.stdout


def test_config_check_gives_the_mistakes_to_programs_too(command_line: CommandLine, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("sources:\n  - {name: x, url: https://x.example/, intervall: 3m}\n")
    result = command_line.run("config", "check", str(bad), "--json")
    assert result.exit_code == 1
    [mistake] = json.loads(result.stdout)["mistakes"]
    assert (mistake["line"], mistake["column"]) == (2, 40)
    assert "intervall" in mistake["message"]


def test_the_schemas_are_json(command_line: CommandLine) -> None:
    assert "sources" in json.loads(command_line.run("config", "schema").stdout)["properties"]
    assert (
        json.loads(command_line.run("config", "schema", "--webhook").stdout)["oneOf"][0]["type"] == "object"
    )


def test_a_visit_of_a_source_that_cannot_be_reached_exits_1_and_records_it(command_line: CommandLine) -> None:
    config = command_line.config.read_text().replace("https://courier.example/", "http://127.0.0.1:9/")
    command_line.config.write_text(config)
    result = command_line.run("visit", "courier")
    assert result.exit_code == 1
    assert "not a public address" in result.stdout
    assert "courier is failing" in command_line.run("sources").stdout
    parsed = json.loads(command_line.run("visit", "courier", "--json").stdout)
    assert parsed["visit"]["outcome"] == "failed"


def test_a_file_is_not_drawn_by_a_browser(command_line: CommandLine) -> None:
    for command in ("extract", "explain"):
        with pytest.raises(MonitorError, match="give the page's URL"):
            command_line.run(command, "page.html", "--render")


@pytest.mark.parametrize("asked", [(), ("--render",)])
def test_a_page_of_a_source_that_is_drawn_is_explained_as_it_is_drawn(
    archive: CommandLine, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...]
) -> None:
    asking: list[tuple[Source, str | None]] = []

    async def fetch(url: str, given: PageTerms) -> Response:
        asking.append((given.source, given.browser))
        return Response(url=url, body=PAGE.encode(), fetched_at=START)

    monkeypatch.setattr("monitor.app.fetch_page", fetch)
    archive.run("explain", STORY, "--source", "gazette", *asked)
    lines = archive.config.read_text().replace(f"feed: {FEED}", f"feed: {FEED}\n    render: true")
    archive.config.write_text(f"browser: {sys.executable}\n{lines}")
    archive.run("explain", STORY, "--source", "gazette", *asked)
    assert [(source.render, browser) for source, browser in asking] == [
        (bool(asked), None),
        (True, sys.executable),
    ]


def test_a_page_of_a_source_is_fetched_with_its_settings(
    archive: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking: list[PageTerms] = []

    async def fetch(url: str, given: PageTerms) -> Response:
        asking.append(given)
        return Response(url=url, body=PAGE.encode(), fetched_at=START)

    monkeypatch.setattr("monitor.app.fetch_page", fetch)
    its = f"feed: {FEED}\n    cookies: {{ consent: given }}\n    allow_private: true"
    lines = archive.config.read_text().replace(f"feed: {FEED}", its)
    archive.config.write_text(f"contact: desk@example.org\n{lines}")
    archive.run("explain", STORY, "--source", "gazette")
    [terms] = asking
    assert terms.contact == "desk@example.org"
    assert terms.source.allow_private
    assert terms.source.cookies == (("consent", "given"),)


def test_our_own_errors_are_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["monitor", "extract", "nofile.html"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    assert capsys.readouterr().err == "monitor: nofile.html cannot be read: No such file or directory\n"


def test_mistakes_of_the_configuration_are_shown_with_their_place_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("sources: 3\n")
    monkeypatch.setattr("sys.argv", ["monitor", "rules", "--config", str(bad)])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    assert "bad.yaml:1:10:" in capsys.readouterr().err


def test_the_demo_says_which_extra_it_needs(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "monitor.cli.demo", None)
    with pytest.raises(MonitorError, match=r"news-monitor\[demo\]"):
        command_line.run("demo")


def test_a_moment_is_a_duration_before_now_or_a_date() -> None:
    assert moment(None) is None
    hour, day = moment("1h"), moment("24h")
    assert hour is not None
    assert day is not None
    assert day < hour
    date = moment("2026-11-01T10:00:00+00:00")
    assert date is not None
    assert date.isoformat() == "2026-11-01T10:00:00+00:00"
    with pytest.raises(typer.BadParameter):
        moment("soon")


def test_amounts_are_counted_as_people_say_them() -> None:
    assert amount(1, "sources") == "1 source"
    assert amount(0, "rules") == "0 rules"


CHROME = (
    '<div class="currency">USD - 483.94 AMD +0.94 EUR - 512.2 AMD +0.2</div>'
    '<div class="poll"><h3>Will the dam open?</h3><input type="radio">Yes<input type="radio">No</div>'
)


def test_explain_shows_every_block_with_the_rule_that_stripped_it(command_line: CommandLine) -> None:
    page = PAGE.replace("<footer>", f"{CHROME}<footer>").encode()
    stdout = command_line.run("explain", "-", stdin=page).stdout
    assert "USD - 483.94 AMD +0.94 EUR - 512.2 AMD +0.2  [currency ticker]" in stdout
    assert "[story]" in stdout
    parsed = json.loads(command_line.run("explain", "-", "--json", stdin=page).stdout)
    reasons = {block["text"]: (block["kept"], block["reason"]) for block in parsed["blocks"]}
    assert reasons["Will the dam open?"] == (False, "poll")
    assert reasons[story_about("dam")[0]] == (True, "story")


def test_explain_writes_a_page_that_nothing_in_it_can_break_out_of(
    command_line: CommandLine, tmp_path: Path
) -> None:
    page, out = (
        PAGE.replace("<nav>", "<nav><p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        tmp_path / "out.html",
    )
    command_line.run("explain", "-", "--html", str(out), stdin=page.encode())
    html = out.read_text()
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert html.count('class="kept"') >= len(story_about("dam"))


def test_explain_says_why_a_page_is_no_article(command_line: CommandLine) -> None:
    assert "No article:" in command_line.run("explain", "-", stdin=b"<p>Hello.</p>").stdout


def test_explain_uses_what_a_source_has_taught(archive: CommandLine) -> None:
    result = archive.run("explain", "-", "--source", "gazette", stdin=PAGE.encode())
    assert result.exit_code == 0
    with pytest.raises(MonitorError, match="did you mean gazette"):
        archive.run("explain", "-", "--source", "gazet", stdin=PAGE.encode())


def test_a_rule_can_be_rehearsed_on_the_archive(archive: CommandLine) -> None:
    stdout = archive.run("rules", "test", "dam", "--since", "2026-03-01").stdout
    assert "1 article in" in stdout
    assert "1 alert to each channel: 1 story, copies silent" in stdout
    assert STORY in stdout
    parsed = json.loads(archive.run("rules", "test", "dam flood", "--since", "2026-03-01", "--json").stdout)
    assert (parsed["matches"], parsed["silent_terms"]) == (0, ["flood"])
    assert [(miss["url"], miss["clause"]) for miss in parsed["near_misses"]] == [(STORY, "flood")]


def test_a_rehearsal_counts_by_day_with_the_days_of_none_between(archive: CommandLine) -> None:
    days = json.loads(archive.run("rules", "test", "was", "--since", "2026-03-01", "--json").stdout)["days"]
    assert [day["day"] for day in days[:3]] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert [day["matches"] for day in days[:3]] == [2, 0, 0]


def test_a_rehearsal_says_which_rule_and_which_part_of_the_archive_it_saw(archive: CommandLine) -> None:
    stdout = archive.run("rules", "test", "nothing OR dam", "--since", "2026-03-01").stdout
    assert "The archive begins on 2026-03-02." in stdout
    assert "rule " not in stdout
    [name, *_] = [rule["name"] for rule in json.loads(archive.run("rules", "--json").stdout)]
    assert f"rule {name}: " in archive.run("rules", "test", name).stdout
    assert "nothing in 1 hour\n" in archive.run("rules", "test", "dam", "--since", "1h").stdout
    refused = archive.run("rules", "test", "dam", "--since", "2999-01-01")
    assert (refused.exit_code, "lies ahead" in refused.output) == (2, True)


def test_what_was_nearly_found_stands_below_the_clause_that_it_lacked(archive: CommandLine) -> None:
    stdout = archive.run("rules", "test", "dam flood", "--since", "2026-03-01").stdout
    _, _, misses = stdout.partition("nearly found, had it not been for\n")
    assert misses.splitlines()[0] == "  flood"
    assert misses.splitlines()[-1] == f"    {STORY}"


def test_a_rehearsal_of_a_broken_query_names_the_column(archive: CommandLine) -> None:
    with pytest.raises(RuleError, match="column 1"):
        archive.run("rules", "test", '"dam')


def test_a_rule_whose_name_is_misspelt_is_told_to_be_a_query(archive: CommandLine) -> None:
    [name, *_] = [rule["name"] for rule in json.loads(archive.run("rules", "--json").stdout)]
    told = archive.run("rules", "test", f"{name}s").stderr
    assert "so it is taken for a query" in told
    assert f'there is a rule "{name}"' in told
    assert (
        archive.run("rules", "test", name).stderr
        == archive.run("rules", "test", "quite another").stderr
        == ""
    )


def test_what_is_doubtful_in_a_query_is_said_when_it_is_explained(archive: CommandLine) -> None:
    [story] = [a for a in json.loads(archive.run("articles", "--json").stdout) if a["url"] == STORY]
    assert "column 5" in archive.run("rules", "explain", "dam or flood", story["id"]).stderr


def test_a_rule_explains_what_it_made_of_an_article(archive: CommandLine) -> None:
    [story] = [a for a in json.loads(archive.run("articles", "--json").stdout) if a["url"] == STORY]
    stdout = archive.run("rules", "explain", "dam", story["id"]).stdout
    assert "found" in stdout
    assert "✓ dam" in stdout
    parsed = json.loads(archive.run("rules", "explain", "dam AND flood", story["id"], "--json").stdout)
    assert [(child["written"], child["holds"]) for child in parsed["children"]] == [
        ("dam", True),
        ("flood", False),
    ]
    with pytest.raises(MonitorError, match="no article has the id"):
        archive.run("rules", "explain", "dam", "0000")


def test_more_days_than_columns_are_added_up() -> None:
    assert gather([1, 2, 3, 4, 5], 5) == [1, 2, 3, 4, 5]
    assert gather([1, 2, 3, 4, 5], 4) == [3, 7, 5]
    assert gather([1, 2, 3], 0) == [6]
    assert gather([], 5) == []


def test_a_sparkline_is_as_high_as_its_largest_day() -> None:
    assert sparkline([0, 1, 4, 8]) == "·▁▄█"
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "··"
