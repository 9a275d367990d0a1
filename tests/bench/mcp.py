"""What an MCP call costs beside the same Function call: `orderList.view` of the same customer, by a phone session.

    python -m tests.bench.mcp [--seconds 3] [--rounds 5]

One server process on one core; the load comes from another over kept connections, turn by turn. The mall answers from
memory, so that what is left is ours: for the Function the signature, for MCP the key, the protocol and the
audit's line. Ratios of paired turns are printed (an MCP call is wanted at 1.5 Function calls or less), never asserted.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.channel.signature import signature_of
from tests.bench.dispatch import CONNECTIONS, Load
from tests.bench.preview import Server
from tests.bench.servers import CHANNEL, KEY

PHONE, HANDLE = "+821000001001", "h" * 43
WANTED = 1.5
MODERN = "2026-07-28"
LEGACY = "2025-11-25"


class BenchServer(Server):
    """Also tells what the load needs: an agent's key, and a chat user with the same phone session."""

    def __init__(self, folder: Path, told: Path) -> None:
        super().__init__(folder)
        self._told = told

    async def prepare(self) -> None:
        from app.agent.customers import LIFE, call_for
        from app.agent.keys import hash_of, new_key
        from app.clock import system_clock
        from app.identity.sealing import new_session
        from app.ports.agents import AgentConversation, Scope
        from app.store.phone_sessions import keep_session
        from app.wiring.agent import AgentSide
        from commands.kernel.who import ChannelId

        closers = self._application.closers
        side: Any = next(c.__self__ for c in closers if isinstance(getattr(c, "__self__", None), AgentSide))  # type: ignore[attr-defined]
        face, now, channel = side.face, system_clock(), ChannelId(CHANNEL)
        face.doorkeeper.calls = 10**9
        key, secret = new_key(channel, "bench", tuple(Scope), "m", now)
        await face.doorkeeper.store.add(key, hash_of(secret))
        customers = face.desk._customers
        conversation = AgentConversation("conversation", key.id, channel, now)
        await customers.store.begin(conversation, at_most=9, since=now)
        await customers.store.open(conversation.id, hash_of(HANDLE), now + LIFE)
        call = call_for(channel, conversation.user_id)
        keys = customers.identity.people.verification._keys
        async with customers.store._database.transaction() as statements:
            await keep_session(statements, new_session(keys, call, PHONE, "hash", None, now))

        async def chosen(**given: Any) -> dict[str, Any]:
            answer = await face.desk.call(key, "identity_choose_account", {"customerHandle": HANDLE, **given})
            assert not answer.failed, answer.content
            return dict(answer.content["data"])

        account = (await chosen())["offered"]["accounts"][0]
        await chosen(accountRef=account["accountRef"])
        # The Function is called by the very same chat user, so that both read the same session.
        self._told.write_text(json.dumps({"secret": secret, "user": conversation.user_id}))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "lifespan.startup.complete":
                await self.prepare()
            await send(message)

        await super().__call__(scope, receive, sent)


def serve(port: int, core: int, told: str) -> None:
    import uvicorn

    from app.log import start_logging

    os.sched_setaffinity(0, {core})
    start_logging("warning")
    with tempfile.TemporaryDirectory() as folder:
        server: Any = BenchServer(Path(folder), Path(told))
        uvicorn.run(server, port=port, log_config=None, access_log=False, server_header=False, lifespan="on")


@contextmanager
def served(core: int) -> Iterator[tuple[int, dict[str, str]]]:
    with socket.socket() as probe, tempfile.TemporaryDirectory() as folder:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        told = Path(folder) / "told.json"
        command = [sys.executable, "-m", "tests.bench.mcp", "--serve", str(port), str(core), str(told)]
        process = subprocess.Popen(command)
        try:
            for _ in range(600):
                with socket.socket() as knock:
                    if knock.connect_ex(("127.0.0.1", port)) == 0 and told.exists():
                        break
                time.sleep(0.05)
            yield port, json.loads(told.read_text())
        finally:
            process.terminate()
            process.wait(10)


def function_request(port: int, told: dict[str, str]) -> bytes:
    context = {
        "caller": {"type": "user", "id": told["user"]},
        "channel": {"id": CHANNEL},
        "user": {"id": told["user"]},
        "language": "ko",
    }
    body = json.dumps({"method": "orderList.view", "params": {}, "context": context}).encode()
    head = (
        f"PUT /functions/v1 HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"x-signature: {signature_of(body, KEY)}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def mcp_request(port: int, told: dict[str, str], version: str) -> bytes:
    params: dict[str, Any] = {"name": "order_list_view", "arguments": {"customerHandle": HANDLE}}
    if version == MODERN:
        meta = {
            "protocolVersion": version,
            "clientCapabilities": {},
            "clientInfo": {"name": "b", "version": "1"},
        }
        params["_meta"] = {f"io.modelcontextprotocol/{name}": value for name, value in meta.items()}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
    head = (
        f"POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"accept: application/json, text/event-stream\r\nauthorization: Bearer {told['secret']}\r\n"
        f"mcp-protocol-version: {version}\r\nmcp-method: tools/call\r\nmcp-name: order_list_view\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def rate(port: int, request: bytes, seconds: float) -> float:
    loop = asyncio.get_running_loop()
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
    if b'"isError":true' in loads[0].sample or b'"orders"' not in loads[0].sample:
        raise SystemExit(f"not an answer: {loads[0].sample[:300]!r}")
    return answers / took


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", nargs=3)
    asked = parser.parse_args()
    if asked.serve:
        return serve(int(asked.serve[0]), int(asked.serve[1]), asked.serve[2])
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    with served(cores[0]) as (port, told):
        function = function_request(port, told)
        for version in (MODERN, LEGACY):
            request, ratios, rates = mcp_request(port, told, version), [], []
            asyncio.run(rate(port, request, 4))  # the SDK is imported with the first request
            for _ in range(asked.rounds):
                one = asyncio.run(rate(port, function, asked.seconds))
                other = asyncio.run(rate(port, request, asked.seconds))
                ratios.append(one / other)
                rates.append((one, other))
            middle = statistics.median(ratios)
            per = ", ".join(f"{a:.0f}/{b:.0f}" for a, b in rates)
            print(
                f"{version}: an MCP call costs {middle:.2f} Function calls (wanted {WANTED}); per second {per}"
            )
    return None


if __name__ == "__main__":
    main()
