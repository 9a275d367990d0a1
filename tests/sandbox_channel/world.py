"""One sandbox for a test: the stub app, the AppStore and the page, over ASGI or on a port."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from app.sandbox.cafe24.state import Malls, load_shop
from app.sandbox.channel.functions import AppEndpoint
from app.sandbox.channel.routes import channel_app
from app.sandbox.channel.state import ChannelTalk, Portal
from app.sandbox.page import sandbox_routes
from app.sandbox.panel import Panel, Places
from app.sandbox.phone.inbox import Phone

from .stub_app import APP_ID, KEY, StubApp

HANOK = Path(__file__).parents[2] / "fixtures" / "shops" / "hanok"
SECRET = "app-secret"
NATIVE = "/appstore/general/v1/native/functions"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class HandClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class World:
    clock: HandClock = field(default_factory=HandClock)
    stub: StubApp = field(default_factory=StubApp)
    letters: list[dict] = field(default_factory=list)
    origin: str = "http://app.test"

    def __post_init__(self) -> None:
        live = self.origin != "http://app.test"
        transport = None if live else httpx.ASGITransport(self.stub.asgi)
        self.http = httpx.AsyncClient(transport=transport, trust_env=False)
        endpoint = AppEndpoint(self.http, f"{self.origin}/functions", KEY)
        self.talk = ChannelTalk(Portal(APP_ID, SECRET), endpoint, now=self.clock)
        self.malls = Malls(
            [load_shop(HANOK, self.clock)],
            now=self.clock,
            client_id="client",
            client_secret="client-secret",
            scopes=frozenset(),
        )
        self.panel = Panel(
            self.talk,
            self.malls,
            Phone(lambda: self.letters),
            Places(webhooks=f"{self.origin}/cafe24/webhooks", webhook_key="hook-key"),
            http=self.http,
            now=self.clock,
        )
        appstore = Mount("/appstore", channel_app(self.talk))
        self.asgi = Starlette(routes=[*sandbox_routes(self.panel), appstore, Mount("/", self.stub.asgi)])
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.asgi), base_url="http://sandbox.test", trust_env=False
        )

    async def native(self, method: str, params: dict | None = None, token: str | None = None) -> dict:
        headers = {"x-access-token": token} if token else {}
        answer = await self.client.put(NATIVE, json={"method": method, "params": params}, headers=headers)
        return answer.json()

    async def app_token(self) -> str:
        return (await self.native("issueToken", {"secret": SECRET}))["result"]["accessToken"]

    async def channel_token(self) -> str:
        params = {"secret": SECRET, "channelId": self.talk.channel_id}
        return (await self.native("issueToken", params))["result"]["accessToken"]

    async def register(self, extension: str = "command") -> dict:
        params = {"appId": APP_ID, "systemVersion": "v1", "extensionName": extension}
        return (await self.native("registerExtension", params, await self.app_token()))["result"]

    async def post(self, act: str, /, **body) -> dict:
        return (await self.client.post(f"/sandbox/api/{act}", json=body)).json()

    async def state(self) -> dict:
        return (await self.client.get("/sandbox/api/state")).json()
