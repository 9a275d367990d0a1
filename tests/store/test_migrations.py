"""The migrated schema is the one that tables.py declares, on both databases."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from app.store import open_database
from app.store.errors import Duplicate
from app.store.migrate import _config, migrate, pending, with_connection
from app.store.tables import metadata


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    if request.param == "postgres":
        return request.getfixturevalue("make_postgres")()
    return f"sqlite:///{tmp_path}/sub/folder/jumun.db"


def differences(url):
    def compare(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    return with_connection(url, compare)


def test_migrated_is_declared(database_url):
    assert differences(database_url) == []


def test_from_nothing_and_twice(empty_url):
    assert pending(empty_url)
    migrate(empty_url)
    assert not pending(empty_url)
    migrate(empty_url)
    assert differences(empty_url) == []


async def test_twice_keeps_what_is_there(database, database_url):
    await database.write(
        "INSERT INTO chat_of_user (channel_id, user_id, user_chat_id, at) VALUES ('c', 'u', 'chat', 1)"
    )
    await asyncio.to_thread(migrate, database_url)
    assert len(await database.read("SELECT * FROM chat_of_user")) == 1


def test_a_migration_that_breaks_leaves_nothing_behind_on_sqlite(tmp_path):
    path = tmp_path / "half.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE webhook_delivery (in_the_way TEXT)")
    connection.close()
    with pytest.raises(Exception, match="webhook_delivery"):
        migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert tables == {"webhook_delivery"}


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_mall_id_leads_every_key_where_a_mall_exists(table):
    if table.name == "audit_line":
        return
    if "mall_id" in table.columns:
        assert next(iter(table.primary_key.columns)).name == "mall_id"
        for constraint in table.foreign_key_constraints:
            assert constraint.column_keys[0] == "mall_id"


async def test_one_pending_verification_per_purpose(database):
    sql = """INSERT INTO sms_verification (id, channel_id, chat_user_id, purpose, phone_hash, phone_enc, key_id,
        attempts, max_attempts, created_at, expires_at, resend_after, state)
    VALUES (:id, 'c', 'u', 'orders', 'h', :enc, 'k', 0, 5, 1, 2, 1, :state)
    ON CONFLICT (channel_id, chat_user_id, purpose) WHERE state = 'pending' DO NOTHING RETURNING id"""
    assert await database.write(sql, id="1", enc=b"x", state="pending")
    assert await database.write(sql, id="2", enc=b"x", state="pending") == []
    assert await database.write(sql, id="3", enc=b"x", state="verified")


def test_opening_does_not_migrate(tmp_path):
    url = f"sqlite:///{tmp_path}/a.db"
    asyncio.run(open_database(url).close())
    assert Path(tmp_path / "a.db").exists()
    assert pending(url)


def test_down_to_nothing(empty_url):
    migrate(empty_url)
    with_connection(empty_url, lambda c: command.downgrade(_config(c), "base"))
    tables = with_connection(empty_url, lambda c: inspect(c).get_table_names())
    assert tables == ["alembic_version"]


async def test_down_and_up_again_with_claims_that_wait(empty_url):
    """A step back forgets the queue, never a receipt; two of one order that wait stand in nobody's way."""
    await asyncio.to_thread(migrate, empty_url)
    database = open_database(empty_url)
    await database.write(
        """INSERT INTO plan (mall_id, id, shop_no, channel_id, command, order_id, customer_enc, seen, shown_enc,
            settings_version, created_at, expires_at)
        VALUES ('m', 'p1', 1, 'c', 'x', 'o', :enc, '', :enc, 1, 1, 2),
            ('m', 'p2', 1, 'c', 'x', 'o', :enc, '', :enc, 1, 1, 2)""",
        enc=b"x",
    )
    for name in ("1", "2"):
        await database.write(
            """INSERT INTO intent (mall_id, id, plan_id, job_id, order_id, state, by_kind, by_id, at, finished,
                stale, answered, channel_id, kind, due_at)
            VALUES ('m', :id, :plan, :job, 'o', 'pending', 'user', 'u', 1, 1, 0, 1, 'c', 'return', 5)""",
            id=f"i{name}",
            plan=f"p{name}",
            job=f"j{name}",
        )
    await database.close()

    def down_and_up():
        with_connection(empty_url, lambda c: command.downgrade(_config(c), "0002"))
        migrate(empty_url)

    await asyncio.to_thread(down_and_up)
    database = open_database(empty_url)
    rows = await database.read("SELECT id, state, due_at FROM intent ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [("i1", "pending", None), ("i2", "pending", None)]
    sql = "UPDATE intent SET finished = 0 WHERE id = :id"
    await database.write(sql, id="i1")
    with pytest.raises(Duplicate):
        await database.write(sql, id="i2")
    await database.close()
    assert await asyncio.to_thread(differences, empty_url) == []
