"""Any order of puts, waits and deaths: every job ends, each effect happens once, each mall keeps its order."""

import asyncio
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from app.jobs import JobQueue
from app.ports import Interrupted
from app.store import open_database
from tests.store.given import MovingClock, keys

from .given import Killed, rows, worker_of

MALLS = st.sampled_from(["a", "b"])
WORKERS = st.sampled_from(["w1", "w2"])


class Machine(RuleBasedStateMachine):
    migrated: Path

    @initialize()
    def open(self):
        self.folder = Path(tempfile.mkdtemp(prefix="jumun-machine-"))
        shutil.copy(self.migrated, self.folder / "jumun.db")
        self.loop = asyncio.Runner()
        self.clock = MovingClock()
        self.database = open_database(f"sqlite:///{self.folder}/jumun.db")
        self.jobs = JobQueue(self.database, keys(), self.clock)
        self.waiting = {}  # job id -> (mall, due_at, order of putting)
        self.effects = Counter()
        self.unmarked = Counter()
        self.dies_in = None
        self.puts = 0

    @rule(mall=MALLS, seconds=st.integers(-60, 60))
    def put(self, mall, seconds):
        due_at = self.clock.now + timedelta(seconds=seconds)
        job_id = self.loop.run(self.jobs.put(mall, "k", {}, due_at=due_at))
        self.puts += 1
        self.waiting[job_id] = (mall, due_at, self.puts)

    @rule(seconds=st.integers(1, 40))
    def wait(self, seconds):
        self.clock.pass_(seconds=seconds)

    @rule(worker=WORKERS, dies_in=st.none() | st.integers(0, 12))
    def work(self, worker, dies_in):
        self.dies_in = dies_in
        with suppress(Killed):
            self.loop.run(
                worker_of(self.database, self.jobs, self.clock, {"k": self.handle}, worker).run_once()
            )

    def place(self):
        """A worker dies at the n-th place that it comes by."""
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                raise Killed

    async def handle(self, job):
        mall, due_at, put = self.waiting[job.id]
        before = [
            other
            for other, (its_mall, its_due_at, its_put) in self.waiting.items()
            if its_mall == mall and (its_due_at, its_put) < (due_at, put)
        ]
        assert before == [], "a job overtook another of its mall"
        self.place()
        try:
            await job.step("act", lambda: self.act(job.id), mark=True)
        except Interrupted:
            if self.effects[job.id]:
                await job.step.settle("act", "done")
            else:
                await job.step.forget("act")
                await job.step("act", lambda: self.act(job.id), mark=True)
        self.place()
        await job.step("note", lambda: self.note(job.id))
        self.place()
        del self.waiting[job.id]

    async def act(self, job_id):
        self.place()
        self.effects[job_id] += 1
        self.place()
        return "done"

    async def note(self, job_id):
        self.unmarked[job_id] += 1

    def teardown(self):
        if not hasattr(self, "loop"):
            return
        try:
            self.clock.pass_(minutes=2)
            self.work("heir", None)
            assert self.waiting == {}
            assert all(row["state"] == "done" for row in self.loop.run(rows(self.database)))
            assert sorted(self.effects.values()) == [1] * self.puts
            assert all(count == 1 for count in self.unmarked.values())
        finally:
            self.loop.run(self.database.close())
            self.loop.close()
            shutil.rmtree(self.folder)


def test_machine(migrated_sqlite):
    Machine.migrated = migrated_sqlite
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
