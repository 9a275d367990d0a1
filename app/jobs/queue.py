"""The job table. A job is `ready` until it is done or failed; who may run it is the mall's lease."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.clock import Clock, to_millis
from app.ids import new_id
from app.keys import KeyRing
from app.ports import Database, Job, Statements
from app.store.sealed import JOB_PAYLOAD
from app.store.values import from_json, to_json

from .leases import HELD, Lease, Leases
from .steps import DurableSteps


@dataclass(frozen=True, slots=True)
class Claimed:
    """A due job of a mall that we hold; its attempt is counted already."""

    lease: Lease
    id: str
    kind: str
    attempt: int
    payload_enc: bytes | None


_PUT = """INSERT INTO job (mall_id, id, kind, payload_enc, unique_key, due_at, attempt, state, created_at)
VALUES (:mall_id, :id, :kind, :payload_enc, :unique_key, :due_at, 0, 'ready', :now)
ON CONFLICT DO NOTHING RETURNING id"""


class JobQueue:
    """The `Jobs` port, and what a worker needs of the same table."""

    def __init__(self, database: Database, keys: KeyRing, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self.added = asyncio.Event()
        """Set by each `put` of this process, so that its workers need not wait for their next look."""

    async def put(
        self,
        mall_id: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        due_at: datetime | None = None,
        unique: str | None = None,
    ) -> str | None:
        job_id = new_id(self._clock())
        rows = await self._database.write(_PUT, **self._row(mall_id, kind, payload, job_id, due_at, unique))
        self.added.set()
        return job_id if rows else None

    async def put_in(
        self,
        statements: Statements,
        mall_id: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        job_id: str | None = None,
        due_at: datetime | None = None,
        unique: str | None = None,
    ) -> str | None:
        chosen = job_id or new_id(self._clock())
        rows = await statements.run(_PUT, **self._row(mall_id, kind, payload, chosen, due_at, unique))
        return chosen if rows else None

    def wake(self) -> None:
        self.added.set()

    def _row(
        self,
        mall_id: str,
        kind: str,
        payload: Mapping[str, Any],
        job_id: str,
        due_at: datetime | None,
        unique: str | None,
    ) -> dict[str, object]:
        now = self._clock()
        return {
            "mall_id": mall_id,
            "id": job_id,
            "kind": kind,
            "payload_enc": JOB_PAYLOAD.seal(self._keys, to_json(dict(payload)).encode(), job_id),
            "unique_key": unique,
            "due_at": to_millis(due_at or now),
            "now": to_millis(now),
        }

    async def due_malls(self, at_most: int) -> list[str]:
        """Malls with due work that nobody holds, the longest waiting first."""
        rows = await self._database.read(
            """SELECT job.mall_id FROM job LEFT JOIN mall_lease ON mall_lease.mall_id = job.mall_id
            WHERE job.state = 'ready' AND job.due_at <= :now
                AND (mall_lease.lease_until IS NULL OR mall_lease.lease_until <= :now)
            GROUP BY job.mall_id ORDER BY min(job.due_at), job.mall_id LIMIT :at_most""",
            now=to_millis(self._clock()),
            at_most=at_most,
        )
        return [row["mall_id"] for row in rows]

    async def claim(self, lease: Lease) -> Claimed | None:
        """The mall's next due job. Counted before it runs, so that one that kills its worker is seen to."""
        rows = await self._database.write(
            f"""UPDATE job SET attempt = attempt + 1
            WHERE mall_id = :mall_id AND state = 'ready' AND {HELD} AND id = (
                SELECT next.id FROM job AS next
                WHERE next.mall_id = :mall_id AND next.state = 'ready' AND next.due_at <= :now
                ORDER BY next.due_at, next.id LIMIT 1)
            RETURNING id, kind, attempt, payload_enc""",  # noqa: S608
            **_holder(lease),
            now=to_millis(self._clock()),
        )
        return Claimed(lease, **rows[0]) if rows else None

    async def open(self, claimed: Claimed, leases: Leases) -> tuple[Job, DurableSteps]:
        """Raises `BadToken` when its key is gone."""
        steps = DurableSteps(self._database, self._keys, self._clock, leases, claimed.lease, claimed.id)
        await steps.load()
        plain = JOB_PAYLOAD.open(self._keys, claimed.payload_enc or b"", claimed.id)
        mall_id = claimed.lease.mall_id
        return Job(claimed.id, mall_id, claimed.kind, from_json(plain), claimed.attempt, steps), steps

    async def finish(self, claimed: Claimed) -> None:
        await self._change(claimed, "state = 'done', ended_at = :now")

    async def fail(self, claimed: Claimed, error: str) -> None:
        """A dead letter: the type of the error, never its text."""
        await self._change(claimed, "state = 'failed', error = :error, ended_at = :now", error=error)

    async def later(self, claimed: Claimed, wait: timedelta, *, counts: bool, error: str) -> None:
        due_at = to_millis(self._clock() + wait)
        counted = claimed.attempt if counts else claimed.attempt - 1
        await self._change(
            claimed,
            "due_at = :due_at, attempt = :attempt, error = :error",
            due_at=due_at,
            attempt=counted,
            error=error,
        )

    async def _change(self, claimed: Claimed, change: str, **params: object) -> None:
        """Without effect when the mall was taken over: its new holder decides."""
        if ":now" in change:
            params["now"] = to_millis(self._clock())
        await self._database.write(
            f"""UPDATE job SET {change}
            WHERE mall_id = :mall_id AND id = :id AND state = 'ready' AND {HELD}""",  # noqa: S608
            **_holder(claimed.lease),
            id=claimed.id,
            **params,
        )


def _holder(lease: Lease) -> dict[str, object]:
    return {"mall_id": lease.mall_id, "holder": lease.holder, "turn": lease.turn}
