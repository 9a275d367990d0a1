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
    """The lines of the request. Of a line that was asked for in part: itself when it is claimed, else the one that
    was cut off it, which the order did not have before; nothing while there is none.
    """
    wished = {line["orderItemCode"]: line for line in shown.get("items", ())}
    before = set(shown.get("codes", ()))
    found: list[OrderItem] = []
    for item in (item for item in order.items if item.code in wished):
        if (
            item.code not in shown.get("parts", ())
            or item.status_code == REQUESTED
            or item.state in CANCELLED
        ):
            found.append(item)
            continue
        alike = (item.product_no, item.option_text, wished[item.code]["quantity"])
        cut_off = [
            new
            for new in order.items
            if new.code not in before and (new.product_no, new.option_text, new.quantity) == alike
        ]
        if not cut_off:
            return []
        found.extend(cut_off)
    return found


def _claim_code(lines: list[OrderItem]) -> str | None:
    return next((item.claim_code for item in lines if item.claim_code), None)
