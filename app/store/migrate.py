"""Moves a database to the newest schema, and says whether it must. Both run their own event loop where they
need one: inside a running one call them through `asyncio.to_thread`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import NullPool

from app.errors import Misconfigured

T = TypeVar("T")


def migrate(url: str) -> None:
    """Up to the newest revision; harmless when it is there already."""

    def upgrade(connection: Connection) -> None:
        command.upgrade(_config(connection), "head")

    with_connection(url, upgrade)


def pending(url: str) -> bool:
    """The schema is older (or newer) than this program."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return with_connection(url, lambda c: MigrationContext.configure(c).get_current_revision()) != head


def with_connection(url: str, work: Callable[[Connection], T]) -> T:
    """Runs work over SQLAlchemy, which only migrations and console pages do."""
    if url.startswith("sqlite"):
        return _on_sqlite(url, work)
    return asyncio.run(_on_postgres(url, work))


def _on_sqlite(url: str, work: Callable[[Connection], T]) -> T:
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    # The driver would commit before DDL; with a BEGIN of our own a migration is whole or not at all.
    @event.listens_for(engine, "connect")
    def manual(raw: Any, _record: Any) -> None:
        raw.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.connect() as connection:
            answer = work(connection)
            connection.commit()
            return answer
    finally:
        engine.dispose()


async def _on_postgres(url: str, work: Callable[[Connection], T]) -> T:
    try:
        import asyncpg  # type: ignore[import-untyped]
        from sqlalchemy.ext.asyncio import create_async_engine
    except ImportError as error:
        raise Misconfigured("PostgreSQL needs asyncpg and greenlet: install jumun[postgres]") from error

    async def connect() -> Any:
        return await asyncpg.connect(url)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            answer = await connection.run_sync(work)
            await connection.commit()
            return answer
    finally:
        await engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    folder = Path(__file__).with_name("migrations")
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
