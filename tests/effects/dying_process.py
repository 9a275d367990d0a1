"""A process that confirms a plan, carries it out and tells, and kills itself at a given place.

python -m tests.effects.dying_process URL MALL_FILE TOKEN PLACE
"""

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from tests.store.given import MovingClock

from .given import Process, Talk
from .mall import Mall


async def main(url, file, token, place, at):
    def watch(met):
        if met == place:
            os.kill(os.getpid(), signal.SIGKILL)

    clock = MovingClock(datetime.fromisoformat(at))
    mall = Mall(Path(file), watch)
    process = Process(url, clock, mall, Talk(), watch=watch, worker_id=f"dying-{os.getpid()}")
    await process.confirms(token)
    await process.worker.run_once()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
