"""Starting and stopping: tasks beside the server, and what is closed in the end."""

import asyncio
import time

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.server import Application


async def functions(scope, receive, send) -> None:
    await PlainTextResponse("function")(scope, receive, send)


def application(**parts) -> Application:
    async def page(_request) -> PlainTextResponse:
        return PlainTextResponse("page")

    return Application({"/functions": functions}, [Route("/page", page)], **parts)


async def test_functions_and_pages_have_their_own_doors() -> None:
    transport = httpx.ASGITransport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://jumun") as client:
        assert (await client.put("/functions")).text == "function"
        assert (await client.get("/page")).text == "page"
        assert (await client.get("/functions/")).status_code == 404


async def test_tasks_finish_what_they_hold_before_anything_is_closed() -> None:
    happened: list[str] = []

    async def task(stop: asyncio.Event) -> None:
        happened.append("started")
        await stop.wait()
        await asyncio.sleep(0.05)
        happened.append("finished")

    async def close() -> None:
        happened.append("closed")

    async with application(tasks=[task], closers=[close]).running():
        await asyncio.sleep(0)
    assert happened == ["started", "finished", "closed"]


async def test_a_task_that_does_not_stop_is_cancelled_in_time() -> None:
    cancelled = asyncio.Event()

    async def stubborn(_stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    began = time.monotonic()
    async with application(tasks=[stubborn], stop_within_seconds=0.2).running():
        await asyncio.sleep(0)
    assert cancelled.is_set()
    assert 0.15 < time.monotonic() - began < 5


async def test_a_task_that_breaks_takes_neither_the_server_nor_its_peers_along() -> None:
    alive = asyncio.Event()

    async def breaks(_stop: asyncio.Event) -> None:
        raise RuntimeError("비밀 010-1234-5678")

    async def goes_on(stop: asyncio.Event) -> None:
        await asyncio.sleep(0.02)
        alive.set()
        await stop.wait()

    async with application(tasks=[breaks, goes_on]).running():
        await asyncio.wait_for(alive.wait(), 2)


async def test_everything_is_closed_although_one_thing_does_not_close() -> None:
    closed: list[str] = []

    async def fails() -> None:
        raise OSError("stuck")

    async def closes() -> None:
        closed.append("store")

    async with application(closers=[fails, closes]).running():
        pass
    assert closed == ["store"]


async def test_a_failure_inside_comes_out_after_closing() -> None:
    closed: list[str] = []

    async def closes() -> None:
        closed.append("store")

    with pytest.raises(ValueError, match="inside"):
        async with application(closers=[closes]).running():
            raise ValueError("inside")
    assert closed == ["store"]
