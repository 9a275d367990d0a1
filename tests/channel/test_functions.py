"""What the Functions endpoint does with bytes from outside, before and after it trusts them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from app.channel.discovery import DISCOVERY, discovery_answers
from app.channel.functions import FunctionsEndpoint
from app.channel.signature import signature_of
from app.errors import OutcomeUnknown, Unavailable
from app.ports import Call, Function, Surface
from commands.kernel.failures import Failure, FailureType
from commands.shapes import Params, Shape

KEY = bytes(range(32))
MAX_BODY = 4096


class EchoParams(Params):
    word: str = Field(max_length=10)
    count: int | None = None


class EchoResult(Shape):
    word: str
    caller: str
    channel: str
    language: str
    member: str | None = None


async def echo(call: Call, params: EchoParams) -> EchoResult:
    match params.word:
        case "refuse":
            raise Failure(FailureType.TOO_MANY, "천천히", retryAfter=30)
        case "down":
            raise Unavailable("cafe24", "orders")
        case "unknown":
            raise OutcomeUnknown("cafe24", "orders")
        case "crash":
            raise RuntimeError("비밀 010-1234-5678")
    return EchoResult(
        word=params.word,
        caller=call.caller_id,
        channel=call.channel_id,
        language=call.language,
        member=call.user.member_id if call.user else None,
    )


ECHO = Function("test.echo", EchoParams, EchoResult, echo, frozenset({Surface.USER}))
SEEN: list[tuple[str, str]] = []


def endpoint() -> FunctionsEndpoint:
    return FunctionsEndpoint(
        [ECHO],
        signing_key=KEY,
        max_body=MAX_BODY,
        new_id=lambda: "request-1",
        observe=lambda name, outcome, _seconds: SEEN.append((name, outcome)),
        ready=discovery_answers([ECHO]),
    )


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    SEEN.clear()
    transport = httpx.ASGITransport(app=endpoint())
    async with httpx.AsyncClient(transport=transport, base_url="http://jumun") as http:
        yield http


def body_of(method: object = "test.echo", params: object = None, **context: object) -> bytes:
    call = {"method": method, "params": params, "context": {"caller": {"type": "user", "id": "u1"}} | context}
    return json.dumps(call).encode()


async def put(client: httpx.AsyncClient, body: bytes, signature: str | None = None) -> httpx.Response:
    return await client.put(
        "/functions/v1", content=body, headers={"x-signature": signature or signature_of(body, KEY)}
    )


async def answer(client: httpx.AsyncClient, body: bytes) -> dict[str, Any]:
    response = await put(client, body)
    assert response.status_code == 200
    return response.json()


async def test_a_signed_call_is_answered(client: httpx.AsyncClient) -> None:
    body = body_of(
        params={"word": "안녕", "count": None, "unknown": 1},
        channel={"id": "c1"},
        language="en-US",
        user={"id": "u1", "member": True, "memberId": "minji", "extra": {}},
    )
    assert await answer(client, body) == {
        "result": {"word": "안녕", "caller": "u1", "channel": "c1", "language": "en", "member": "minji"}
    }


async def test_a_lead_with_a_member_id_is_no_member(client: httpx.AsyncClient) -> None:
    """H53: a logged-out customer's profile may still hold an id; only `member` counts."""
    body = body_of(params={"word": "x"}, user={"id": "u1", "member": False, "memberId": "minji"})
    assert "member" not in (await answer(client, body))["result"]


@pytest.mark.parametrize("signature", [b"", b"AAAA", "한글".encode()])
async def test_a_wrong_signature_is_refused_before_parsing(
    client: httpx.AsyncClient, signature: bytes
) -> None:
    response = await client.put("/functions", content=b"{not json", headers={"x-signature": signature})
    assert (response.status_code, response.json()) == (401, {"error": "invalid signature"})
    assert SEEN == []


async def test_no_signature_at_all(client: httpx.AsyncClient) -> None:
    assert (await client.put("/functions/v1", content=body_of())).status_code == 401


