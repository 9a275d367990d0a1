"""kill -9 at every place of a job: the next worker reaches the same end, with one effect."""

import asyncio
import signal
import sys

import pytest

from .dying_worker import PLACES, Handler
from .given import rows, worker_of


@pytest.mark.parametrize("place", PLACES)
async def test_killed(database, database_url, jobs, clock, tmp_path, place):
    mall = tmp_path / "mall"
    await jobs.put("mall", "k", {})
    command = (sys.executable, "-m", "tests.jobs.dying_worker", database_url, str(mall), place)
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == -signal.SIGKILL
    clock.pass_(seconds=30)
    assert await worker_of(database, jobs, clock, {"k": Handler(mall, None)}, "heir").run_once() == 1
    assert mall.read_text() == "cancelled\n"
    (row,) = await rows(database)
    assert (row["state"], row["attempt"]) == ("done", 2)
