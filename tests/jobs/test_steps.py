"""Marked before the call, recorded after it: one effect whatever happens between."""

from contextlib import suppress

import pytest

from app.errors import OutcomeUnknown, Rejected, Unavailable
from app.ports import Interrupted

from .given import Killed, rows, worker_of


async def test_a_recorded_step_is_not_run_again(database, jobs, clock):
    calls = []

    def work(name):
        async def run():
            calls.append(name)
            return {"name": name, "n": [1, "가"]}

        return run

    async def handler(job):
        one = await job.step("one", work("one"))
        two = await job.step("two", work("two"), mark=True)
        assert (one, two) == ({"name": "one", "n": [1, "가"]}, {"name": "two", "n": [1, "가"]})
        if job.attempt == 1:
            raise Unavailable("cafe24", "read")

    worker = worker_of(database, jobs, clock, {"k": handler})
    await jobs.put("mall", "k", {})
    await worker.run_once()
    clock.pass_(minutes=1)
    await worker.run_once()
    assert calls == ["one", "two"]
    assert (await rows(database))[0]["state"] == "done"
    assert b"name" not in (await database.read("SELECT answer_enc FROM job_step"))[0]["answer_enc"]


class Mall:
    """One order of a mall that may be cancelled once, and a call that may break after its effect."""

    def __init__(self, *failures):
        self.cancelled = 0
        self.calls = 0
        self.failures = list(failures)

    async def cancel(self):
        self.calls += 1
        effect, error = self.failures.pop(0) if self.failures else (True, None)
        self.cancelled += effect
        if error is not None:
            raise error
        return "C1"

    async def handle(self, job):
        try:
            claim = await job.step("cancel", self.cancel, mark=True)
        except Interrupted as mark:
            if self.cancelled:
                await job.step.settle(mark.step, "C1")
            else:
                await job.step.forget(mark.step)
            claim = await job.step("cancel", self.cancel, mark=True)
        assert claim == "C1"


UNKNOWN = OutcomeUnknown("cafe24", "cancel")
AWAY = Unavailable("cafe24", "cancel")
STORIES = [
    ("no trouble", [], 1),
    ("killed after the effect", [(True, Killed())], 1),
    ("killed before the effect", [(False, Killed())], 2),
    ("time-out after the effect", [(True, UNKNOWN)], 1),
    ("time-out without effect", [(False, UNKNOWN)], 2),
    ("surely without effect", [(False, AWAY), (False, AWAY)], 3),
    ("killed, then time-out", [(False, Killed()), (True, UNKNOWN)], 2),
    ("a fault of ours after the effect", [(True, KeyError())], 1),
]


@pytest.mark.parametrize(("_case", "failures", "calls"), STORIES, ids=[story[0] for story in STORIES])
async def test_one_effect_whatever_happens(database, jobs, clock, _case, failures, calls):
    mall = Mall(*failures)
    await jobs.put("mall", "k", {})
    for n in range(5):
        worker = worker_of(database, jobs, clock, {"k": mall.handle}, f"w{n}")
        with suppress(Killed):
            await worker.run_once()
        clock.pass_(minutes=1)
    assert (mall.cancelled, mall.calls) == (1, calls)
    assert (await rows(database))[0]["state"] == "done"


async def test_an_interruption_that_nobody_reconciles_is_visible(database, jobs, clock):
    mall = Mall((True, Killed()))

    async def careless(job):
        await job.step("cancel", mall.cancel, mark=True)

    worker = worker_of(database, jobs, clock, {"k": careless})
    await jobs.put("mall", "k", {})
    with pytest.raises(Killed):
        await worker.run_once()
    clock.pass_(minutes=1)
    await worker.run_once()
    (row,) = await rows(database)
    assert (mall.cancelled, row["state"], row["error"]) == (1, "failed", "Interrupted")


async def test_an_unmarked_call_of_unknown_outcome_is_not_repeated(database, jobs, clock):
    mall = Mall((True, UNKNOWN))

    async def careless(job):
        await job.step("cancel", mall.cancel)

    worker = worker_of(database, jobs, clock, {"k": careless})
    await jobs.put("mall", "k", {})
    await worker.run_once()
    clock.pass_(hours=1)
    assert await worker.run_once() == 0
    assert (mall.calls, (await rows(database))[0]["error"]) == (1, "OutcomeUnknown")


async def test_a_refused_call_leaves_no_mark(database, jobs, clock):
    mall = Mall((False, Rejected("cafe24", "cancel")))
    await jobs.put("mall", "k", {})
    await worker_of(database, jobs, clock, {"k": mall.handle}).run_once()
    assert await database.read("SELECT * FROM job_step") == []


async def test_a_mark_is_seen_by_a_program_that_no_longer_marks(database, jobs, clock):
    mall = Mall((True, Killed()))

    async def changed(job):
        await job.step("cancel", mall.cancel, mark=job.attempt == 1)

    worker = worker_of(database, jobs, clock, {"k": changed})
    await jobs.put("mall", "k", {})
    with pytest.raises(Killed):
        await worker.run_once()
    clock.pass_(minutes=1)
    await worker.run_once()
    assert (mall.calls, (await rows(database))[0]["error"]) == (1, "Interrupted")
