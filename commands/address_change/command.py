"""`/배송지변경`: which orders may be sent elsewhere, whether this address will do, and the change itself."""

import secrets
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from commands.claiming import CandidatesParams, ConfirmParams, HiddenOrder, missing_proof
from commands.confirming import confirmed
from commands.explain import decision_shape, item_shape, order_card
from commands.kernel.address import Address
from commands.kernel.decision import Allowed, Blocked, Decision, NeedsManager
from commands.kernel.failures import Failure, FailureType
from commands.kernel.masking import masked_name
from commands.kernel.order import ItemState, Order
from commands.kernel.plan import Draft, Json, seen_hash
from commands.kernel.spec import Ask
from commands.postal import address_params, read_address
from commands.receipt import receipt_shape
from commands.shapes import ReceiptResult

from .facts import AddressPlan
from .finding_out import TEXTS, facts_for, first_facts, one_order, packings_of, under_way_for
from .rules import NOTHING_TO_CHANGE, decide_address_change
from .surcharge import Surcharge
from .wire import CandidateItem, CandidateOrder, CandidatesResult, PreviewParams, PreviewResult
from .wish import Wish

COMMAND = "addressChange"
MOST_CANDIDATES = 5
EXPECTED = frozenset({ItemState.PREPARING, ItemState.AWAITING_PAYMENT, ItemState.UNRECOGNISED})
"""A customer looks for orders with such lines here; orders without any are not even hidden."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """`hidden`: orders that may not be changed, with their decisions."""

    shown: tuple[Order, ...]
    hidden: tuple[tuple[Order, Decision[AddressPlan]], ...]


async def look(ask: Ask) -> Candidates:
    """One call to the mall when its settings are warm, one to the warehouse."""
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    recent = await ask.ports.orders.recent(
        ask.shop, ask.customer, at_most=MOST_CANDIDATES, months=ask.choices.lookback_months, states=EXPECTED
    )
    ids = [order.order_id for order in recent.orders]
    open_now = await ask.ports.effects.open_receipts(ask, ids)
    packings = await packings_of(ask, ids)
    shown: list[Order] = []
    hidden: list[tuple[Order, Decision[AddressPlan]]] = []
    for order in recent.orders:
        facts = first_facts(order, mall, packings[order.order_id], open_now.get(order.order_id))
        match decide_address_change(facts):
            case Allowed():
                shown.append(order)
            case NeedsManager() | Blocked() as decision:
                hidden.append((order, decision))
    return Candidates(tuple(shown[:MOST_CANDIDATES]), tuple(hidden[:MOST_CANDIDATES]))


async def candidates(ask: Ask, _params: CandidatesParams) -> CandidatesResult:
    found = await look(ask)
    return CandidatesResult(
        orders=[_candidate(order, ask) for order in found.shown],
        why=None if found.shown else decision_shape(why_none(found), TEXTS, ask.language),
        hidden=[
            HiddenOrder(order_id=order.order_id, decision=decision_shape(decision, TEXTS, ask.language))
            for order, decision in found.hidden
        ],
    )


def why_none(found: Candidates) -> Decision[AddressPlan] | Blocked:
    return found.hidden[0][1] if found.hidden else Blocked((NOTHING_TO_CHANGE,))


def _candidate(order: Order, ask: Ask) -> CandidateOrder:
    items = [CandidateItem(**item_shape(item, ask).model_dump(), selectable=True) for item in order.items]
    return CandidateOrder(**order_card(order, ask).model_dump(exclude={"items"}), items=items)


async def offer(ask: Ask, order: Order) -> Decision[AddressPlan]:
    """What this command would say to an order, for its detail and for `/진단`: as a list would."""
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    packings = await packings_of(ask, [order.order_id])
    facts = first_facts(order, mall, packings[order.order_id], await under_way_for(ask, order))
    return decide_address_change(facts)


async def preview(ask: Ask, params: PreviewParams) -> PreviewResult:
    """At most two calls to the mall while its settings are warm. Raises `Failure(invalidParams)` with `fields`."""
    order = await one_order(ask, params.order_id)
    wanted, problems = read_address(params.address)
    if wanted is None:
        fields = {name: TEXTS.say(ask.language, f"field.{code}") for name, code in problems.items()}
        first = next(iter(fields.values()))
        raise Failure(FailureType.INVALID_PARAMS, first, fields=fields)
    facts = await facts_for(ask, order, _completed(wanted, order))
    decision = decide_address_change(facts)
    token, expires_at, missing = None, None, None
    if isinstance(decision, Allowed) and facts.present and facts.wanted:
        missing = await missing_proof(ask, order, params.orderer_name, account_missing=False) or None
        if not missing:
            wish = Wish(
                order_id=order.order_id,
                address=facts.wanted,
                before=facts.present,
                shipments=decision.plan.shipments,
                held=decision.plan.tells_warehouse,
                key=secrets.token_hex(8),
            )
            draft = Draft(COMMAND, order.order_id, seen_by(order, decision), wish.to_json(), _shown(wish))
            planned = await ask.ports.effects.plan(ask, draft)
            token, expires_at = planned.token, planned.expires_at
    return PreviewResult(
        decision=decision_shape(decision, TEXTS, ask.language),
        fee_before=_plain(facts.fee("before")),
        fee_after=_plain(facts.fee("after")),
        currency=order.total.currency,
        plan_token=token,
        missing=missing,
        expires_at=expires_at,
    )


def _completed(wanted: Address, order: Order) -> Address:
    """The mall takes the full address: a second number and a message that nobody gave stay as they are."""
    to = next(iter(order.receivers), None)
    if to is None:
        return wanted
    phone, message = wanted.phone or to.phone or None, wanted.message or to.message or None
    return replace(wanted, phone=phone, message=message)


def _shown(wish: Wish) -> dict[str, object]:
    """What the receipt shows, masked."""
    to = wish.address
    return {
        "address": {
            "receiverName": masked_name(to.receiver_name),
            "zipcode": to.zipcode,
            "address1": to.address1,
        }
    }


def _plain(fee: Surcharge | None) -> str | None:
    """Only what is certain is shown."""
    if fee is None or not fee.certain or fee.amount is None:
        return None
    return (
        f"{fee.amount.quantize(Decimal(1)) if fee.amount == fee.amount.to_integral_value() else fee.amount}"
    )


def seen_by(order: Order, decision: Decision[AddressPlan]) -> str:
    """The same for every language: codes and facts, not sentences."""
    findings = [[f.rule, f.code, dict(f.facts), list(f.items)] for f in decision.findings]
    return seen_hash(order, {"findings": findings}, {})


async def confirm(ask: Ask, params: ConfirmParams) -> ReceiptResult:
    receipt = await confirmed(ask, params.plan_token, COMMAND, TEXTS, partial(_preview_of, ask))
    return ReceiptResult(receipt=receipt_shape(receipt))


async def _preview_of(ask: Ask, payload: Json) -> PreviewResult:
    wish = Wish.from_json(payload)
    params = {"orderId": wish.order_id, "address": address_params(wish.address)}
    return await preview(ask, PreviewParams.model_validate(params))
