"""What the console's pages of daily work need of the other parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import unquote

from starlette.routing import BaseRoute

from app.cafe24.oauth import REQUIRED_SCOPES
from app.clock import Clock
from app.console.desk import SPEC as CLAIMS
from app.console.desk import ClaimsDesk
from app.console.erasing import Erase
from app.console.names import ManagerNames
from app.console.routes import console_routes, console_sign_in
from app.console.signing_in import SigningIn
from app.console.warehouse import Checked, SkuReport, UnmappedVariant, WarehouseShops
from app.console.work import Neighbours, work_routes
from app.effects.pending_functions import ClaimFunctions
from app.effects.settling import receipt_of
from app.ports import (
    Call,
    Connection,
    ConnectionOf,
    Connections,
    FoundOrder,
    Function,
    PendingClaims,
    PhotoLinks,
    Surface,
)
from app.ports.wms import WmsState
from app.shops.settings import ShopSettings, choices_of, patched, shown
from app.wam.functions import ScreenParams, ScreenResult, failure_screen
from app.wam.render import screen_html
from app.wiring.agent_console import agent_neighbours
from app.wiring.base import Base
from app.wiring.mall import MallSide, cafe24_sources
from app.wiring.shops import ShopSide
from app.wms.connection import WmsConnection
from app.wms.functions import NoParams, VariantShape, WmsFunctions
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import ItemState, Order, OrderId
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.ports import RecentOrders, Unavailable
from commands.kernel.screen import Show
from commands.kernel.spec import Ask, Ports
from commands.kernel.who import Caller, CallerKind, Customer, Guest, Language, Shop

MOST_RECEIPTS = 30
NOBODY = Guest("")
"""Whose an order is that the mall's record ascribes to nobody: no order can be asked for by it."""


class OneOrder:
    """`Orders` that holds the one order which a manager looked up, whoever asks."""

    def __init__(self, order: Order) -> None:
        self._order = order

    async def recent(
        self,
        shop: Shop,  # noqa: ARG002  the port's
        customer: Customer,  # noqa: ARG002
        *,
        at_most: int,  # noqa: ARG002
        months: int,
        states: frozenset[ItemState] | None = None,  # noqa: ARG002
    ) -> RecentOrders:
        return RecentOrders((self._order,), months)

    async def one(self, shop: Shop, customer: Customer, order_id: OrderId) -> Order | None:  # noqa: ARG002
        return self._order if order_id == self._order.order_id else None


class ConsoleWarehouse:
    """What `wms.*` says to managers, said to whoever the console has let in as an admin."""

    def __init__(self, wms: WmsConnection, connections: Connections) -> None:
        not_connected = partial(WORDS.say, key="manager.connect.text")
        self._functions = WmsFunctions(wms, connections, _let_in_before, not_connected)

    async def check(self, connection: Connection, language: Language) -> Checked:
        found = await self._functions.check(_call(connection, language), NoParams())
        return Checked(found.state is WmsState.OK, found.text)

    async def shops(self, connection: Connection, language: Language) -> WarehouseShops:
        found = await self._functions.shops(_call(connection, language), NoParams())
        shops = [(shop.shop_id, shop.matches) for shop in found.suggestions]
        return WarehouseShops(found.text, unquote(found.commerce_key), found.asked, shops)

    async def mapping(self, connection: Connection, language: Language) -> SkuReport:
        found = await self._functions.mapping(_call(connection, language), NoParams())
        return SkuReport(
            found.text,
            found.unmapped_count,
            [_variant(one) for one in found.unmapped],
            found.unmappable_count,
            [_variant(one) for one in found.unmappable],
            whole_mall=found.complete,
        )


def _let_in_before(_call: Call, _connection: Connection) -> None:
    """The console's own pages ask for an admin's session."""


def _call(connection: Connection, language: Language) -> Call:
    return Call(Surface.MANAGER, "console", connection.shop.channel_id, language)


def _variant(one: VariantShape) -> UnmappedVariant:
    return UnmappedVariant(one.variant_code, one.custom_variant_code or "", one.product_name, one.option_text)


