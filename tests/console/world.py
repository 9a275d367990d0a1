"""A console on a real SQLite store, a browser that behaves like one, and a hand-written `Connecting`."""

import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.console import console_routes, console_sign_in
from app.console.names import ManagerNames
from app.console.signing_in import SigningIn
from app.console.work import Neighbours, work_routes
from app.keys import KeyRing
from app.ports import (
    AuditLine,
    Connection,
    ConnectionState,
    Consent,
    FoundOrder,
    Pairing,
    TokenPair,
)
from app.ports.promises import KeptRate
from app.shops.doctor import Checkup
from app.shops.keeping import SettingsKeeper
from app.shops.settings import ShopSettings, patched, shown
from app.store.store import Store, open_store
from commands.kernel.failures import Failure, FailureType
from commands.kernel.mall import MallRules
from commands.kernel.order import OrderId
from commands.kernel.ports import Unavailable
from commands.kernel.who import ChannelId, Customer, Language, MallId, Shop
from commands.registry import COMMANDS

from .claims import Photos, WaitingRoom
from .depot import Depot

NOW = datetime(2026, 11, 21, 5, 3, tzinfo=UTC)
CHANNEL = ChannelId("ch-hanok")
MALL = MallId("hanok")
KEY = bytes(range(32))
PUBLIC_URL = "https://jumun.example"
SCOPES = (
    "mall.read_application",
    "mall.read_order",
    "mall.write_order",
    "mall.read_store",
    "mall.read_product",
    "mall.read_customer",
    "mall.read_promotion",
    "mall.read_shipping",
)
AUTHORIZE = "https://hanok.cafe24api.com/api/v2/oauth/authorize?state=s"


class MallThatIsAway:
    """The doctor speaks of the rest when the mall does not answer."""

    async def rules(self, shop: Shop, *, fresh: bool) -> MallRules:
        raise Unavailable


class NoOrders:
    """Looking up is tested with the whole application, in test_orders.py."""

    async def of_shop(self, shop: Shop, order_id: OrderId) -> FoundOrder | None:
        return None


def never(*_anything: Any) -> Any:
    raise AssertionError("nothing was found, so nothing is asked")


async def photo(request: Request) -> Response:
    """A picture of its own colour for each reference."""
    shade = sum(request.path_params["path"].encode()) % 360
    hill = f'<path d="M0 4 L2 1 L4 4z" fill="hsl({shade},30%,45%)"/>'
    sky = f'<rect width="4" height="4" fill="hsl({shade},35%,70%)"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">{sky}{hill}</svg>'
    return Response(svg, media_type="image/svg+xml")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Connecting:
    """Keeps what it was asked. `answer`: what the next start gives, or raises."""

    store: Store
    clock: Clock
    answer: Consent | Exception = field(default_factory=lambda: Consent(AUTHORIZE))
    started: list[dict[str, Any]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)

    async def start(self, **asked: Any) -> Consent:
        self.started.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def remove(self, channel_id: ChannelId, by: str) -> bool:
        self.removed.append((channel_id, by))
        return await self.store.connections.remove(channel_id) is not None


