"""The real application over the simulated mall, both in one process, where the application may die and come back."""

import asyncio
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson

from app.cafe24.oauth import REQUIRED_SCOPES
from app.main import build
from app.sandbox.cafe24.claim_book import ClaimBook
from app.sandbox.cafe24.ledger import Act, RequestEntry
from app.sandbox.cafe24.order import Claim, Order
from app.sandbox.cafe24.state import Mall
from app.sandbox.channel.functions import Caller
from app.sandbox.phone.sender import TroubledSender
from app.sandbox.world import World
from app.server import Application
from app.settings import read_settings
from app.sms.outbox import Outbox
from tests.world import MALL, ORIGIN, SECRET_KEY, HandClock, Road

from .hasty import HastyLoop


@dataclass(frozen=True)
class Effect:
    """One call of ours that changed the mall's claims, and what it made there."""

    order_id: str
    lines: tuple[tuple[str, int], ...]
    request: RequestEntry | None
    claim: Claim | None

    @property
    def outcome(self) -> str:
        """`open`, `accepted` or `rejected`."""
        return "accepted" if self.claim else self.request.outcome if self.request else "nothing"


def again(like: Order, order_id: str) -> Order:
    """The same goods, ordered once more."""
    order = deepcopy(like)
    order.order_id = order_id
    for item in order.items:
        item.code = item.code.replace(like.order_id, order_id)
        item.shipping_code = item.shipping_code and item.shipping_code.replace(like.order_id, order_id)
    for receiver in order.receivers:
        receiver.shipping_code = receiver.shipping_code.replace(like.order_id, order_id)
    return order


class Wires(httpx.AsyncBaseTransport):
    """Carries every request to whatever answers at the origin. Those of a dead application reach nobody."""

    def __init__(self, town: "Town", *, ours: bool) -> None:
        self.town = town
        self.ours = ours
        self.cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("whoever calls is dead")
        road = httpx.ASGITransport(self.town.application)
        if not self.ours or request.method == "GET":
            return await road.handle_async_request(request)
        book = self.town.mall.claims
        before = (len(book.requests), self._claims())
        try:
            return await road.handle_async_request(request)
        finally:
            self._note(request, book, before)
            if self.town.dies_after_effect is not None:
                self.town.loop.dies_in = self.town.dies_after_effect
            await asyncio.sleep(0)

    def _claims(self) -> list[Claim]:
        return [claim for order in self.town.mall.orders.values() for claim in order.claims]

    def _note(self, request: httpx.Request, book: ClaimBook, before: tuple[int, list[Claim]]) -> None:
        known = {id(claim) for claim in before[1]}
        requests = book.requests[before[0] :]
        claims = [claim for claim in self._claims() if id(claim) not in known]
        if not (requests or claims):
            return
        assert len(requests) <= 1, "one call, two requests"
        assert len(claims) <= 1, "one call, two claims"
        body = orjson.loads(request.content)
        wanted = body["request"] if "request" in body else body["requests"][0]
        order_id = wanted.get("order_id") or request.url.path.split("/orders/")[1].split("/")[0]
        lines = tuple(sorted((line["order_item_code"], line["quantity"]) for line in wanted["items"]))
        effect = Effect(order_id, lines, next(iter(requests), None), next(iter(claims), None))
        self.town.effects.append(effect)


@dataclass
class Town:
    """`road`: what people do. `effects`: what we did to the mall, oldest first."""

    folder: Path
    loop: HastyLoop
    clock: HandClock = field(default_factory=HandClock)
    effects: list[Effect] = field(default_factory=list)
    lives: int = 0
    dies_after_effect: int | None = None
    """Whoever is about to die does so that many awaits after the mall has taken a write."""
    application: Application = field(init=False)
    road: Road = field(init=False)

    def founded(self, migrated: Path) -> "Town":
        self.folder.mkdir(exist_ok=True)
        shutil.copy(migrated, self.database)
        self.streets = httpx.AsyncClient(transport=Wires(self, ours=False), base_url=ORIGIN, trust_env=False)
        self.outbox = Outbox(self.clock)
        self.world = World(
            ORIGIN,
            now=self.clock,
            scopes=[*REQUIRED_SCOPES, "mall.read_privacy"],
            letters=list,
            client=self.streets,
        )
        self.goods = deepcopy(self.mall.orders)
        self.begins()
        return self

    @property
    def database(self) -> Path:
        return self.folder / f"life-{self.lives}.db"

    @property
    def mall(self) -> Mall:
        return self.world.malls[MALL]

    def begins(self) -> None:
        """A new process, which knows nothing but the database."""
        different: dict[str, Any] = {"database_url": f"sqlite:///{self.database}", "secret_key": SECRET_KEY}
        settings = read_settings(_env_file=None, **(different | self.world.settings()))
        self.wires = Wires(self, ours=True)
        self.application = build(
            settings,
            clock=self.clock,
            client=httpx.AsyncClient(transport=self.wires, trust_env=False),
            outbox=TroubledSender(self.outbox, self.world.sms_faults),
            routes=self.world.routes(),
            registers_itself=False,
            seconds=self.loop.time,
        )
        if self.lives:
            self.road.application = self.application
        else:
            self.road = Road(self.world, self.application, settings, self.streets, self.outbox, self.clock)

    async def opens(self) -> None:
        assert self.application.register is not None
        await self.application.register()
        bound = await self.world.connect(MALL)
        assert bound.status_code in {200, 303}, bound.text
        await self.world.goes_live()

    async def dies_and_comes_back(self) -> None:
        """As if the process had been killed: what it had committed is all that is left of it."""
        old = self.database
        self.lives += 1
        with closing(sqlite3.connect(old)) as left, closing(sqlite3.connect(self.database)) as kept:
            left.backup(kept)
        self.wires.cut = True
        await self.loop.bury()
        await self.ends()
        for file in self.folder.glob(f"{old.name}*"):
            file.unlink()
        self.begins()

    async def ends(self) -> None:
        """Without a graceful stop: only what the operating system would close too."""
        _finishing, *rest = self.application.closers
        for close in rest:
            await close()

    async def calls(self, who: str, method: str, params: Mapping[str, Any]) -> Any:
        """`who`: a chat user's id, or `manager`, who acts in the chat of `chat` among the params."""
        if who == "manager":
            return await self.road.manager_calls(method, params)
        return await self.road.customer_calls(self.world.talk.users[who], method, params)

    async def works(self) -> None:
        """Runs what is due, and what becomes due by that. No worker runs beside us."""
        assert self.application.drain is not None
        while await self.application.drain():
            pass

    async def shop_chooses(self, patch: Mapping[str, Any]) -> None:
        manager = Caller("manager", "mgr-jiwoo")
        await self.world.talk.call_function("settings.update", {"patch": dict(patch)}, caller=manager)

    def orders_again(self, like: str, number: int) -> str:
        """The same as before, on a new order."""
        order = again(self.goods[like], f"20261119-9{number:06d}")
        self.mall.orders[order.order_id] = order
        return order.order_id

    def shop_acts(self, act: str, order_id: str) -> Act:
        """Raises `ActImpossible` or `ApiError`."""
        if act.startswith("buyer_files"):
            lines = [item for item in self.mall.orders[order_id].items if item.quantity > 1]
            part = {lines[0].code: 1} if act == "buyer_files_part" and lines else None
            return self.mall.file_request(order_id, part)
        done: Act = getattr(self.mall, act)(order_id)
        return done

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]
