"""An empty or old database becomes one of this release; a newer one is refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from monitor.errors import StoreError
from monitor.model import ChangeKind, Changes, Revision
from monitor.ports import ArticleQuery, Recheck
from monitor.store import migrations, open_store
from monitor.store.tables import METADATA
from tests.store.samples import DAM, GAZETTE, NOW, keep, make_story
from tests.store.test_writer import another_writer


async def test_the_steps_make_exactly_the_tables(empty_url: str) -> None:
    await open_store(empty_url, "daemon").close()
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        ours = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("search")}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **ours})
        assert compare_metadata(context, METADATA) == []
        conditions = {
            index["name"]: index.get("dialect_options", {}).get(f"{engine.name}_where")
            for table in METADATA.tables
            for index in inspect(connection).get_indexes(table)
        }
    engine.dispose()
    for table in METADATA.tables.values():
        for index in table.indexes:
            wanted = index.dialect_options[engine.name]["where"]
            assert (wanted is None) == (conditions[index.name] is None), index.name


def test_every_step_is_known_by_its_number() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    steps = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(steps)) == migrations.VERSIONS


async def test_opening_a_database_that_is_up_to_date_writes_nothing(url: str) -> None:
    await open_store(url, "daemon").close()
    with another_writer(url):
        await open_store(url, "daemon").close()


async def test_a_database_of_a_later_release_is_refused_with_the_cure(empty_url: str) -> None:
    await open_store(empty_url, "daemon").close()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    engine.dispose()
    words = r"later release of monitor .*version 0999.*install that release"
    with pytest.raises(StoreError, match=words) as caught:
        open_store(empty_url, "daemon")
    assert not caught.value.transient


async def test_two_that_open_an_empty_database_at_once_both_work(empty_url: str) -> None:
    one, other = await asyncio.gather(
        asyncio.to_thread(open_store, empty_url, "one"), asyncio.to_thread(open_store, empty_url, "other")
    )
    await one.register([GAZETTE], NOW)
    await keep(other, make_story("dam", rules=(DAM,)))
    assert len(await one.deliveries()) == 1
    await one.close()
    await other.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE search (somebody_elses INTEGER)"))
    with pytest.raises(StoreError, match="already exists"):
        open_store(empty_url, "daemon")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["search"]
    engine.dispose()


async def test_articles_of_an_older_release_are_found_without_their_diacritics(empty_url: str) -> None:
    store = open_store(empty_url, "daemon")
    await store.register([GAZETTE], NOW)
    await keep(store, make_story("résumé"))
    await store.close()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE search"))
        connection.execute(text("CREATE TABLE search (terms TEXT)"))
        connection.execute(text("DROP INDEX ix_alerts_standing"))  # which later releases made
        connection.execute(text("ALTER TABLE alerts DROP COLUMN tried_at"))
        connection.execute(text("ALTER TABLE articles DROP COLUMN agency"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0010'"))
    engine.dispose()
    store = open_store(empty_url, "daemon")
    for term in ("resume", "résumé", "résu*"):
        assert len(await store.articles(ArticleQuery(terms=((term,),)))) == 1
    await store.close()


async def test_articles_of_an_older_release_are_credited_to_their_agency_and_found_as_they_read_now(
    empty_url: str,
) -> None:
    store = open_store(empty_url, "daemon")
    await store.register([GAZETTE], NOW)
    dam, bus = make_story("dam"), make_story("bus")
    dam = replace(dam, article=replace(dam.article, text=f"YEREVAN (AFP) - {dam.article.text}"))
    await keep(store, dam, bus)
    changes = Changes(kinds=(ChangeKind.NAME,), lines=())
    revision = Revision(found_at=NOW, title="Rewritten", text="The levee holds.", changes=changes)
    await store.finish_look(
        Recheck(article_id=dam.article.id, looked_at=NOW, next_at=None, revision=revision)
    )
    await store.close()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE search"))  # as of a release that indexed no edit
        connection.execute(text("CREATE TABLE search (terms TEXT)"))
        connection.execute(text("ALTER TABLE articles DROP COLUMN agency"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0013'"))
    engine.dispose()
    store = open_store(empty_url, "daemon")
    [found] = await store.articles(ArticleQuery(terms=(("levee",),)))
    assert (found.article.id, found.agency) == (dam.article.id, "AFP")
    [other] = await store.articles(ArticleQuery(terms=(("bus",),)))
    assert (other.article.id, other.agency) == (bus.article.id, None)
    await store.close()
