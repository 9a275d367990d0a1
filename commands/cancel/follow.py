"""What the shop decided on a request that lies in the mall: read off the lines (ORDERS.md §2). Rejected lines carry
C11, or have gone back to the state they had before.
"""

from commands.kernel.order import ItemState, OrderItem
from commands.kernel.plan import Receipt, ReceiptState, Settled
from commands.kernel.spec import Ask

from .act import REQUESTED
from .command import one_order
from .endings import ending

REJECTED = "request_rejected"
CANCELLED = frozenset({ItemState.CANCEL_REQUESTED, ItemState.CANCELLED})


async def follow(ask: Ask, receipt: Receipt) -> Settled | None:
    """None while the shop has not decided on every line. Raises `Unavailable`."""
    order = await one_order(ask, receipt.order_id)
    codes = {line["orderItemCode"] for line in receipt.shown.get("items", ())}
    lines = [item for item in order.items if item.code in codes]
    if not lines or any(item.status_code == REQUESTED for item in lines):
        return None
    if all(item.state in CANCELLED for item in lines):
        return Settled(ReceiptState.DONE, claim_code=_claim_code(lines))
    if not any(item.state in CANCELLED for item in lines):
        return Settled(ReceiptState.FAILED, decision=ending(ask, REJECTED))
    return Settled(ReceiptState.FAILED, decision=ending(ask, "outcome_unclear"))


def _claim_code(lines: list[OrderItem]) -> str | None:
    return next((item.claim_code for item in lines if item.claim_code), None)
