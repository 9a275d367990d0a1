"""The official Python client over real HTTP, in both eras of the protocol: list, call, errors, cancelling, workers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import orjson
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from app.agent.keys import hash_of, new_key
from app.agent.tools import NOTICE
from app.clock import system_clock
from app.keys import KeyRing
from app.ports.agents import Scope
from app.store.store import open_store
from app.wiring.sandbox import Sandbox, open_sandbox
from commands.kernel.who import ChannelId
from tests.world import fresh_database

from .talk import CODE, MINJI

MODES = pytest.mark.parametrize("mode", ["auto", "legacy"])


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A server on a free port. Its keys are put into its database beside it, as the console would."""
    url = fresh_database(tmp_path)
    async with open_sandbox(url) as opened:
        yield opened


async def key_for(sandbox: Sandbox, folder: Path, *scopes: Scope) -> str:
    now = system_clock()
    channel = ChannelId(sandbox.world.talk.channel_id)
    key, secret = new_key(channel, "client", scopes or tuple(Scope), "manager:m", now)
    store = open_store(f"sqlite:///{folder / 'jumun.db'}", KeyRing([bytes(32)]), system_clock)
    await store.agent_keys.add(key, hash_of(secret))
    await store.close()
    return secret


@asynccontextmanager
async def client_of(sandbox: Sandbox, secret: str, mode: Any = "auto") -> AsyncIterator[Client]:
    headers = {"authorization": f"Bearer {secret}"}
    async with httpx2.AsyncClient(headers=headers, timeout=20, trust_env=False) as carrier:
        transport = streamable_http_client(f"{sandbox.origin}/mcp", http_client=carrier)
        async with Client(transport, mode=mode) as client:
            yield client


def error_of(answer: Any) -> dict[str, Any]:
    """In the text: structured content would be held against the schema of a good answer."""
    assert answer.is_error
    assert answer.structured_content is None
    said: dict[str, Any] = orjson.loads(answer.content[0].text)
    assert said["notice"] == NOTICE
    error: dict[str, Any] = said["error"]
    return error


async def verified(sandbox: Sandbox, client: Client) -> str:
    sent = (await client.call_tool("identity_send_code", {"phone": MINJI})).structured_content
    code = CODE.search(sandbox.outbox.messages[-1].text)
    assert code
    given = {"verificationId": sent["data"]["verificationId"], "code": code[1]}
    data = (await client.call_tool("identity_verify_code", given)).structured_content["data"]
    handle: str = data["customerHandle"]
    ref = data["offered"]["accounts"][0]["accountRef"]
    await client.call_tool("identity_choose_account", {"customerHandle": handle, "accountRef": ref})
    return handle


