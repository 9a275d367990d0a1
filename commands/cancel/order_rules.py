"""C11–C26, C28, C29: whether lines go to a manager, are lowered or lifted, and who refunds. Pure."""

from collections.abc import Callable

from commands.kernel import claim_rules
from commands.kernel.claim_rules import CLAIM_SETTINGS
from commands.kernel.claim_rules import of_order as _of
from commands.kernel.decision import Effect, Finding, Layer
from commands.kernel.mall import Restore
from commands.kernel.order import RefundWay

from .facts import Facts, needs_account
from .packing_rules import LOWERS as LOWERED_BY_WAREHOUSE
from .packing_rules import PACKING_RULES

STOCK_SETTINGS = "쇼핑몰 설정 > 주문 설정 > 입금/환불/반품처리 설정 > 취소/반품 시 자동 수량 복구"
COUPON_SETTINGS = "프로모션 > 쿠폰 설정 > 기본 설정 > 쿠폰 복원 설정"
SCOPE_SETTING = "cancel.completeScope"
CARRIER_BILLING = "cell"
OrderRule = Callable[[Facts], Finding | None]


def receipt_is_open(facts: Facts) -> Finding | None:
    """C28: 아직 끝나지 않은 접수가 있음."""
    return claim_rules.receipt_is_open("C28", facts.under_way)


def other_sales_channel(facts: Facts) -> Finding | None:
    """C11: 자사몰 주문이 아님."""
    return claim_rules.other_sales_channel("C11", facts.order)


def special_order(facts: Facts) -> Finding | None:
    """C12: 에스크로·복수 배송지·정기 배송, 또는 그 표시가 없음."""
    return claim_rules.special_order("C12", facts.order)


def payment_is_incomplete(facts: Facts) -> Finding | None:
    """C13: 일부만 결제됐거나 결제 상태를 모름."""
    return claim_rules.payment_is_incomplete("C13", facts.order)


def payment_is_unrecognised(facts: Facts) -> Finding | None:
    """C14: 모르는 결제 수단."""
    return claim_rules.payment_is_unrecognised("C14", facts.order)


def carrier_billing_in_part(facts: Facts) -> Finding | None:
    """C15: 휴대폰 결제의 부분 취소."""
    if facts.is_whole_order or CARRIER_BILLING not in facts.order.payment.methods:
        return None
    return _of("C15", "carrier_partial", Effect.NEEDS_MANAGER, Layer.PAYMENT, act="cancel_the_whole_order")


def set_or_gift_in_part(facts: Facts) -> Finding | None:
    """C16: 세트상품·사은품이 있는 주문의 부분 취소."""
    odd = tuple(item.code for item in facts.order.items if item.is_gift or item.in_set)
    if facts.is_whole_order or not odd:
        return None
    act = "cancel_the_whole_order"
    return _of("C16", "set_or_gift_partial", Effect.NEEDS_MANAGER, Layer.ORDER, items=odd, act=act)


def stock_restore_asks(facts: Facts) -> Finding | None:
    """C17: 재고 복구를 확인하는 몰."""
    if facts.choices.mode != "complete" or facts.mall.stock_after_payment in {
        Restore.AUTOMATIC,
        Restore.NEVER,
    }:
        return None
    act = "restore_stock_automatically"
    return _of("C17", "stock_restore_asks", Effect.LOWERS, Layer.MALL_SETTING, path=STOCK_SETTINGS, act=act)


def coupon_restore_asks(facts: Facts) -> Finding | None:
    """C18: 쿠폰 복원을 고르는 몰. 부분 취소는 부분 설정도 본다."""
    settled = {Restore.AUTOMATIC, Restore.NEVER}
    asks = facts.mall.coupon_after_payment not in settled
    asks_in_part = not facts.is_whole_order and facts.mall.coupon_partial not in settled
    if facts.choices.mode != "complete" or not (asks or asks_in_part):
        return None
    act = "restore_coupons_automatically"
    return _of("C18", "coupon_restore_asks", Effect.LOWERS, Layer.MALL_SETTING, path=COUPON_SETTINGS, act=act)