class World:
    """`app` is what main would mount. Time stands still until `clock.passes`."""

    def __init__(
        self, migrated: Path, folder: Path, public_url: str = PUBLIC_URL, consent_hosts: str = "https:"
    ) -> None:
        path = folder / "console.db"
        path.write_bytes(migrated.read_bytes())
        self.public_url = public_url
        self.clock = Clock()
        self.keys = KeyRing([KEY])
        self.store = open_store(f"sqlite:///{path}", self.keys, self.clock)
        self.connecting = Connecting(self.store, self.clock)
        self.forgotten: list[str] = []
        store = self.store
        self.door: SigningIn = console_sign_in(
            keys=self.keys,
            clock=self.clock,
            once=store.once,
            connections=store.connections,
            public_url=public_url,
            shown=shown,
            names=ManagerNames(self.names, self.clock),
        )
        checkup = Checkup(
            COMMANDS,
            store.mall_tokens,
            rules=MallThatIsAway(),
            required_scopes=frozenset(SCOPES),
            texts_can_be_sent=lambda _connection: True,
        )
        self.claims = WaitingRoom(self.clock)
        self.warehouse = Depot()
        self.kept = KeptRate(0, 0)
        self.named: dict[str, str] = {}
        self.asked_names: list[str] = []
        self.erased: list[tuple[str, Customer, str]] = []
        keeper = SettingsKeeper(store.connections, store.audit, self.clock, forget=self.forgotten.append)
        near = Neighbours(
            connections=store.connections,
            audit=store.audit,
            claims=self.claims,
            photos=Photos(),
            orders=NoOrders(),
            ask_of=never,
            receipts_of=never,
            render=str,
            schema=ShopSettings.model_json_schema(by_alias=True),
            shown=shown,
            change=keeper.change,
            findings=checkup.by_command,
            erase=self.erase,
            warehouse=self.warehouse,
            kept_rate=self.kept_rate,
        )
        self.app = Starlette(
            routes=[
                *work_routes(self.door, near, self.clock),
                Route("/photos/{path:path}", photo),
                *console_routes(
                    door=self.door,
                    clock=self.clock,
                    connections=store.connections,
                    pairings=store.pairings,
                    tokens=store.mall_tokens,
                    audit=store.audit,
                    connecting=self.connecting,
                    findings=checkup.findings,
                    shown=shown,
                    patched=patched,
                    forget=self.forgotten.append,
                    required_scopes=SCOPES,
                    consent_hosts=consent_hosts,
                ),
            ]
        )

    async def erase(self, connection: Connection, customer: Customer, by: str) -> dict[str, int]:
        self.erased.append((connection.shop.channel_id, customer, by))
        return {"photos": 2, "receipts": 1}

    async def names(self, channel_id: ChannelId, manager_id: str) -> tuple[str, str]:
        self.asked_names.append(manager_id)
        return channel_id, self.named.get(manager_id, manager_id)

    async def kept_rate(self, channel_id: ChannelId, since: datetime) -> KeptRate:
        assert (channel_id, self.clock() - since) == (CHANNEL, timedelta(days=30))
        return self.kept

    async def connected(
        self,
        *,
        mall_id: MallId = MALL,
        shop_no: int = 1,
        channel_id: ChannelId = CHANNEL,
        state: ConnectionState = ConnectionState.CONNECTED,
        settings: dict[str, Any] | None = None,
        scopes: tuple[str, ...] = SCOPES,
    ) -> Connection:
        connection = Connection(
            shop=Shop(mall_id, shop_no, channel_id, "한옥상회"),
            state=state,
            operator=mall_id,
            settings={"admins": ["100"]} if settings is None else settings,
        )
        await self.store.connections.bind(connection, self.clock())
        pair = TokenPair(
            access="a",
            refresh="r",
            expires_at=NOW + timedelta(hours=2),
            refresh_expires_at=NOW + timedelta(days=14),
            scopes=frozenset(scopes),
            operator=mall_id,
        )
        await self.store.mall_tokens.put(mall_id, pair)
        return connection

    async def waiting(self) -> None:
        pairing = Pairing("p1", MALL, None, CHANNEL, "100", Language.KO, self.clock() + timedelta(minutes=30))
        await self.store.pairings.start(pairing, "state")

    async def link(
        self, *, manager: str = "100", channel: str = CHANNEL, language: str = "ko", token: str = "t" * 43
    ) -> str:
        """As `console.link` makes it; the token."""
        opener = orjson.dumps({"channel": channel, "manager": manager, "language": language}).decode()
        now = self.clock()
        await self.store.once.first("console_link", token, now, now + timedelta(seconds=60), opener)
        return token

    async def past(self, act: str, by: str, **facts: Any) -> None:
        line = AuditLine(CHANNEL, act, by, "settings", self.clock(), MALL, facts)
        await self.store.audit.add(line)

    def browser(self) -> "Browser":
        return Browser(self)


class Browser:
    """Sends what Chromium sends; follows nothing by itself; remembers the page it looks at."""

    def __init__(self, world: World) -> None:
        self._world = world
        transport = httpx.ASGITransport(world.app)
        self.http = httpx.AsyncClient(transport=transport, base_url=world.public_url)
        self.page = httpx.Response(200, text="")

    async def opens(self, path: str) -> httpx.Response:
        self.page = await self.http.get(path)
        return self.page

    async def sends(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        """A POST as a form of the page would send it."""
        sent = {"origin": "null", "sec-fetch-site": "same-origin"} if headers is None else headers
        return await self.http.post(path, data=fields, headers=sent)

    async def presses(self, path: str, **fields: str) -> httpx.Response:
        """A POST with the hidden fields of the form on the page that leads to `path`."""
        return await self.sends(path, **(self.hidden(path) | fields))

    def hidden(self, path: str) -> dict[str, str]:
        form = re.search(
            rf'<form method="post" action="{re.escape(path)}".*?</form>', self.page.text, re.DOTALL
        )
        assert form, f"no form leads to {path}"
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group())
        return {name: html.unescape(value) for name, value in found}

    async def enters(self, manager: str = "100", **how: str) -> httpx.Response:
        """Through the one-time link, to the page that is theirs."""
        token = await self._world.link(manager=manager, token=f"token-of-{manager}-{id(self)}", **how)
        await self.opens(f"/console/enter?token={token}")
        answer = await self.presses("/console/enter")
        assert answer.status_code == 303, answer.text
        return await self.opens(answer.headers["location"])

    async def sends_from(self, page: str, path: str, **fields: str) -> httpx.Response:
        """Opens a page and sends a form of it."""
        await self.opens(page)
        csrf = self.hidden("/console/leave")["csrf"]
        self.page = await self.sends(path, csrf=csrf, **fields)
        return self.page


def refusal(type_: FailureType, message: str) -> Failure:
    return Failure(type_, message)