@MODES
async def test_a_conversation(sandbox: Sandbox, tmp_path: Path, mode: Any) -> None:
    secret = await key_for(sandbox, tmp_path)
    async with client_of(sandbox, secret, mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert len(tools) == 19
        view, confirm = tools["order_list_view"], tools["cancel_confirm"]
        hints = [
            (
                tool.annotations.read_only_hint,
                tool.annotations.destructive_hint,
                tool.annotations.idempotent_hint,
            )
            for tool in (view, confirm, tools["cancel_preview"])
            if tool.annotations
        ]
        assert hints == [(True, False, True), (False, True, True), (False, False, False)]
        assert view.input_schema["required"] == ["customerHandle"]
        assert "chatToken" not in str([tool.input_schema for tool in tools.values()])
        handle = await verified(sandbox, client)
        # The client checks each answer against the tool's output schema.
        orders = await client.call_tool("order_list_view", {"customerHandle": handle})
        assert orders.structured_content["notice"] == NOTICE
        assert orjson.loads(orders.content[0].text) == orders.structured_content
        order_id = orders.structured_content["data"]["orders"][0]["orderId"]
        for tool in ("cancel_candidates", "exchange_return_candidates", "address_change_candidates"):
            assert not (await client.call_tool(tool, {"customerHandle": handle})).is_error
        detail = await client.call_tool("order_list_detail", {"customerHandle": handle, "orderId": order_id})
        items = [
            {"orderItemCode": i["orderItemCode"], "quantity": i["quantity"]}
            for i in detail.structured_content["data"]["order"]["items"]
        ]
        wish = {
            "customerHandle": handle,
            "orderId": order_id,
            "items": items,
            "reason": {"type": "changeOfMind"},
        }
        token = (await client.call_tool("cancel_preview", wish)).structured_content["data"]["planToken"]
        needed = await client.call_tool("cancel_confirm", {"customerHandle": handle, "planToken": token})
        assert needed.is_error
        assert error_of(needed)["type"] == "forbidden"


@MODES
async def test_errors(sandbox: Sandbox, tmp_path: Path, mode: Any) -> None:
    secret = await key_for(sandbox, tmp_path, Scope.READ)
    async with client_of(sandbox, secret, mode) as client:
        assert "cancel_confirm" not in {tool.name for tool in (await client.list_tools()).tools}
        with pytest.raises(MCPError):
            await client.call_tool("drop_all_orders", {})
        with pytest.raises(MCPError):
            await client.read_resource("jumun://secrets")
        wrong = await client.call_tool("identity_send_code", {"phone": {"a": 1}})
        assert wrong.is_error
        assert error_of(wrong)["type"] == "invalidParams"
        nobody = await client.call_tool("order_list_view", {"customerHandle": "x"})
        assert error_of(nobody)["type"] == "notIdentified"
        policy = (await client.read_resource("jumun://policy/cancel")).contents[0]
        assert "주문취소" in policy.text  # type: ignore[union-attr]
        assert len((await client.list_resources()).resources) == 6


async def test_a_cancelled_call_leaves_the_server_well(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = await key_for(sandbox, tmp_path)
    async with client_of(sandbox, secret) as client:
        handle = await verified(sandbox, client)
        for seconds in (0.0005, 0.002, 0.01):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await client.call_tool("cancel_candidates", {"customerHandle": handle})
        answer = await client.call_tool("order_list_view", {"customerHandle": handle})
        assert not answer.is_error


async def test_any_connection_goes_on_with_the_conversation(sandbox: Sandbox, tmp_path: Path) -> None:
    """No session is kept: a new client, a made-up session id and a repeated request all work."""
    secret = await key_for(sandbox, tmp_path)
    async with client_of(sandbox, secret) as client:
        handle = await verified(sandbox, client)
    async with client_of(sandbox, secret, "legacy") as client:
        assert not (await client.call_tool("order_list_view", {"customerHandle": handle})).is_error
    headers = {
        "authorization": f"Bearer {secret}",
        "accept": "application/json, text/event-stream",
        "mcp-session-id": "made-up",
        "mcp-protocol-version": "2025-11-25",
    }
    call = {"jsonrpc": "2.0", "id": 7, "method": "tools/call"}
    body = call | {"params": {"name": "order_list_view", "arguments": {"customerHandle": handle}}}
    async with httpx.AsyncClient(base_url=sandbox.origin, headers=headers, trust_env=False) as plain:
        first, second = [(await plain.post("/mcp", json=body)).json() for _ in range(2)]
        assert first == second
        assert first["result"]["structuredContent"]["data"]["orders"]
        assert (await plain.get("/mcp")).status_code == 405
        assert (await plain.delete("/mcp")).status_code == 405
        assert (await plain.post("/mcp", content=b"{")).status_code == 400


async def test_the_door(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = await key_for(sandbox, tmp_path)
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with httpx.AsyncClient(base_url=sandbox.origin, trust_env=False) as plain:
        for given in (None, "Bearer x", f"Bearer {secret}x", f"Bearer {secret[:-1]}", f"Basic {secret}"):
            headers = {"authorization": given} if given else {}
            answer = await plain.post("/mcp", json=body, headers=headers)
            assert answer.status_code == 401
            challenge = answer.headers["www-authenticate"]
            assert challenge.startswith("Bearer resource_metadata=")
            found = await plain.get(challenge.split('"')[1])
            assert found.json()["resource"] == f"{sandbox.origin}/mcp"
        assert (await plain.get("/.well-known/oauth-protected-resource")).json() == found.json()
        foreign = {"authorization": f"Bearer {secret}", "origin": "https://evil.example"}
        assert (await plain.post("/mcp", json=body, headers=foreign)).status_code == 403
        good = {"authorization": f"Bearer {secret}", "accept": "application/json, text/event-stream"}
        codes = [(await plain.post("/mcp", json=body, headers=good)).status_code for _ in range(245)]
        assert codes[:100] == [200] * 100
        assert codes[-1] == 429


@pytest.mark.parametrize("version", ["2025-06-18", "2025-11-25", "2026-07-28"])
async def test_the_short_way_answers_as_the_sdk_does(sandbox: Sandbox, tmp_path: Path, version: str) -> None:
    """An unknown member among the params sends the same call through the SDK."""
    secret = await key_for(sandbox, tmp_path)
    async with client_of(sandbox, secret) as client:
        handle = await verified(sandbox, client)
    meta = {"protocolVersion": version, "clientCapabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    envelope = {f"io.modelcontextprotocol/{name}": value for name, value in meta.items()}
    headers = {
        "authorization": f"Bearer {secret}",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": version,
        "mcp-method": "tools/call",
    }
    async with httpx.AsyncClient(base_url=sandbox.origin, headers=headers, trust_env=False) as plain:
        for tool, given in (
            ("order_list_view", {"customerHandle": handle}),
            ("order_list_view", {"customerHandle": "x"}),
            ("identity_send_code", {"phone": 7}),
            ("no_such_tool", {}),
        ):
            params = {"name": tool, "arguments": given, "_meta": envelope}
            answers = []
            for more in ({}, {"unheard": 1}):
                body = {"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": params | more}
                answers.append(await plain.post("/mcp", json=body, headers={"mcp-name": tool}))
            short, long = answers
            assert (short.status_code, short.json()) == (long.status_code, long.json())
