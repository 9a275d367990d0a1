"""`order.acceptReturnOrder`: a manager approves the return of this order that waits with us (신청 대기, H44)."""

from collections.abc import Sequence

from app.ports import Call, PendingClaim, PendingClaims
from commands.kernel.plan import ReceiptState
from commands.kernel.spec import Ask

from .acting import DONE, refused
from .commerce_shapes import ActionResult
from .commerce_wire import AcceptReturnParams
from .words import WORDS

KIND = "return:"
PAGE, MOST_PAGES = 100, 20


async def accept_return(
    ask: Ask, call: Call, params: AcceptReturnParams, claims: PendingClaims
) -> ActionResult:
    """Never more or other lines than the customer asked to send back. The order has been seen to be this customer's."""

    def no(key: str) -> ActionResult:
        return refused(WORDS.say(ask.language, key))

    waiting = await _waiting(call, params.order_id, claims)
    if not waiting:
        return no("accept.none")
    fitting = [claim for claim in waiting if _same_lines(params, claim)]
    if not fitting:
        return no("accept.other")
    if len(fitting) > 1:
        return no("accept.several")
    receipt = await claims.decide(
        call.channel_id,
        fitting[0].id,
        manager_id=call.caller_id,
        action="approve",
        message=None,
        language=ask.language,
    )
    return no("accept.failed") if receipt.state is ReceiptState.FAILED else DONE


async def _waiting(call: Call, order_id: str, claims: PendingClaims) -> Sequence[PendingClaim]:
    found: list[PendingClaim] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await claims.page(call.channel_id, cursor=cursor, limit=PAGE)
        found += [c for c in page.claims if c.order_id == order_id and c.kind.startswith(KIND)]
        cursor = page.next
        if cursor is None:
            break
    return found


def _same_lines(params: AcceptReturnParams, claim: PendingClaim) -> bool:
    asked = {line["orderItemCode"]: line["quantity"] for line in claim.shown.get("items", ())}
    if not params.return_items:
        return True
    return {
        line.id: asked.get(line.id or "") if line.quantity is None else line.quantity
        for line in params.return_items
    } == asked
