"""The simulated AppStore behind a wire that counts, and that may break once when a test says so."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from app.channel.client import ChannelClient
from app.clock import Clock
from app.keys import KeyRing
from app.ports import ChannelTokens, Function
from app.sandbox.channel.functions import AppEndpoint
from app.sandbox.channel.people import Chat, User
from app.sandbox.channel.routes import channel_app
from app.sandbox.channel.state import ChannelTalk, Portal
from app.store.channel_tokens import SqlChannelTokens
from app.store.database import OpenDatabase
from tests.world import HandClock

APP_ID, SECRET, CHANNEL = "app-jumun", "app-secret-of-the-test", "ch-hanok"
KEY_HEX = "00112233445566778899aabbccddeeff" * 2
KEYS = KeyRing([bytes(range(32))])
Breakage = Callable[[httpx.Request], httpx.Response]


@dataclass
class Sent:
    method: str
    params: dict[str, Any]
    token: str | None
    path: str


@dataclass
class AppStore(httpx.AsyncBaseTransport):
    """`breakages` meet the next calls, first in, first out; None lets one pass."""

    clock: HandClock = field(default_factory=HandClock)
    sent: list[Sent] = field(default_factory=list)
    breakages: deque[Breakage | Exception | None] = field(default_factory=deque)
    app: Any = None

    def __post_init__(self) -> None:
        outgoing = httpx.AsyncClient(transport=_Late(self), trust_env=False)
        endpoint = AppEndpoint(outgoing, "http://jumun/functions", KEY_HEX)
        self.talk = ChannelTalk(Portal(APP_ID, SECRET), endpoint, now=self.clock)
        self.talk.users["u-minji"] = User("u-minji", "김민지", "minji", {"mobileNumber": "010-0000-1001"})
        self.talk.users["u-guest"] = User("u-guest", "방문자", None, {"mobileNumber": "010-0000-1001"})
        self.chat = self.talk.open_chat(Chat("chat-minji", "userChat", "김민지", "u-minji"))
        self._door = httpx.ASGITransport(channel_app(self.talk, announce_installation=False))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = orjson.loads(await request.aread())
        token = request.headers.get("x-access-token")
        self.sent.append(Sent(body["method"], body["params"], token, request.url.path))
        breakage = self.breakages.popleft() if self.breakages else None
        if isinstance(breakage, Exception):
            raise breakage
        if breakage is not None:
            return breakage(request)
        return await self._door.handle_async_request(request)

    @property
    def methods(self) -> list[str]:
        return [call.method for call in self.sent]

    @property
    def token_calls(self) -> int:
        return sum(method in {"issueToken", "refreshToken"} for method in self.methods)

    def client(
        self, tokens: ChannelTokens, *, secret: str = SECRET, clock: Clock | None = None
    ) -> ChannelClient:
        http = httpx.AsyncClient(transport=self, trust_env=False)
        return ChannelClient(
            http, tokens, clock or self.clock, base_url="http://appstore/", app_id=APP_ID, secret=secret
        )


class _Late(httpx.AsyncBaseTransport):
    """Calls of the AppStore to the app that a test puts in place."""

    def __init__(self, store: AppStore) -> None:
        self._store = store

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._store.app is None:
            raise httpx.ConnectError("nobody listens")
        return await httpx.ASGITransport(self._store.app).handle_async_request(request)


def tokens_in(database: OpenDatabase) -> SqlChannelTokens:
    return SqlChannelTokens(database, KEYS)


def answering(status: int, body: object = None, **headers: str) -> Breakage:
    content = orjson.dumps(body) if body is not None else b"<h1>Gateway</h1>"
    return lambda _request: httpx.Response(status, content=content, headers=headers)


def refusing(kind: str, status: int = 200) -> Breakage:
    return answering(status, {"error": {"code": 1, "type": kind, "message": "no"}})


def named(functions: list[Function], name: str) -> Function:
    return next(function for function in functions if function.name == name)


async def get_user(client: ChannelClient) -> dict[str, Any]:
    return await client.call(CHANNEL, "getUser", channelId=CHANNEL, userId="u-minji")
