"""The one call that a cancel makes to the mall, and what the mall shows of it afterwards."""

from commands.kernel import claim_lines
from commands.kernel.claim_rules import CLAIMED, REFUSED_CANCEL
from commands.kernel.failures import Failure
from commands.kernel.order import ItemState, Order, OrderItem, OrderItemCode
from commands.kernel.plan import Json, ReceiptState
from commands.kernel.ports import CancelCall, MallRefused, Unavailable
from commands.kernel.spec import Ask

from .command import TEXTS, one_order
from .facts import CancelPlan
from .reasons import REASONS
from .wish import Wish, parts_of

STALE = "stale"
REQUESTED = "C00"
CANCELLED = frozenset({ItemState.CANCEL_REQUESTED, ItemState.CANCELLED})


def call_of(ask: Ask, wish: Wish, plan: CancelPlan) -> CancelCall:
    reason = TEXTS.say(ask.language, f"reason.{wish.reason_type}")
    return CancelCall(
        order_id=wish.order_id,
        lines=plan.lines,
        reason_type=REASONS[wish.reason_type],
        reason=f"{reason}: {wish.reason_text}" if wish.reason_text else reason,
        complete=plan.complete,
        refund_now=plan.complete and plan.refund.automatic,
        gateway_cancel=plan.complete and plan.refund.automatic and plan.refund.gateway,
        restore_stock=plan.restore_stock,
        restore_coupon=plan.restore_coupon,
        account=wish.account,
    )


async def called(ask: Ask, wish: Wish, plan: CancelPlan) -> Json:
    try:
        claim_code = await ask.ports.claims.cancel(ask.shop, call_of(ask, wish, plan))
    except MallRefused:
        # The lines were free a moment ago: an earlier call of ours may have come through late.
        if (held := await _held(ask, wish)) is None:
            raise
        return held
    return {"claimCode": claim_code, "complete": plan.complete}


async def _held(ask: Ask, wish: Wish) -> Json | None:
    """The answer that a call would have had, if the mall holds everything that we asked for."""
    try:
        order = await one_order(ask, wish.order_id)
    except (Failure, Unavailable):
        return None
    took = all(took_effect(order, wish, code) for code in wish.lines)
    return answer_seen(order, wish) if took else None


def answer_seen(order: Order, wish: Wish) -> Json:
    """Part of a line is only ever requested; what is left of the line does not tell. What the shop has refused was
    requested.
    """
    open_or_refused = any(
        item.status_code in {REQUESTED, REFUSED_CANCEL} for item in lines_asked_for(order, wish)
    )
    complete = not open_or_refused and not parts_of(wish)
    return {"claimCode": claim_code_of(order, wish, {}), "complete": complete}


def took_effect(order: Order, wish: Wish, code: OrderItemCode) -> bool:
    """Also what the shop has refused since: a refused line could not have been chosen (C4)."""
    if any(item.code == code and item.status_code == REFUSED_CANCEL for item in order.items):
        return True
    return claim_lines.took_effect(order, wish.lines, wish.before, code, CANCELLED)


def untouched(order: Order, wish: Wish) -> bool | None:
    """Whether the mall shows no claim on any line; None where it does on some."""
    states = {item.code: item.state for item in order.items}
    claimed = [states.get(code, ItemState.UNRECOGNISED) in CLAIMED for code in wish.lines]
    if not any(claimed):
        return all(code in states for code in wish.lines) or None
    return False if all(claimed) else None


def lines_asked_for(order: Order, wish: Wish) -> list[OrderItem]:
    """Where the mall cut a part off, the line that it made of it; nothing while one of them does not show yet."""
    items = [{"orderItemCode": code, "quantity": count} for code, count in wish.lines.items()]
    shown = {"items": items, "parts": parts_of(wish), "codes": wish.codes}
    return claim_lines.asked_for(order, shown, REQUESTED, CANCELLED)


def state_of(order: Order, wish: Wish, *, complete: bool) -> ReceiptState:
    """What the read-back shows: a request that the mall accepted at once is done. Before it shows, our call tells."""
    lines = lines_asked_for(order, wish)
    if any(item.status_code == REQUESTED for item in lines):
        return ReceiptState.REQUESTED
    if lines and all(item.state in CANCELLED for item in lines):
        return ReceiptState.DONE
    return ReceiptState.DONE if complete else ReceiptState.REQUESTED


def claim_code_of(order: Order, wish: Wish, answer: Json) -> str | None:
    code = answer.get("claimCode") or claim_lines.claim_code_among(lines_asked_for(order, wish))
    return str(code) if code else None
