"""What repositories and jobs need of a database."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

Row = Mapping[str, Any]


class Statements(Protocol):
    async def run(self, sql: str, **params: object) -> list[Row]:
        """One statement with `:named` parameters; the rows it returns, if any."""
        ...


class Database(Protocol):
    """SQLite or PostgreSQL. `write` is one statement in its own transaction; `transaction` holds several."""

    async def read(self, sql: str, **params: object) -> list[Row]: ...

    async def write(self, sql: str, **params: object) -> list[Row]: ...

    def transaction(self) -> AbstractAsyncContextManager[Statements]: ...
