"""`exchangeReturn.preview` and `.confirm`: what would happen, what is missing, and the plan that is agreed to."""

from functools import partial

from commands.claiming import ConfirmParams, line_shapes, missing_proof
from commands.confirming import confirmed
from commands.explain import decision_shape
from commands.kernel.decision import Allowed, Decision
from commands.kernel.plan import Draft, Json, Receipt, seen_hash
from commands.kernel.spec import Ask
from commands.receipt import receipt_shape
from commands.shapes import ReceiptResult

from .facts import ClaimPlan, Facts
from .finding_out import TEXTS, asked_facts, one_order, photos_of, under_way_for, variants_of
from .report import plain_fee, refund_shape, shown_json, targets_shape
from .rules import decide_claim
from .wire import PreviewParams, PreviewResult
from .wish import Wish, params_of

COMMAND = "exchangeReturn"
EVIDENCE, TARGETS, PARCEL = "evidence", "exchangeFor", "pickup"
ASKS_FOR = {"evidence_missing": EVIDENCE, "target_missing": TARGETS}
"""Rules that hold a claim up until the customer adds something, and what."""


async def preview(ask: Ask, params: PreviewParams) -> PreviewResult:
    """At most two calls to the mall, and one a product of an exchange whose options are older than a minute."""
    order = await one_order(ask, params.order_id)
    mall = await ask.ports.rules.rules(ask.shop, fresh=True)
    wish = Wish.of(params, order)
    variants = await variants_of(ask, order, wish, fresh=False)
    photos = await photos_of(ask, order, wish)
    under_way = await under_way_for(ask, order)
    facts = asked_facts(ask, order, mall, wish, variants, photos=len(photos), under_way=under_way)
    decision = decide_claim(facts)
    lines = line_shapes(order, wish.lines)
    missing = await _missing(ask, facts, decision, wish, params)
    token, expires_at = None, None
    if isinstance(decision, Allowed) and not missing:
        shown = shown_json(ask, facts, wish, lines, photos)
        seen = seen_by(facts, decision, wish)
        planned = await ask.ports.effects.plan(
            ask, Draft(COMMAND, order.order_id, seen, wish.to_json(), shown)
        )
        token, expires_at = planned.token, planned.expires_at
    return PreviewResult(
        kind=wish.kind,
        decision=decision_shape(decision, TEXTS, ask.language),
        items=lines,
        outcome="pending" if facts.waits_for_manager else "request",
        shipping_payer=facts.reason.payer if facts.reason else "buyer",
        shipping_fee=plain_fee(facts),
        currency=order.total.currency,
        refund=refund_shape(ask, facts),
        targets=targets_shape(order, wish, variants) or None,
        plan_token=token,
        missing=missing or None,
        expires_at=expires_at,
    )


def seen_by(facts: Facts, decision: Decision[ClaimPlan], wish: Wish) -> str:
    """The same for every language: codes and facts, no sentences. A stock that fell and still suffices is no change."""
    findings = [[f.rule, f.code, dict(f.facts), list(f.items)] for f in decision.findings]
    targets = facts.asked.targets if facts.asked else {}
    promised = {
        "kind": wish.kind,
        "outcome": "pending" if facts.waits_for_manager else "request",
        "fee": plain_fee(facts),
        "prices": {
            code: target.variant and target.variant.extra_price.plain() for code, target in targets.items()
        },
    }
    return seen_hash(facts.order, {"findings": findings}, promised)


async def _missing(
    ask: Ask, facts: Facts, decision: Decision[ClaimPlan], wish: Wish, params: PreviewParams
) -> list[str]:
    """Nothing where something else than a missing answer stands in the way: nobody is asked in vain."""
    held_up = [f for f in decision.findings if f.effect in {"blocks", "needsManager"}]
    asked_for = [ASKS_FOR[f.code] for f in held_up if f.code in ASKS_FOR]
    if len(asked_for) < len(held_up):
        return []
    missing = list(asked_for)
    if facts.needs_parcel and not (wish.pickup or wish.self_send):
        missing.append(PARCEL)
    account_missing = decision.plan.needs_account if isinstance(decision, Allowed) else False
    account_missing = account_missing and params.refund_account is None
    proof = await missing_proof(ask, facts.order, params.orderer_name, account_missing=account_missing)
    # Whoever they are comes first: photos and addresses are asked of the right person only.
    return [name for name in proof if name == "phoneCode"] + missing + [n for n in proof if n != "phoneCode"]


async def confirm(ask: Ask, params: ConfirmParams) -> ReceiptResult:
    return ReceiptResult(receipt=receipt_shape(await claimed(ask, params.plan_token)))


async def claimed(ask: Ask, plan_token: str) -> Receipt:
    return await confirmed(ask, plan_token, COMMAND, TEXTS, partial(_preview_of, ask))


async def _preview_of(ask: Ask, payload: Json) -> PreviewResult:
    return await preview(ask, PreviewParams.model_validate(params_of(payload)))
