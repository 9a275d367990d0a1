"""SQLite over the standard library: one writer thread, a few reader threads, write-ahead log.

Every write begins IMMEDIATE: a read that turns into a write fails at once whatever `busy_timeout` says.
"""

import asyncio
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from app.errors import Misconfigured
from app.ports import Row

from .errors import Duplicate, TransactionLost
from .values import OnStatement

T = TypeVar("T")
_READERS = 4
_BUSY_MILLIS = 5000
_BUSY_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNIQUE_CODES = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


def _connect(path: Path, busy_millis: int) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {busy_millis}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _run(connection: sqlite3.Connection, sql: str, params: Mapping[str, object]) -> list[Row]:
    try:
        cursor = connection.execute(sql, params)
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _BUSY_CODES:
            raise TransactionLost("SQLite was busy") from error
        raise
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode in _UNIQUE_CODES:
            raise Duplicate("the key stands already") from error
        raise


class SqliteDatabase:
    """Use one from one event loop."""

    def __init__(self, url: str, *, busy_millis: int = _BUSY_MILLIS) -> None:
        self.on_statement: OnStatement | None = None
        self._busy_millis = busy_millis
        self._temporary: str | None = None
        path = url.removeprefix("sqlite://").removeprefix("/")
        if path in {"", ":memory:"}:
            self._temporary = tempfile.mkdtemp(prefix="jumun-")
            path = f"{self._temporary}/jumun.db"
        self._path = Path(path)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connect(self._path, busy_millis)
        except (OSError, sqlite3.Error) as error:
            raise Misconfigured(f"DATABASE_URL: the SQLite file cannot be opened ({error})") from error
        self.url = f"sqlite:///{self._path}"
        self._writer = ThreadPoolExecutor(1, "sqlite-writer")
        self._readers = ThreadPoolExecutor(_READERS, "sqlite-reader")
        self._own = threading.local()
        self._reading: list[sqlite3.Connection] = []
        self._lock = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None

    async def read(self, sql: str, **params: object) -> list[Row]:
        self._seen(sql)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, sql, params)

    async def write(self, sql: str, **params: object) -> list[Row]:
        self._seen(sql)
        async with self._turn():
            return await self._on_writer(lambda: self._write(sql, params))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["SqliteTransaction"]:
        async with self._turn():
            statements = SqliteTransaction(self)
            try:
                await self._on_writer(self._begin)
                yield statements
                await self._on_writer(self._commit)
            except BaseException:
                await self._on_writer(self._roll_back)
                raise
            finally:
                statements.over = True

    async def run_in_transaction(self, sql: str, params: Mapping[str, object]) -> list[Row]:
        self._seen(sql)
        return await self._on_writer(lambda: _run(self._connection, sql, params))

    async def ping(self) -> bool:
        try:
            await self.read("SELECT 1")
        except (sqlite3.Error, TransactionLost, RuntimeError):
            return False
        return True

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        for connection in (*self._reading, self._connection):
            connection.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task is not None and self._holder is task:
            raise RuntimeError(
                "a write inside this task's own transaction would wait for ever: use its run()"
            )
        async with self._lock:
            self._holder = task
            try:
                yield
            finally:
                self._holder = None

    async def _on_writer(self, work: Callable[[], T]) -> T:
        """A cancelled caller still waits until the thread is done, so that the writer is never left halfway."""
        future = asyncio.get_running_loop().run_in_executor(self._writer, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            while not future.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([future])
            if not future.cancelled():
                future.exception()
            raise

    def _seen(self, sql: str) -> None:
        if self.on_statement is not None:
            self.on_statement(sql)

    def _read(self, sql: str, params: Mapping[str, object]) -> list[Row]:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = _connect(self._path, self._busy_millis)
            connection.execute("PRAGMA query_only = ON")
            self._reading.append(connection)
        return _run(connection, sql, params)

    def _write(self, sql: str, params: Mapping[str, object]) -> list[Row]:
        self._begin()
        try:
            rows = _run(self._connection, sql, params)
            self._commit()
        except BaseException:
            self._roll_back()
            raise
        return rows

    def _begin(self) -> None:
        _run(self._connection, "BEGIN IMMEDIATE", {})

    def _commit(self) -> None:
        _run(self._connection, "COMMIT", {})

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


class SqliteTransaction:
    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self.over = False

    async def run(self, sql: str, **params: object) -> list[Row]:
        if self.over:
            raise RuntimeError("this transaction is over")
        return await self._database.run_in_transaction(sql, params)
