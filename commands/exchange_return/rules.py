"""Who may exchange or return what, and whether a manager looks first: facts in, `Decision` out.

The item rules hide or block lines as the mall's own pages would; the order rules send the odd order to a manager and
ask for what is missing. By fault of the buyer a claim is filed at once; by fault of the mall it needs a photo, and is
filed at once or waits here (신청 대기), as the shop chose. The plan says which, and who pays the way.
"""

from commands.kernel.decision import Decision, Effect, Finding, Layer, decide

from .facts import ClaimPlan, Facts, fee_of, needs_account
from .item_rules import ITEM_RULES, item_findings
from .order_rules import ORDER_RULES

RULES = tuple(f"X{number}" for number in range(1, len(ITEM_RULES) + len(ORDER_RULES) + 2))
NOTHING_TO_CLAIM = Finding(RULES[-1], "nothing_to_claim", Effect.BLOCKS, Layer.ORDER)
"""X31: 교환·반품할 수 있는 상태의 주문이 없음."""


def decide_claim(facts: Facts) -> Decision[ClaimPlan]:
    """All rules run."""
    by_item = [finding for item in facts.items for finding in item_findings(facts, item)]
    by_order = [finding for rule in ORDER_RULES if (finding := rule(facts))]
    return decide(_plan(facts), sorted(by_item, key=lambda f: RULES.index(f.rule)) + by_order)


def _plan(facts: Facts) -> ClaimPlan:
    return ClaimPlan(
        kind=facts.kind,
        lines=tuple((item.code, facts.chosen[item.code]) for item in facts.items),
        outcome="pending" if facts.waits_for_manager else "request",
        payer=facts.reason.payer if facts.reason else "buyer",
        fee=fee_of(facts),
        needs_account=needs_account(facts),
        needs_parcel=facts.needs_parcel,
    )
