"""The policy of `/교환반품`, row by row (H21–H23, H43–H45, H63–H66)."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import exchange_return
from commands.exchange_return.doctor import examine
from commands.exchange_return.facts import Asked, Facts, Target
from commands.exchange_return.reasons import REASONS
from commands.exchange_return.rules import NOTHING_TO_CLAIM, RULES, decide_claim
from commands.kernel.decision import Allowed, Blocked, NeedsManager, decisive
from commands.kernel.doctor import ShopFacts
from commands.kernel.mall import ClaimPeriod, ExchangeReturnChoices
from commands.kernel.order import OrderItemCode, PaidState, RefundWay, SalesChannel
from commands.kernel.plan import Receipt, ReceiptState

from .world import (
    AT_ONCE,
    CARD,
    CHOICES,
    DEAR,
    FIRST,
    GONE_V,
    LARGE,
    MALL,
    NOW,
    ORDER,
    OWN,
    SECOND,
    STATES,
    TWO,
    VARIANTS,
    facts,
    item,
    order,
    swap,
    variant,
    won,
)

FOLDER = Path(exchange_return.__file__).parent
FROM_ORDER = {"period": ClaimPeriod.FROM_ORDER, "period_days": 7}
BROKEN, SHOWN = Asked("defective"), Asked("defective", photos=1)


def receipt(state: ReceiptState, *codes: OrderItemCode) -> Receipt:
    lines = [{"orderItemCode": code} for code in codes]
    return Receipt("r1", "exchangeReturn", state, ORDER, {"items": lines}, "user", NOW)


WAITING = receipt(ReceiptState.PENDING, FIRST)
SAME_TARGET_TWICE = Asked(
    "changeOfMind",
    targets={code: Target("P1L", 1, variant("P1L", stock=1), OWN) for code in (FIRST, SECOND)},
)

TABLE: list[tuple[str, Facts, type, str | None]] = [
    ("X1 몰이 신청을 쓰지 않음", facts(claims_open=False), Blocked, "claims_switched_off"),
    ("X2 배송준비중의 반품", facts(order(item(status="N20"))), Blocked, "not_shipped_yet"),
    ("X2 입금 전의 반품", facts(order(item(status="N00"))), Blocked, "not_shipped_yet"),
    (
        "X2 배송준비중의 교환은 몰이 노출하면 됨",
        facts(order(item(status="N20")), kind="exchange"),
        Allowed,
        None,
    ),
    ("X3 구매확정의 반품", facts(order(item(status="N50"))), NeedsManager, "purchase_confirmed"),
    (
        "X3 구매확정의 교환",
        facts(order(item(status="N50")), kind="exchange"),
        NeedsManager,
        "purchase_confirmed",
    ),
    ("X4 반품 신청 중", facts(order(item(status="R00"))), Blocked, "claim_open"),
    ("X4 반품 거절됨", facts(order(item(status="R11"))), Blocked, "claim_open"),
    ("X4 교환 거절됨", facts(order(item(status="E11")), kind="exchange"), Blocked, "claim_open"),
    ("X4 취소 신청이 거절됨", facts(order(item(status="C11"))), Blocked, "claim_open"),
    ("X4 취소 신청 중", facts(order(item(status="C00"))), Blocked, "claim_open"),
    ("X5 반품 완료", facts(order(item(status="R40"))), Blocked, "claim_closed"),
    ("X5 교환 완료", facts(order(item(status="E40")), kind="exchange"), Blocked, "claim_closed"),
    ("X6 모르는 코드", facts(order(item(status="N99"))), NeedsManager, "unrecognised_status"),
    (
        "X7 배송완료의 반품이 노출 범위에 없음",
        facts(exposed=frozenset({"exchange_N40"})),
        Blocked,
        "status_not_exposed",
    ),
    (
        "X7 교환만 노출되면 교환은 됨",
        facts(kind="exchange", exposed=frozenset({"exchange_N40"})),
        Allowed,
        None,
    ),
    (
        "X7 상품준비중의 교환이 노출 범위에 없음",
        facts(order(item(status="N10")), kind="exchange"),
        Blocked,
        "status_not_exposed",
    ),
    (
        "X8 상품준비중을 쓰지 않는 몰의 N10",
        facts(
            order(item(status="N10")),
            kind="exchange",
            exposed=frozenset({"exchange_N10"}),
            uses_product_preparation=False,
        ),
        Blocked,
        "preparation_not_used",
    ),
    ("X9 7일이면 7일째까지", facts(today=date(2026, 11, 17), **FROM_ORDER), Allowed, None),
    ("X9 7일이면 8일 된 주문은 숨음", facts(today=date(2026, 11, 18), **FROM_ORDER), Blocked, "period_over"),
    ("X9 배송완료일 기준은 늘 나옴", facts(today=date(2027, 11, 18)), Allowed, None),
    ("X9 승인된 신청은 보지 않음", facts(asked=SHOWN, approved=True, **FROM_ORDER), Allowed, None),
    ("X10 신청 설정을 읽지 못함", facts(claims_open=None), NeedsManager, "unrecognised_setting"),
    ("X10 모르는 기간 기준", facts(period=ClaimPeriod.UNRECOGNISED), NeedsManager, "unrecognised_setting"),
    ("X11 같은 품목이 승인을 기다림", facts(under_way=WAITING), Blocked, "receipt_open"),
    (
        "X11 다른 품목은 기다리지 않음",
        facts(TWO, chosen={SECOND: 1}, under_way=WAITING),
        Allowed,
        None,
    ),
    (
        "X11 처리 중이면 모든 품목이 기다림",
        facts(TWO, chosen={SECOND: 1}, under_way=receipt(ReceiptState.CHECKING, FIRST)),
        Blocked,
        "receipt_open",
    ),
    ("X12 남은 수량보다 많음", facts(chosen={FIRST: 2}), Blocked, "line_changed"),
    ("X12 없어진 품목", facts(chosen={FIRST: 1, SECOND: 1}), Blocked, "line_changed"),
    ("X12 아무것도 고르지 않음", facts(chosen={}), Blocked, "line_changed"),
    (
        "X13 사은품이 있는 주문의 부분 반품",
        facts(order(item(), item(SECOND, is_gift=True)), chosen={FIRST: 1}),
        NeedsManager,
        "set_or_gift",
    ),
    ("X13 세트의 교환", facts(order(item(in_set=True)), kind="exchange"), NeedsManager, "set_or_gift"),
    ("X13 사은품까지 전체 반품은 됨", facts(order(item(), item(SECOND, is_gift=True))), Allowed, None),
    (
        "X13 사은품이 있는 주문의 다른 상품 교환은 됨",
        facts(order(item(), item(SECOND, is_gift=True)), kind="exchange", chosen={FIRST: 1}),
        Allowed,
        None,
    ),
    (
        "X14 네이버페이 주문서",
        facts(order(channel=SalesChannel.NAVER_PAY)),
        NeedsManager,
        "other_sales_channel",
    ),
    ("X14 모르는 채널", facts(order(channel=SalesChannel.UNRECOGNISED)), NeedsManager, "other_sales_channel"),
    ("X15 에스크로", facts(order(traits=frozenset({"escrow"}))), NeedsManager, "special_order"),
    (
        "X15 복수 배송지인지 모름",
        facts(order(traits=frozenset({"multipleAddressesUnknown"}))),
        NeedsManager,
        "special_order",
    ),
    (
        "X16 일부만 결제",
        facts(order(payment=replace(CARD, state=PaidState.PARTLY))),
        NeedsManager,
        "payment_incomplete",
    ),
    (
        "X17 모르는 결제 수단의 반품",
        facts(order(payment=replace(CARD, ways=(("moon", RefundWay.UNRECOGNISED),)))),
        NeedsManager,
        "unrecognised_payment",
    ),
    (
        "X17 교환에는 돈이 오가지 않음",
        facts(order(payment=replace(CARD, ways=(("moon", RefundWay.UNRECOGNISED),))), kind="exchange"),
        Allowed,
        None,
    ),
    (
        "X18 구매자가 온라인으로 결제하는 몰",
        facts(customer_pays_return_shipping=True),
        NeedsManager,
        "buyer_pays_claim_shipping",
    ),
    (
        "X18 그 설정을 읽지 못함",
        facts(customer_pays_return_shipping=None),
        NeedsManager,
        "buyer_pays_claim_shipping",
    ),
    ("X19 불량인데 사진이 없음", facts(asked=BROKEN, choices=AT_ONCE), Blocked, "evidence_missing"),
    ("X19 오배송인데 사진이 없음", facts(asked=Asked("deliveryError")), Blocked, "evidence_missing"),
    ("X19 불만족에는 사진이 필요 없음", facts(asked=Asked("dissatisfied")), Allowed, None),
    ("X19 승인된 신청은 보지 않음", facts(asked=BROKEN, approved=True), Allowed, None),
    ("X20 바꿀 옵션이 없음", facts(kind="exchange", asked=Asked("changeOfMind")), Blocked, "target_missing"),
    ("X20 수량이 다름", facts(kind="exchange", asked=swap(count=2)), Blocked, "target_missing"),
    ("X20 반품에는 옵션이 없음", facts(asked=Asked("changeOfMind")), Allowed, None),
    ("X21 다른 상품의 옵션", facts(kind="exchange", asked=swap(None)), Blocked, "target_unknown"),
    ("X22 재고가 없음", facts(kind="exchange", asked=swap(GONE_V)), Blocked, "target_out_of_stock"),
    (
        "X22 판매하지 않음",
        facts(kind="exchange", asked=swap(variant("P1L", on_sale=False))),
        Blocked,
        "target_out_of_stock",
    ),
    (
        "X22 두 품목이 하나 남은 옵션을 고름",
        facts(order(item(), item(SECOND)), kind="exchange", asked=SAME_TARGET_TWICE),
        Blocked,
        "target_out_of_stock",
    ),
    (
        "X22 재고를 세지 않는 옵션은 됨",
        facts(kind="exchange", asked=swap(variant("P1L", stock=None))),
        Allowed,
        None,
    ),
    ("X22 같은 옵션의 새 상품도 됨", facts(kind="exchange", asked=swap(OWN)), Allowed, None),
    ("X23 가격이 다름", facts(kind="exchange", asked=swap(DEAR)), NeedsManager, "target_price_differs"),
    (
        "X23 지금 옵션의 가격을 모름",
        facts(kind="exchange", asked=swap(own=None)),
        NeedsManager,
        "target_price_differs",
    ),
    (
        "X23 samePriceOnly를 끄면 됨",
        facts(kind="exchange", asked=swap(DEAR), choices=replace(CHOICES, same_price_only=False)),
        Allowed,
        None,
    ),
    (
        "X24 반품 주소가 없는데 직접 보내기",
        facts(asked=Asked("changeOfMind", sends=True), choices=replace(CHOICES, return_address=" ")),
        Blocked,
        "return_address_missing",
    ),
    ("X24 반품 주소로 직접 보내기", facts(asked=Asked("changeOfMind", sends=True)), Allowed, None),
    ("X25 불량, 신청 대기", facts(asked=SHOWN), Allowed, "waits_for_manager"),
    ("X25 불량, 신청", facts(asked=SHOWN, choices=AT_ONCE), Allowed, None),
    ("X25 단순 변심은 바로", facts(asked=Asked("changeOfMind", photos=1)), Allowed, None),
    ("X25 승인된 신청", facts(asked=SHOWN, approved=True), Allowed, None),
    (
        "X30 환불 계좌 설정을 읽지 못함",
        facts(refund_account_required=None),
        NeedsManager,
        "unrecognised_account_setting",
    ),
    ("X30 교환은 보지 않음", facts(kind="exchange", refund_account_required=None), Allowed, None),
]


@pytest.mark.parametrize(("_case", "seen", "verdict", "code"), TABLE)
def test_the_policy(_case: str, seen: Facts, verdict: type, code: str | None) -> None:
    decision = decide_claim(seen)
    assert isinstance(decision, verdict)
    chosen = decisive(decision.findings)
    assert (chosen.code if chosen else None) == code
    if chosen:
        assert chosen.rule == _case.split(maxsplit=1)[0]


LATE = order(item(delivered_at=NOW.replace(day=1)))
NOTES: list[tuple[str, Facts, str | None]] = [
    ("X26 반품에 자동접수", facts(auto_accept=True), "mall_may_accept_at_once"),
    ("X26 교환은 자동접수되지 않음", facts(kind="exchange", auto_accept=True), None),
    ("X26 대기하면 몰이 접수하지 않음", facts(asked=SHOWN, auto_accept=True), None),
    ("X27 배송완료 후 8일", facts(LATE), "delivery_period_over"),
    ("X27 배송완료 후 7일까지", facts(today=date(2026, 11, 22)), None),
    ("X27 배송일을 모름", facts(order(item(delivered_at=None)), today=date(2027, 1, 1)), None),
    ("X28 자동접수를 껐는지 모름", facts(choices=ExchangeReturnChoices()), "auto_pickup_not_confirmed"),
    (
        "X28 직접 보내면 상관없음",
        facts(asked=Asked("changeOfMind", sends=True), choices=replace(CHOICES, auto_pickup_off=False)),
        None,
    ),
    ("X29 몰이 계좌를 요구", facts(refund_account_required=True), "refund_account_needed"),
    (
        "X29 무통장입금의 반품",
        facts(order(payment=replace(CARD, methods=("cash",), ways=(("cash", RefundWay.BY_HAND),)))),
        "refund_account_needed",
    ),
    ("X29 교환에는 계좌가 필요 없음", facts(kind="exchange", refund_account_required=True), None),
    (
        "X23 가격이 다르면 안내",
        facts(kind="exchange", asked=swap(DEAR), choices=replace(CHOICES, same_price_only=False)),
        "target_price_differs",
    ),
]


@pytest.mark.parametrize(("_case", "seen", "code"), NOTES)
def test_the_notes(_case: str, seen: Facts, code: str | None) -> None:
    decision = decide_claim(seen)
    assert isinstance(decision, Allowed)
    rule = _case.split(maxsplit=1)[0]
    assert [f.code for f in decision.findings if f.rule == rule] == ([code] if code else [])


PLANS = [
    ("단순 변심 반품", facts(asked=Asked("changeOfMind")), "request", "buyer", won(3000)),
    ("단순 변심 교환은 왕복", facts(kind="exchange", asked=swap()), "request", "buyer", won(6000)),
    ("불량, 신청 대기", facts(asked=SHOWN), "pending", "mall", None),
    ("불량, 신청", facts(asked=SHOWN, choices=AT_ONCE), "request", "mall", None),
    ("승인된 불량", facts(asked=SHOWN, approved=True), "request", "mall", None),
    (
        "몰 설정에 금액이 없음",
        facts(asked=Asked("other"), return_shipping_fee=None),
        "request",
        "buyer",
        None,
    ),
    (
        "아직 발송되지 않은 교환은 배송비가 없음",
        facts(order(item(status="N20")), kind="exchange", asked=swap()),
        "request",
        "buyer",
        None,
    ),
]


@pytest.mark.parametrize(("_case", "seen", "outcome", "payer", "fee"), PLANS)
def test_the_plan(_case: str, seen: Facts, outcome: str, payer: str, fee: object) -> None:
    decision = decide_claim(seen)
    assert isinstance(decision, Allowed)
    assert (decision.plan.outcome, decision.plan.payer, decision.plan.fee) == (outcome, payer, fee)


def test_reasons_have_the_letters_of_the_request_calls() -> None:
    assert {name: reason.letter for name, reason in REASONS.items()} == {
        "changeOfMind": "A",
        "dissatisfied": "E",
        "defective": "K",
        "deliveryError": "J",
        "other": "I",
    }
    assert {name for name, r in REASONS.items() if r.fault == "mall"} == {"defective", "deliveryError"}
    assert all(reason.payer == reason.fault for reason in REASONS.values())


@given(
    status=st.sampled_from(sorted(STATES)),
    kind=st.sampled_from(["exchange", "return"]),
    reason=st.sampled_from(sorted(REASONS)),
    photos=st.integers(0, 2),
    count=st.integers(0, 4),
    quantity=st.integers(1, 3),
    wanted=st.sampled_from([*VARIANTS, None]),
    wanted_count=st.integers(1, 4),
    claims_open=st.sampled_from([True, False, None]),
    exposed=st.sets(st.sampled_from(sorted(MALL.exposed))),
    buyer_pays=st.sampled_from([True, False, None]),
    choices=st.sampled_from([CHOICES, AT_ONCE]),
    approved=st.booleans(),
)
def test_nothing_unproven_unknown_or_too_much_is_ever_allowed(
    status, kind, reason, photos, count, quantity, wanted, wanted_count, claims_open, exposed, buyer_pays,
    choices, approved,
) -> None:  # fmt: skip
    asked = replace(swap(wanted, count=wanted_count), reason=reason, photos=photos)
    seen = facts(
        order(item(status=status, quantity=quantity)),
        kind=kind,
        chosen={FIRST: count},
        asked=asked,
        choices=choices,
        approved=approved,
        claims_open=claims_open,
        exposed=frozenset(exposed),
        customer_pays_return_shipping=buyer_pays,
    )
    decision = decide_claim(seen)
    if not isinstance(decision, Allowed):
        return
    at_fault = REASONS[reason].fault == "mall"
    assert photos or approved or not at_fault
    assert decision.plan.lines == ((FIRST, count),)
    assert 1 <= count <= quantity
    assert claims_open is True
    assert buyer_pays is False
    assert f"{kind}_{status}" in exposed
    assert (decision.plan.outcome == "pending") == (at_fault and choices is CHOICES and not approved)
    if kind == "exchange":
        assert wanted in (OWN, LARGE)
        assert wanted_count == count <= wanted.stock


HEALTHY = {"connected": True, "mall": MALL, "exchange_return": CHOICES}
DOCTOR: list[tuple[str, dict[str, object], list[str]]] = [
    ("D1 신청을 쓰지 않음", {"mall": replace(MALL, claims_open=False)}, ["claims_switched_off"]),
    ("D2 노출이 없음", {"mall": replace(MALL, exposed=frozenset({"cancel_N20"}))}, ["nothing_exposed"]),
    ("D3 교환만 노출", {"mall": replace(MALL, exposed=frozenset({"exchange_N40"}))}, ["one_kind_exposed"]),
    ("D4 주문완료일 기준", {"mall": replace(MALL, **FROM_ORDER)}, ["period_from_order"]),
    (
        "D5 구매자가 결제",
        {"mall": replace(MALL, customer_pays_return_shipping=True)},
        ["buyer_pays_claim_shipping"],
    ),
    ("D6 바로 신청", {"exchange_return": AT_ONCE}, ["seller_fault_files_at_once"]),
    (
        "D8 반품 주소가 없음",
        {"exchange_return": replace(CHOICES, return_address=None)},
        ["return_address_missing"],
    ),
    (
        "D9 자동접수를 껐는지 모름",
        {"exchange_return": replace(CHOICES, auto_pickup_off=False)},
        ["auto_pickup_not_confirmed"],
    ),
    ("D10 시험 모드", {"trial": True}, ["trial_mode"]),
    ("D11 꺼짐", {"command_on": False}, ["command_off"]),
    ("D11 모두 건강", {}, []),
]


@pytest.mark.parametrize(("_case", "different", "expected"), DOCTOR)
def test_the_doctor(_case: str, different: dict[str, object], expected: list[str]) -> None:
    found = list(examine(ShopFacts(**(HEALTHY | different))))  # type: ignore[arg-type]
    assert [f.code for f in found] == expected
    assert all(f.rule == _case.split(maxsplit=1)[0] for f in found)


D7 = ("D7 신청 모드에 자동접수", {"exchange_return": AT_ONCE, "mall": replace(MALL, auto_accept=True)})


def test_the_doctor_says_that_a_return_may_pass_nobody() -> None:
    found = {f.rule: f.code for f in examine(ShopFacts(**(HEALTHY | D7[1])))}  # type: ignore[arg-type]
    assert found == {"D7": "mall_may_accept_at_once", "D6": "seller_fault_files_at_once"}


ENDINGS = {"outcome_unclear", "request_rejected", "order_gone", "auto_pickup_on"}


def test_policy_rules_texts_and_tables_name_the_same_rows() -> None:
    policy = (FOLDER / "policy.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([XD]\d+) \|.*\| `([a-z_]+)` \|", policy, re.MULTILINE))
    rows |= dict(re.findall(r"^\| (D11) \|.*?\| `(command_off)`", policy, re.MULTILINE))
    tables = {case.split()[0] for case, *_ in [*TABLE, *NOTES, *DOCTOR, D7]} | {NOTHING_TO_CLAIM.rule}
    assert set(rows) == tables
    assert [row for row in rows if row[0] == "X"] == list(RULES)
    assert rows[NOTHING_TO_CLAIM.rule] == NOTHING_TO_CLAIM.code
    said = {code: rule for case, _, *_, code in [*TABLE, *NOTES] if code for rule in [case.split()[0]]}
    assert all(rows[rule] == code for code, rule in said.items())
    korean = json.loads((FOLDER / "texts/ko.json").read_text("utf-8"))
    told = {key.removesuffix(".manager") for key in korean if key.endswith(".manager")}
    assert set(rows.values()) == told - ENDINGS, "every code of the policy has its sentences"
    letters = dict(re.findall(r"`(\w+)` \| ([A-Z]) \|", policy))
    assert letters == {name: reason.letter for name, reason in REASONS.items()}
