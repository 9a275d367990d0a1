"""Both databases behave alike: values, transactions, cancelling, two writers."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.store import Duplicate, TransactionLost, open_database
from app.store.database import in_transaction
from app.store.sqlite import SqliteDatabase

PUT = (
    "INSERT INTO once (purpose, key_hash, value_enc, ends_at) VALUES (:purpose, :key_hash, :value, :ends_at)"
)
ALL = "SELECT key_hash FROM once ORDER BY key_hash"


async def put(on, key, value=None):
    await on(PUT, purpose="t", key_hash=key, value=value, ends_at=9_999_999_999_999)


async def kept(database):
    return [row["key_hash"] for row in await database.read(ALL)]


async def test_both_give_the_same_values_back(database):
    await put(database.write, "가나 ' \" 🙂", b"\x00\xff bytes")
    rows = await database.read("SELECT key_hash, value_enc, ends_at, NULL AS empty FROM once")
    assert rows == [
        {
            "key_hash": "가나 ' \" 🙂",
            "value_enc": b"\x00\xff bytes",
            "ends_at": 9_999_999_999_999,
            "empty": None,
        }
    ]


async def test_a_parameter_may_stand_twice_and_beside_casts_and_literals(database):
    rows = await database.read(
        "SELECT CAST(:a AS TEXT) AS x, ':a' AS y, CAST(:a AS TEXT) AS z -- :not one", a="val:ue"
    )
    assert rows == [{"x": "val:ue", "y": ":a", "z": "val:ue"}]


async def test_a_transaction_is_whole(database):
    async with database.transaction() as statements:
        await put(statements.run, "a")
        await put(statements.run, "b")
    assert await kept(database) == ["a", "b"]


async def test_an_error_takes_everything_back(database):
    async def break_off():
        async with database.transaction() as statements:
            await put(statements.run, "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    assert await kept(database) == []
    await put(database.write, "b")
    assert await kept(database) == ["b"]


async def test_a_failed_write_leaves_the_writer_free(database):
    await put(database.write, "a")
    with pytest.raises(Duplicate):
        await put(database.write, "a")
    await put(database.write, "b")
    assert await kept(database) == ["a", "b"]


@pytest.mark.parametrize("ticks", range(12))
async def test_cancelled_anywhere_nothing_stays_open(database, ticks):
    """Cancelled after so many turns of the loop: whole or not at all, and the next writer gets through."""

    async def two():
        async with database.transaction() as statements:
            await put(statements.run, "a")
            await put(statements.run, "b")

    task = asyncio.create_task(two())
    for _ in range(ticks):
        await asyncio.sleep(0.0005)
    task.cancel()
    await asyncio.wait([task])
    async with asyncio.timeout(5):
        await put(database.write, "c")
    assert await kept(database) in (["c"], ["a", "b", "c"])


async def test_cancelled_twice_while_rolling_back(database):
    inside = asyncio.Event()

    async def hang():
        async with database.transaction() as statements:
            await put(statements.run, "a")
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await put(database.write, "b")
    assert await kept(database) == ["b"]


async def test_a_waiting_writer_may_be_cancelled(database):
    async with database.transaction() as statements:
        await put(statements.run, "a")
        waiting = asyncio.create_task(put(database.write, "a"))
        await asyncio.sleep(0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    await put(database.write, "b")
    assert await kept(database) == ["a", "b"]


async def test_readers_do_not_wait_for_a_transaction(database):
    await put(database.write, "a")
    async with database.transaction() as statements, asyncio.timeout(5):
        await put(statements.run, "b")
        assert await kept(database) == ["a"]


async def test_two_transactions_cannot_both_count_and_add(database):
    """A limit of three, ten at once: read, then insert. The repeat of lost ones keeps the limit exact."""

    async def add_if_room(n):
        async def work(statements):
            rows = await statements.run("SELECT count(*) AS n FROM once")
            if rows[0]["n"] < 3:
                await put(statements.run, f"k{n}")
                return True
            return False

        return await in_transaction(database, work, attempts=50)

    answers = await asyncio.gather(*(add_if_room(n) for n in range(10)))
    assert sum(answers) == 3
    assert len(await kept(database)) == 3


@pytest.mark.postgres
async def test_postgres_names_a_lost_transaction(migrated_postgres):
    database = open_database(migrated_postgres)
    try:
        await database.write("DELETE FROM once")

        async def look_and_put(key, met):
            async with database.transaction() as statements:
                await statements.run("SELECT count(*) AS n FROM once")
                await met.wait()
                await put(statements.run, key)

        met = asyncio.Barrier(2)
        ends = await asyncio.gather(look_and_put("a", met), look_and_put("b", met), return_exceptions=True)
        assert [type(end) for end in ends if end is not None] == [TransactionLost]
    finally:
        await database.close()


async def test_sqlite_names_a_busy_file(tmp_path):
    database = SqliteDatabase(f"sqlite:///{tmp_path}/a.db", busy_millis=50)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TransactionLost):
            await database.write("CREATE TABLE t (a TEXT)")
        other.execute("ROLLBACK")
        await database.write("CREATE TABLE t (a TEXT)")
    finally:
        other.close()
        await database.close()


async def test_writing_beside_ones_own_transaction_is_refused_not_hung(tmp_path):
    database = open_database("sqlite:///:memory:")
    try:
        async with database.transaction():
            with pytest.raises(RuntimeError, match="own transaction"):
                await database.write("CREATE TABLE t (a TEXT)")
    finally:
        await database.close()


async def test_a_transaction_cannot_be_used_after_its_end(database):
    async with database.transaction() as statements:
        pass
    with pytest.raises(Exception):  # noqa: B017  each driver has its own
        await put(statements.run, "a")
    assert await kept(database) == []


async def test_statements_are_counted(database):
    seen: list[str] = []
    database.on_statement = seen.append
    await put(database.write, "a")
    await kept(database)
    async with database.transaction() as statements:
        await put(statements.run, "b")
    assert seen == [PUT, ALL, PUT]


async def test_ping(database):
    assert await database.ping() is True


async def test_ping_of_a_server_that_is_not_there():
    database = open_database("postgresql://nobody@127.0.0.1:1/nothing")
    assert await database.ping() is False
    await database.close()


async def test_memory_is_a_file_that_goes(tmp_path):
    database = open_database("sqlite:///:memory:")
    path = Path(database.url.removeprefix("sqlite:///"))
    assert path.exists()  # noqa: ASYNC240
    await database.close()
    assert not path.exists()  # noqa: ASYNC240


async def test_readers_cannot_write(tmp_path):
    database = open_database("sqlite:///:memory:")
    try:
        with pytest.raises(sqlite3.OperationalError):
            await database.read("CREATE TABLE t (a TEXT)")
    finally:
        await database.close()


@pytest.mark.parametrize("url", ["mysql://x", "", "sqlite", "sqlite:////proc/nowhere/a.db"])
def test_an_url_that_cannot_be_opened_says_so(url):
    with pytest.raises(Misconfigured, match="DATABASE_URL"):
        open_database(url)


def test_postgres_without_its_driver_says_what_to_install():
    program = """import sys
sys.modules["asyncpg"] = None
from app.errors import Misconfigured
from app.store import open_database
try:
    open_database("postgresql://localhost/jumun")
except Misconfigured as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "jumun[postgres]" in ran.stdout
