"""Carries a confirmed claim out, in a job that may be run again after a crash (ENGINE, rules 2–5).

Reading, deciding and calling stand inside one marked step: a crash anywhere in it leaves a mark, and then the mall
is read before anything else. A claim that waits for a manager asks nothing of the mall; `approve` files it later.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from commands.kernel import claim_lines
from commands.kernel.claim_rules import REJECTED
from commands.kernel.decision import Allowed, Decision
from commands.kernel.failures import Failure
from commands.kernel.order import Order
from commands.kernel.plan import Interrupted, Json, Receipt, ReceiptState, Settled, Steps, WentStale
from commands.kernel.ports import MallRefused, Unavailable
from commands.kernel.spec import Ask

from .calling import CLAIMED, REQUESTED, call_mall
from .endings import GONE, UNCLEAR, ending, said
from .facts import ClaimPlan, Facts
from .finding_out import asked_facts, one_order, photos_of, under_way_for, variants_of
from .previewing import seen_by
from .rules import decide_claim
from .wish import Wish

STALE, PENDING, REFUSED, DECIDED = "stale", "pending", "refused", "decided"
CALL, APPROVED_CALL = "call", "approvedCall"
Call = Callable[[], Awaitable[Json]]


async def act(ask: Ask, payload: Json, seen: str, step: Steps) -> Settled | WentStale:
    """Files the claim, or keeps it for a manager when that was promised. Stale when anything differs from `seen`."""
    wish = Wish.from_json(payload)

    async def call() -> Json:
        try:
            order = await one_order(ask, wish.order_id)
            photos = len(await photos_of(ask, order, wish))
        except Failure:
            return {STALE: True}
        facts = await _facts_now(ask, order, wish, photos=photos, approved=False)
        decision = decide_claim(facts)
        if not isinstance(decision, Allowed) or seen_by(facts, decision, wish) != seen:
            return {STALE: True}
        if decision.plan.outcome == "pending":
            return {PENDING: True}
        return await _called(ask, wish, facts, decision.plan)

    answer = await _once(ask, wish, step, CALL, call)
    if answer.get(STALE):
        return WentStale()
    if answer.get(PENDING):
        return Settled(ReceiptState.PENDING, kind=f"{wish.kind}:{wish.reason_type}")
    return await _settled(ask, wish, answer)


async def approve(ask: Ask, payload: Json, _seen: str, step: Steps) -> Settled:
    """Files a claim that a manager approved, if the order still allows it; photos and period were judged before."""
    wish = Wish.from_json(payload)

    async def call() -> Json:
        try:
            order = await one_order(ask, wish.order_id)
        except Failure:
            return {DECIDED: ending(ask, GONE)}
        facts = await _facts_now(ask, order, wish, photos=0, approved=True)
        decision: Decision[ClaimPlan] = decide_claim(facts)
        if not isinstance(decision, Allowed):
            return {DECIDED: said(ask, decision)}
        return await _called(ask, wish, facts, decision.plan)

    return await _settled(ask, wish, await _once(ask, wish, step, APPROVED_CALL, call))


async def _facts_now(ask: Ask, order: Order, wish: Wish, *, photos: int, approved: bool) -> Facts:
    """Settings and stock as they are now."""
    mall = await ask.ports.rules.rules(ask.shop, fresh=True)
    variants = await variants_of(ask, order, wish, fresh=True)
    held = None if approved else await _held_by_another(ask, order)
    return asked_facts(ask, order, mall, wish, variants, photos=photos, under_way=held, approved=approved)


async def _held_by_another(ask: Ask, order: Order) -> Receipt | None:
    """Our own receipt is under way; a claim on the same lines that waits for a manager is not ours."""
    receipt = await under_way_for(ask, order)
    if receipt is None or receipt.state is ReceiptState.PENDING:
        return receipt
    waiting = {"items": receipt.shown.get("waiting", ())}
    return replace(receipt, receipt_id="", state=ReceiptState.PENDING, shown=waiting)


async def _once(ask: Ask, wish: Wish, step: Steps, name: str, call: Call) -> Json:
    """The answer of `call`, made again after a crash only where the mall surely holds none of it."""
    answer: Json | None
    try:
        answer = await step(name, call, mark=True)
    except Interrupted:
        answer = await _reconciled(ask, wish, step, name)
        if answer is None:
            answer = await step(name, call, mark=True)
    assert answer is not None
    return answer


async def _reconciled(ask: Ask, wish: Wish, step: Steps, name: str) -> Json | None:
    """What an interrupted call did, by reading. None: surely nothing, so that it may be made now."""
    try:
        order = await one_order(ask, wish.order_id)
    except Failure:
        answer: Json = {UNCLEAR: True}
    else:
        took = [took_effect(order, wish, code) for code in wish.lines]
        if not any(took) and not wish.parts:
            await step.forget(name)
            return None
        # Some lines did and some did not, or part of a line, which leaves no sure trace: a person has to look.
        answer = {"claimCode": _code_of(order, wish)} if all(took) else {UNCLEAR: True}
    await step.settle(name, answer)
    return answer


async def _called(ask: Ask, wish: Wish, facts: Facts, plan: ClaimPlan) -> Json:
    try:
        return {"claimCode": await call_mall(ask, wish, facts, plan)}
    except MallRefused as refused:
        # The lines were free a moment ago: an earlier call of ours may have come through late.
        if (held := await _held(ask, wish)) is not None:
            return held
        if refused.code is None:
            raise
        return {REFUSED: refused.code}


async def _held(ask: Ask, wish: Wish) -> Json | None:
    """The answer that a call would have had, if the mall holds everything that we asked for."""
    try:
        order = await one_order(ask, wish.order_id)
    except (Failure, Unavailable):
        return None
    took = all(took_effect(order, wish, code) for code in wish.lines)
    return {"claimCode": _code_of(order, wish)} if took else None


async def _settled(ask: Ask, wish: Wish, answer: Json) -> Settled:
    """What the mall shows now; when it does not answer, its answer to our call stands."""
    if decision := answer.get(DECIDED):
        return Settled(ReceiptState.FAILED, decision=decision)
    if answer.get(UNCLEAR):
        return Settled(ReceiptState.FAILED, decision=ending(ask, UNCLEAR))
    if code := answer.get(REFUSED):
        return Settled(ReceiptState.FAILED, decision=ending(ask, str(code)))
    said_code = answer.get("claimCode")
    claim_code = str(said_code) if said_code else None
    try:
        order = await one_order(ask, wish.order_id)
    except (Failure, Unavailable):
        return Settled(ReceiptState.REQUESTED, claim_code=claim_code)
    return Settled(state_of(order, wish), claim_code or _code_of(order, wish))


def took_effect(order: Order, wish: Wish, code: str) -> bool:
    """Also what the shop has refused since."""
    item = next((item.code for item in order.items if item.code == code), None)
    held = CLAIMED[wish.kind] | REJECTED
    return item is not None and claim_lines.took_effect(order, wish.lines, wish.before, item, held)


def state_of(order: Order, wish: Wish) -> ReceiptState:
    """A request that the mall accepted at once is done."""
    lines = [item for item in order.items if item.code in wish.lines]
    accepted = all(i.state in CLAIMED[wish.kind] and i.status_code != REQUESTED[wish.kind] for i in lines)
    return ReceiptState.DONE if lines and accepted else ReceiptState.REQUESTED


def _code_of(order: Order, wish: Wish) -> str | None:
    return claim_lines.claim_code_among(item for item in order.items if item.code in wish.lines)
