"""`/발송예정일`: orders that are being prepared → what the warehouse says → the day of each parcel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from commands.explain import decision_shape, ship_groups_shape
from commands.kernel.calendar import kst_day
from commands.kernel.decision import Blocked, ChangesWhen, Decision, Effect, Finding, Layer, decide
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import ItemState, Order, OrderId, OrderItem, OrderItemCode
from commands.kernel.spec import Ask, Promise, ShownDate
from commands.kernel.texts import beside
from commands.kernel.warehouse import Capability
from commands.kernel.who import CallerKind

from .facts import Facts, Group, Line, Why
from .holidays import public_holidays
from .rules import ship_groups
from .shipping_days import ShippingDays
from .stock import TELLS_DATES, Seen, lines_of, look, to_ship
from .wire import OrderDates, ViewParams, ViewResult

TEXTS = beside(__file__)
MOST_ORDERS = 5
EXPECTED = frozenset({ItemState.PREPARING})
WMS_SETTING = "wms.provider"
NO_WAREHOUSE = Finding("S1", "no_warehouse", Effect.BLOCKS, Layer.WMS, setting_path=WMS_SETTING)
STOCK_NOT_SERVED = Finding("S2", "stock_not_served", Effect.BLOCKS, Layer.WMS, setting_path=WMS_SETTING)
NOTHING_TO_SHIP = Finding("S3", "nothing_to_ship", Effect.BLOCKS, Layer.ORDER)


@dataclass(frozen=True, slots=True)
class Dated:
    """An order with the day of each of its parcels, and its lines by what was known of them."""

    order: Order
    groups: tuple[Group, ...]
    lines: tuple[Line, ...] = ()


async def served(ask: Ask) -> frozenset[Capability]:
    """Raises `Failure(commandOff)` for a shop without a warehouse."""
    capabilities = await ask.ports.warehouse.capabilities(ask.shop)
    if capabilities is None:
        sentence = TEXTS.say(ask.language, f"no_warehouse.{_reader(ask)}")
        raise Failure(FailureType.COMMAND_OFF, sentence, settingPath=WMS_SETTING)
    return capabilities


async def dated_orders(ask: Ask, order_id: str | None = None) -> list[Dated] | Blocked:
    """One call to the mall, and what `stock.look` asks the warehouse."""
    capabilities = await served(ask)
    if not capabilities & TELLS_DATES:
        return Blocked((STOCK_NOT_SERVED,))
    orders = [await one_order(ask, order_id)] if order_id else await _preparing(ask)
    with_work = [order for order in orders if to_ship(order)]
    if not with_work:
        return Blocked((NOTHING_TO_SHIP,))
    dated = dates_of(ask, with_work, await look(ask, with_work, capabilities))
    await _remember(ask, dated)
    return dated


async def _preparing(ask: Ask) -> Sequence[Order]:
    recent = await ask.ports.orders.recent(
        ask.shop, ask.customer, at_most=MOST_ORDERS, months=ask.choices.lookback_months, states=EXPECTED
    )
    return [order for order in recent.orders if to_ship(order)][:MOST_ORDERS]


def dates_of(ask: Ask, orders: Sequence[Order], seen: Seen) -> list[Dated]:
    """Nothing is guessed while the warehouse does not answer (S4)."""
    if not seen.reachable:
        silent = Why.WAREHOUSE_UNAVAILABLE
        return [Dated(o, (Group(tuple(i.code for i in to_ship(o)), None, silent),)) for o in orders]
    days = shipping_days(ask)
    found = []
    for order in orders:
        lines = lines_of(order, seen)
        facts = Facts(
            order_date=kst_day(order.ordered_at),
            lines=lines,
            now=ask.now,
            days=days,
            policy=ask.choices.partial_shipping,
            paid=_won(order),
        )
        found.append(Dated(order, ship_groups(facts), lines))
    return found


def shipping_days(ask: Ask) -> ShippingDays:
    """Of this year and the next, which is as far as a restock date is worth anything."""
    chosen, year = ask.choices.shipping, kst_day(ask.now).year
    holidays = (
        public_holidays(year) | public_holidays(year + 1) if not chosen.every_day else frozenset[date]()
    )
    return ShippingDays(
        weekdays=frozenset(chosen.days),
        closed=holidays | frozenset(chosen.extra_closed),
        cutoff=time.fromisoformat(chosen.cutoff),
        every_day=chosen.every_day,
    )


def _won(order: Order) -> Decimal | None:
    return order.total.amount if order.total.currency == "KRW" else None


async def _remember(ask: Ask, dated: Sequence[Dated]) -> None:
    """What a customer was told is a promise; a manager's look is none."""
    if ask.caller.kind is CallerKind.USER:
        await ask.ports.promises.given(
            ask,
            [
                Promise(found.order.order_id, code, group.ship_date)
                for found in dated
                for group in found.groups
                for code in group.codes
                if group.ship_date
            ],
        )


