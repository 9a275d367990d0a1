"""Carries a confirmed cancel out, in a job that may be run again after a crash (ENGINE, rules 2–5).

Reading, deciding and calling stand inside one marked step: a crash anywhere in it leaves a mark, and then the mall
is read before anything else. A call is repeated only where the mall surely holds none of it.
"""

from commands.kernel import claim_lines
from commands.kernel.decision import Allowed
from commands.kernel.failures import Failure
from commands.kernel.order import ItemState, Order, OrderItem, OrderItemCode
from commands.kernel.plan import Interrupted, Json, ReceiptState, Settled, Steps, WentStale
from commands.kernel.ports import CancelCall, MallRefused, Unavailable
from commands.kernel.spec import Ask

from .command import TEXTS, facts_of, one_order, seen_by
from .endings import UNCLEAR, ending
from .facts import CancelPlan
from .reasons import REASONS
from .rules import decide_cancellation
from .wish import Wish, parts_of

STALE = "stale"
REQUESTED = "C00"
CANCELLED = frozenset({ItemState.CANCEL_REQUESTED, ItemState.CANCELLED})


async def act(ask: Ask, payload: Json, seen: str, step: Steps) -> Settled | WentStale:
    wish = Wish.from_json(payload)

    async def call() -> Json:
        try:
            order = await one_order(ask, wish.order_id)
        except Failure:
            return {STALE: True}
        mall = await ask.ports.rules.rules(ask.shop, fresh=True)
        facts = facts_of(ask, order, mall, wish)
        decision = decide_cancellation(facts)
        if not isinstance(decision, Allowed):
            return {STALE: True}
        outcome = "complete" if decision.plan.outcome_complete else "request"
        if seen_by(order, decision, outcome) != seen:
            return {STALE: True}
        return await _called(ask, wish, decision.plan)

    try:
        answer = await step("call", call, mark=True)
    except Interrupted:
        answer = await _reconciled(ask, wish, step)
        if answer is None:
            answer = await step("call", call, mark=True)
    if answer.get(STALE):
        return WentStale()
    if answer.get(UNCLEAR):
        return Settled(ReceiptState.FAILED, decision=ending(ask, UNCLEAR))
    return await _read_back(ask, wish, answer)


async def _read_back(ask: Ask, wish: Wish, answer: Json) -> Settled:
    """What the mall shows now; when it does not answer, its answer to our call stands."""
    complete = bool(answer["complete"])
    try:
        order = await one_order(ask, wish.order_id)
    except (Failure, Unavailable):
        code = answer.get("claimCode")
        state = ReceiptState.DONE if complete else ReceiptState.REQUESTED
        return Settled(state, claim_code=str(code) if code else None)
    return Settled(state_of(order, wish, complete=complete), claim_code_of(order, wish, answer))


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


async def _reconciled(ask: Ask, wish: Wish, step: Steps) -> Json | None:
    """What an interrupted call did, by reading. None: surely nothing, so that it may be made now."""
    order = await one_order(ask, wish.order_id)
    took = [took_effect(order, wish, code) for code in wish.lines]
    if all(took):
        answer = answer_seen(order, wish)
        await step.settle("call", answer)
        return answer
    if not any(took) and not parts_of(wish):
        await step.forget("call")
        return None
    # Some lines did and some did not, or part of a line, which leaves no sure trace: a person has to look.
    answer = {UNCLEAR: True}
    await step.settle("call", answer)
    return answer


async def _called(ask: Ask, wish: Wish, plan: CancelPlan) -> Json:
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
    """Part of a line is only ever requested; what is left of the line does not tell."""
    requested = any(item.status_code == REQUESTED for item in lines_asked_for(order, wish))
    complete = not requested and not parts_of(wish)
    return {"claimCode": claim_code_of(order, wish, {}), "complete": complete}


def took_effect(order: Order, wish: Wish, code: OrderItemCode) -> bool:
    return claim_lines.took_effect(order, wish.lines, wish.before, code, CANCELLED)


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
