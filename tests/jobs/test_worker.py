"""Order, uniqueness, retries and dead letters."""

import asyncio
from datetime import timedelta

import pytest

from app.errors import Rejected, Throttled, Unavailable
from app.ports import Jobs
from tests.store.given import NOON

from .given import Killed, Seen, rows, worker_of


async def test_jobs_of_a_mall_run_in_order_of_their_time(database, jobs, clock):
    seen = Seen()
    worker = worker_of(database, jobs, clock, {"k": seen})
    for name, minutes in (("late", 2), ("now-1", 0), ("now-2", 0), ("later", 60), ("past", -5)):
        await jobs.put("mall", "k", {"name": name}, due_at=NOON + timedelta(minutes=minutes))
    assert await worker.run_once() == 3
    assert seen.names == ["past", "now-1", "now-2"]
    clock.pass_(minutes=2)
    assert await worker.run_once("mall") == 1
    assert await worker.run_once() == 0
    assert seen.names[-1] == "late"


async def test_a_job_brings_what_was_put(database, jobs, clock):
    seen = Seen()
    job_id = await jobs.put("mall", "k", {"name": "가", "n": [1, None]})
    await worker_of(database, jobs, clock, {"k": seen}).run_once()
    (job,) = seen.jobs
    assert (job.id, job.mall_id, job.kind, job.attempt) == (job_id, "mall", "k", 1)
    assert job.payload == {"name": "가", "n": [1, None]}
    assert "가" not in repr(await rows(database))


async def test_only_the_mall_asked_for(database, jobs, clock):
    seen = Seen()
    for mall in ("a", "b"):
        await jobs.put(mall, "k", {"name": mall})
    assert await worker_of(database, jobs, clock, {"k": seen}).run_once("b") == 1
    assert seen.names == ["b"]


async def test_unique_per_mall_and_also_when_done(database, jobs, clock):
    port: Jobs = jobs
    seen = Seen()
    puts = await asyncio.gather(*(port.put("a", "k", {}, unique="u") for _ in range(5)))
    assert sum(put is not None for put in puts) == 1
    assert await port.put("b", "k", {}, unique="u") is not None
    worker = worker_of(database, jobs, clock, {"k": seen})
    assert await worker.run_once() == 2
    assert await port.put("a", "k", {}, unique="u") is None
    assert await worker.run_once() == 0


async def test_throttled_waits_and_costs_no_attempt(database, jobs, clock):
    attempts = []

    async def handler(job):
        attempts.append(job.attempt)
        if len(attempts) < 3:
            raise Throttled("cafe24", "read", retry_after=20)

    worker = worker_of(database, jobs, clock, {"k": handler})
    await jobs.put("mall", "k", {})
    assert await worker.run_once() == 1
    clock.pass_(seconds=19)
    assert await worker.run_once() == 0
    for _ in range(2):
        clock.pass_(seconds=20)
        assert await worker.run_once() == 1
    assert attempts == [1, 1, 1]
    assert (await rows(database))[0]["state"] == "done"


async def test_given_up_keeps_the_type_of_the_error_and_no_text(database, jobs, clock):
    async def handler(job):
        raise Unavailable("cafe24", "read", note="010-1234-5678")

    worker = worker_of(database, jobs, clock, {"k": handler})
    await jobs.put("mall", "k", {})
    ran = 0
    while (await rows(database))[0]["state"] == "ready":
        ran += await worker.run_once()
        clock.pass_(minutes=10)
    (row,) = await rows(database)
    assert (ran, row["state"], row["error"]) == (15, "failed", "Unavailable")
    assert "1234" not in repr(row)


async def test_a_failed_job_lets_the_next_one_run(database, jobs, clock):
    seen = Seen()

    async def refuse(job):
        raise Rejected("cafe24", "cancel")

    await jobs.put("mall", "refuse", {})
    await jobs.put("mall", "k", {"name": "next"})
    assert await worker_of(database, jobs, clock, {"refuse": refuse, "k": seen}).run_once() == 2
    assert [row["state"] for row in await rows(database)] == ["failed", "done"]


async def test_an_unknown_kind_waits_for_a_newer_worker(database, jobs, clock):
    seen = Seen()
    await jobs.put("mall", "new", {})
    assert await worker_of(database, jobs, clock, {}).run_once() == 1
    clock.pass_(minutes=1)
    assert await worker_of(database, jobs, clock, {"new": seen}, "w2").run_once() == 1
    assert len(seen.jobs) == 1


async def test_a_job_that_kills_its_workers_is_stopped(database, jobs, clock):
    async def handler(job):
        raise Killed

    worker = worker_of(database, jobs, clock, {"k": handler})
    await jobs.put("mall", "k", {})
    for _ in range(30):
        with pytest.raises(Killed):
            await worker.run_once()
        clock.pass_(minutes=1)
    assert await worker.run_once() == 1
    assert (await rows(database))[0]["error"] == "TooManyAttempts"
