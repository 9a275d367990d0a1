"""Works on due jobs, mall by mall: takes a mall's lease, runs its jobs one after the other, gives it back."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from app.clock import Clock, to_millis
from app.errors import Throttled, Unavailable
from app.keys import BadToken
from app.ports import Database, GivenUp, Job, JobHandler, OnGiveUp

from .leases import Lease, LeaseLost, Leases
from .queue import Claimed, JobQueue
from .retry import GiveUp, decide_retry, kind_of
from .steps import DurableSteps

log = logging.getLogger("jumun.jobs")

_LEASE = timedelta(seconds=30)
_MALLS_AT_A_LOOK = 16
_JOBS_PER_TURN = 50
_MOST_ATTEMPTS = 30
"""More than any retry rule allows: a job that comes this far kills its workers."""


@dataclass(slots=True)
class _Turn:
    """What a worker is at, while it holds a mall."""

    steps: DurableSteps | None = None

    @property
    def left_open(self) -> bool:
        return self.steps is not None and bool(self.steps.open_marks)


class Worker:
    """`worker_id` names this process and no other. `lanes`: malls worked on at once by `run_forever`;
    `on_give_up`: by kind of job, what else ends with it.
    """

    def __init__(
        self,
        database: Database,
        jobs: JobQueue,
        handlers: Mapping[str, JobHandler],
        clock: Clock,
        worker_id: str,
        *,
        lease: timedelta = _LEASE,
        lanes: int = 4,
        look_every: float = 1.0,
        on_give_up: Mapping[str, OnGiveUp] = MappingProxyType({}),
    ) -> None:
        self._jobs = jobs
        self._handlers = handlers
        self._clock = clock
        self._worker_id = worker_id
        self._leases = Leases(database, clock, lease)
        self._lanes = lanes
        self._look_every = look_every
        self._on_give_up = on_give_up
        self._recurring: dict[str, timedelta] = {}
        self._put_for: dict[str, int] = {}

    def every(self, kind: str, interval: timedelta) -> None:
        """A job of no mall, once per period whatever the number of workers."""
        self._recurring[kind] = interval

    async def run_once(self, mall_id: str | None = None) -> int:
        """Runs what is due now, of one mall or of all; answers how many jobs ran."""
        if mall_id is not None:
            return await self._run_mall(mall_id)
        await self._put_recurring()
        ran = 0
        for due in await self._jobs.due_malls(_MALLS_AT_A_LOOK):
            ran += await self._run_mall(due)
        return ran

    async def run_forever(self, stop: asyncio.Event) -> None:
        """Until `stop`, then returns when the running jobs are through. Cancelling leaves them to a take-over."""
        lanes = [asyncio.create_task(self._lane(stop)) for _ in range(self._lanes)]
        try:
            await asyncio.gather(*lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    async def _lane(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._jobs.added.clear()
            ran = 0
            try:
                await self._put_recurring()
                for mall_id in await self._jobs.due_malls(_MALLS_AT_A_LOOK):
                    if stop.is_set():
                        break
                    ran += await self._run_mall(mall_id, stop)
            except Exception as error:  # noqa: BLE001  a database that is away must not end the worker
                log.warning("jobs: no look at the queue (%s)", type(error).__name__)
            if not ran:
                await self._rest(stop)

    async def _rest(self, stop: asyncio.Event) -> None:
        waiting = {asyncio.create_task(stop.wait()), asyncio.create_task(self._jobs.added.wait())}
        try:
            await asyncio.wait(waiting, timeout=self._look_every, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _put_recurring(self) -> None:
        now = to_millis(self._clock())
        for kind, interval in self._recurring.items():
            period = now // (interval // timedelta(milliseconds=1))
            if self._put_for.get(kind) != period:
                await self._jobs.put("", kind, {}, unique=f"every:{kind}:{period}")
                self._put_for[kind] = period

    async def _run_mall(self, mall_id: str, stop: asyncio.Event | None = None) -> int:
        lease = await self._leases.take(mall_id, self._worker_id)
        if lease is None:
            return 0
        ran, turn = 0, _Turn()
        try:
            while ran < _JOBS_PER_TURN and not (stop is not None and stop.is_set()):
                claimed = await self._jobs.claim(lease)
                if claimed is None:
                    break
                ran += 1
                await self._run(claimed, turn)
        except LeaseLost:
            log.warning("jobs: mall taken over by another worker")
            return ran
        except (Exception, asyncio.CancelledError):
            # Our call may still be on its way: whoever reads the mall now would not see it. The lease runs out.
            if not turn.left_open:
                await self._leases.release(lease)
            raise
        await self._leases.release(lease)
        return ran

    async def _run(self, claimed: Claimed, turn: "_Turn") -> None:
        if claimed.attempt > _MOST_ATTEMPTS:
            await self._fail(claimed, "TooManyAttempts")
            return
        try:
            job, steps = await self._jobs.open(claimed, self._leases)
        except BadToken as error:
            await self._fail(claimed, type(error).__name__)
            return
        turn.steps = steps
        handler = self._handlers.get(claimed.kind, _unknown_kind)
        raised = await self._guarded(handler(job), claimed.lease)
        if raised is None:
            await self._jobs.finish(claimed)
        else:
            await self._retry_or_fail(claimed, raised, steps)

    async def _guarded(self, work: Awaitable[None], lease: Lease) -> Exception | None:
        """The handler's error, if any. Renews the lease while it works; raises `LeaseLost` when that fails."""
        running = asyncio.ensure_future(work)
        keeper = asyncio.create_task(self._keep(lease))
        try:
            await asyncio.wait({running, keeper}, return_when=asyncio.FIRST_COMPLETED)
            lost = not running.done()
        finally:
            running.cancel()
            keeper.cancel()
            await asyncio.gather(running, keeper, return_exceptions=True)
        if lost:
            raise LeaseLost
        if running.cancelled():
            return RuntimeError("the handler cancelled itself")
        raised = running.exception()
        if isinstance(raised, Exception) and not isinstance(raised, LeaseLost):
            return raised
        if raised is not None:
            raise raised
        return None

    async def _keep(self, lease: Lease) -> None:
        """Returns when the lease is lost."""
        while True:
            await asyncio.sleep(self._leases.length.total_seconds() / 3)
            try:
                await self._leases.renew(lease)
            except LeaseLost:
                return
            except Exception as error:  # noqa: BLE001  the next renewal may reach the database again
                log.warning("jobs: lease not renewed (%s)", type(error).__name__)

    async def _retry_or_fail(self, claimed: Claimed, error: Exception, steps: DurableSteps) -> None:
        name = type(error).__name__
        retry_after, throttled_for = None, timedelta(0)
        if isinstance(error, Throttled):
            retry_after = error.retry_after
            throttled_for = self._clock() - await steps.throttled_since()
        kind = kind_of(error, open_mark=bool(steps.open_marks))
        decision = decide_retry(kind, claimed.attempt, retry_after, throttled_for)
        if isinstance(decision, GiveUp):
            acted = bool(steps.open_marks or steps.answered_marks)
            await self._fail(claimed, name, error, may_have_acted=acted)
            return
        log.info("jobs: %s attempt %s put off (%s)", claimed.kind, claimed.attempt, name)
        await self._jobs.later(claimed, decision.wait, counts=decision.counts, error=name)

    async def _fail(
        self, claimed: Claimed, name: str, error: Exception | None = None, *, may_have_acted: bool = True
    ) -> None:
        log.error("jobs: %s %s failed for good (%s)", claimed.kind, claimed.id, name)
        if hook := self._on_give_up.get(claimed.kind):
            # Whoever lost the mall must not say how it ended.
            await self._leases.renew(claimed.lease)
            await hook(GivenUp(claimed.id, claimed.lease.mall_id, error, may_have_acted))
        await self._jobs.fail(claimed, name)


async def _unknown_kind(job: Job) -> None:
    """A newer program put it: during a rollout a newer worker comes by."""
    raise Unavailable("jobs", job.kind, note="no handler")
