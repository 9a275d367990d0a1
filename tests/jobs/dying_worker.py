"""A worker in a process of its own that kills itself at a given place. The mall is a file: a line is an effect.

python -m tests.jobs.dying_worker URL MALL_FILE PLACE
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.jobs import JobQueue, Worker
from app.ports import Interrupted
from app.store import open_database
from tests.store.given import MovingClock, keys

PLACES = ("begin", "before the effect", "after the effect", "after the answer", "in the second step", "end")


class Handler:
    def __init__(self, mall: Path, dies_at: str | None) -> None:
        self._mall = mall
        self._dies_at = dies_at

    def _here(self, place: str) -> None:
        if place == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _cancelled(self) -> bool:
        return self._mall.exists()

    async def _cancel(self) -> str:
        self._here("before the effect")
        with self._mall.open("a") as file:
            file.write("cancelled\n")
            file.flush()
            os.fsync(file.fileno())
        self._here("after the effect")
        return "C1"

    async def _tell(self) -> bool:
        self._here("in the second step")
        return True

    async def __call__(self, job) -> None:
        self._here("begin")
        try:
            await job.step("cancel", self._cancel, mark=True)
        except Interrupted as mark:
            if self._cancelled():
                await job.step.settle(mark.step, "C1")
            else:
                await job.step.forget(mark.step)
                await job.step("cancel", self._cancel, mark=True)
        self._here("after the answer")
        await job.step("tell", self._tell)
        self._here("end")


async def main(url: str, mall: str, place: str) -> None:
    database, clock = open_database(url), MovingClock(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
    worker = Worker(
        database, JobQueue(database, keys(), clock), {"k": Handler(Path(mall), place)}, clock, "dying"
    )
    await worker.run_once()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
