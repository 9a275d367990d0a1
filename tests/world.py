"""The whole road in one process: the real application over HTTP to the simulated mall, Channel and phone.

`World` belongs to the sandbox; `Road` puts the application beside it on one ASGI stack, with a clock of the test.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.cafe24.oauth import REQUIRED_SCOPES
from app.clock import Clock, to_millis
from app.main import build
from app.sandbox.channel.functions import Caller
from app.sandbox.channel.people import Chat, User
from app.sandbox.phone.sender import TroubledSender
from app.sandbox.world import World
from app.server import Application
from app.settings import Settings, read_settings
from app.sms.outbox import Outbox
from app.store import open_database
from app.store.migrate import migrate

ORIGIN = "http://127.0.0.1:8000"
SECRET_KEY = base64.b64encode(bytes(range(1, 33))).decode()
MALL = "hanokmall"
LONGEST_WAIT = 250
"""Turns of 20 ms: five seconds."""
EMPTY_MALL = "byeolmall"
START = datetime(2026, 11, 20, 3, tzinfo=UTC)


class HandClock:
    """A clock that the test moves."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class Switchboard(httpx.AsyncBaseTransport):
    """Carries requests of the application and of the simulators to whatever answers at the origin."""

    application: Application | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert self.application is not None
        return await httpx.ASGITransport(self.application).handle_async_request(request)


@dataclass
class Road:
    """What a scenario holds. Verbs for people: `customer_calls`, `manager_calls`."""

    world: World
    application: Application
    settings: Settings
    client: httpx.AsyncClient
    outbox: Outbox
    clock: Clock
    chat_ids: dict[str, str] = field(default_factory=dict)

    @property
    def mall_calls(self) -> list[str]:
        return [call.path for call in self.world.malls[MALL].calls]

    def forget_mall_calls(self) -> None:
        self.world.malls[MALL].reset_calls()

    async def drain_jobs(self) -> None:
        """Runs what is due, and what becomes due by that; waits for what the worker beside us has in hand."""
        assert self.application.drain is not None
        for _ in range(LONGEST_WAIT):
            while await self.application.drain():
                pass
            if not await self._is_due():
                return
            await asyncio.sleep(0.02)

    async def _is_due(self) -> bool:
        """By the database, not the application: a job that runs stays ready until it has ended."""
        database = open_database(self.settings.database_url)
        try:
            rows = await database.read(
                "SELECT count(*) AS many FROM job WHERE state = 'ready' AND due_at <= :now",
                now=to_millis(self.clock()),
            )
        finally:
            await database.close()
        return bool(rows[0]["many"])

    def user(self, user_id: str, member_id: str | None = None) -> User:
        """A customer of the channel with a chat of their own."""
        user = User(user_id, user_id, member_id, {})
        self.world.talk.users[user_id] = user
        chat = self.world.talk.open_chat(Chat(f"chat-{user_id}", "userChat", user_id, user_id))
        self.chat_ids[user_id] = chat.id
        return user

    async def customer_calls(
        self, user: User, method: str, params: Mapping[str, Any] | None = None, *, language: str = "ko"
    ) -> Any:
        return await self.world.talk.call_function(
            method,
            dict(params or {}),
            caller=Caller("user", user.id),
            user=user,
            chat=self.world.talk.chats.get(self.chat_ids.get(user.id, "")),
            language=language,
        )

    async def manager_calls(
        self, method: str, params: Mapping[str, Any] | None = None, *, manager: str = "mgr-jiwoo"
    ) -> Any:
        return await self.world.talk.call_function(
            method, dict(params or {}), caller=Caller("manager", manager), language="ko"
        )


def made_road(
    database_url: str,
    clock: Clock,
    *,
    signing_key: str | None = None,
    channel_id: str | None = None,
    **different: Any,
) -> Road:
    """Not started yet. `different`: process settings of this test."""
    board = Switchboard()
    client = httpx.AsyncClient(transport=board, base_url=ORIGIN, trust_env=False)
    outbox = Outbox(clock)
    world = World(
        ORIGIN,
        now=clock,
        scopes=[*REQUIRED_SCOPES, "mall.read_privacy"],
        letters=lambda: [{"to": m.to, "text": m.text, "at": m.at} for m in outbox.messages],
        client=client,
        signing_key=signing_key,
    )
    if channel_id:
        world.talk.channel_id = channel_id
    settings = read_settings(
        _env_file=None,
        **({"database_url": database_url, "secret_key": SECRET_KEY} | world.settings() | different),
    )
    application = build(
        settings,
        clock=clock,
        client=httpx.AsyncClient(transport=board, trust_env=False),
        outbox=TroubledSender(outbox, world.sms_faults),
        routes=world.routes(),
        registers_itself=False,
    )
    board.application = application
    return Road(world, application, settings, client, outbox, clock)


@asynccontextmanager
async def opened_road(
    database_url: str, clock: Clock, *, mall: str | None = MALL, **different: Any
) -> AsyncIterator[Road]:
    """Started, registered, and connected to `mall` by the two yeses that people give."""
    road = made_road(database_url, clock, **different)
    async with road.application.running():
        assert road.application.register is not None
        await road.application.register()
        if mall:
            bound = await road.world.connect(mall)
            assert bound.status_code in {200, 303}, bound.text
        road.forget_mall_calls()
        yield road
    await road.client.aclose()


def fresh_database(folder: Path) -> str:
    url = f"sqlite:///{folder / 'jumun.db'}"
    migrate(url)
    return url
