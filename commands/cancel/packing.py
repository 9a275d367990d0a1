"""What the warehouse holds of an order, as the rules of `/주문취소` see it (WMS.md §4.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from commands.kernel.order import ItemState, Order, OrderId, OrderItem, OrderItemCode
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ask
from commands.kernel.warehouse import Capability, Mark, Stage, WarehouseItem, WarehouseOrder

NEEDED = frozenset({Capability.ORDERS, Capability.RESTORE})
STOPS: Mapping[Capability, Mark] = {Capability.CANCEL: "cancel", Capability.HOLD: "hold"}
"""What keeps the warehouse from shipping, best first."""
STOPPED: Mapping[Mark, frozenset[Stage]] = {
    "cancel": frozenset({Stage.CANCEL_MARKED, Stage.CANCELLED}),
    "hold": frozenset({Stage.HELD, Stage.CANCEL_MARKED, Stage.CANCELLED}),
}
GONE = frozenset(
    {
        ItemState.CANCELLED,
        ItemState.IN_TRANSIT,
        ItemState.DELIVERED,
        ItemState.RETURNING,
        ItemState.RETURNED,
        ItemState.RETURN_REJECTED,
        ItemState.EXCHANGED,
    }
)
"""Nothing of such a line is left to ship."""


@dataclass(frozen=True, slots=True)
class Packing:
    """`held` None: the warehouse does not hold the order (yet); `silent`: it does not answer; `stop`: how it can be
    kept from shipping; `restores`: that can be taken back.
    """

    held: WarehouseOrder | None = None
    silent: bool = False
    stop: Mark | None = "cancel"
    restores: bool = True

    def of(self, item: OrderItem) -> tuple[WarehouseItem, ...]:
        """By the line's own code, else by its SKU; where that does not tell either, all that it could be."""
        items = self.held.items if self.held else ()
        named = tuple(one for one in items if one.order_item_code == item.code)
        nameless = tuple(one for one in items if one.order_item_code is None)
        alike = tuple(one for one in nameless if one.sku and one.sku in _skus(item))
        return named or alike or nameless

    @property
    def tells_lines_apart(self) -> bool:
        return self.held is None or all(one.order_item_code for one in self.held.items)

    def to_stop(self, items: Iterable[OrderItem]) -> list[OrderItemCode]:
        """The lines that it would still ship."""
        done = STOPPED[self.stop] if self.stop else frozenset[Stage]()
        return [item.code for item in items if any(one.stage not in done for one in self.of(item))]


def _skus(item: OrderItem) -> set[str]:
    return {sku for sku in (item.variant_code, item.custom_variant_code) if sku}


def is_all(order: Order, codes: Iterable[OrderItemCode]) -> bool:
    """Whether these lines are all that the order would still ship."""
    chosen = set(codes)
    return all(item.code in chosen or item.state in GONE for item in order.items)


async def packing_of(ask: Ask, order_id: OrderId) -> Packing | None:
    """Read now. None without a warehouse."""
    return (await packings_of(ask, [order_id], fresh=True))[order_id]


async def packings_of(
    ask: Ask, order_ids: Iterable[OrderId], *, fresh: bool = False
) -> Mapping[OrderId, Packing | None]:
    """One question for all orders."""
    ids = list(order_ids)
    served = await ask.ports.warehouse.capabilities(ask.shop)
    if served is None or not ids:
        return dict.fromkeys(ids)
    stop = stop_of(served)
    restores = Capability.RESTORE in served
    if Capability.ORDERS not in served:
        return dict.fromkeys(ids, Packing(stop=None, restores=restores))
    try:
        held = await ask.ports.warehouse.orders(ask.shop, ids, fresh=fresh)
    except Unavailable:
        return dict.fromkeys(ids, Packing(silent=True, stop=stop, restores=restores))
    return {order_id: Packing(held.get(order_id), False, stop, restores) for order_id in ids}


def stop_of(served: frozenset[Capability]) -> Mark | None:
    return next((mark for capability, mark in STOPS.items() if capability in served), None)


def can_complete(served: frozenset[Capability]) -> bool:
    """A warehouse that can be stopped, and started again when the mall says no."""
    return served >= NEEDED and stop_of(served) is not None
