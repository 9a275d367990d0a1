"""X1–X11: whether one line may be exchanged or returned, as the mall's own pages would have it. Pure."""

from collections.abc import Callable

from commands.kernel import claim_rules
from commands.kernel.claim_rules import RECEIPT_OPEN, REFUSED_CANCEL, of_item
from commands.kernel.decision import Effect, Fact, Finding
from commands.kernel.order import Order, OrderItem
from commands.kernel.plan import Receipt, ReceiptState

from .facts import NOT_SHIPPED, SHIPPED, Facts

CONFIRMED = "N50"
ItemRule = Callable[[Facts, OrderItem], Finding | None]


def claims_switched_off(facts: Facts, item: OrderItem) -> Finding | None:
    """X1: 몰이 취소/교환/반품 신청을 쓰지 않음."""
    return claim_rules.claims_switched_off("X1", facts.mall, item)


def is_not_shipped_yet(facts: Facts, item: OrderItem) -> Finding | None:
    """X2: 아직 발송되지 않은 상품의 반품. 취소가 거절된 상품은 X4가 말한다."""
    refused = item.status_code == REFUSED_CANCEL
    if facts.kind != "return" or item.state not in NOT_SHIPPED or refused:
        return None
    return of_item("X2", item, "not_shipped_yet", act="cancel_instead")


def purchase_is_confirmed(_facts: Facts, item: OrderItem) -> Finding | None:
    """X3: 구매확정."""
    if item.status_code != CONFIRMED:
        return None
    return of_item("X3", item, "purchase_confirmed", effect=Effect.NEEDS_MANAGER, act="talk_to_a_manager")


def has_open_claim(_facts: Facts, item: OrderItem) -> Finding | None:
    """X4: 클레임이 진행 중이거나 거절됨."""
    return claim_rules.has_open_claim("X4", item)


def has_closed_claim(_facts: Facts, item: OrderItem) -> Finding | None:
    """X5: 이미 취소·반품·교환됨."""
    return claim_rules.has_closed_claim("X5", item)


def is_unrecognised(_facts: Facts, item: OrderItem) -> Finding | None:
    """X6: 모르는 상태 코드."""
    return claim_rules.status_is_unrecognised("X6", item)


def is_not_exposed(facts: Facts, item: OrderItem) -> Finding | None:
    """X7: 신청버튼 노출 범위 밖. 구매확정에는 버튼이 없어 X3이 말한다."""
    exchangeable = SHIPPED | NOT_SHIPPED if facts.kind == "exchange" else SHIPPED
    if item.state not in exchangeable or item.status_code == CONFIRMED:
        return None
    return claim_rules.is_not_exposed("X7", facts.mall, item, facts.kind)


def preparation_is_not_used(facts: Facts, item: OrderItem) -> Finding | None:
    """X8: 상품준비중을 쓰지 않는 몰의 N10."""
    return claim_rules.preparation_is_not_used("X8", facts.mall, item)


def period_is_over(facts: Facts, item: OrderItem) -> Finding | None:
    """X9: 주문완료일 기준 N일이 지남. 승인된 신청은 기간 안에 들어온 것이다."""
    if facts.approved:
        return None
    return claim_rules.period_is_over("X9", facts.mall, item, facts.days_since_order)


def setting_is_unrecognised(facts: Facts, item: OrderItem) -> Finding | None:
    """X10: 읽지 못한 몰 설정."""
    return claim_rules.setting_is_unrecognised("X10", facts.mall, item)


def claim_is_waiting(facts: Facts, item: OrderItem) -> Finding | None:
    """X11: 먼저 낸 신청이 처리 중이거나, 그 품목의 신청이 승인을 기다림."""
    receipt = facts.under_way
    if receipt is None or item.code not in lines_held(receipt, facts.order):
        return None
    seen: dict[str, Fact] = {}
    if receipt.receipt_id:
        # Somebody else's is nobody's to look at.
        seen = {"receiptId": receipt.receipt_id, "command": receipt.command, "state": receipt.state.value}
    return of_item("X11", item, RECEIPT_OPEN, facts=seen, act="wait_or_withdraw")


def lines_held(receipt: Receipt, order: Order) -> frozenset[str]:
    """A claim that waits for a manager holds its own lines only."""
    if receipt.state is not ReceiptState.PENDING:
        return frozenset(item.code for item in order.items)
    return frozenset(line["orderItemCode"] for line in receipt.shown.get("items", ()))


ITEM_RULES: tuple[ItemRule, ...] = (
    claims_switched_off,
    is_not_shipped_yet,
    purchase_is_confirmed,
    has_open_claim,
    has_closed_claim,
    is_unrecognised,
    is_not_exposed,
    preparation_is_not_used,
    period_is_over,
    setting_is_unrecognised,
    claim_is_waiting,
)


def item_findings(facts: Facts, item: OrderItem) -> list[Finding]:
    return [finding for rule in ITEM_RULES if (finding := rule(facts, item))]
