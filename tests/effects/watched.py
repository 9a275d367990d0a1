"""A database whose every statement is announced before and after, so that a test can die between any two."""

from contextlib import asynccontextmanager


class Killed(BaseException):
    """The process is gone: nothing that it still tries reaches the database."""


class Watch:
    """Counts places; from the `dies_at`-th on, whatever is tried raises `Killed`."""

    def __init__(self, dies_at=None):
        self.dies_at = dies_at
        self.places = []

    def __call__(self, place):
        self.places.append(place)
        if self.dies_at is not None and len(self.places) > self.dies_at:
            raise Killed(place)


def named(sql):
    return " ".join(sql.split()[:3])


class Watched:
    def __init__(self, database, watch):
        self._database = database
        self._watch = watch
        self.url = database.url
        self.on_statement = None

    async def read(self, sql, **params):
        self._watch(f"before {named(sql)}")
        rows = await self._database.read(sql, **params)
        self._watch(f"after {named(sql)}")
        return rows

    async def write(self, sql, **params):
        self._watch(f"before {named(sql)}")
        rows = await self._database.write(sql, **params)
        self._watch(f"after {named(sql)}")
        return rows

    @asynccontextmanager
    async def transaction(self):
        self._watch("before begin")
        async with self._database.transaction() as statements:
            yield WatchedStatements(statements, self._watch)
            self._watch("before commit")
        self._watch("after commit")

    async def ping(self):
        return await self._database.ping()

    async def close(self):
        await self._database.close()


class WatchedStatements:
    def __init__(self, statements, watch):
        self._statements = statements
        self._watch = watch

    async def run(self, sql, **params):
        self._watch(f"before {named(sql)}")
        rows = await self._statements.run(sql, **params)
        self._watch(f"after {named(sql)}")
        return rows
