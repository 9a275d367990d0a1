"""`/교환반품`: what may be exchanged or returned, and the receipts of what was asked for."""

from dataclasses import dataclass

from commands.claiming import CandidatesParams, HiddenOrder
from commands.explain import decision_shape, item_shape, order_card
from commands.kernel.decision import Allowed, Blocked, Decision, NeedsManager
from commands.kernel.mall import MallRules
from commands.kernel.order import ItemState, Order
from commands.kernel.plan import Receipt
from commands.kernel.spec import Ask
from commands.receipt import receipt_shape
from commands.shapes import ReceiptResult

from .facts import KINDS, ClaimPlan, Facts, Kind
from .finding_out import TEXTS, free_facts, under_way_for
from .item_rules import item_findings
from .rules import NOTHING_TO_CLAIM, decide_claim
from .wire import CandidateItem, CandidateOrder, CandidatesResult, WithdrawParams

MOST_CANDIDATES = 5
EXPECTED = frozenset({ItemState.IN_TRANSIT, ItemState.DELIVERED, ItemState.UNRECOGNISED})
"""A customer looks for orders with such lines here; orders without any are not even hidden."""
BEFORE_SHIPPING = {
    ItemState.AWAITING_PAYMENT: frozenset({"exchange_N00"}),
    ItemState.PREPARING: frozenset({"exchange_N10", "exchange_N20", "exchange_N21", "exchange_N22"}),
}
"""States that are looked for too where the mall offers an exchange in them."""


@dataclass(frozen=True, slots=True)
class Possible:
    """What each kind says to an order: its facts and its decision."""

    order: Order
    by_kind: dict[Kind, tuple[Facts, Decision[ClaimPlan]]]

    @property
    def kinds(self) -> list[Kind]:
        """What the customer may ask for."""
        return [kind for kind, (_, decision) in self.by_kind.items() if isinstance(decision, Allowed)]

    @property
    def decision(self) -> Decision[ClaimPlan]:
        """The friendliest of both; of two refusals that of the return, which most people mean."""
        ranked = [self.by_kind[kind][1] for kind in ("return", "exchange")]
        return min(ranked, key=_friendliness)


@dataclass(frozen=True, slots=True)
class Candidates:
    """`shown`: orders with lines that may be chosen; `hidden`: the others."""

    shown: tuple[Possible, ...]
    hidden: tuple[Possible, ...]


def _friendliness(decision: Decision[ClaimPlan]) -> int:
    match decision:
        case Allowed():
            return 0
        case NeedsManager():
            return 1
        case Blocked():
            return 2


def possible(ask: Ask, order: Order, mall: MallRules, under_way: Receipt | None) -> Possible:
    by_kind: dict[Kind, tuple[Facts, Decision[ClaimPlan]]] = {}
    for kind in KINDS:
        facts = free_facts(ask, order, mall, kind, under_way)
        by_kind[kind] = (facts, decide_claim(facts))
    return Possible(order, by_kind)


async def look(ask: Ask) -> Candidates:
    """One call to the mall when its settings are warm."""
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    early = {state for state, words in BEFORE_SHIPPING.items() if words & mall.exposed}
    recent = await ask.ports.orders.recent(
        ask.shop,
        ask.customer,
        at_most=MOST_CANDIDATES,
        months=ask.choices.lookback_months,
        states=EXPECTED | early,
    )
    open_now = await ask.ports.effects.open_receipts(ask, [order.order_id for order in recent.orders])
    found = [possible(ask, order, mall, open_now.get(order.order_id)) for order in recent.orders]
    shown = [order for order in found if order.kinds]
    hidden = [order for order in found if not order.kinds]
    return Candidates(tuple(shown[:MOST_CANDIDATES]), tuple(hidden[:MOST_CANDIDATES]))


async def candidates(ask: Ask, _params: CandidatesParams) -> CandidatesResult:
    found = await look(ask)
    why = None if found.shown else decision_shape(why_none(found), TEXTS, ask.language)
    return CandidatesResult(
        orders=[_candidate(one, ask) for one in found.shown],
        why=why,
        hidden=[
            HiddenOrder(
                order_id=one.order.order_id, decision=decision_shape(one.decision, TEXTS, ask.language)
            )
            for one in found.hidden
        ],
    )


def why_none(found: Candidates) -> Decision[ClaimPlan] | Blocked:
    """The newest hidden order's reason; or that there is nothing in such a state."""
    return found.hidden[0].decision if found.hidden else Blocked((NOTHING_TO_CLAIM,))


def _candidate(one: Possible, ask: Ask) -> CandidateOrder:
    items = []
    for item in one.order.items:
        by_kind = {kind: tuple(item_findings(one.by_kind[kind][0], item)) for kind in one.kinds}
        free: list[Kind] = [kind for kind, findings in by_kind.items() if not findings]
        held = Blocked(by_kind[one.kinds[-1]])
        items.append(
            CandidateItem(
                **item_shape(item, ask).model_dump(),
                selectable=bool(free),
                kinds=free,
                decision=None if free else decision_shape(held, TEXTS, ask.language),
            )
        )
    return CandidateOrder(**order_card(one.order, ask).model_dump(exclude={"items"}), items=items)


async def offer(ask: Ask, order: Order) -> Decision[ClaimPlan]:
    """What this command would say to an order, for its detail."""
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    return possible(ask, order, mall, await under_way_for(ask, order)).decision


async def withdraw(ask: Ask, params: WithdrawParams) -> ReceiptResult:
    return ReceiptResult(receipt=receipt_shape(await ask.ports.effects.withdraw(ask, params.pending_id)))


async def receipt_of(ask: Ask, receipt_id: str) -> Receipt:
    return await ask.ports.effects.receipt(ask, receipt_id)
