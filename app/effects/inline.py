"""Runs a mall's due jobs beside the confirm that waits for one of them. What runs is never cancelled by its caller."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from app.log import say

log = logging.getLogger("jumun.effects")
RunMall = Callable[[str], Awaitable[int]]
LEFT_TO_END_SECONDS = 5.0


class Inline:
    """At most one run per mall in this process; `run_mall` is the worker's."""

    def __init__(self) -> None:
        self.run_mall: RunMall | None = None
        self._running: dict[str, asyncio.Task[int]] = {}

    async def run(self, mall_id: str, at_most: float) -> None:
        """Returns as soon as jobs of the mall ran, or after `at_most` seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + at_most
        if self.run_mall is not None:
            task = self._running.get(mall_id)
            if task is None:
                task = self._running[mall_id] = asyncio.create_task(self._run(self.run_mall, mall_id))
                task.add_done_callback(lambda _: self._running.pop(mall_id, None))
            done, _ = await asyncio.wait({task}, timeout=at_most)
            if done and not task.cancelled() and task.result():
                return
        await asyncio.sleep(max(until - loop.time(), 0))

    async def close(self) -> None:
        """Lets what runs come to its end; what takes longer is left to the next worker."""
        running = list(self._running.values())
        if running:
            _, late = await asyncio.wait(running, timeout=LEFT_TO_END_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    @staticmethod
    async def _run(run_mall: RunMall, mall_id: str) -> int:
        try:
            return await run_mall(mall_id)
        except Exception as error:  # noqa: BLE001  the job is kept: the worker comes back to it
            say(log, "warning", "no run beside a confirm", error=type(error).__name__)
            return 0
