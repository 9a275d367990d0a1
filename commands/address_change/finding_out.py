"""Gathers the facts: the order, the mall's settings, its surcharges, and what the warehouse has packed."""

import asyncio
from collections.abc import Iterable, Mapping

from commands.claiming import own_order
from commands.kernel.address import Address
from commands.kernel.mall import MallRules
from commands.kernel.order import Order, OrderId
from commands.kernel.plan import Receipt
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ask
from commands.kernel.surcharges import RegionalSurcharges
from commands.kernel.texts import beside
from commands.kernel.warehouse import Capability, WarehouseOrder

from .facts import Facts, Packing

TEXTS = beside(__file__)
NEEDED = frozenset({Capability.ORDERS, Capability.PACKAGES, Capability.CHANGE_ADDRESS})
NOT_ASKED = RegionalSurcharges(in_use=None)
WAREHOUSE_SECONDS = 3.0
"""For all that it is asked about one order: somebody waits for the preview."""


async def one_order(ask: Ask, order_id: str) -> Order:
    return await own_order(ask, order_id, TEXTS)


async def facts_for(ask: Ask, order: Order, wanted: Address, *, under_way: bool = True) -> Facts:
    """All that a plan depends on, read now. `under_way` False: our own receipt does not count against us."""
    mall, surcharges, packing = await asyncio.gather(
        ask.ports.rules.rules(ask.shop, fresh=True),
        ask.ports.surcharges.surcharges(ask.shop, fresh=True),
        packing_of(ask, order),
    )
    return Facts(
        order=order,
        mall=mall,
        surcharges=surcharges,
        wanted=wanted,
        packing=packing,
        under_way=await under_way_for(ask, order) if under_way else None,
    )


def first_facts(order: Order, mall: MallRules, packing: Packing | None, under_way: Receipt | None) -> Facts:
    """Before an address is known."""
    return Facts(order, mall, NOT_ASKED, packing=packing, under_way=under_way)


async def under_way_for(ask: Ask, order: Order) -> Receipt | None:
    open_now = await ask.ports.effects.open_receipts(ask, [order.order_id])
    return open_now.get(order.order_id)


async def packing_of(ask: Ask, order: Order, *, within: float = WAREHOUSE_SECONDS) -> Packing | None:
    """Read now, with the members of each combined package. None without a warehouse."""
    served = await ask.ports.warehouse.capabilities(ask.shop)
    if served is None:
        return None
    if Capability.ORDERS not in served:
        return Packing(can_change=False)
    try:
        async with asyncio.timeout(within):
            held = (await ask.ports.warehouse.orders(ask.shop, [order.order_id], fresh=True)).get(
                order.order_id
            )
            combines = Capability.PACKAGES in served
            others = await _others(ask, held) if held and combines else frozenset[OrderId]()
    except (Unavailable, TimeoutError):
        return Packing(silent=True)
    return Packing(held, can_change=served >= NEEDED, others=others)


async def _others(ask: Ask, held: WarehouseOrder) -> frozenset[OrderId]:
    packages = dict.fromkeys(item.package_id for item in held.items if item.package_id)
    members = await asyncio.gather(*(ask.ports.warehouse.package_orders(ask.shop, p) for p in packages))
    return frozenset[OrderId]().union(*members) - {held.order_id}


async def packings_of(ask: Ask, order_ids: Iterable[OrderId]) -> Mapping[OrderId, Packing | None]:
    """For a list: one question for all orders, and none about packages."""
    ids = list(order_ids)
    served = await ask.ports.warehouse.capabilities(ask.shop)
    if served is None:
        return dict.fromkeys(ids)
    if Capability.ORDERS not in served:
        return {order_id: Packing(can_change=False) for order_id in ids}
    try:
        held = await ask.ports.warehouse.orders(ask.shop, ids)
    except Unavailable:
        return {order_id: Packing(silent=True) for order_id in ids}
    return {order_id: Packing(held.get(order_id), can_change=served >= NEEDED) for order_id in ids}
