"""The mall's settings as facts: each word that the sheets know, and that any other stays unknown."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from app.cafe24.mall_settings import Cafe24Settings, MallSettings
from app.cafe24.rules import Cafe24Rules, to_rules
from app.cafe24.wire import CouponSetting, OrderSetting
from app.errors import Unavailable
from commands.kernel.mall import ClaimPeriod, MallRules, Restore
from commands.kernel.money import Money
from commands.kernel.who import ChannelId, MallId, Shop
from tests.cafe24.doubles import HANOK, pair, scripted, simulated

AUTOMATIC, NEVER, ASK, UNKNOWN = Restore.AUTOMATIC, Restore.NEVER, Restore.ASK, Restore.UNRECOGNISED
ORDER = {
    "claim_request": "T",
    "claim_request_button_exposure": ["cancel_N10", "cancel_N20"],
    "claim_request_button_date_type": "order_date",
    "claim_request_button_period": 7,
    "claim_request_auto_accept": "F",
    "refund_processing_setting": "S",
    "use_product_prepare_status": "T",
    "refund_bank_account_required": "F",
    "stock_recover": "T",
    "stock_recover_base": "T",
}
COUPON = {"cancel_before_pay": "M", "cancel_after_pay": "T", "part": "F"}


def rules_of(order=(), coupon=()):
    settings = MallSettings(
        OrderSetting.model_validate(ORDER | dict(order)),
        CouponSetting.model_validate({"recover_coupon_setting": COUPON | dict(coupon)}),
    )
    return to_rules(settings)


def test_the_plain_mall():
    assert rules_of() == MallRules(
        claims_open=True,
        exposed=frozenset({"cancel_N10", "cancel_N20"}),
        period=ClaimPeriod.FROM_ORDER,
        period_days=7,
        auto_accept=False,
        refunds_with_acceptance=True,
        uses_product_preparation=True,
        refund_account_required=False,
        stock_after_payment=AUTOMATIC,
        coupon_after_payment=AUTOMATIC,
        coupon_partial=NEVER,
    )


@pytest.mark.parametrize(
    ("given", "field", "wanted"),
    [
        ({"customer_pays_return_shipping": "T"}, "customer_pays_return_shipping", True),
        ({"customer_pays_return_shipping": "F"}, "customer_pays_return_shipping", False),
        ({"customer_pays_return_shipping": "?"}, "customer_pays_return_shipping", None),
        ({"exchange_shipping_fee": "6000.00"}, "exchange_shipping_fee", Money(Decimal(6000), "KRW")),
        ({"return_shipping_fee": 0}, "return_shipping_fee", Money(Decimal(0), "KRW")),
        ({"return_shipping_fee": "-1"}, "return_shipping_fee", None),
        ({"return_shipping_fee": "무료"}, "return_shipping_fee", None),
        ({"receiver_address_modify_button_exposure": ["N00", "N20"]}, "address_open", {"N00", "N20"}),
        ({"receiver_address_modify_button_exposure": []}, "address_open", frozenset()),
        ({"receiver_address_modify_button_exposure": None}, "address_open", None),
        ({"claim_request": "F"}, "claims_open", False),
        ({"claim_request": "X"}, "claims_open", None),
        ({"claim_request": None}, "claims_open", None),
        ({"claim_request_button_exposure": None}, "claims_open", None),
        ({"claim_request_button_exposure": 7}, "claims_open", None),
        ({"claim_request_button_exposure": []}, "claims_open", True),
        ({"claim_request": "F", "claim_request_button_exposure": None}, "claims_open", False),
        ({"claim_request_button_exposure": None}, "exposed", frozenset()),
        (
            {"claim_request_button_exposure": "cancel_N10, cancel_N22"},
            "exposed",
            frozenset({"cancel_N10", "cancel_N22"}),
        ),
        ({"claim_request_button_date_type": "shipend_date"}, "period", ClaimPeriod.FROM_DELIVERY),
        ({"claim_request_button_date_type": "pay_date"}, "period", ClaimPeriod.UNRECOGNISED),
        ({"claim_request_button_date_type": None}, "period", ClaimPeriod.UNRECOGNISED),
        ({"claim_request_button_period": "365"}, "period_days", 365),
        ({"claim_request_button_period": 366}, "period_days", None),
        ({"claim_request_button_period": 0}, "period_days", None),
        ({"claim_request_button_period": -1}, "period_days", None),
        ({"claim_request_button_period": "seven"}, "period_days", None),
        ({"claim_request_auto_accept": "T"}, "auto_accept", True),
        ({"claim_request_auto_accept": "A"}, "auto_accept", None),
        ({"refund_processing_setting": "D"}, "refunds_with_acceptance", False),
        ({"refund_processing_setting": "T"}, "refunds_with_acceptance", None),
        ({"use_product_prepare_status": "F"}, "uses_product_preparation", False),
        ({"use_product_prepare_status": ""}, "uses_product_preparation", None),
        ({"refund_bank_account_required": "T"}, "refund_account_required", True),
        ({"refund_bank_account_required": 1}, "refund_account_required", None),
    ],
)
def test_order_settings(given, field, wanted):
    assert getattr(rules_of(given), field) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"stock_recover": "T", "stock_recover_base": "T"}, AUTOMATIC),
        ({"stock_recover": "T", "stock_recover_base": "F"}, NEVER),
        ({"stock_recover": "T", "stock_recover_base": "M"}, ASK),
        ({"stock_recover": "T", "stock_recover_base": None}, UNKNOWN),
        ({"stock_recover": "T", "stock_recover_base": "A"}, UNKNOWN),
        ({"stock_recover": "F", "stock_recover_individual": {"cancel_after": "T"}}, AUTOMATIC),
        ({"stock_recover": "F", "stock_recover_individual": {"cancel_after": "F"}}, NEVER),
        (
            {"stock_recover": "F", "stock_recover_individual": {"cancel_before": "T", "cancel_after": "M"}},
            ASK,
        ),
        ({"stock_recover": "F", "stock_recover_individual": {"cancel_before": "T"}}, UNKNOWN),
        ({"stock_recover": "F", "stock_recover_base": "T"}, UNKNOWN),
        ({"stock_recover": "F", "stock_recover_individual": "T"}, UNKNOWN),
        ({"stock_recover": None, "stock_recover_base": "T"}, UNKNOWN),
        ({"stock_recover": "M", "stock_recover_base": "T"}, UNKNOWN),
    ],
)
def test_stock_after_payment(given, wanted):
    assert rules_of(given).stock_after_payment is wanted


@pytest.mark.parametrize(
    ("word", "after_payment", "partial"),
    [
        ("T", AUTOMATIC, UNKNOWN),
        ("F", NEVER, NEVER),
        ("M", ASK, ASK),
        ("", UNKNOWN, UNKNOWN),
        (None, UNKNOWN, UNKNOWN),
        ("t", UNKNOWN, UNKNOWN),
    ],
)
def test_coupons(word, after_payment, partial):
    assert rules_of(coupon={"cancel_after_pay": word}).coupon_after_payment is after_payment
    assert rules_of(coupon={"part": word}).coupon_partial is partial


# ── reading them ────────────────────────────────────────────────────────────────────────────────────────────
def reader(rig):
    return Cafe24Rules(Cafe24Settings(rig.client, clock=rig.time.now))


def answers(order=None, coupon=None):
    return (
        httpx.Response(200, json={"order": ORDER}) if order is None else order,
        httpx.Response(200, json={"coupon": {"recover_coupon_setting": COUPON}})
        if coupon is None
        else coupon,
    )


def refusal(status, message="no"):
    return httpx.Response(status, json={"error": {"code": status, "message": message}})


async def test_warm_for_five_minutes_fresh_for_one():
    rig = simulated()
    rules = reader(rig)
    for seconds, fresh, calls in [
        (0, False, 2), (59, True, 2), (2, False, 2), (0, True, 4), (59, True, 4), (240, False, 4), (2, False, 6),
    ]:  # fmt: skip
        rig.time.passes(seconds=seconds)
        await rules.rules(HANOK, fresh=fresh)
        assert len(rig.mall.calls) == calls
    assert {call.path for call in rig.mall.calls} == {"/admin/orders/setting", "/admin/coupons/setting"}


async def test_a_change_in_the_mall_is_seen_by_the_next_fresh_one():
    rig = simulated()
    rules = reader(rig)
    assert (await rules.rules(HANOK, fresh=False)).auto_accept is False
    rig.mall.settings[1].order["claim_request_auto_accept"] = "T"
    rig.time.passes(seconds=61)
    assert (await rules.rules(HANOK, fresh=False)).auto_accept is False
    assert (await rules.rules(HANOK, fresh=True)).auto_accept is True
    assert (await rules.rules(HANOK, fresh=False)).auto_accept is True


async def test_many_at_once_cost_two_calls():
    rig = simulated()
    rules = reader(rig)
    await asyncio.gather(*(rules.rules(HANOK, fresh=n % 2 == 0) for n in range(20)))
    assert len(rig.mall.calls) == 2


async def test_shops_of_one_mall_have_their_own():
    second = Shop(MallId("hanokmall"), 2, ChannelId("channel-2"), "한옥상점 2")
    other = httpx.Response(200, json={"order": ORDER | {"claim_request": "F"}})
    rig, pages = scripted(*answers(), *answers(order=other))
    rules = reader(rig)
    assert (await rules.rules(HANOK, fresh=True)).claims_open is True
    assert (await rules.rules(second, fresh=True)).claims_open is False
    assert [request.url.params["shop_no"] for request in pages.requests] == ["1", "1", "2", "2"]


@pytest.mark.parametrize(
    "unreadable",
    [
        refusal(403, "insufficient_scope"),
        refusal(403, "Invalid API"),
        refusal(404),
        refusal(422),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"order": [], "coupon": "x"}),
        httpx.Response(200, html="<p>"),
    ],
)
async def test_what_the_mall_will_not_tell_is_unknown_and_the_rest_is_known(unreadable):
    rig, pages = scripted(*answers(coupon=unreadable), *answers())
    rules = reader(rig)
    found = await rules.rules(HANOK, fresh=True)
    assert (found.claims_open, found.stock_after_payment) == (True, AUTOMATIC)
    assert (found.coupon_after_payment, found.coupon_partial) == (UNKNOWN, UNKNOWN)
    rig.time.passes(seconds=61)
    assert (await rules.rules(HANOK, fresh=False)).coupon_after_payment is AUTOMATIC
    assert len(pages.requests) == 4


async def test_order_settings_that_cannot_be_read_open_nothing():
    rig, _ = scripted(*answers(order=refusal(403, "insufficient_scope")))
    found = await reader(rig).rules(HANOK, fresh=True)
    assert found.claims_open is None
    assert found.exposed == frozenset()
    assert found.period is ClaimPeriod.UNRECOGNISED
    assert found.stock_after_payment is UNKNOWN
    assert found.auto_accept is found.refunds_with_acceptance is found.refund_account_required is None


@pytest.mark.parametrize("away", [httpx.Response(503), httpx.ReadTimeout("slow"), httpx.ConnectError("no")])
async def test_a_mall_that_is_away_is_unavailable_and_nothing_is_remembered(away):
    rig, _ = scripted(away, away, *answers())
    rules = reader(rig)
    with pytest.raises(Unavailable):
        await rules.rules(HANOK, fresh=False)
    assert (await rules.rules(HANOK, fresh=False)).claims_open is True


async def test_a_mall_that_must_consent_again_is_unavailable():
    rig, pages = scripted()
    rig.store.pairs.clear()
    with pytest.raises(Unavailable):
        await reader(rig).rules(HANOK, fresh=False)
    rig.store.pairs["hanokmall"] = pair(rig.time)
    assert pages.requests == []


async def test_fees_are_in_the_currency_of_the_shop():
    rig = simulated()
    rules = Cafe24Rules(Cafe24Settings(rig.client, clock=rig.time.now))
    found = await rules.rules(replace(HANOK, currency="USD"), fresh=True)
    assert found.exchange_shipping_fee == Money(Decimal(6000), "USD")
    assert (found.return_shipping_fee.amount, found.customer_pays_return_shipping) == (3000, False)
    assert found.address_open == {"N00", "N10", "N20"}
