"""The mall's settings as the kernel's `MallRules`. What cannot be read stays unknown; nothing is guessed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from commands.kernel.mall import ClaimPeriod, MallRules, Restore
from commands.kernel.money import Money
from commands.kernel.who import Shop

from . import wire
from .mall_settings import Cafe24Settings, MallSettings

RESTORES: Mapping[str, Restore] = {"T": Restore.AUTOMATIC, "F": Restore.NEVER, "M": Restore.ASK}
# 부분 취소/반품 knows no automatic restore (PLATFORM.md e.1).
PARTIAL_RESTORES: Mapping[str, Restore] = {word: RESTORES[word] for word in "FM"}
PERIODS: Mapping[str, ClaimPeriod] = {
    "order_date": ClaimPeriod.FROM_ORDER,
    "shipend_date": ClaimPeriod.FROM_DELIVERY,
}
REFUND_WITH_ACCEPTANCE: Mapping[str, bool] = {"S": True, "D": False}
LONGEST_PERIOD: Final = 365


class Cafe24Rules:
    """The kernel's `Rules` port."""

    def __init__(self, settings: Cafe24Settings) -> None:
        self._settings = settings

    async def rules(self, shop: Shop, *, fresh: bool) -> MallRules:
        read = self._settings.fresh if fresh else self._settings.warm
        return to_rules(await read(shop), shop.currency)


def to_rules(settings: MallSettings, currency: str = "KRW") -> MallRules:
    order, coupon = settings.order, settings.coupon.recover_coupon_setting
    exposed = order.claim_request_button_exposure
    days = order.claim_request_button_period
    return MallRules(
        # Open for what, if the list of buttons cannot be read?
        claims_open=None if order.claim_request and exposed is None else order.claim_request,
        exposed=frozenset(exposed or ()),
        period=PERIODS.get(order.claim_request_button_date_type, ClaimPeriod.UNRECOGNISED),
        period_days=days if days is not None and 1 <= days <= LONGEST_PERIOD else None,
        auto_accept=order.claim_request_auto_accept,
        refunds_with_acceptance=REFUND_WITH_ACCEPTANCE.get(order.refund_processing_setting),
        uses_product_preparation=order.use_product_prepare_status,
        refund_account_required=order.refund_bank_account_required,
        stock_after_payment=_stock_after_payment(order),
        coupon_after_payment=RESTORES.get(coupon.cancel_after_pay, Restore.UNRECOGNISED),
        coupon_partial=PARTIAL_RESTORES.get(coupon.part, Restore.UNRECOGNISED),
        customer_pays_return_shipping=order.customer_pays_return_shipping,
        exchange_shipping_fee=_fee(order.exchange_shipping_fee, currency),
        return_shipping_fee=_fee(order.return_shipping_fee, currency),
        address_open=_words(order.receiver_address_modify_button_exposure),
    )


def _fee(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None or amount < 0 else Money(amount, currency)


def _words(words: list[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _stock_after_payment(order: wire.OrderSetting) -> Restore:
    """One word for every occasion, or a word for each."""
    match order.stock_recover:
        case True:
            word = order.stock_recover_base
        case False:
            word = order.stock_recover_individual.cancel_after
        case None:
            word = ""
    return RESTORES.get(word, Restore.UNRECOGNISED)
