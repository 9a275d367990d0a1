"""How `/주문취소` will really behave, told to the merchant before a customer meets it (H42, H56–H62). Pure."""

from collections.abc import Iterator

from commands.kernel.claim_rules import CLAIM_SETTINGS, EXPOSURE_SETTING, PERIOD_SETTING
from commands.kernel.decision import ChangesWhen, Effect, Finding, Layer
from commands.kernel.doctor import ShopFacts
from commands.kernel.mall import ClaimPeriod, MallRules, Restore

from .order_rules import COUPON_SETTINGS, SCOPE_SETTING, STOCK_SETTINGS
from .packing import can_complete
from .packing_rules import WMS_SETTING

SETTLED = frozenset({Restore.AUTOMATIC, Restore.NEVER})


def examine(facts: ShopFacts) -> Iterator[Finding]:
    if facts.mall is not None:
        yield from what_customers_see(facts.mall)
        yield from the_effective_mode(facts, facts.mall)
    if facts.trial:
        yield Finding("D7", "trial_mode", Effect.NOTES, Layer.COMMAND_SETTING, setting_path="mode")
    if not facts.command_on:
        path = "commands.cancel"
        yield Finding("D8", "command_off", Effect.NOTES, Layer.COMMAND_SETTING, setting_path=path)


def what_customers_see(mall: MallRules) -> Iterator[Finding]:
    """D1: 신청을 쓰지 않음. D2: 노출 범위가 비어 있음. D6: 주문완료일 기준 기간."""
    if mall.claims_open is False:
        act = ChangesWhen(act="switch_claims_on")
        layer = Layer.MALL_SETTING
        yield Finding("D1", "claims_switched_off", Effect.BLOCKS, layer, {}, (), CLAIM_SETTINGS, act)
    elif mall.claims_open and not any(word.startswith("cancel_") for word in mall.exposed):
        path = EXPOSURE_SETTING
        yield Finding("D2", "nothing_exposed", Effect.BLOCKS, Layer.MALL_SETTING, setting_path=path)
    if mall.period is ClaimPeriod.FROM_ORDER and mall.period_days is not None:
        path = PERIOD_SETTING
        limit = {"limit": mall.period_days}
        yield Finding("D6", "period_from_order", Effect.NOTES, Layer.MALL_SETTING, limit, setting_path=path)


def the_effective_mode(facts: ShopFacts, mall: MallRules) -> Iterator[Finding]:
    """D3: 신청인데 완료처럼. D4·D5·D9: 완료인데 신청처럼."""
    layer = Layer.MALL_SETTING
    if facts.cancel.mode == "request":
        if mall.auto_accept and mall.refunds_with_acceptance:
            path = f"{CLAIM_SETTINGS} > 취소신청 시 자동환불"
            act = ChangesWhen(act="untick_automatic_refund")
            yield Finding("D3", "auto_accept_refunds", Effect.LIFTS, layer, {}, (), path, act)
        return
    if mall.stock_after_payment not in SETTLED:
        yield Finding("D4", "stock_restore_asks", Effect.LOWERS, layer, setting_path=STOCK_SETTINGS)
    if not {mall.coupon_after_payment, mall.coupon_partial} <= SETTLED:
        yield Finding("D4", "coupon_restore_asks", Effect.LOWERS, layer, setting_path=COUPON_SETTINGS)
    if not facts.has_wms and not facts.cancel.complete_scope:
        layer = Layer.COMMAND_SETTING
        yield Finding("D5", "complete_scope_empty", Effect.LOWERS, layer, setting_path=SCOPE_SETTING)
    if facts.warehouse is not None and not can_complete(facts.warehouse):
        yield Finding("D9", "warehouse_cannot_stop", Effect.LOWERS, Layer.WMS, setting_path=WMS_SETTING)
