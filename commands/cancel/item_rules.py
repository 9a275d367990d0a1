"""C1–C10, C30: whether one line may be cancelled, as the mall's own pages would have it. Pure."""

from collections.abc import Callable

from commands.kernel import claim_rules
from commands.kernel.claim_rules import of_item
from commands.kernel.decision import Finding
from commands.kernel.order import ItemState, OrderItem

from .facts import Facts
from .packing_rules import is_packed

ItemRule = Callable[[Facts, OrderItem], Finding | None]


def claims_switched_off(facts: Facts, item: OrderItem) -> Finding | None:
    """C1: 몰이 취소/교환/반품 신청을 쓰지 않음."""
    return claim_rules.claims_switched_off("C1", facts.mall, item)


def is_unpaid(_facts: Facts, item: OrderItem) -> Finding | None:
    """C2: 입금 전."""
    if item.state is not ItemState.AWAITING_PAYMENT:
        return None
    return of_item("C2", item, "unpaid_order", act="pay_or_wait")


def has_shipped(_facts: Facts, item: OrderItem) -> Finding | None:
    """C3: 발송된 뒤."""
    if item.state not in {ItemState.IN_TRANSIT, ItemState.DELIVERED}:
        return None
    return of_item("C3", item, "already_shipped", act="ask_for_a_return")


def has_open_claim(_facts: Facts, item: OrderItem) -> Finding | None:
    """C4: 클레임 진행 중."""
    return claim_rules.has_open_claim("C4", item)


def has_closed_claim(_facts: Facts, item: OrderItem) -> Finding | None:
    """C5: 이미 취소·반품·교환됨."""
    return claim_rules.has_closed_claim("C5", item)


def is_unrecognised(_facts: Facts, item: OrderItem) -> Finding | None:
    """C6: 모르는 상태 코드."""
    return claim_rules.status_is_unrecognised("C6", item)


def is_not_exposed(facts: Facts, item: OrderItem) -> Finding | None:
    """C7: 신청버튼 노출 범위 밖."""
    if item.state is not ItemState.PREPARING:
        return None
    return claim_rules.is_not_exposed("C7", facts.mall, item, "cancel")


def preparation_is_not_used(facts: Facts, item: OrderItem) -> Finding | None:
    """C8: 상품준비중을 쓰지 않는 몰의 N10."""
    return claim_rules.preparation_is_not_used("C8", facts.mall, item)


def period_is_over(facts: Facts, item: OrderItem) -> Finding | None:
    """C9: 주문완료일 기준 N일이 지남."""
    return claim_rules.period_is_over("C9", facts.mall, item, facts.days_since_order)


def setting_is_unrecognised(facts: Facts, item: OrderItem) -> Finding | None:
    """C10: 읽지 못한 몰 설정."""
    return claim_rules.setting_is_unrecognised("C10", facts.mall, item)


ITEM_RULES: tuple[ItemRule, ...] = (
    claims_switched_off,
    is_unpaid,
    has_shipped,
    has_open_claim,
    has_closed_claim,
    is_unrecognised,
    is_not_exposed,
    preparation_is_not_used,
    period_is_over,
    setting_is_unrecognised,
    is_packed,
)


def item_findings(facts: Facts, item: OrderItem) -> list[Finding]:
    return [finding for rule in ITEM_RULES if (finding := rule(facts, item))]