def desk_functions(
    claims: PendingClaims,
    photos: PhotoLinks,
    connection_of: ConnectionOf,
    names: ManagerNames,
    clock: Clock,
) -> list[Function]:
    """`claims.pending`, `claims.decide` and `claims.screen`: about no customer, so without a chat token."""
    desk = ClaimsDesk(claims, photos, names, clock)

    async def run(call: Call, params: ScreenParams) -> ScreenResult:
        try:
            if await connection_of(call.channel_id) is None:
                raise Failure(FailureType.NOT_CONNECTED)  # noqa: TRY301  the screen for it is made below
            screen = await desk.screen(call, params.screen, params.input)
        except Failure as failure:
            screen = failure_screen(call, failure, None)
        except Unavailable:
            again = Show(CLAIMS.name, CLAIMS.first_screen)
            screen = failure_screen(call, Failure(FailureType.UPSTREAM_UNAVAILABLE), again)
        return ScreenResult(html=screen_html(screen))

    managers = frozenset({Surface.MANAGER})
    screen = Function(f"{CLAIMS.name}.screen", ScreenParams, ScreenResult, run, managers)
    return [*ClaimFunctions(claims, photos).all(), screen]


@dataclass(frozen=True, slots=True)
class ConsoleSide:
    """`door`: a Cafe24 launch comes in by its `sign_in`."""

    door: SigningIn
    names: ManagerNames
    routes: Sequence[BaseRoute]


def console_side(
    base: Base,
    mall: MallSide,
    shops: ShopSide,
    names: ManagerNames,
    ports: Ports,
    claims: PendingClaims,
    photos: PhotoLinks,
    wms: WmsConnection,
    erase: Erase,
) -> ConsoleSide:
    settings, store, clock = base.settings, base.store, base.clock
    door = console_sign_in(
        keys=base.keys,
        clock=clock,
        once=store.once,
        connections=store.connections,
        public_url=settings.public_url,
        shown=shown,
        names=names,
    )
    connection_pages = console_routes(
        door=door,
        clock=clock,
        connections=store.connections,
        pairings=store.pairings,
        tokens=store.mall_tokens,
        audit=store.audit,
        connecting=shops.connecting,
        findings=shops.checkup.findings,
        shown=shown,
        patched=patched,
        forget=base.book.forget,
        required_scopes=tuple(REQUIRED_SCOPES),
        consent_hosts=cafe24_sources(settings),
    )
    near = _neighbours(base, mall, shops, ports, claims, photos, wms, erase)
    return ConsoleSide(door, names, [*connection_pages, *work_routes(door, near, clock)])


def _neighbours(
    base: Base,
    mall: MallSide,
    shops: ShopSide,
    ports: Ports,
    claims: PendingClaims,
    photos: PhotoLinks,
    wms: WmsConnection,
    erase: Erase,
) -> Neighbours:
    store = base.store

    def ask_of(connection: Connection, found: FoundOrder, who: str, language: Language) -> Ask:
        return Ask(
            shop=connection.shop,
            customer=found.customer or NOBODY,
            caller=Caller(CallerKind.MANAGER, who.removeprefix("manager:")),
            language=language,
            now=base.clock(),
            choices=choices_of(connection),
            ports=replace(ports, orders=OneOrder(found.order)),
        )

    async def receipts_of(connection: Connection, order_id: OrderId) -> Sequence[Receipt]:
        """Newest first; those of another shop of the mall are left out."""
        shop, found = connection.shop, []
        for state in ReceiptState:
            for intent in await store.intents.of_order(shop.mall_id, order_id, state):
                plan = await store.plans.get(shop.mall_id, intent.plan_id)
                if plan and (plan.shop_no, plan.channel_id) == (shop.shop_no, shop.channel_id):
                    found.append(receipt_of(plan, intent))
        return sorted(found, key=lambda receipt: receipt.at, reverse=True)[:MOST_RECEIPTS]

    return Neighbours(
        connections=store.connections,
        audit=store.audit,
        claims=claims,
        photos=photos,
        orders=mall.shop_orders,
        ask_of=ask_of,
        receipts_of=receipts_of,
        render=screen_html,
        schema=ShopSettings.model_json_schema(by_alias=True),
        shown=shown,
        change=shops.keeper.change,
        findings=shops.checkup.by_command,
        erase=erase,
        pictures_from=cafe24_sources(base.settings),
        agents=agent_neighbours(base),
        warehouse=ConsoleWarehouse(wms, store.connections),
        kept_rate=store.promises.kept_rate,
    )
