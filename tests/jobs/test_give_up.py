"""What else ends with a job: it is settled before the job is, and by nobody who lost the mall."""

import pytest

from app.errors import OutcomeUnknown, Rejected, Unavailable
from app.jobs import JobQueue
from app.keys import KeyRing
from tests.store.given import OLDER_KEY

from .given import Killed, rows, worker_of


class Hook:
    def __init__(self, *breaks):
        self.given = []
        self.breaks = list(breaks)

    async def __call__(self, given):
        if self.breaks:
            raise self.breaks.pop(0)
        self.given.append(given)


def raises(error, *, mark=False):
    async def handler(job):
        async def call():
            raise error

        await job.step("call", call, mark=mark)

    return handler


@pytest.mark.parametrize(
    ("error", "mark", "acted"),
    [(Rejected("m", "o"), True, False), (OutcomeUnknown("m", "o"), False, False), (KeyError(), True, True)],
)
async def test_the_hook_hears_why_and_whether_a_call_may_have_been_made(
    database, jobs, clock, error, mark, acted
):
    hook = Hook()
    job_id = await jobs.put("mall", "k", {})
    worker = worker_of(database, jobs, clock, {"k": raises(error, mark=mark)}, on_give_up={"k": hook})
    for _ in range(5):
        await worker.run_once()
        clock.pass_(minutes=10)
    (given,) = hook.given
    assert (given.id, given.mall_id, given.may_have_acted) == (job_id, "mall", acted)
    assert (await rows(database))[0]["state"] == "failed"


async def test_a_call_that_was_answered_was_made(database, jobs, clock):
    hook = Hook()

    async def handler(job):
        async def call():
            return 1

        await job.step("call", call, mark=True)
        raise Rejected("m", "o")

    async def looker(job):
        async def look():
            return 1

        await job.step("look", look)
        raise Unavailable("m", "o")

    await jobs.put("mall", "k", {})
    await jobs.put("mall", "looker", {})
    handlers = {"k": handler, "looker": looker}
    hooks = {"k": hook, "looker": hook}
    for n in range(15):
        await worker_of(database, jobs, clock, handlers, f"w{n}", on_give_up=hooks).run_once()
        clock.pass_(minutes=10)
    assert [given.may_have_acted for given in hook.given] == [True, False]


async def test_not_before_the_last_attempt_nor_for_another_kind(database, jobs, clock):
    hook = Hook()
    await jobs.put("mall", "k", {})
    await jobs.put("mall", "other", {})
    handlers = {"k": raises(Unavailable("m", "o")), "other": raises(Rejected("m", "o"))}
    worker = worker_of(database, jobs, clock, handlers, on_give_up={"k": hook})
    for n in range(15):
        assert len(hook.given) == 0, n
        await worker.run_once()
        clock.pass_(minutes=10)
    assert [type(given.error) for given in hook.given] == [Unavailable]


async def test_a_hook_that_breaks_is_asked_again_and_the_job_waits(database, jobs, clock):
    hook = Hook(OSError("the database is away"))
    await jobs.put("mall", "k", {})
    worker = worker_of(database, jobs, clock, {"k": raises(Rejected("m", "o"))}, on_give_up={"k": hook})
    with pytest.raises(OSError, match="away"):
        await worker.run_once()
    assert (await rows(database))[0]["state"] == "ready"
    await worker.run_once()
    assert len(hook.given) == 1
    assert (await rows(database))[0]["state"] == "failed"


async def test_a_job_that_kills_its_workers_or_cannot_be_opened(database, jobs, clock):
    hook = Hook()

    async def deadly(job):
        raise Killed

    await jobs.put("mall", "k", {})
    worker = worker_of(database, jobs, clock, {"k": deadly}, on_give_up={"k": hook})
    for _ in range(30):
        with pytest.raises(Killed):
            await worker.run_once()
        clock.pass_(minutes=1)
    await worker.run_once()
    await JobQueue(database, KeyRing([OLDER_KEY]), clock).put("mall", "k", {})
    await worker.run_once()
    assert [(given.error, given.may_have_acted) for given in hook.given] == [(None, True)] * 2


async def test_whoever_lost_the_mall_says_nothing(database, jobs, clock):
    hook = Hook()

    async def slow(job):
        clock.pass_(seconds=31)
        heir = worker_of(database, jobs, clock, {"k": heirs}, "heir")
        assert await heir.run_once() == 1
        raise Rejected("m", "o")

    async def heirs(job):
        pass

    await jobs.put("mall", "k", {})
    await worker_of(database, jobs, clock, {"k": slow}, on_give_up={"k": hook}).run_once()
    assert hook.given == []
    assert (await rows(database))[0]["state"] == "done"


async def test_put_in_a_transaction_is_kept_with_it(database, jobs, clock):
    async def put_and_break():
        async with database.transaction() as statements:
            await jobs.put_in(statements, "mall", "k", {}, unique="u")
            raise KeyError

    with pytest.raises(KeyError):
        await put_and_break()
    assert await rows(database) == []
    async with database.transaction() as statements:
        assert await jobs.put_in(statements, "mall", "k", {}, job_id="mine", unique="u") == "mine"
        assert await jobs.put_in(statements, "mall", "k", {}, unique="u") is None
    assert [row["id"] for row in await rows(database)] == ["mine"]
