"""What the shop decided on a request that lies in the mall: read off the lines (ORDERS.md §2). Rejected lines carry
C11, or have gone back to the state they had before.
"""

from commands.kernel.failures import Failure
from commands.kernel.order import ItemState, Order, OrderItem
from commands.kernel.plan import Json, Receipt, ReceiptState, Settled
from commands.kernel.spec import Ask

from .act import REQUESTED
from .command import one_order
from .endings import ending

REJECTED = "request_rejected"
CANCELLED = frozenset({ItemState.CANCEL_REQUESTED, ItemState.CANCELLED})


async def follow(ask: Ask, receipt: Receipt) -> Settled | None:
    """None while the shop has not decided on every line, or shows the order no more. Raises `Unavailable`."""
    try:
        order = await one_order(ask, receipt.order_id)
    except Failure:
        return None
    lines = _asked_for(order, receipt.shown)
    if not lines or any(item.status_code == REQUESTED for item in lines):
        return None
    if all(item.state in CANCELLED for item in lines):
        return Settled(ReceiptState.DONE, claim_code=_claim_code(lines))
    if not any(item.state in CANCELLED for item in lines):
        return Settled(ReceiptState.FAILED, decision=ending(ask, REJECTED))
    return Settled(ReceiptState.FAILED, decision=ending(ask, "outcome_unclear"))


def _asked_for(order: Order, shown: Json) -> list[OrderItem]:
    """The lines of the request, or nothing while one of them is not there yet."""
    found: list[OrderItem] = []
    for line in shown.get("items", ()):
        item = next((item for item in order.items if item.code == line["orderItemCode"]), None)
        if item is not None and item.code in shown.get("parts", ()):
            item = _cut_off(order, item, line["quantity"], shown) or _if_claimed(item)
        if item is None:
            return []
        found.append(item)
    return found


def _cut_off(order: Order, rest: OrderItem, quantity: int, shown: Json) -> OrderItem | None:
    """The first such line that the order did not have before: later ones belong to later requests."""
    alike = (rest.product_no, rest.option_text, quantity)
    before = set(shown.get("codes", ()))
    new = (item for item in order.items if item.code not in before)
    fits = (item for item in new if (item.product_no, item.option_text, item.quantity) == alike)
    return min(fits, key=lambda item: item.code, default=None)


def _if_claimed(item: OrderItem) -> OrderItem | None:
    """A mall that cuts nothing off would claim the line itself (ASSUMPTION); what is asked for later, may too."""
    return item if item.status_code == REQUESTED or item.state in CANCELLED else None


def _claim_code(lines: list[OrderItem]) -> str | None:
    return next((item.claim_code for item in lines if item.claim_code), None)
