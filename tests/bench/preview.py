"""How long jumun itself takes for `cancel.preview` and `orderList.view` at a steady rate, and how much it keeps.

    python -m tests.bench.preview [--seconds 20] [--rounds 3] [--rate 100] [--calls 20000]

One process on one core under uvicorn, SQLite, signed calls over kept connections from another core. The mall answers
at once with what the simulated mall said the first time, so that what is left is ours: signature, identity, reading
the order, rules, the plan's row, the answer. A call's time runs from the moment at which it was due. A bare handler
takes the same load on the same core, turn by turn: what it waits, the machine makes us wait as well. CPU time is the
server process's own, and hardly feels the neighbours. Printed, never asserted: machines are noisy (DESIGN §8).
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from tests.bench.dispatch import PATH
from tests.bench.dispatch import served as dispatched
from tests.bench.servers import CHANNEL, KEY, MEMBER

WANTED_MILLIS, WANTED_MIB = 15.0, 150.0


class QuickMall(httpx.AsyncBaseTransport):
    """Repeats the first answer to each question without asking again; its limits are not what is measured."""

    def __init__(self, slow: httpx.AsyncBaseTransport) -> None:
        self._slow = slow
        self._known: dict[tuple[Any, ...], bytes] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            return await self._slow.handle_async_request(request)
        varying = {"limit", "n"}  # a fresh read never repeats its URL
        asked = tuple(pair for pair in request.url.params.multi_items() if pair[0] not in varying)
        key = (request.url.path, asked)
        if key not in self._known:
            answer = await self._slow.handle_async_request(request)
            content = await answer.aread()
            if answer.status_code != 200:
                return httpx.Response(answer.status_code, content=content)
            self._known[key] = content
        return httpx.Response(200, content=self._known[key])


class Server:
    """The application, connected to the simulated mall while it starts up."""

    def __init__(self, folder: Path) -> None:
        from app.cafe24.oauth import REQUIRED_SCOPES
        from app.clock import system_clock
        from app.main import build
        from app.sandbox.world import World
        from app.settings import read_settings
        from app.sms.outbox import Outbox
        from tests.world import MALL, ORIGIN, SECRET_KEY, Switchboard, fresh_database

        board = Switchboard()
        self._mall = MALL
        self._world = World(
            ORIGIN,
            now=system_clock,
            scopes=[*REQUIRED_SCOPES, "mall.read_privacy"],
            letters=list,
            client=httpx.AsyncClient(transport=board, base_url=ORIGIN, trust_env=False),
            signing_key=KEY.hex(),
        )
        self._world.talk.channel_id = CHANNEL
        settings: dict[str, Any] = {"database_url": fresh_database(folder), "secret_key": SECRET_KEY}
        self._application = build(
            read_settings(_env_file=None, **(settings | self._world.settings())),
            client=httpx.AsyncClient(transport=QuickMall(board), trust_env=False),
            outbox=Outbox(system_clock),
            routes=self._world.routes(),
            registers_itself=False,
            seconds=lambda: time.time() * 1_000,  # a mall takes six calls a second; that is not measured
        )
        board.application = self._application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            return await self._application(scope, receive, send)
        await receive()
        from app.server import spare_the_collector

        async with self._application.running():
            await self._world.connect(self._mall)
            await self._world.goes_live()
            spare_the_collector()
            await send({"type": "lifespan.startup.complete"})
            await receive()
        return await send({"type": "lifespan.shutdown.complete"})


def serve(port: int, core: int) -> None:
    import uvicorn

    from app.log import start_logging

    os.sched_setaffinity(0, {core})
    start_logging("warning")
    with tempfile.TemporaryDirectory() as folder:
        server: Any = Server(Path(folder))
        uvicorn.run(
            server,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_keep_alive=600,
        )


@contextmanager
def served(core: int) -> Iterator[tuple[int, int]]:
    """Port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.preview", "--serve", str(port), str(core)])
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def request_for(method: str, params: dict[str, Any], port: int) -> bytes:
    import json

    from app.channel.signature import signature_of

    context = {
        "caller": {"type": "user", "id": "u1"},
        "channel": {"id": CHANNEL},
        "user": {"id": "u1", "member": True, "memberId": MEMBER},
        "language": "ko",
    }
    body = json.dumps({"method": method, "params": params, "context": context}).encode()
    head = (
        f"PUT {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"x-signature: {signature_of(body, KEY)}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Line:
    """One kept connection at a time, many in a pool."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: bytes) -> bytes:
        reader, writer = (
            self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        )
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        self._idle.append((reader, writer))
        if not head.startswith(b"HTTP/1.1 200") or b'"error"' in body[:12]:
            raise SystemExit(f"the server answered {head!r} {body[:300]!r}")
        return body

    async def steadily(self, request: bytes, rate: float, seconds: float) -> list[float]:
        """Milliseconds of each call, sorted."""
        took: list[float] = []

        async def one(due: float) -> None:
            await self.ask(request)
            took.append((time.perf_counter() - due) * 1_000)

        start = time.perf_counter()
        calls = []
        for number in range(int(rate * seconds)):
            due = start + number / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            calls.append(asyncio.create_task(one(due)))
        await asyncio.gather(*calls)
        return sorted(took)

    async def at_once(self, request: bytes, calls: int, beside: int = 8) -> float:
        """Calls per second, as fast as they go."""
        start = time.perf_counter()

        async def some() -> None:
            for _ in range(calls // beside):
                await self.ask(request)

        await asyncio.gather(*(some() for _ in range(beside)))
        return calls / (time.perf_counter() - start)


def memory(pid: int) -> float:
    """MiB that the process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """What the process has spent, in user and kernel mode, threads and all."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Turns:
    """The same load on a bare handler and on us, again and again. Milliseconds; one number a turn."""

    title: str
    bare: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    async def turn(
        self, bare: Line, ours: Line, pid: int, request: bytes, rate: float, seconds: float
    ) -> None:
        self.bare.append(at(0.99, await bare.steadily(request, rate, seconds)))
        before = cpu_seconds(pid)
        took = await ours.steadily(request, rate, seconds)
        self.cpu.append((cpu_seconds(pid) - before) / len(took) * 1_000)
        self.middle.append(at(0.5, took))
        self.p99.append(at(0.99, took))

    def said(self, rate: float) -> None:
        print(
            f"{self.title}, {rate:.0f}/s: p50 {median(self.middle):.1f} ms, p99 {median(self.p99):.1f}"
            f" ({min(self.p99):.1f}–{max(self.p99):.1f}; want ≤ {WANTED_MILLIS:.0f}), a bare handler's p99"
            f" {median(self.bare):.1f} ({min(self.bare):.1f}–{max(self.bare):.1f}); own CPU {median(self.cpu):.2f} ms"
            " a call",
            flush=True,
        )


def at(share: float, took: list[float]) -> float:
    return took[min(int(len(took) * share), len(took) - 1)]


async def measured(bare_port: int, port: int, pid: int, given: argparse.Namespace) -> None:
    import orjson

    line = Line(port)
    candidates = orjson.loads(await line.ask(request_for("cancel.candidates", {}, port)))["result"]["orders"]
    order = next(o for o in candidates if all(item["selectable"] for item in o["items"]))
    wish = {
        "orderId": order["orderId"],
        "items": [{n: item[n] for n in ("orderItemCode", "quantity")} for item in order["items"]],
        "reason": {"type": "changeOfMind"},
    }
    preview = request_for("cancel.preview", wish, port)
    assert b"planToken" in await line.ask(preview)
    cases = [("cancel.preview", preview), ("orderList.view", request_for("orderList.view", {}, port))]
    bare = Line(bare_port)
    for title, request in cases:
        turns = Turns(title)
        await line.steadily(request, given.rate, min(given.seconds / 4, 3))
        for _ in range(given.rounds):
            await turns.turn(bare, line, pid, request, given.rate, given.seconds)
        turns.said(given.rate)
    calls = given.calls
    began = memory(pid)
    per_second = await line.at_once(preview, calls // 2)
    half = memory(pid)
    await line.at_once(preview, calls // 2)
    print(
        f"memory: {began:.0f} MiB, {half:.0f} after {calls // 2} previews, {memory(pid):.0f} after {calls}"
        f" (want ≤ {WANTED_MIB:.0f} and flat; simulated mall included); {per_second:.0f} previews/s at most",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--serve", type=int, nargs=2, metavar=("PORT", "CORE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(*given.serve)
        return
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    with dispatched("bare", cores[0]) as bare, served(cores[0]) as (port, pid):
        asyncio.run(measured(bare, port, pid, given))


if __name__ == "__main__":
    main()
