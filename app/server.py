"""The application as a server sees it: Functions and agents first, the hot path; everything else by Starlette."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from app.log import say

log = logging.getLogger(__name__)
STOP_WITHIN_SECONDS = 10.0
ASGI = Any
Task = Callable[[asyncio.Event], Awaitable[object]]


@dataclass
class Application:
    """`doors`: what answers at a path, before any page is looked for. `tasks` run beside the server until its stop
    event; `closers` run after them, in order. `register` tells Channel of us, for whoever starts the server without
    that task.
    """

    doors: Mapping[str, ASGI]
    routes: Sequence[BaseRoute]
    tasks: Sequence[Task] = ()
    closers: Sequence[Callable[[], Awaitable[None]]] = ()
    register: Callable[[], Awaitable[None]] | None = None
    drain: Callable[[], Awaitable[int]] | None = None
    stop_within_seconds: float = STOP_WITHIN_SECONDS
    _pages: Starlette = field(init=False)

    def __post_init__(self) -> None:
        self._pages = Starlette(routes=list(self.routes), lifespan=self._lifespan)

    async def __call__(self, scope: ASGI, receive: ASGI, send: ASGI) -> None:
        door = self.doors.get(scope["path"]) if scope["type"] == "http" else None
        await (door or self._pages)(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _app: object) -> Any:
        async with self.running():
            spare_the_collector()
            yield

    @asynccontextmanager
    async def running(self) -> Any:
        """Starts the tasks; at the end lets them finish what they hold, for ten seconds at most."""
        stop = asyncio.Event()
        running = [asyncio.create_task(_kept_alive(task, stop)) for task in self.tasks]
        try:
            yield self
        finally:
            stop.set()
            if running:
                _, late = await asyncio.wait(running, timeout=self.stop_within_seconds)
                for task in late:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
            for close in self.closers:
                try:
                    await close()
                except Exception:
                    log.exception("something did not close")


def spare_the_collector() -> None:
    """Once a process: what lives as long as it does is not looked through again, since that would hold up every call
    for as long as ten others take.
    """
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


async def _kept_alive(task: Task, stop: asyncio.Event) -> None:
    """A task that breaks is told of and never takes the server with it."""
    try:
        await task(stop)
    except Exception:
        log.exception("a background task ended")
    else:
        say(log, "info", "a background task is through")