async def view(ask: Ask, params: ViewParams) -> ViewResult:
    found = await dated_orders(ask, params.order_id)
    if isinstance(found, Blocked):
        return ViewResult(orders=[], why=decision_shape(found, TEXTS, ask.language))
    return ViewResult(orders=[order_dates(ask, dated) for dated in found])


def order_dates(ask: Ask, dated: Dated) -> OrderDates:
    groups = ship_groups_shape(dated.order, shown(ask, dated), ask)
    return OrderDates(order_id=dated.order.order_id, groups=groups)


def shown(ask: Ask, dated: Dated) -> list[ShownDate]:
    back = restock_dates(ask, dated)
    return [
        ShownDate(
            codes=group.codes,
            ship_date=group.ship_date,
            note=TEXTS.say(ask.language, f"group.{group.why}"),
            restock={code: back[code] for code in group.codes if code in back},
            known=group.why is not Why.WAREHOUSE_UNAVAILABLE,
        )
        for group in dated.groups
    ]


async def for_detail(ask: Ask, order: Order) -> list[ShownDate]:
    """Part of another command's answer: what cannot be said is left out."""
    capabilities = await ask.ports.warehouse.capabilities(ask.shop)
    if capabilities is None or not capabilities & TELLS_DATES or not to_ship(order):
        return []
    (dated,) = dates_of(ask, [order], await look(ask, [order], capabilities))
    await _remember(ask, [dated])
    return shown(ask, dated)


def restock_dates(ask: Ask, dated: Dated) -> dict[OrderItemCode, date]:
    """Beside items without stock; nothing where none is registered or it is past (H28, i)."""
    today = kst_day(ask.now)
    return {
        line.code: line.restock_date
        for line in dated.lines
        if line.in_stock is False and line.restock_date and line.restock_date >= today
    }


async def offer(ask: Ask, order: Order) -> Decision[None]:
    """What this command would say to an order, for its detail and for `/진단`."""
    capabilities = await ask.ports.warehouse.capabilities(ask.shop)
    findings = []
    if capabilities is None:
        findings.append(NO_WAREHOUSE)
    elif not capabilities & TELLS_DATES:
        findings.append(STOCK_NOT_SERVED)
    if not to_ship(order):
        findings.append(NOTHING_TO_SHIP)
    if strange := [item for item in order.items if item.state is ItemState.UNRECOGNISED]:
        findings.append(_unrecognised(strange))
    return decide(None, findings)


def _unrecognised(items: Sequence[OrderItem]) -> Finding:
    codes = " ".join(dict.fromkeys(item.status_code for item in items))
    act = ChangesWhen(act="talk_to_a_manager")
    return Finding(
        "S5",
        "unrecognised_status",
        Effect.NEEDS_MANAGER,
        Layer.ORDER,
        {"codes": codes},
        tuple(item.code for item in items),
        changes_when=act,
    )


async def one_order(ask: Ask, order_id: str) -> Order:
    order = await ask.ports.orders.one(ask.shop, ask.customer, OrderId(order_id))
    if order is None:
        raise Failure(FailureType.NOT_FOUND, TEXTS.say(ask.language, "order.notFound"))
    return order


def _reader(ask: Ask) -> str:
    return "customer" if ask.caller.kind is CallerKind.USER else "manager"
