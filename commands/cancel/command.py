"""`/주문취소`: what may be cancelled, what would happen, and the cancel itself: load → decide → ask → act → report."""

import secrets
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from commands.claiming import (
    CandidatesParams,
    ConfirmParams,
    HiddenOrder,
    line_shapes,
    missing_proof,
    own_order,
)
from commands.confirming import confirmed
from commands.explain import decision_shape, item_shape, order_card
from commands.kernel.calendar import kst_day
from commands.kernel.decision import Allowed, Blocked, Decision, NeedsManager
from commands.kernel.mall import MallRules
from commands.kernel.order import ItemState, Order
from commands.kernel.plan import Draft, Json, Receipt, seen_hash
from commands.kernel.spec import Ask
from commands.kernel.texts import beside
from commands.receipt import receipt_shape
from commands.shapes import ReceiptResult

from .facts import CancelPlan, Facts
from .item_rules import item_findings
from .packing import Packing, packing_of, packings_of
from .report import refund_shape
from .rules import NOTHING_TO_CANCEL, decide_cancellation
from .wire import (
    CandidateItem,
    CandidateOrder,
    CandidatesResult,
    PreviewParams,
    PreviewResult,
    UndoParams,
)
from .wish import Wish, params_of, parts_of

TEXTS = beside(__file__)
MOST_CANDIDATES = 5
EXPECTED = frozenset({ItemState.PREPARING, ItemState.AWAITING_PAYMENT, ItemState.UNRECOGNISED})
"""A customer looks for orders with such lines here; orders without any are not even hidden."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """`shown`: orders with the lines that may be chosen; `hidden`: the others, with their decisions."""

    shown: tuple[tuple[Order, Facts], ...]
    hidden: tuple[tuple[Order, Decision[CancelPlan]], ...]
    mall: MallRules


def facts_of(
    ask: Ask,
    order: Order,
    mall: MallRules,
    wish: Wish | None = None,
    under_way: Receipt | None = None,
    packing: Packing | None = None,
) -> Facts:
    """Without a wish: every line that could be cancelled, whole."""
    every = {item.code: item.quantity for item in order.items}
    chosen = wish.lines if wish else every
    facts = Facts(order, chosen, mall, ask.choices.cancel, kst_day(ask.now), packing, under_way)
    free = {} if wish else {i.code: i.quantity for i in order.items if not item_findings(facts, i)}
    return replace(facts, chosen=free) if free else facts


async def under_way_for(ask: Ask, order: Order) -> Receipt | None:
    open_now = await ask.ports.effects.open_receipts(ask, [order.order_id])
    return open_now.get(order.order_id)


async def look(ask: Ask) -> Candidates:
    """One call to the mall when its settings are warm, one to the warehouse."""
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    recent = await ask.ports.orders.recent(
        ask.shop, ask.customer, at_most=MOST_CANDIDATES, months=ask.choices.lookback_months, states=EXPECTED
    )
    ids = [order.order_id for order in recent.orders]
    open_now = await ask.ports.effects.open_receipts(ask, ids)
    packings = await packings_of(ask, ids)
    shown: list[tuple[Order, Facts]] = []
    hidden: list[tuple[Order, Decision[CancelPlan]]] = []
    for order in recent.orders:
        under_way, packing = open_now.get(order.order_id), packings[order.order_id]
        facts = facts_of(ask, order, mall, under_way=under_way, packing=packing)
        match decide_cancellation(facts):
            case Allowed():
                shown.append((order, facts))
            case NeedsManager() | Blocked() as decision:
                hidden.append((order, decision))
    return Candidates(tuple(shown[:MOST_CANDIDATES]), tuple(hidden[:MOST_CANDIDATES]), mall)


async def candidates(ask: Ask, _params: CandidatesParams) -> CandidatesResult:
    found = await look(ask)
    why = None
    if not found.shown:
        why = decision_shape(why_none(found), TEXTS, ask.language)
    return CandidatesResult(
        orders=[_candidate(order, facts, ask) for order, facts in found.shown],
        why=why,
        hidden=[
            HiddenOrder(order_id=order.order_id, decision=decision_shape(decision, TEXTS, ask.language))
            for order, decision in found.hidden
        ],
    )


def why_none(found: Candidates) -> Decision[CancelPlan] | Blocked:
    """The newest hidden order's reason; or that there is nothing that has not been shipped."""
    if found.hidden:
        return found.hidden[0][1]
    return Blocked((NOTHING_TO_CANCEL,))


