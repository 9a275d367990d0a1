"""The two servers of the bench: a bare handler, and the application over the simulated mall in its own process."""

import base64
import hmac
import os
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import httpx
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


def jumun() -> object:
    from app.clock import system_clock
    from app.log import start_logging
    from tests.world import connected_world

    start_logging("warning")
    folder = Path(tempfile.mkdtemp())
    return connected_world(folder, clock=system_clock, signing_key=KEY, channel_id=CHANNEL)


if __name__ == "__main__":
    kind, port, core = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.sched_setaffinity(0, {core})
    application = bare() if kind == "bare" else jumun()
    uvicorn.run(
        application, port=port, log_config=None, access_log=False, server_header=False, lifespan="on"
    )  # type: ignore[arg-type]
