"""What the shop decided on a request that lies in the mall: read off the lines (ORDERS.md §2). Rejected lines carry
C11, or have gone back to the state they had before.
"""

from commands.kernel.claim_lines import asked_for, claim_code_among
from commands.kernel.failures import Failure
from commands.kernel.plan import Receipt, ReceiptState, Settled
from commands.kernel.spec import Ask

from .calling import CANCELLED, REQUESTED
from .command import one_order
from .endings import STILL_SHIPS, ending
from .stopping import stopped_late

REJECTED = "request_rejected"


async def follow(ask: Ask, receipt: Receipt) -> Settled | None:
    """None while the shop has not decided on every line, or shows the order no more. Raises `Unavailable`."""
    try:
        order = await one_order(ask, receipt.order_id)
    except Failure:
        return None
    lines = asked_for(order, receipt.shown, REQUESTED, CANCELLED)
    if not lines or any(item.status_code == REQUESTED for item in lines):
        return None
    if all(item.state in CANCELLED for item in lines):
        codes = [line["orderItemCode"] for line in receipt.shown["items"]]
        stand = await stopped_late(ask, order, codes, receipt.shown.get("parts", ()), receipt.receipt_id)
        open_end = ending(ask, STILL_SHIPS, stand) if stand else None
        return Settled(ReceiptState.DONE, claim_code=claim_code_among(lines), decision=open_end)
    if not any(item.state in CANCELLED for item in lines):
        return Settled(ReceiptState.FAILED, decision=ending(ask, REJECTED))
    return Settled(ReceiptState.FAILED, decision=ending(ask, "outcome_unclear"))
