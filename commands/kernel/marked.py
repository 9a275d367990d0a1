"""Marks of ours in the warehouse for a request that lies in the mall: what its receipt remembers of them, and how they
come off when the shop says no (WMS.md §4.4).
"""

from collections.abc import Iterable, Mapping

from .claim_lines import States
from .order import Order, OrderItemCode
from .plan import Json, Receipt, Steps
from .spec import Ask
from .warehouse import Capability, Mark, Stage, WarehouseOrder
from .warehouse_writes import DONE, step_again, told

MARKED = "marked"
"""What is shown of a receipt keeps it, since the plan's payload is wiped long before a shop decides."""
NEEDED = frozenset({Capability.ORDERS, Capability.RESTORE})
STANDS: Mapping[Mark, frozenset[Stage]] = {
    "cancel": frozenset({Stage.CANCEL_MARKED, Stage.CANCELLED}),
    "hold": frozenset({Stage.HELD}),
    "return": frozenset({Stage.RETURN_MARKED, Stage.RETURNED}),
    "exchange": frozenset({Stage.EXCHANGE_MARKED, Stage.EXCHANGED}),
}


def marked(mark: Mark, codes: Iterable[OrderItemCode]) -> Json:
    return {"mark": mark, "codes": sorted(codes)}


async def taken_back(ask: Ask, receipt: Receipt, order: Order, claimed: States, step: Steps) -> bool:
    """What the mall claims all the same stays marked. False: a mark of ours may stand that only a person can take off.
    Raises `Unavailable`, `OutcomeUnknown`.
    """
    kept = receipt.shown.get(MARKED)
    if not kept:
        return True
    mark: Mark = kept["mark"]
    states = {item.code: item.state for item in order.items}
    free = {OrderItemCode(code) for code in kept["codes"] if states.get(code) not in claimed}
    if not free:
        return True
    warehouse, shop = ask.ports.warehouse, ask.shop
    served = await warehouse.capabilities(shop)
    if served is None or Capability.ORDERS not in served:
        return False
    held = (await warehouse.orders(shop, [order.order_id], fresh=True)).get(order.order_id)
    if not _stands(held, mark, free):
        return True
    if not served >= NEEDED:
        return False

    # The same lines each time, since a key stands for one request; what carries no mark of this kind is left alone.
    async def restore() -> str:
        key = f"{receipt.receipt_id}:{mark}:back"
        return await told(warehouse.restore(shop, mark, order.order_id, sorted(free), key))

    return await step_again(step, "warehouse.back", restore) == DONE and free <= states.keys()


def _stands(held: WarehouseOrder | None, mark: Mark, codes: Iterable[OrderItemCode]) -> bool:
    """Of a stage that cannot be told it is not said that the mark is gone."""
    shows = STANDS[mark] | {Stage.UNKNOWN}
    seen = {item.order_item_code for item in (held.items if held else ()) if item.stage in shows}
    return None in seen or not seen.isdisjoint(codes)
