"""How `/교환반품` will really behave, told to the merchant before a customer meets it (H23, H43–H45, H63–H66). Pure."""

from collections.abc import Iterator

from commands.kernel.claim_rules import CLAIM_SETTINGS, EXPOSURE_SETTING, PERIOD_SETTING
from commands.kernel.decision import ChangesWhen, Effect, Finding, Layer
from commands.kernel.doctor import ShopFacts
from commands.kernel.mall import ClaimPeriod, ExchangeReturnChoices, MallRules

from .facts import KINDS
from .order_rules import (
    ADDRESS_SETTING,
    AUTO_ACCEPT_SETTING,
    BUYER_PAYS_SETTING,
    FAULT_SETTING,
    PICKUP_SETTING,
)

MALL, OURS = Layer.MALL_SETTING, Layer.COMMAND_SETTING


def examine(facts: ShopFacts) -> Iterator[Finding]:
    choices = facts.exchange_return
    if facts.mall is not None:
        yield from what_customers_see(facts.mall)
        yield from what_happens_to_claims(facts.mall, choices)
    yield from our_own_settings(choices)
    if facts.trial:
        yield Finding("D10", "trial_mode", Effect.NOTES, OURS, setting_path="mode")
    if not facts.command_on:
        yield Finding("D11", "command_off", Effect.NOTES, OURS, setting_path="commands.exchangeReturn")


def what_customers_see(mall: MallRules) -> Iterator[Finding]:
    """D1: 신청을 쓰지 않음. D2·D3: 노출 범위. D4: 주문완료일 기준 기간."""
    exposed = [kind for kind in KINDS if any(word.startswith(f"{kind}_") for word in mall.exposed)]
    if mall.claims_open is False:
        act = ChangesWhen(act="switch_claims_on")
        yield Finding("D1", "claims_switched_off", Effect.BLOCKS, MALL, {}, (), CLAIM_SETTINGS, act)
    elif mall.claims_open and not exposed:
        yield Finding("D2", "nothing_exposed", Effect.BLOCKS, MALL, setting_path=EXPOSURE_SETTING)
    elif mall.claims_open and len(exposed) < len(KINDS):
        seen = {"kind": exposed[0]}
        yield Finding("D3", "one_kind_exposed", Effect.NOTES, MALL, seen, setting_path=EXPOSURE_SETTING)
    if mall.period is ClaimPeriod.FROM_ORDER and mall.period_days is not None:
        limit = {"limit": mall.period_days}
        yield Finding("D4", "period_from_order", Effect.NOTES, MALL, limit, setting_path=PERIOD_SETTING)


def what_happens_to_claims(mall: MallRules, choices: ExchangeReturnChoices) -> Iterator[Finding]:
    """D5: 배송비를 구매자가 결제하는 몰. D7: 신청인데 바로 접수될 수 있음."""
    if mall.customer_pays_return_shipping is not False:
        path = BUYER_PAYS_SETTING
        yield Finding("D5", "buyer_pays_claim_shipping", Effect.NEEDS_MANAGER, MALL, setting_path=path)
    if choices.seller_fault == "request" and mall.auto_accept:
        path = AUTO_ACCEPT_SETTING
        yield Finding("D7", "mall_may_accept_at_once", Effect.NOTES, MALL, setting_path=path)


def our_own_settings(choices: ExchangeReturnChoices) -> Iterator[Finding]:
    """D6: 바로 신청. D8: 반품 주소. D9: 택배사 수거신청 자동접수."""
    if choices.seller_fault == "request":
        yield Finding("D6", "seller_fault_files_at_once", Effect.NOTES, OURS, setting_path=FAULT_SETTING)
    if not (choices.return_address or "").strip():
        yield Finding("D8", "return_address_missing", Effect.NOTES, OURS, setting_path=ADDRESS_SETTING)
    if not choices.auto_pickup_off:
        act = ChangesWhen(act="switch_auto_pickup_off")
        path = PICKUP_SETTING
        yield Finding("D9", "auto_pickup_not_confirmed", Effect.NEEDS_MANAGER, OURS, {}, (), path, act)
