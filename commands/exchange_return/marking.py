"""Tells the warehouse of a return or an exchange once the mall has it, and takes that back once the shop has refused
it: as far as it can, and without anybody waiting (WMS.md §4.4-4).
"""

from commands.kernel.failures import Failure
from commands.kernel.marked import marked, taken_back
from commands.kernel.order import OrderItemCode
from commands.kernel.plan import Json, Receipt, Steps
from commands.kernel.spec import Ask, Keep
from commands.kernel.warehouse import Capability, WarehouseOrder
from commands.kernel.warehouse_writes import DONE, step_again, told

from .calling import CLAIMED
from .facts import Kind
from .finding_out import TEXTS, one_order
from .wish import Wish

NEEDED: dict[Kind, Capability] = {"return": Capability.RETURN, "exchange": Capability.EXCHANGE}


async def mark_in_warehouse(ask: Ask, payload: Json, receipt_id: str, step: Steps, keep: Keep) -> bool:
    """False: the warehouse said no, or knows whole lines only. What it cannot do at all, or does not hold, is not asked
    of it, nor what the shop has refused meanwhile. Raises `Unavailable`, `OutcomeUnknown`.
    """
    wish = Wish.from_json(payload)
    warehouse, shop = ask.ports.warehouse, ask.shop
    served = await warehouse.capabilities(shop)
    if served is None or not served >= {Capability.ORDERS, NEEDED[wish.kind]}:
        return True
    held = (await warehouse.orders(shop, [wish.order_id], fresh=True)).get(wish.order_id)
    codes = _held_of(held, wish)
    if not codes:
        return True
    whole = [code for code in codes if code not in wish.parts]
    if not whole:
        return False
    # Remembered before it is made: a crash between the two must not leave a mark that nobody knows of.
    if not await keep(marked(wish.kind, whole)):
        return True
    reason = TEXTS.say(ask.language, f"reason.{wish.reason_type}")

    async def mark() -> str:
        key = f"{receipt_id}:{wish.kind}"
        return await told(warehouse.mark(shop, wish.kind, wish.order_id, whole, reason, key))

    if await step_again(step, "warehouse", mark) != DONE:
        await keep(None)
        return False
    return whole == codes


async def take_mark_back(ask: Ask, receipt: Receipt, step: Steps) -> bool:
    """False: the mark has to come off by hand. Raises as `mark_in_warehouse` does."""
    kind: Kind = receipt.shown["kind"]
    try:
        order = await one_order(ask, receipt.order_id)
    except Failure:
        return False
    return await taken_back(ask, receipt, order, CLAIMED[kind], step)


def _held_of(held: WarehouseOrder | None, wish: Wish) -> list[OrderItemCode]:
    """A warehouse that does not say which line is which is asked about all of them."""
    known = {item.order_item_code for item in held.items} if held else set()
    return [code for code in wish.lines if code in known or None in known]
