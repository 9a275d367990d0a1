"""How fast a signed call is answered, as a ratio to a bare Starlette handler that checks the HMAC and echoes JSON.

    python -m tests.bench.dispatch [--seconds 3] [--rounds 5]

Both servers run under the same uvicorn settings, each alone on one core, turn by turn; the load comes from another
core over kept connections. Ratios of paired turns are printed (DESIGN §8), never asserted: machines are noisy.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.channel.signature import signature_of
from tests.bench.servers import CHANNEL, KEY, MEMBER

CONNECTIONS = 16
PATH = "/functions/v1"


def request_for(method: str, port: int) -> bytes:
    context = {
        "caller": {"type": "user", "id": "u1"},
        "channel": {"id": CHANNEL},
        "user": {"id": "u1", "member": True, "memberId": MEMBER},
        "language": "ko",
    }
    body = json.dumps({"method": method, "params": {}, "context": context}).encode()
    head = (
        f"PUT {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"x-signature: {signature_of(body, KEY)}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Load(asyncio.Protocol):
    """Sends the same request again as soon as it is answered."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.answers = 0
        self.left = 0
        self.stopped = False
        self.sample = b""
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, chunk: bytes) -> None:
        self.buffer += chunk
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the server answered {head!r} {body[:300]!r}")
        self.sample = body
        self.buffer = b""
        self.answers += 1
        if not self.stopped:
            self.transport.write(self.request)  # type: ignore[attr-defined]


async def rate(port: int, method: str, seconds: float) -> tuple[float, bytes]:
    """Answers per second, and one answer."""
    loop = asyncio.get_running_loop()
    request = request_for(method, port)
    loads = [
        (await loop.create_connection(lambda: Load(request), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(seconds / 4)
    before, started = sum(load.answers for load in loads), time.perf_counter()
    await asyncio.sleep(seconds)
    answers, took = sum(load.answers for load in loads) - before, time.perf_counter() - started
    for load in loads:
        load.stopped = True
        load.transport.close()
    return answers / took, loads[0].sample


@contextmanager
def served(kind: str, core: int) -> Iterator[int]:
    """A server process of its own, held on one core."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.servers", kind, str(port), str(core)])
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


CASES = (
    ("orderList.view of a member, from memory", "orderList.view", 0.75),
    ("discovery", "extension.core.function.getFunctions", 1.15),
    ("unknown method", "orders.unknown", 1.15),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    with served("bare", cores[0]) as bare, served("jumun", cores[0]) as ours:
        for title, method, wanted in CASES:
            ratios = []
            sample = b""
            for _ in range(given.rounds):
                base, _ = asyncio.run(rate(bare, method, given.seconds))
                mine, sample = asyncio.run(rate(ours, method, given.seconds))
                ratios.append(mine / base)
            middle = statistics.median(ratios)
            spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
            print(
                f"{title}: {middle:.2f} × bare (want ≥ {wanted:.2f}; {spread}; {len(sample)} bytes)",
                flush=True,
            )


if __name__ == "__main__":
    main()
