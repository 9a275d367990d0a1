"""`jumun sandbox`: the real application, with the four outside systems simulated beside it on one loopback port."""

import asyncio
import base64
import logging
import os
import shutil
import socket
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from app import http
from app.cafe24.oauth import REQUIRED_SCOPES
from app.clock import Clock, system_clock
from app.errors import Misconfigured
from app.log import start_logging
from app.main import build
from app.sandbox.phone.sender import TroubledSender
from app.sandbox.world import SHOPS, World
from app.settings import read_settings
from app.sms.outbox import Outbox
from app.store.migrate import migrate

DATABASE = Path("var/sandbox.db")
STARTED_WITHIN_SECONDS = 20.0
GRACE_SECONDS = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that answers at its origin. `serving` ends when the server does."""

    origin: str
    world: World
    outbox: Outbox
    server: uvicorn.Server
    serving: "asyncio.Task[None]"


def run_sandbox(host: str, port: int, *, open_browser: bool) -> None:
    """Starts anew each time: the simulated malls live in memory, so an old database would not fit them."""
    if not SHOPS.is_dir():
        raise Misconfigured("the sandbox needs the repository's fixtures/: install with `pip install -e .`")
    start_logging("warning")
    for leftover in DATABASE.parent.glob(f"{DATABASE.name}*"):
        leftover.unlink()
    url = f"sqlite:///{DATABASE}"
    shutil.rmtree(photos_beside(url), ignore_errors=True)
    migrate(url)
    asyncio.run(_run(url, host, port, open_browser=open_browser))


async def _run(url: str, host: str, port: int, *, open_browser: bool) -> None:
    async with open_sandbox(url, host, port) as sandbox:
        _welcome(sandbox.origin)
        if open_browser:
            await asyncio.to_thread(webbrowser.open, sandbox.origin)
        await sandbox.serving


@asynccontextmanager
async def open_sandbox(
    database_url: str,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    connected: bool = True,
    clock: Clock = system_clock,
) -> AsyncIterator[Sandbox]:
    """Serves on `port`, or on a free one; registered with Channel and, if `connected`, with the demo mall bound."""
    with _listening(host, port) as listener:
        origin = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        async with http.new_client() as client:
            outbox = Outbox(clock)
            world = World(
                origin,
                now=clock,
                scopes=REQUIRED_SCOPES,
                letters=lambda: [{"to": m.to, "text": m.text, "at": m.at} for m in outbox.messages],
                client=client,
            )
            secret_key = base64.b64encode(os.urandom(32)).decode()
            settings = read_settings(
                _env_file=None,
                database_url=database_url,
                secret_key=secret_key,
                evidence_url=str(photos_beside(database_url)),
                **world.settings(),
            )
            application = build(
                settings,
                clock=clock,
                outbox=TroubledSender(outbox, world.sms_faults),
                routes=world.routes(),
                registers_itself=False,
            )
            config = uvicorn.Config(
                application,
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                await _started(server, serving)
                if application.register:
                    await application.register()
                if connected:
                    await world.connect(world.panel.mall.mall_id)
                    await world.goes_live()
                yield Sandbox(origin, world, outbox, server, serving)
            finally:
                server.should_exit = True
                await asyncio.wait([serving])


def photos_beside(database_url: str) -> Path:
    """The simulated customers' photos, which no later start can open: each has a key of its own."""
    return Path(f"{database_url.removeprefix('sqlite:///').removesuffix('.db')}-photos")


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Misconfigured(f"cannot listen on port {port}: {error}; choose another with --port") from error


async def _started(server: uvicorn.Server, serving: "asyncio.Task[None]") -> None:
    for _ in range(int(STARTED_WITHIN_SECONDS / 0.05)):
        if server.started:
            return
        if serving.done():
            break
        await asyncio.sleep(0.05)
    raise Misconfigured("the server could not start")


def _welcome(origin: str) -> None:
    print(  # noqa: T201  the one thing this command says
        f"\n  모의 환경이 열렸습니다 → {origin}\n"
        "  채팅창에 /주문목록 을 입력해 보세요. 실제 채널톡·카페24·문자는 연결되어 있지 않습니다.\n"
        "  멈추려면 Ctrl+C\n",
        flush=True,
    )
