"""`/주문목록`: the latest five orders, one order in detail, and the pictures that follow."""

import asyncio
from weakref import WeakKeyDictionary

from commands.explain import decision_shape, order_card, order_detail, ship_groups_shape
from commands.kernel.decision import Decision
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order, OrderId, product_numbers
from commands.kernel.ports import RecentOrders
from commands.kernel.spec import Ask
from commands.kernel.texts import beside
from commands.kernel.who import Guest, Language
from commands.shapes import ActionShape

from .rules import LATEST_ORDERS, ListFacts, decide_list
from .wire import DetailParams, DetailResult, PicturesParams, PicturesResult, ViewParams, ViewResult

TEXTS = beside(__file__)
Made = tuple[Language, int, bytes]
_made: WeakKeyDictionary[RecentOrders, Made] = WeakKeyDictionary()


async def latest(ask: Ask) -> RecentOrders:
    return await ask.ports.orders.recent(
        ask.shop, ask.customer, at_most=LATEST_ORDERS, months=ask.choices.lookback_months
    )


def why_none(ask: Ask, recent: RecentOrders) -> Decision[None]:
    is_guest = isinstance(ask.customer, Guest)
    return decide_list(
        ListFacts("guest" if is_guest else "member", len(recent.orders), recent.months_searched)
    )


async def view(ask: Ask, _params: ViewParams) -> ViewResult:
    recent = await latest(ask)
    if not recent.orders:
        return ViewResult(orders=[], why=decision_shape(why_none(ask, recent), TEXTS, ask.language))
    return ViewResult(orders=[order_card(order, ask) for order in recent.orders])


async def view_made(ask: Ask, params: ViewParams) -> bytes:
    """`view` as JSON, made once for as long as the orders are in memory and no picture was learned."""
    recent = await latest(ask)
    made = _made.get(recent)
    if made is None or made[:2] != (ask.language, ask.ports.pictures.learned):
        result = await view(ask, params)
        json = result.model_dump_json(by_alias=True, exclude_none=True).encode()
        made = _made[recent] = (ask.language, ask.ports.pictures.learned, json)
    return made[2]


async def one_order(ask: Ask, order_id: str) -> Order:
    """Raises `Failure(notFound)`, alike for an order that does not exist and for somebody else's."""
    order = await ask.ports.orders.one(ask.shop, ask.customer, OrderId(order_id))
    if order is None:
        raise Failure(FailureType.NOT_FOUND, TEXTS.say(ask.language, "detail.notFound"))
    return order


async def detail(ask: Ask, params: DetailParams) -> DetailResult:
    order = await one_order(ask, params.order_id)
    offers, dates = await asyncio.gather(ask.ports.offers.of(ask, order), ask.ports.ship_dates.of(ask, order))
    actions = [
        ActionShape(command=o.command, decision=decision_shape(o.decision, o.texts, ask.language))
        for o in offers
    ]
    return DetailResult(
        order=order_detail(order, ask),
        actions=actions,
        ship_dates=ship_groups_shape(order, dates, ask) if dates else None,
    )


async def pictures(ask: Ask, params: PicturesParams) -> PicturesResult:
    shown = [await one_order(ask, params.order_id)] if params.order_id else (await latest(ask)).orders
    found = await ask.ports.pictures.pictures(ask.shop, product_numbers(shown))
    return PicturesResult(pictures={str(number): url for number, url in found.items()})
