"""The two servers of the bench: a bare handler, and the application over the simulated mall in its own process."""

import base64
import hmac
import os
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KEY = bytes(range(32))
CHANNEL = "ch-bench"
MEMBER = "minji"


async def echo(request: Request) -> Response:
    raw = await request.body()
    want = base64.b64encode(hmac.new(KEY, raw, sha256).digest())
    if not hmac.compare_digest(want, request.headers.get("x-signature", "").encode()):
        return Response(status_code=401)
    return Response(orjson.dumps(orjson.loads(raw)), media_type="application/json")


def bare() -> Starlette:
    return Starlette(routes=[Route("/functions/v1", echo, methods=["PUT"])])


class Jumun:
    """The application, connected to the simulated mall while it starts up."""

    def __init__(self, folder: Path) -> None:
        from app.clock import system_clock
        from tests.world import MALL, fresh_database, made_road

        self._mall = MALL
        self._road = made_road(
            fresh_database(folder), system_clock, signing_key=KEY.hex(), channel_id=CHANNEL
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            return await self._road.application(scope, receive, send)
        await receive()
        async with self._road.application.running():
            await self._road.world.connect(self._mall)
            confirmed = {"patch": {"identity": {"memberHashConfirmed": True}}}
            await self._road.manager_calls("settings.update", confirmed)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        return await send({"type": "lifespan.shutdown.complete"})


def jumun() -> Jumun:
    from app.log import start_logging

    start_logging("warning")
    return Jumun(Path(tempfile.mkdtemp()))


if __name__ == "__main__":
    kind, port, core = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.sched_setaffinity(0, {core})
    application = bare() if kind == "bare" else jumun()
    uvicorn.run(
        application,  # type: ignore[arg-type]
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_keep_alive=600,
    )