async def test_an_oversized_body_is_refused_unread(client: httpx.AsyncClient) -> None:
    async def flood() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1000

    response = await client.put("/functions/v1", content=flood(), headers={"x-signature": "AAAA"})
    assert response.status_code == 413


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_other_verbs_find_nothing(client: httpx.AsyncClient, method: str) -> None:
    assert (await client.request(method, "/functions/v1")).status_code == 404


TABLE: list[tuple[str, bytes, int, str]] = [
    ("unknown method", body_of("orders.steal"), -32601, "methodNotFound"),
    ("method is a number", body_of(7), 2, "invalidParams"),
    ("a list", b"[]", 2, "invalidParams"),
    ("no context", b'{"method":"test.echo"}', 2, "invalidParams"),
    ("context is text", b'{"method":"test.echo","context":"x"}', 2, "invalidParams"),
    ("unknown caller", body_of(params={"word": "x"}, caller={"type": "ghost"}), 2, "invalidParams"),
    (
        "manager where only users may",
        body_of(params={"word": "x"}, caller={"type": "manager"}),
        4,
        "forbidden",
    ),
    ("an app", body_of(params={"word": "x"}, caller={"type": "app"}), 4, "forbidden"),
    ("param missing", body_of(params={}), 2, "invalidParams"),
    ("param null", body_of(params={"word": None}), 2, "invalidParams"),
    ("wrong type", body_of(params={"word": {"a": 1}}), 2, "invalidParams"),
    ("params a list", body_of(params=[1]), 2, "invalidParams"),
    ("too long", body_of(params={"word": "x" * 11}), 2, "invalidParams"),
    ("a refusal", body_of(params={"word": "refuse"}), 1, "tooMany"),
    ("the mall is down", body_of(params={"word": "down"}), 1, "upstreamUnavailable"),
    ("outcome unknown", body_of(params={"word": "unknown"}), 1, "upstreamUnavailable"),
    ("our fault", body_of(params={"word": "crash"}), -32603, "internal"),
]


@pytest.mark.parametrize(("_case", "body", "code", "type_"), TABLE)
async def test_failures_are_typed(
    client: httpx.AsyncClient, _case: str, body: bytes, code: int, type_: str
) -> None:
    error = (await answer(client, body))["error"]
    assert (error["code"], error["type"]) == (code, type_)
    assert "비밀" not in json.dumps(error, ensure_ascii=False)


async def test_a_refusal_carries_its_data(client: httpx.AsyncClient) -> None:
    error = (await answer(client, body_of(params={"word": "refuse"})))["error"]
    assert error["data"] == {"retryAfter": 30}
    assert SEEN == [("test.echo", "tooMany")]


async def test_malformed_json_has_its_own_status(client: httpx.AsyncClient) -> None:
    response = await put(client, b"{")
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "parseError"


async def test_discovery_needs_nothing_but_a_signature(client: httpx.AsyncClient) -> None:
    body = json.dumps({"method": DISCOVERY, "params": {}, "context": {"caller": {"type": "system"}}}).encode()
    result = (await answer(client, body))["result"]
    assert result["success"] is True
    (entry,) = result["functions"]
    assert entry["name"] == "test.echo"
    assert entry["inputSchema"]["properties"]["word"] == {"maxLength": 10, "type": "string"}
    assert entry["inputSchema"]["required"] == ["word"]


async def dispatched(raw: bytes) -> tuple[int, dict[str, Any]]:
    """Signed bytes straight into the endpoint."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"x-signature", signature_of(raw, KEY).encode())]
    await endpoint()(
        {"type": "http", "method": "PUT", "path": "/functions", "headers": headers}, receive, send
    )
    return sent[0]["status"], json.loads(sent[1]["body"])


@given(raw=st.binary(max_size=300))
async def test_no_signed_bytes_can_break_the_parser(raw: bytes) -> None:
    status, body = await dispatched(raw)
    assert status in {200, 400}
    assert "error" in body


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(params=json_values, context=json_values)
async def test_no_signed_json_is_an_internal_error(params: object, context: object) -> None:
    raw = json.dumps({"method": "test.echo", "params": params, "context": context}).encode()
    _, body = await dispatched(raw)
    assert body.get("error", {}).get("type") != "internal"
