"""What the shop decided on a request that lies in the mall: read off the lines (ORDERS.md §2). Rejected lines carry
R11 or E11 (H67), or have gone back to the state they had before.
"""

from commands.kernel.claim_lines import asked_for, claim_code_among
from commands.kernel.failures import Failure
from commands.kernel.plan import Receipt, ReceiptState, Settled
from commands.kernel.spec import Ask

from .calling import CLAIMED, REQUESTED
from .endings import REJECTED, UNCLEAR, ending
from .facts import Kind
from .finding_out import one_order


async def follow(ask: Ask, receipt: Receipt) -> Settled | None:
    """None while the shop has not decided on every line, or shows the order no more. Raises `Unavailable`."""
    try:
        order = await one_order(ask, receipt.order_id)
    except Failure:
        return None
    kind: Kind = receipt.shown["kind"]
    lines = asked_for(order, receipt.shown, REQUESTED[kind], CLAIMED[kind])
    if not lines or any(item.status_code == REQUESTED[kind] for item in lines):
        return None
    accepted = [item.state in CLAIMED[kind] for item in lines]
    if all(accepted):
        return Settled(ReceiptState.DONE, claim_code=claim_code_among(lines))
    return Settled(ReceiptState.FAILED, decision=ending(ask, UNCLEAR if any(accepted) else REJECTED))
