"""A provider that answers from fixtures, in process, and remembers what it was asked."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx

from app.http import Client, new_client

FIXTURES = Path(__file__).parents[2] / "fixtures" / "wire" / "sms"
AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
E164 = "+821012345678"
TEXT = "[단추가게] 인증번호 [123456] 타인에게 알려주지 마세요."


def clock() -> datetime:
    return AT


def exchange(name: str) -> dict:
    return json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))


class Provider:
    """An ASGI app: answers `status` and `body`, or never."""

    def __init__(self, status: int = 200, body: bytes | object = b"", *, hangs: bool = False) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.hangs = hangs
        self.asked: list[dict] = []

    @classmethod
    def of(cls, name: str) -> "Provider":
        response = exchange(name)["response"]
        return cls(response["status"], response["json"])

    async def __call__(self, scope, receive, send) -> None:
        content = b""
        while True:
            event = await receive()
            content += event.get("body", b"")
            if not event.get("more_body"):
                break
        self.asked.append(
            {
                "method": scope["method"],
                "path": scope["path"],
                "headers": {k.decode(): v.decode() for k, v in scope["headers"]},
                "json": json.loads(content) if content else None,
            }
        )
        if self.hangs:
            await asyncio.Event().wait()
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": self.body})

    def client(self) -> Client:
        return new_client(transport=httpx.ASGITransport(self))


class Failing(httpx.AsyncBaseTransport):
    """A line that breaks in one way; counts how often it was tried."""

    def __init__(self, error: Callable[[str], httpx.TransportError]) -> None:
        self.error = error
        self.tries = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.tries += 1
        raise self.error("told to")
