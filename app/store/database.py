"""The one way to a database: `open_database(url)`, then read, write and transaction on either of the two.

Both keep the same plain values: instants as epoch milliseconds, JSON as text, booleans as 0 and 1.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from app.errors import Misconfigured
from app.ports import Database, Statements

from .errors import TransactionLost
from .values import OnStatement

T = TypeVar("T")


class OpenDatabase(Database, Protocol):
    """A `Database` with its life. `on_statement` sees the text of each statement: tests count with it."""

    url: str
    on_statement: OnStatement | None

    async def ping(self) -> bool:
        """It answers."""
        ...

    async def close(self) -> None: ...


def open_database(url: str) -> OpenDatabase:
    """Connects with the first statement. `sqlite:///:memory:` is a temporary file that goes with `close`."""
    if url.startswith("sqlite://"):
        from .sqlite import SqliteDatabase

        return SqliteDatabase(url)
    if url.startswith(("postgresql://", "postgres://")):
        try:
            from .postgres import PostgresDatabase
        except ImportError as error:
            message = "DATABASE_URL names PostgreSQL, but asyncpg is missing: install jumun[postgres]"
            raise Misconfigured(message) from error
        return PostgresDatabase(url)
    raise Misconfigured("DATABASE_URL must start with sqlite:/// or postgresql://")


async def in_transaction(
    database: Database, work: Callable[[Statements], Awaitable[T]], *, attempts: int = 5
) -> T:
    """Repeats work that lost to another writer. `work` may run several times: it touches the database only."""
    for _ in range(attempts - 1):
        try:
            async with database.transaction() as statements:
                return await work(statements)
        except TransactionLost:
            continue
    async with database.transaction() as statements:
        return await work(statements)