def _candidate(order: Order, facts: Facts, ask: Ask) -> CandidateOrder:
    items = []
    for item in order.items:
        findings = tuple(item_findings(facts, item))
        decision = decision_shape(Blocked(findings), TEXTS, ask.language) if findings else None
        shape = item_shape(item, ask).model_dump()
        items.append(CandidateItem(**shape, selectable=not findings, decision=decision))
    return CandidateOrder(**order_card(order, ask).model_dump(exclude={"items"}), items=items)


async def offer(ask: Ask, order: Order) -> Decision[CancelPlan]:
    """What this command would say to an order, for its detail."""
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    return decide_cancellation(await facts_to_choose(ask, order, mall))


async def facts_to_choose(ask: Ask, order: Order, mall: MallRules) -> Facts:
    """Before lines are chosen: the warehouse as it was seen within the minute."""
    packings = await packings_of(ask, [order.order_id])
    under_way = await under_way_for(ask, order)
    return facts_of(ask, order, mall, under_way=under_way, packing=packings[order.order_id])


async def one_order(ask: Ask, order_id: str) -> Order:
    return await own_order(ask, order_id, TEXTS)


async def preview(ask: Ask, params: PreviewParams) -> PreviewResult:
    """At most two calls to the mall: the order, always fresh, and its settings when older than a minute."""
    order = await one_order(ask, params.order_id)
    mall = await ask.ports.rules.rules(ask.shop, fresh=True)
    wish = Wish.of(params, order)
    packing = await packing_of(ask, order.order_id)
    facts = facts_of(ask, order, mall, wish, await under_way_for(ask, order), packing)
    decision = decide_cancellation(facts)
    outcome: Literal["complete", "request"] = "request"
    token, expires_at, missing = None, None, None
    if not isinstance(decision, Blocked):
        outcome = "complete" if decision.plan.outcome_complete else "request"
    lines = line_shapes(order, wish.lines)
    refund = refund_shape(ask, facts, TEXTS, complete=outcome == "complete")
    if isinstance(decision, Allowed):
        account_missing = decision.plan.needs_account and params.refund_account is None
        missing = (
            await missing_proof(ask, order, params.orderer_name, account_missing=account_missing) or None
        )
        if not missing:
            shown: dict[str, Any] = {
                "outcome": outcome,
                "refund": refund.model_dump(by_alias=True, exclude_none=True),
                "items": [line.model_dump(by_alias=True) for line in lines],
            }
            if parts := parts_of(wish):
                # For `follow`: a part may end up on a line that the order does not have yet.
                shown |= {"parts": parts, "codes": [item.code for item in order.items]}
            plan = decision.plan
            kept = replace(wish, key=secrets.token_hex(8), stops=plan.stops, tells=plan.tells)
            draft = Draft("cancel", order.order_id, seen_by(order, decision, outcome), kept.to_json(), shown)
            planned = await ask.ports.effects.plan(ask, draft)
            token, expires_at = planned.token, planned.expires_at
    return PreviewResult(
        decision=decision_shape(decision, TEXTS, ask.language),
        items=lines,
        outcome=outcome,
        refund=refund,
        plan_token=token,
        missing=missing,
        expires_at=expires_at,
    )


def seen_by(order: Order, decision: Decision[CancelPlan], outcome: str) -> str:
    """The same for every language: codes and facts, not sentences."""
    findings = [[f.rule, f.code, dict(f.facts), list(f.items)] for f in decision.findings]
    return seen_hash(order, {"findings": findings}, {"outcome": outcome})


async def confirm(ask: Ask, params: ConfirmParams) -> ReceiptResult:
    receipt = await confirmed(ask, params.plan_token, "cancel", TEXTS, partial(_preview_of, ask))
    return ReceiptResult(receipt=receipt_shape(receipt))


async def _preview_of(ask: Ask, payload: Json) -> PreviewResult:
    return await preview(ask, PreviewParams.model_validate(params_of(payload, None)))


async def undo(ask: Ask, params: UndoParams) -> ReceiptResult:
    return ReceiptResult(receipt=receipt_shape(await ask.ports.effects.undo(ask, params.receipt_id)))


async def receipt_of(ask: Ask, receipt_id: str) -> Receipt:
    return await ask.ports.effects.receipt(ask, receipt_id)
