"""Who may cancel what, and how far we go ourselves: facts in, `Decision` out.

The item rules hide or block lines as the mall's own pages would; the order rules send the odd order to a manager,
lower "complete" to "request" where the mall would ask a person, and lift a request that the mall refunds by itself.
The plan says which call we make (`complete`), and what the customer may expect of it (`outcome_complete`).
"""

from collections.abc import Sequence

from commands.kernel.decision import Decision, Effect, Finding, Layer, decide
from commands.kernel.mall import Restore

from .facts import CancelPlan, Facts, needs_account, refund_of
from .item_rules import item_findings
from .order_rules import ORDER_RULES, receipt_is_open
from .packing_rules import TELLS

RULES = (
    "C28",
    *(f"C{number}" for number in range(1, 27)),
    "C29",
    *(f"C{number}" for number in range(30, 35)),
    "C27",
)
"""In the order of the policy. Ids stay as they were given, since audits name them."""
NOTHING_TO_CANCEL = Finding("C27", "nothing_to_cancel", Effect.BLOCKS, Layer.ORDER)
"""C27: 배송 준비 중인 주문이 없음."""


def decide_cancellation(facts: Facts) -> Decision[CancelPlan]:
    """All rules run. `facts.chosen` names at least one line of the order, within its quantity."""
    by_item = [finding for item in facts.items for finding in item_findings(facts, item)]
    under_way = receipt_is_open(facts)
    by_item.sort(key=lambda finding: RULES.index(finding.rule))
    findings = ([under_way] if under_way else []) + by_item + order_findings(facts)
    return decide(_plan(facts, findings), findings)


def order_findings(facts: Facts) -> list[Finding]:
    return [finding for rule in ORDER_RULES if (finding := rule(facts))]


def _plan(facts: Facts, findings: Sequence[Finding]) -> CancelPlan:
    effects = {finding.effect for finding in findings}
    complete = facts.choices.mode == "complete" and Effect.LOWERS not in effects
    refund = refund_of(facts)
    whole_coupon = facts.mall.coupon_after_payment is Restore.AUTOMATIC
    return CancelPlan(
        lines=tuple((item.code, facts.chosen[item.code]) for item in facts.items),
        complete=complete,
        outcome_complete=complete or Effect.LIFTS in effects,
        refund=refund,
        restore_stock=facts.mall.stock_after_payment is Restore.AUTOMATIC,
        restore_coupon=whole_coupon and facts.is_whole_order,
        needs_account=needs_account(facts),
        stops=complete and facts.packing is not None,
        tells=any(finding.code in TELLS for finding in findings),
    )
