"""A plain `tools/call` without the SDK's kernel: it builds a server, streams and tasks for each request, which costs
more than the call. What is not plain, or not a call, goes the SDK's way; a test holds both answers against one another.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import orjson
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.inbound import (
    InboundLadderRejection,
    classify_inbound_request,
    find_duplicated_routing_header,
)
from mcp_types import SERVER_INFO_META_KEY
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from .desk import AgentDesk, Answer, NoSuchTool
from .face import KEY

ASGI = Any
HANDSHAKEN = frozenset({"2025-06-18", "2025-11-25"})
"""Versions whose results have structured content."""
MEMBERS = frozenset({"name", "arguments", "_meta"})


@dataclass(frozen=True, slots=True)
class PlainCall:
    id: str | int
    name: str
    arguments: dict[str, Any]
    modern: bool


class Shortcut:
    def __init__(self, sdk: StreamableHTTPSessionManager, desk: AgentDesk) -> None:
        self._sdk = sdk
        self._desk = desk
        self._stamp = {SERVER_INFO_META_KEY: sdk.app.server_info_stamp}

    def run(self) -> AbstractAsyncContextManager[None]:
        return self._sdk.run()

    async def handle_request(self, scope: ASGI, receive: ASGI, send: ASGI) -> None:
        first = await receive()
        call = None if first.get("more_body") else plain_call(scope["headers"], first.get("body", b""))
        if call is not None:
            try:
                answer = await self._desk.call(scope[KEY], call.name, call.arguments)
                return await _reply(send, self._body(call, answer))
            except NoSuchTool:
                pass  # the SDK has words for it
        held = [first]

        async def again() -> Any:
            return held.pop() if held else await receive()

        return await self._sdk.handle_request(scope, again, send)

    def _body(self, call: PlainCall, answer: Answer) -> bytes:
        made = result(answer, written=True)
        if call.modern:
            made |= {"resultType": "complete", "_meta": self._stamp}
        return orjson.dumps({"jsonrpc": "2.0", "id": call.id, "result": made})


def result(answer: Answer, *, written: bool = False) -> dict[str, Any]:
    """Many clients show a model the text alone, so it says all. A failure has no structured content: the schema of a
    tool is that of its good answers, and clients hold whatever is structured against it. `written`: for orjson, once.
    """
    said = orjson.dumps(answer.content)
    made: dict[str, Any] = {
        "content": [{"type": "text", "text": said.decode()}],
        "isError": answer.failed,
    }
    if not answer.failed:
        made["structuredContent"] = orjson.Fragment(said) if written else answer.content
    return made


def plain_call(headers: list[tuple[bytes, bytes]], body: bytes) -> PlainCall | None:  # noqa: PLR0911
    """None for whatever the SDK should look at itself."""
    items = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    given = dict(items)
    accept, version = given.get("accept", ""), given.get("mcp-protocol-version", "")
    if "application/json" not in accept or "text/event-stream" not in accept:
        return None
    if not given.get("content-type", "").startswith("application/json"):
        return None
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(sent, dict) or sent.get("jsonrpc") != "2.0" or sent.get("method") != "tools/call":
        return None
    id_, params = sent.get("id"), sent.get("params")
    if not isinstance(id_, str | int) or isinstance(id_, bool) or not isinstance(params, dict):
        return None
    name, arguments = params.get("name"), params.get("arguments", {})
    if not isinstance(name, str) or not isinstance(arguments, dict) or not params.keys() <= MEMBERS:
        return None
    if version in HANDSHAKEN:
        return PlainCall(id_, name, arguments, modern=False)
    if version not in MODERN_PROTOCOL_VERSIONS or find_duplicated_routing_header(items) is not None:
        return None
    verdict = classify_inbound_request(sent, headers=given)
    return (
        None if isinstance(verdict, InboundLadderRejection) else PlainCall(id_, name, arguments, modern=True)
    )


async def _reply(send: ASGI, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
