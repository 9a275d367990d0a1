"""PostgreSQL over asyncpg: a pool, `:name` turned into `$n` once per SQL text.

Transactions are SERIALIZABLE, so that what holds on SQLite's single writer holds here: instead of waiting, one of
two transactions that saw each other's past ends with `TransactionLost`. Single writes compare and set.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache

import asyncpg  # type: ignore[import-untyped]

from app.ports import Row

from .errors import Duplicate, TransactionLost
from .values import OnStatement

_CONNECTIONS = 10
_TIMEOUT_SECONDS = 30
_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | ::\w+ | (?<![\w:]):(?P<name>[a-z_]\w*)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """The text with `$n`, and the names in the order of n. Casts, literals and comments stay as they are."""
    names: list[str] = []

    def replace(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return match[0]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _TOKEN.sub(replace, sql), tuple(names)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as error:
        raise TransactionLost("PostgreSQL could not order this transaction") from error
    except asyncpg.UniqueViolationError as error:
        # The driver's text holds the values of the key.
        raise Duplicate(f"the key stands already: {error.constraint_name}") from None


async def _fetch(
    on: "asyncpg.Pool | asyncpg.pool.PoolConnectionProxy", sql: str, params: Mapping[str, object]
) -> list[Row]:
    text, names = numbered(sql)
    return [dict(record) for record in await on.fetch(text, *[params[name] for name in names])]


class PostgresDatabase:
    """Use one from one event loop."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.on_statement: OnStatement | None = None
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def read(self, sql: str, **params: object) -> list[Row]:
        return await self.write(sql, **params)

    async def write(self, sql: str, **params: object) -> list[Row]:
        self._seen(sql)
        with _named_errors():
            return await _fetch(await self._connected(), sql, params)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["PostgresTransaction"]:
        pool = await self._connected()
        with _named_errors():
            async with pool.acquire() as connection, connection.transaction(isolation="serializable"):
                yield PostgresTransaction(connection, self._seen)

    async def ping(self) -> bool:
        try:
            await self.read("SELECT 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        async with self._opening:
            if self._pool is not None:
                await self._pool.close()
                self._pool = None

    async def _connected(self) -> asyncpg.Pool:
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    self._pool = await asyncpg.create_pool(
                        self.url, min_size=1, max_size=_CONNECTIONS, command_timeout=_TIMEOUT_SECONDS
                    )
        return self._pool

    def _seen(self, sql: str) -> None:
        if self.on_statement is not None:
            self.on_statement(sql)


class PostgresTransaction:
    def __init__(self, connection: "asyncpg.pool.PoolConnectionProxy", seen: OnStatement) -> None:
        self._connection = connection
        self._seen = seen

    async def run(self, sql: str, **params: object) -> list[Row]:
        self._seen(sql)
        with _named_errors():
            return await _fetch(self._connection, sql, params)
