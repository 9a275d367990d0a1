"""C1–C10: whether one line may be cancelled, as the mall's own pages would have it. Pure."""

from collections.abc import Callable, Mapping

from commands.kernel.decision import ChangesWhen, Effect, Fact, Finding, Layer
from commands.kernel.mall import ClaimPeriod
from commands.kernel.order import ItemState, OrderItem

from .facts import CLAIMED, Facts

CLAIM_SETTINGS = "쇼핑몰 설정 > 주문 설정 > 주문 후 설정"
CLOSED = frozenset({ItemState.CANCELLED, ItemState.RETURNED, ItemState.EXCHANGED})
REJECTED = frozenset({ItemState.RETURN_REJECTED, ItemState.EXCHANGE_REJECTED})
REFUSED_REQUEST = "C11"
ItemRule = Callable[[Facts, OrderItem], Finding | None]


def _of(
    item: OrderItem,
    rule: str,
    code: str,
    layer: Layer = Layer.ORDER,
    *,
    effect: Effect = Effect.BLOCKS,
    facts: Mapping[str, Fact] | None = None,
    path: str | None = None,
    act: str | None = None,
) -> Finding:
    return Finding(
        rule,
        code,
        effect,
        layer,
        facts={"status": item.status_code, **(facts or {})},
        items=(item.code,),
        setting_path=path,
        changes_when=ChangesWhen(act=act) if act else None,
    )


def claims_switched_off(facts: Facts, item: OrderItem) -> Finding | None:
    """C1: 몰이 취소/교환/반품 신청을 쓰지 않음."""
    if facts.mall.claims_open is not False:
        return None
    return _of(
        item, "C1", "claims_switched_off", Layer.MALL_SETTING, path=CLAIM_SETTINGS, act="switch_claims_on"
    )


def is_unpaid(_facts: Facts, item: OrderItem) -> Finding | None:
    """C2: 입금 전."""
    if item.state is not ItemState.AWAITING_PAYMENT:
        return None
    return _of(item, "C2", "unpaid_order", act="pay_or_wait")


def has_shipped(_facts: Facts, item: OrderItem) -> Finding | None:
    """C3: 발송된 뒤."""
    if item.state not in {ItemState.IN_TRANSIT, ItemState.DELIVERED}:
        return None
    return _of(item, "C3", "already_shipped", act="ask_for_a_return")


def has_open_claim(_facts: Facts, item: OrderItem) -> Finding | None:
    """C4: 클레임 진행 중. 거절된 반품·교환을 다시 청구할 수 있는지는 알려지지 않아 여기에 둔다."""
    if item.state not in (CLAIMED - CLOSED) | REJECTED and item.status_code != REFUSED_REQUEST:
        return None
    return _of(item, "C4", "claim_open", act="talk_to_a_manager")


def has_closed_claim(_facts: Facts, item: OrderItem) -> Finding | None:
    """C5: 이미 취소·반품·교환됨."""
    return _of(item, "C5", "claim_closed") if item.state in CLOSED else None


def is_unrecognised(_facts: Facts, item: OrderItem) -> Finding | None:
    """C6: 모르는 상태 코드."""
    if item.state is not ItemState.UNRECOGNISED:
        return None
    return _of(item, "C6", "unrecognised_status", effect=Effect.NEEDS_MANAGER)


def is_not_exposed(facts: Facts, item: OrderItem) -> Finding | None:
    """C7: 신청버튼 노출 범위 밖. 읽지 못한 범위는 아무것도 말해 주지 않는다(C10)."""
    if facts.mall.claims_open is None or item.state is not ItemState.PREPARING:
        return None
    if f"cancel_{item.status_code}" in facts.mall.exposed:
        return None
    path = f"{CLAIM_SETTINGS} > 신청버튼 노출 범위"
    return _of(item, "C7", "status_not_exposed", Layer.MALL_SETTING, path=path, act="expose_this_status")


def preparation_is_not_used(facts: Facts, item: OrderItem) -> Finding | None:
    """C8: 상품준비중을 쓰지 않는 몰의 N10."""
    if item.status_code != "N10" or facts.mall.uses_product_preparation is not False:
        return None
    return _of(item, "C8", "preparation_not_used", Layer.MALL_SETTING, path=CLAIM_SETTINGS)


def period_is_over(facts: Facts, item: OrderItem) -> Finding | None:
    """C9: 주문완료일 기준 N일이 지남."""
    limit = facts.mall.period_days
    if facts.mall.period is not ClaimPeriod.FROM_ORDER or limit is None or facts.days_since_order <= limit:
        return None
    seen: dict[str, Fact] = {"days": facts.days_since_order, "limit": limit}
    path = f"{CLAIM_SETTINGS} > 신청버튼 노출 기간"
    return _of(
        item, "C9", "period_over", Layer.MALL_SETTING, facts=seen, path=path, act="lengthen_the_period"
    )


def setting_is_unrecognised(facts: Facts, item: OrderItem) -> Finding | None:
    """C10: 읽지 못한 몰 설정."""
    mall = facts.mall
    days_missing = mall.period is ClaimPeriod.FROM_ORDER and mall.period_days is None
    preparation = item.status_code == "N10" and mall.uses_product_preparation is None
    unreadable = mall.claims_open is None or mall.period is ClaimPeriod.UNRECOGNISED or days_missing
    if not unreadable and not preparation:
        return None
    needs = Effect.NEEDS_MANAGER
    return _of(item, "C10", "unrecognised_setting", Layer.MALL_SETTING, effect=needs, path=CLAIM_SETTINGS)


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
)


def item_findings(facts: Facts, item: OrderItem) -> list[Finding]:
    return [finding for rule in ITEM_RULES if (finding := rule(facts, item))]