def outside_complete_scope(facts: Facts) -> Finding | None:
    """C19: WMS 없이, 완료 범위 밖."""
    if facts.choices.mode != "complete" or facts.packing is not None:
        return None
    outside = [item for item in facts.items if item.status_code not in facts.choices.complete_scope]
    if not outside:
        return None
    return _of(
        "C19",
        "outside_complete_scope",
        Effect.LOWERS,
        Layer.COMMAND_SETTING,
        facts={"statuses": ", ".join(dict.fromkeys(item.status_code for item in outside))},
        items=tuple(item.code for item in outside),
        path=SCOPE_SETTING,
    )


def part_of_a_line(facts: Facts) -> Finding | None:
    """C20: 한 품목의 일부 수량."""
    parts = tuple(item.code for item in facts.items if facts.chosen[item.code] < item.quantity)
    if facts.choices.mode != "complete" or not parts:
        return None
    return _of("C20", "part_of_line", Effect.LOWERS, Layer.ORDER, items=parts, act="cancel_the_whole_line")


def auto_accept_refunds(facts: Facts) -> Finding | None:
    """C21: 신청해도 몰이 스스로 접수하고 환불함."""
    mall = facts.mall
    if facts.choices.mode != "request" or not (mall.auto_accept and mall.refunds_with_acceptance):
        return None
    path = f"{CLAIM_SETTINGS} > 취소신청 시 자동환불"
    act = "untick_automatic_refund"
    return _of("C21", "auto_accept_refunds", Effect.LIFTS, Layer.MALL_SETTING, path=path, act=act)


def mall_may_accept_at_once(facts: Facts) -> Finding | None:
    """C22: 신청을 넣는데 자동접수가 켜져 있음."""
    lowers = (
        stock_restore_asks,
        coupon_restore_asks,
        outside_complete_scope,
        part_of_a_line,
        *LOWERED_BY_WAREHOUSE,
    )
    requests = facts.choices.mode == "request" or any(rule(facts) for rule in lowers)
    if not (facts.mall.auto_accept and requests):
        return None
    path = f"{CLAIM_SETTINGS} > 취소신청 시 자동환불"
    return _of("C22", "mall_may_accept_at_once", Effect.NOTES, Layer.MALL_SETTING, path=path)


def partial_refund_by_hand(facts: Facts) -> Finding | None:
    """C23: 부분 취소는 자동 환불이 아님."""
    if facts.is_whole_order:
        return None
    return _of("C23", "partial_refund_by_hand", Effect.NOTES, Layer.PAYMENT, act="cancel_the_whole_order")


def refund_by_hand(facts: Facts) -> Finding | None:
    """C24: 자동 환불이 안 되는 결제 수단."""
    methods = [m for m, way in facts.order.payment.ways if way is RefundWay.BY_HAND]
    if not methods:
        return None
    return _of("C24", "refund_by_hand", Effect.NOTES, Layer.PAYMENT, facts={"methods": ", ".join(methods)})


def several_payments(facts: Facts) -> Finding | None:
    """C25: PG 거래가 둘 이상."""
    count = facts.order.payment.transactions
    if count is None or count <= 1:
        return None
    return _of("C25", "several_payments", Effect.NOTES, Layer.PAYMENT, facts={"count": count})


def refund_account_needed(facts: Facts) -> Finding | None:
    """C26: 환불 계좌가 필요함."""
    if not needs_account(facts):
        return None
    return _of("C26", "refund_account_needed", Effect.NOTES, Layer.PAYMENT, act="give_a_refund_account")


def account_setting_is_unrecognised(facts: Facts) -> Finding | None:
    """C29: 환불 계좌를 받는 몰인지 읽지 못함."""
    return claim_rules.account_setting_is_unrecognised("C29", facts.order, facts.mall)


ORDER_RULES: tuple[OrderRule, ...] = (
    other_sales_channel,
    special_order,
    payment_is_incomplete,
    payment_is_unrecognised,
    carrier_billing_in_part,
    set_or_gift_in_part,
    stock_restore_asks,
    coupon_restore_asks,
    outside_complete_scope,
    part_of_a_line,
    auto_accept_refunds,
    mall_may_accept_at_once,
    partial_refund_by_hand,
    refund_by_hand,
    several_payments,
    refund_account_needed,
    account_setting_is_unrecognised,
    *PACKING_RULES,
)
