"""Recurring jobs, stopping, and going on."""

import asyncio
from datetime import timedelta

import pytest

from app.clock import to_millis
from tests.store.given import NOON

from .given import Seen, rows, worker_of


async def test_every_runs_once_a_period_whoever_is_first(database, jobs, clock):
    seen = Seen()
    workers = [worker_of(database, jobs, clock, {"purge": seen}, f"w{n}") for n in range(3)]
    for worker in workers:
        worker.every("purge", timedelta(hours=1))
    for minutes, expected in ((0, 1), (59, 1), (1, 2), (30, 2), (90, 3), (0, 3)):
        clock.pass_(minutes=minutes)
        await asyncio.gather(*(worker.run_once() for worker in workers))
        assert len(seen.jobs) == expected


async def test_a_restarted_worker_does_not_repeat_the_period(database, jobs, clock):
    seen = Seen()
    for n in range(3):
        worker = worker_of(database, jobs, clock, {"purge": seen}, f"w{n}")
        worker.every("purge", timedelta(days=1))
        await worker.run_once()
    assert len(seen.jobs) == 1


async def test_stop_lets_the_running_job_end_and_begins_no_other(database, jobs, clock):
    stop, started, ended = asyncio.Event(), asyncio.Event(), []

    async def handler(job):
        started.set()
        await asyncio.sleep(0.05)
        ended.append(job.payload["n"])

    for n in range(3):
        await jobs.put("mall", "k", {"n": n})
    running = asyncio.create_task(worker_of(database, jobs, clock, {"k": handler}).run_forever(stop))
    await started.wait()
    stop.set()
    async with asyncio.timeout(5):
        await running
    assert ended == [0]
    lease = await database.read("SELECT lease_until FROM mall_lease")
    assert lease == [{"lease_until": 0}]


async def test_a_new_job_does_not_wait_for_the_next_look(database, jobs, clock):
    stop, ran = asyncio.Event(), asyncio.Event()

    async def handler(job):
        ran.set()

    worker = worker_of(database, jobs, clock, {"k": handler}, look_every=60)
    running = asyncio.create_task(worker.run_forever(stop))
    await asyncio.sleep(0.1)
    await jobs.put("mall", "k", {})
    async with asyncio.timeout(5):
        await ran.wait()
        stop.set()
        await running


async def test_a_slow_mall_does_not_hold_up_another(database, jobs, clock):
    stop, gate, ran = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(job):
        await gate.wait()

    async def quick(job):
        ran.set()

    await jobs.put("a", "slow", {})
    worker = worker_of(database, jobs, clock, {"slow": slow, "quick": quick}, look_every=0.05)
    running = asyncio.create_task(worker.run_forever(stop))
    await asyncio.sleep(0.05)
    await jobs.put("b", "quick", {})
    async with asyncio.timeout(5):
        await ran.wait()
        stop.set()
        gate.set()
        await running


async def test_cancelling_gives_the_mall_back_and_leaves_the_job(database, jobs, clock):
    started = asyncio.Event()

    async def handler(job):
        started.set()
        await asyncio.sleep(60)

    await jobs.put("mall", "k", {})
    running = asyncio.create_task(
        worker_of(database, jobs, clock, {"k": handler}).run_forever(asyncio.Event())
    )
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (row,) = await rows(database)
    assert (row["state"], row["due_at"]) == ("ready", to_millis(NOON))
    seen = Seen()
    assert await worker_of(database, jobs, clock, {"k": seen}, "w2").run_once() == 1


async def test_cancelled_in_a_marked_call_the_mall_waits_for_the_lease(database, jobs, clock):
    """The call may still be on its way: an heir that reads the mall at once would not see it, and call again."""
    started = asyncio.Event()

    async def call():
        started.set()
        await asyncio.sleep(60)

    async def handler(job):
        await job.step("call", call, mark=True)

    await jobs.put("mall", "k", {})
    running = asyncio.create_task(worker_of(database, jobs, clock, {"k": handler}).run_once())
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    seen = Seen()
    heir = worker_of(database, jobs, clock, {"k": seen}, "w2")
    clock.pass_(seconds=29)
    assert await heir.run_once() == 0
    clock.pass_(seconds=1)
    assert await heir.run_once() == 1
    assert seen.jobs[0].step.open_marks == {"call"}


async def test_the_worker_outlives_a_database_that_is_away(database, jobs, clock):
    stop, ran = asyncio.Event(), asyncio.Event()

    async def handler(job):
        ran.set()

    worker = worker_of(database, jobs, clock, {"k": handler}, look_every=0.02)
    await database.write("ALTER TABLE job RENAME TO job_away")
    running = asyncio.create_task(worker.run_forever(stop))
    await asyncio.sleep(0.1)
    await database.write("ALTER TABLE job_away RENAME TO job")
    await jobs.put("mall", "k", {})
    async with asyncio.timeout(5):
        await ran.wait()
        stop.set()
        await running
