"""Durable steps: mark, call, record. What was recorded is never called again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import orjson

from app.clock import Clock, from_millis, to_millis
from app.errors import Unauthorized
from app.keys import KeyRing
from app.ports import Database, Interrupted
from app.store.sealed import STEP_ANSWER
from commands.kernel.ports import MallRefused, Unavailable

from .leases import Lease, Leases

_THROTTLED = "worker:throttled"
_WITHOUT_EFFECT = (Unavailable, Unauthorized, MallRefused)


class DurableSteps:
    """The steps of one attempt at one job. `open_marks`: marked calls whose answer nobody knows; `answered_marks`:
    marked calls that were made.
    """

    def __init__(
        self, database: Database, keys: KeyRing, clock: Clock, leases: Leases, lease: Lease, job_id: str
    ) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._leases = leases
        self._lease = lease
        self._row = {"mall_id": lease.mall_id, "job_id": job_id}
        self._answers: dict[str, bytes] = {}
        self.open_marks: set[str] = set()
        self.answered_marks: set[str] = set()

    async def load(self) -> "DurableSteps":
        rows = await self._database.read(
            "SELECT name, marked, answer_enc FROM job_step WHERE mall_id = :mall_id AND job_id = :job_id",
            **self._row,
        )
        for row in rows:
            if row["answer_enc"] is None:
                self.open_marks.add(row["name"])
            else:
                opened = STEP_ANSWER.open(self._keys, row["answer_enc"], self._row["job_id"], row["name"])
                self._answers[row["name"]] = opened
                if row["marked"]:
                    self.answered_marks.add(row["name"])
        return self

    async def __call__(self, name: str, work: Callable[[], Awaitable[Any]], *, mark: bool = False) -> Any:
        if name in self._answers:
            return orjson.loads(self._answers[name])
        if name in self.open_marks:
            raise Interrupted(name)
        # Whoever lost the mall must not begin anything; and the next one has the whole lease before it.
        await self._leases.renew(self._lease)
        if mark:
            await self._mark(name)
        try:
            answer = await work()
        except _WITHOUT_EFFECT:
            if mark:
                await self.forget(name)
            raise
        return await self._record(name, answer)

    async def throttled_since(self) -> datetime:
        """When this job was first asked to wait, which is now if it never was."""
        return from_millis(await self._record(_THROTTLED, to_millis(self._clock())))

    async def settle(self, name: str, answer: Any) -> None:
        await self._record(name, answer)

    async def forget(self, name: str) -> None:
        await self._database.write(
            """DELETE FROM job_step WHERE mall_id = :mall_id AND job_id = :job_id AND name = :name
            AND answer_enc IS NULL""",
            **self._row,
            name=name,
        )
        self.open_marks.discard(name)

    async def _mark(self, name: str) -> None:
        rows = await self._database.write(
            """INSERT INTO job_step (mall_id, job_id, name, marked, marked_at)
            VALUES (:mall_id, :job_id, :name, 1, :at)
            ON CONFLICT DO NOTHING RETURNING name""",
            **self._row,
            name=name,
            at=to_millis(self._clock()),
        )
        self.open_marks.add(name)
        if not rows:
            raise Interrupted(name)

    async def _record(self, name: str, answer: Any) -> Any:
        """The first answer stands. What the handler goes on with is what a restart would give it."""
        plain = orjson.dumps(answer)
        rows = await self._database.write(
            """INSERT INTO job_step (mall_id, job_id, name, marked, marked_at, answer_enc)
            VALUES (:mall_id, :job_id, :name, 0, :at, :answer_enc)
            ON CONFLICT (mall_id, job_id, name) DO UPDATE SET answer_enc = excluded.answer_enc
                WHERE job_step.answer_enc IS NULL
            RETURNING name""",
            **self._row,
            name=name,
            at=to_millis(self._clock()),
            answer_enc=STEP_ANSWER.seal(self._keys, plain, self._row["job_id"], name),
        )
        if not rows:
            await self.load()
            return orjson.loads(self._answers[name])
        if name in self.open_marks:
            self.open_marks.discard(name)
            self.answered_marks.add(name)
        self._answers[name] = plain
        return orjson.loads(plain)
