"""An event loop that never waits for the clock, and tasks that can all die at the n-th place where one awaits.

While nothing is left to do but wait, time jumps to the next timer: a confirm's 2.5 seconds, the limiter's pace and
pauses between tries cost nothing. Death is a kill: whatever is unfinished is frozen, and does not clean up.
"""

import asyncio
import selectors
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any


class _Hurry(selectors.DefaultSelector):
    loop: "HastyLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0 or self.loop.outstanding:
            return super().select(timeout)
        found = super().select(0)
        if not found:
            self.loop.ahead += timeout
        return found


class HastyLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.ahead = 0.0
        self.outstanding = 0
        self.dies_in: int | None = None
        self.died: asyncio.Event | None = None
        self.frozen = False
        hurry = _Hurry()
        hurry.loop = self
        super().__init__(hurry)
        self.set_task_factory(_task)  # type: ignore[arg-type]

    def time(self) -> float:
        return super().time() + self.ahead

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """Threads take real time; until they are done it does not jump."""
        future = super().run_in_executor(executor, func, *args)
        self.outstanding += 1
        future.add_done_callback(self._landed)
        return future

    def _landed(self, _future: object) -> None:
        self.outstanding -= 1

    async def until_death(self, act: Coroutine[Any, Any, Any], dies_in: int) -> bool:
        """Runs `act` until the `dies_in`-th await of anybody; True if it came to that. What was sent to a thread
        lands. Afterwards everything is frozen until `buried`.
        """
        self.died = asyncio.Event()
        dying = asyncio.create_task(self.died.wait())
        self.dies_in = dies_in
        acting = asyncio.create_task(act)
        await asyncio.wait({acting, dying}, return_when=asyncio.FIRST_COMPLETED)
        self.dies_in = None
        if not self.died.is_set():
            dying.cancel()
            acting.result()
            return False
        while self.outstanding:  # noqa: ASYNC110  threads count it down
            await asyncio.sleep(0)
        return True

    async def bury(self) -> None:
        """Lets the frozen go; what they do now must reach nobody."""
        self.frozen = False
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def awaits(self) -> None:
        if self.dies_in is None or self.died is None:
            return
        self.dies_in -= 1
        if self.dies_in <= 0:
            self.dies_in = None
            self.frozen = True
            self.died.set()


def _task(loop: HastyLoop, coro: Coroutine[Any, Any, Any], **more: Any) -> "asyncio.Task[Any]":
    """Only what begins while somebody is about to die can die."""
    mortal = coro if loop.dies_in is None else _mortal(loop, coro)
    return asyncio.Task(mortal, loop=loop, **more)


async def _mortal(loop: HastyLoop, coro: Coroutine[Any, Any, Any]) -> Any:
    return await _stepwise(loop, coro)


@types.coroutine
def _stepwise(loop: HastyLoop, coro: Coroutine[Any, Any, Any]) -> Generator[Any, Any, Any]:
    error: BaseException | None = None
    while True:
        try:
            waits_for = coro.send(None) if error is None else coro.throw(error)
        except StopIteration as end:
            return end.value
        error = yield from _waited(loop, waits_for)


def _waited(loop: HastyLoop, waits_for: Any) -> Generator[Any, Any, BaseException | None]:
    """What is thrown in belongs to the one inside; the frozen hear nothing until they are buried."""
    loop.awaits()
    error: BaseException | None = None
    try:
        yield waits_for
    except GeneratorExit:
        raise
    except BaseException as raised:  # noqa: BLE001
        error = raised
    if loop.frozen:
        try:
            yield from loop.create_future()
        except GeneratorExit:
            raise
        except BaseException as raised:  # noqa: BLE001
            error = raised
    return error
