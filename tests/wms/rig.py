"""The real adapters over ASGI to the simulated servers, on a clock that the test moves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from app.http import new_client
from app.ports import Connection, ConnectionState
from app.ports.wms import Catalogue, KeptMark, MallVariant, WmsState
from app.sandbox.faults import Faults
from app.sandbox.wms.depot import Depot, Goods, ShopLine, ShopOrder
from app.sandbox.wms.fassto import FasstoServer
from app.sandbox.wms.sellmate import SellmateServer
from app.wms.account import Partner
from app.wms.calls import Caller
from app.wms.connection import WmsConnection
from app.wms.fassto import Fassto
from app.wms.gateway import WmsGateway
from app.wms.marks import Marks
from app.wms.sellmate import Sellmate
from app.wms.standing import Standing
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import Capability
from commands.kernel.who import ChannelId, MallId, Shop

NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SHOP = Shop(MallId("hanokmall"), 1, ChannelId("channel-1"), "한옥 상점")
ONE, TWO, THREE = (OrderId(f"20261123-000000{n}") for n in (1, 2, 3))
SKUS = ("P0000AAA000A", "P0000AAB000A", "P0000AAC000A")
SECRET, API_KEY = "sellmate-secret-value", "fassto-key-value"
SELLMATE = {"provider": "sellmate", "domain": "hanok", "shopId": "7"}
FASSTO = {"provider": "fassto", "cstCd": "94001"}
ALL = frozenset(
    {
        Capability.ORDERS,
        Capability.PACKAGES,
        Capability.HOLD,
        Capability.CANCEL,
        Capability.RETURN,
        Capability.EXCHANGE,
        Capability.RESTORE,
        Capability.CHANGE_ADDRESS,
    }
)


def code(order_id: OrderId, line: int = 1) -> OrderItemCode:
    return OrderItemCode(f"{order_id}-{line:02d}")


def codes(order_id: OrderId) -> list[OrderItemCode]:
    return [code(order_id, 1), code(order_id, 2)]


class HandClock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class MemoryBook:
    """As `SqlMarkBook`, which has the same tests in tests/store."""

    rows: dict[str, tuple[str, KeptMark]] = field(default_factory=dict)

    async def begin(self, _shop: Shop, key: str, asked: str, now: datetime) -> KeptMark | None:
        if key not in self.rows:
            self.rows[key] = (asked, KeptMark("begun", None, now))
            return None
        before, kept = self.rows[key]
        return replace(kept, same=before == asked)

    async def begin_again(self, _shop: Shop, key: str, seen: KeptMark, now: datetime) -> bool:
        asked, kept = self.rows[key]
        if (kept.outcome, kept.begun_at) != (seen.outcome, seen.begun_at):
            return False
        self.rows[key] = (asked, KeptMark("begun", None, now))
        return True

    async def settle(self, _shop: Shop, key: str, outcome: Any, message: str | None) -> None:
        asked, kept = self.rows[key]
        self.rows[key] = (asked, replace(kept, outcome=outcome, message=message))

    async def drop(self, _shop: Shop, key: str) -> None:
        self.rows.pop(key, None)


@dataclass
class MemoryTroubles:
    noted: dict[str, tuple[WmsState, str]] = field(default_factory=dict)

    async def note(self, channel_id: ChannelId, state: WmsState, made_of: str, _now: datetime) -> None:
        self.noted[channel_id] = (state, made_of)

    async def of(self, channel_id: ChannelId, made_of: str) -> WmsState | None:
        state, known = self.noted.get(channel_id, (None, ""))
        return state if known == made_of else None

    async def clear(self, channel_id: ChannelId) -> None:
        self.noted.pop(channel_id, None)


@dataclass
class ListedCatalogue:
    variants: tuple[MallVariant, ...] = tuple(
        MallVariant(sku, None, number, f"상품 {number}", "색상=먹색") for number, sku in enumerate(SKUS, 1)
    )

    async def of(self, _shop: Shop, *, most_products: int) -> Catalogue:
        return Catalogue(self.variants)


class Rig:
    """One depot behind both servers; `connection` is what the shop has typed in."""

    def __init__(
        self,
        wms: dict | None = None,
        *,
        assumed: frozenset[Capability] = ALL,
        read_seconds: float = 3.0,
        write_seconds: float = 10.0,
        secrets: dict[str, str] | None = None,
        wrap: Callable[[Any], Any] = lambda app: app,
        sellmate_secret: str = SECRET,
    ) -> None:
        self.clock = HandClock()
        self.orders = [shop_order(order_id) for order_id in (ONE, TWO, THREE)]
        self.goods = [Goods(sku, f"상품 {sku}", 5) for sku in SKUS]
        self.depot = Depot(lambda: self.orders, lambda: self.goods)
        self.faults = Faults()
        self.sellmate = SellmateServer(
            self.depot, now=self.clock, domain="hanok", clients={"partner": SECRET, "mine": "own-secret"},
            faults=self.faults,
        )  # fmt: skip
        self.fassto = FasstoServer(
            self.depot, now=self.clock, api_code="API1", api_key=API_KEY, customer="94001", faults=self.faults
        )
        app = Starlette(routes=[Mount("/sellmate", self.sellmate.app()), Mount("/fassto", self.fassto.app())])
        self.client = new_client(transport=httpx.ASGITransport(wrap(app), raise_app_exceptions=False))
        self.slept: list[float] = []
        self.statuses: list[tuple[str, str]] = []
        caller = Caller(
            self.client,
            time=lambda: 0.0,
            sleep=self._sleep,
            jitter=lambda: 0.0,
            on_call=lambda system, status: self.statuses.append((system, status)),
        )
        self.book, self.troubles, self.catalogue = MemoryBook(), MemoryTroubles(), ListedCatalogue()
        self.connection: Connection | None = connected(wms or SELLMATE, secrets)
        self.gateway = WmsGateway(
            {
                "sellmate": Sellmate(
                    caller, self.clock, url="http://127.0.0.1/sellmate/external/{domain}", assumed=assumed
                ),
                "fassto": Fassto(caller, self.clock, url="http://127.0.0.1/fassto"),
            },
            self._of_channel,
            Standing(self.troubles, self.clock, lambda text: f"hash of {len(text)} {hash(text)}"),
            Marks(self.book, self.clock, seconds=write_seconds),
            self.clock,
            partner=Partner("partner", sellmate_secret),
            read_seconds=read_seconds,
        )
        self.look = WmsConnection(self.gateway, self.catalogue)

    @property
    def calls(self) -> list[str]:
        return [*self.sellmate.meeting.calls, *self.fassto.meeting.calls]

    def forget_calls(self) -> None:
        self.sellmate.meeting.calls.clear()
        self.fassto.meeting.calls.clear()

    async def _of_channel(self, _channel_id: ChannelId) -> Connection | None:
        return self.connection

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


def connected(wms: dict, secrets: dict[str, str] | None = None) -> Connection:
    own = {"wms.apiCd": "API1", "wms.apiKey": API_KEY} if wms["provider"] == "fassto" else {}
    return Connection(SHOP, ConnectionState.CONNECTED, "owner", {"wms": wms}, own | (secrets or {}))


def shop_order(order_id: OrderId, *, status: str = "N20", skus: tuple[str, ...] = SKUS[:2]) -> ShopOrder:
    lines = tuple(ShopLine(code(order_id, n), sku, f"상품 {sku}", 1, status) for n, sku in enumerate(skus, 1))
    receiver = {
        "name": "김민지",
        "mobile": "01023456789",
        "zipcode": "03052",
        "address1": "서울 종로구 북촌로 1",
    }
    return ShopOrder(order_id, NOON - timedelta(hours=1), lines, receiver)


Answering = Callable[[], Awaitable[Any]]
