"""One worker a mall, and what happens when it dies or stalls."""

import asyncio
from datetime import timedelta

import pytest

from app.clock import system_clock
from app.jobs import JobQueue
from app.store import open_database
from tests.store.given import keys

from .given import Killed, Seen, rows, worker_of


async def test_two_workers_run_each_job_once_and_one_at_a_time_per_mall(database_url, clock):
    names, busy, overlaps = [], set(), []

    async def handler(job):
        if job.mall_id in busy:
            overlaps.append(job.mall_id)
        busy.add(job.mall_id)
        await asyncio.sleep(0.002)
        busy.discard(job.mall_id)
        names.append((job.mall_id, job.payload["n"]))

    databases = [open_database(database_url) for _ in range(2)]
    try:
        queues = [JobQueue(one, keys(), clock) for one in databases]
        for n in range(6):
            for mall in ("a", "b", "c"):
                await queues[n % 2].put(mall, "k", {"n": n})
        workers = [
            worker_of(one, queue, clock, {"k": handler}, f"w{i}")
            for i, (one, queue) in enumerate(zip(databases, queues, strict=True))
        ]
        while sum(await asyncio.gather(*(w.run_once() for w in workers * 2))):
            pass
    finally:
        for one in databases:
            await one.close()
    assert overlaps == []
    for mall in ("a", "b", "c"):
        assert [n for which, n in names if which == mall] == list(range(6))


async def test_a_dead_workers_mall_is_taken_over_after_the_lease(database, jobs, clock):
    seen = Seen()

    async def die(job):
        raise Killed

    await jobs.put("mall", "k", {"name": "it"})
    with pytest.raises(Killed):
        await worker_of(database, jobs, clock, {"k": die}).run_once()
    heir = worker_of(database, jobs, clock, {"k": seen}, "w2")
    clock.pass_(seconds=29)
    assert await heir.run_once() == await heir.run_once("mall") == 0
    clock.pass_(seconds=1)
    assert await heir.run_once() == 1
    assert [(job.payload["name"], job.attempt) for job in seen.jobs] == [("it", 2)]


async def test_a_worker_that_lost_its_mall_stops_and_decides_nothing(database, jobs, clock):
    started, ended, seen = asyncio.Event(), [], Seen()

    async def stall(job):
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("stopped")

    await jobs.put("mall", "k", {})
    slow = worker_of(database, jobs, clock, {"k": stall}, lease=timedelta(seconds=0.3))
    running = asyncio.create_task(slow.run_once())
    await started.wait()
    clock.pass_(minutes=1)  # it slept too long: another one takes the mall over
    assert await worker_of(database, jobs, clock, {"k": seen}, "w2").run_once() == 1
    async with asyncio.timeout(5):
        assert await running == 1
    assert ended == ["stopped"]
    assert len(seen.jobs) == 1
    (row,) = await rows(database)
    assert (row["state"], row["attempt"]) == ("done", 2)


async def test_a_stale_worker_begins_no_call(database, jobs, clock):
    """It wakes between two steps, after the mall was taken over: the marked call must not begin."""
    effects, taken = [], Seen()

    async def work():
        effects.append("called")

    async def stale(job):
        clock.pass_(minutes=1)
        await worker_of(database, jobs, clock, {"k": taken}, "w2").run_once()
        await job.step("cancel", work, mark=True)

    await jobs.put("mall", "k", {})
    assert await worker_of(database, jobs, clock, {"k": stale}).run_once() == 1
    assert (effects, len(taken.jobs)) == ([], 1)
    assert (await rows(database))[0]["state"] == "done"


async def test_a_long_job_keeps_its_mall(database):
    jobs = JobQueue(database, keys(), system_clock)
    started, ran = asyncio.Event(), Seen()

    async def long(job):
        started.set()
        await asyncio.sleep(0.9)
        await ran(job)

    options = {"lease": timedelta(seconds=0.3)}
    await jobs.put("mall", "k", {})
    first = asyncio.create_task(worker_of(database, jobs, system_clock, {"k": long}, **options).run_once())
    await started.wait()
    other = worker_of(database, jobs, system_clock, {"k": long}, "w2", **options)
    while not first.done():
        assert await other.run_once() == 0
        await asyncio.sleep(0.05)
    assert await first == 1
    assert len(ran.jobs) == 1
