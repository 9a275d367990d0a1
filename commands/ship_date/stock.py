"""What the warehouse says of an order's items, as lines that the rules may read (WMS.md §4.6)."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from commands.kernel.order import ItemState, Order, OrderId, OrderItem
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ask
from commands.kernel.warehouse import Capability, Stage, StockLevel, WarehouseItem, WarehouseOrder

from .facts import Line

ON_HOLD = "N22"
TELLS_DATES = frozenset({Capability.STOCK, Capability.SHIP_DATE})
"""A day is computed of stock, or the warehouse gives its own (r); either is enough."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`reachable` False: the warehouse does not answer now, so nothing may be said."""

    orders: Mapping[OrderId, WarehouseOrder] = field(default_factory=dict)
    stock: Mapping[str, StockLevel] = field(default_factory=dict)
    reachable: bool = True


def to_ship(order: Order) -> list[OrderItem]:
    """Items that are being prepared; gone, cancelled and claimed ones are left out (p)."""
    return [item for item in order.items if item.state is ItemState.PREPARING]


async def look(ask: Ask, orders: Sequence[Order], capabilities: frozenset[Capability]) -> Seen:
    """At most one question for all the orders, and one for all the stock, side by side."""
    skus = dict.fromkeys(sku for order in orders for item in to_ship(order) for sku in _skus(item))
    try:
        held, stock = await asyncio.gather(
            _orders(ask, [o.order_id for o in orders], Capability.ORDERS in capabilities),
            _stock(ask, skus, Capability.STOCK in capabilities),
        )
    except Unavailable:
        return Seen(reachable=False)
    return Seen(held, stock)


async def _orders(ask: Ask, ids: Iterable[OrderId], served: bool) -> Mapping[OrderId, WarehouseOrder]:  # noqa: FBT001
    return await ask.ports.warehouse.orders(ask.shop, ids) if served else {}


async def _stock(ask: Ask, skus: Iterable[str], served: bool) -> Mapping[str, StockLevel]:  # noqa: FBT001
    return await ask.ports.warehouse.stock(ask.shop, skus) if served else {}


def lines_of(order: Order, seen: Seen) -> tuple[Line, ...]:
    held = seen.orders.get(order.order_id)
    return tuple(_line(item, _partner(item, held), seen.stock) for item in to_ship(order))


def _line(item: OrderItem, partner: WarehouseItem | None, stock: Mapping[str, StockLevel]) -> Line:
    level = next((stock[sku] for sku in _skus(item) if sku in stock), None)
    available = level.available if level else None
    return Line(
        code=item.code,
        in_stock=None if available is None else available >= item.quantity,
        restock_date=level.restock_date if level else None,
        given_date=partner.expected_ship_date if partner else None,
        label_printed=bool(item.tracking) or bool(partner and partner.label_printed),
        on_hold=item.status_code == ON_HOLD or bool(partner and partner.stage is Stage.HELD),
    )


def _partner(item: OrderItem, held: WarehouseOrder | None) -> WarehouseItem | None:
    """By the line's own code, else by the only item of that SKU."""
    items = held.items if held else ()
    named = [partner for partner in items if partner.order_item_code == item.code]
    alike = [p for p in items if p.order_item_code is None and p.sku in _skus(item)]
    found = named or alike
    return found[0] if len(found) == 1 else None


def _skus(item: OrderItem) -> list[str]:
    """The mall's variant code first, then the merchant's own (which may stand as a barcode)."""
    return [sku for sku in (item.variant_code, item.custom_variant_code) if sku]
