"""X12–X30: whether the chosen lines go to a manager, what is missing, and what waits for a person. Pure."""

from collections.abc import Callable

from commands.kernel import claim_rules
from commands.kernel.calendar import kst_day
from commands.kernel.claim_rules import CLAIM_SETTINGS, PERIOD_SETTING
from commands.kernel.claim_rules import of_order as _of
from commands.kernel.decision import Effect, Finding, Layer
from commands.kernel.mall import ClaimPeriod

from .facts import Facts, needs_account
from .target_rules import TARGET_RULES

AUTO_ACCEPT_SETTING = f"{CLAIM_SETTINGS} > 취소/반품 자동접수"
BUYER_PAYS_SETTING = f"{CLAIM_SETTINGS} > 반품 배송비 구매자 결제"
PICKUP_SETTING = "exchangeReturn.autoPickupOff"
FAULT_SETTING = "exchangeReturn.sellerFault"
ADDRESS_SETTING = "exchangeReturn.returnAddress"
OrderRule = Callable[[Facts], Finding | None]


def line_has_changed(facts: Facts) -> Finding | None:
    """X12: 고른 품목이 없거나, 남은 수량보다 많음."""
    held = {item.code: item.quantity for item in facts.order.items}
    changed = tuple(code for code, count in facts.chosen.items() if not 1 <= count <= held.get(code, 0))
    if facts.chosen and not changed:
        return None
    return _of("X12", "line_changed", Effect.BLOCKS, Layer.ORDER, items=changed, act="choose_again")


def set_or_gift(facts: Facts) -> Finding | None:
    """X13: 세트상품·사은품의 교환, 또는 세트·사은품이 있는 주문의 부분 반품."""
    odd = {item.code for item in facts.order.items if item.is_gift or item.in_set}
    touched = {item.code for item in facts.items} & odd
    if not touched and (facts.kind == "exchange" or not odd):
        return None
    if facts.kind == "return" and facts.is_whole_order:
        return None
    items = tuple(item.code for item in facts.order.items if item.code in odd)
    return _of("X13", "set_or_gift", Effect.NEEDS_MANAGER, Layer.ORDER, items=items, act="talk_to_a_manager")


def other_sales_channel(facts: Facts) -> Finding | None:
    """X14: 자사몰 주문이 아님."""
    return claim_rules.other_sales_channel("X14", facts.order)


def special_order(facts: Facts) -> Finding | None:
    """X15: 에스크로·복수 배송지·정기 배송, 또는 그 표시가 없음."""
    return claim_rules.special_order("X15", facts.order)


def payment_is_incomplete(facts: Facts) -> Finding | None:
    """X16: 일부만 결제됐거나 결제 상태를 모름."""
    return claim_rules.payment_is_incomplete("X16", facts.order)


def payment_is_unrecognised(facts: Facts) -> Finding | None:
    """X17: 반품인데 모르는 결제 수단."""
    return claim_rules.payment_is_unrecognised("X17", facts.order) if facts.kind == "return" else None


def buyer_pays_claim_shipping(facts: Facts) -> Finding | None:
    """X18: 배송비를 구매자가 온라인으로 결제하는 몰, 또는 그 설정을 읽지 못함."""
    if facts.mall.customer_pays_return_shipping is False:
        return None
    layer, path = Layer.MALL_SETTING, BUYER_PAYS_SETTING
    return _of("X18", "buyer_pays_claim_shipping", Effect.NEEDS_MANAGER, layer, path=path)


def evidence_is_missing(facts: Facts) -> Finding | None:
    """X19: 불량·오배송인데 사진이 없음."""
    photos = facts.asked.photos if facts.asked else 0
    if not facts.mall_at_fault or photos or facts.approved:
        return None
    return _of("X19", "evidence_missing", Effect.BLOCKS, Layer.COMMAND_SETTING, act="attach_a_photo")


def return_address_is_missing(facts: Facts) -> Finding | None:
    """X24: 직접 보내기인데 반품 주소 설정이 없음."""
    if not (facts.asked and facts.asked.sends) or (facts.choices.return_address or "").strip():
        return None
    layer, act = Layer.COMMAND_SETTING, "choose_a_pickup"
    return _of("X24", "return_address_missing", Effect.BLOCKS, layer, path=ADDRESS_SETTING, act=act)


def waits_for_manager(facts: Facts) -> Finding | None:
    """X25: 불량·오배송이고 신청 대기 모드."""
    if not facts.waits_for_manager:
        return None
    layer = Layer.COMMAND_SETTING
    return _of("X25", "waits_for_manager", Effect.LOWERS, layer, path=FAULT_SETTING, act="manager_approves")


def mall_may_accept_at_once(facts: Facts) -> Finding | None:
    """X26: 반품을 바로 신청하는데 자동접수가 켜져 있음. 교환은 자동접수되지 않는다."""
    if facts.kind != "return" or facts.waits_for_manager or not facts.mall.auto_accept:
        return None
    path = AUTO_ACCEPT_SETTING
    return _of("X26", "mall_may_accept_at_once", Effect.NOTES, Layer.MALL_SETTING, path=path)


def delivery_period_is_over(facts: Facts) -> Finding | None:
    """X27: 배송완료일 기준 N일이 지남. 그래도 신청할 수 있다."""
    limit = facts.mall.period_days
    if facts.mall.period is not ClaimPeriod.FROM_DELIVERY or limit is None:
        return None
    since = {i.code: (facts.today - kst_day(i.delivered_at)).days for i in facts.items if i.delivered_at}
    late = tuple(code for code, days in since.items() if days > limit)
    if not late:
        return None
    seen = {"days": max(since[code] for code in late), "limit": limit}
    layer, path = Layer.MALL_SETTING, PERIOD_SETTING
    return _of("X27", "delivery_period_over", Effect.NOTES, layer, facts=seen, items=late, path=path)


def auto_pickup_is_not_confirmed(facts: Facts) -> Finding | None:
    """X28: 택배사 수거신청 자동접수를 껐는지 확인되지 않음."""
    sends = facts.asked is not None and facts.asked.sends
    if facts.choices.auto_pickup_off or sends or not facts.needs_parcel:
        return None
    layer, act = Layer.COMMAND_SETTING, "switch_auto_pickup_off"
    return _of("X28", "auto_pickup_not_confirmed", Effect.NOTES, layer, path=PICKUP_SETTING, act=act)


def refund_account_needed(facts: Facts) -> Finding | None:
    """X29: 반품에 환불 계좌가 필요함."""
    if not needs_account(facts):
        return None
    return _of("X29", "refund_account_needed", Effect.NOTES, Layer.PAYMENT, act="give_a_refund_account")


def account_setting_is_unrecognised(facts: Facts) -> Finding | None:
    """X30: 반품인데 환불 계좌를 받는 몰인지 읽지 못함."""
    if facts.kind != "return":
        return None
    return claim_rules.account_setting_is_unrecognised("X30", facts.order, facts.mall)


ORDER_RULES: tuple[OrderRule, ...] = (
    line_has_changed,
    set_or_gift,
    other_sales_channel,
    special_order,
    payment_is_incomplete,
    payment_is_unrecognised,
    buyer_pays_claim_shipping,
    evidence_is_missing,
    *TARGET_RULES,
    return_address_is_missing,
    waits_for_manager,
    mall_may_accept_at_once,
    delivery_period_is_over,
    auto_pickup_is_not_confirmed,
    refund_account_needed,
    account_setting_is_unrecognised,
)
