"""The policy of `/주문취소`, row by row (H17–H20, H38–H42, H56–H62)."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import cancel
from commands.cancel.doctor import examine
from commands.cancel.facts import Facts
from commands.cancel.packing import Packing
from commands.cancel.rules import NOTHING_TO_CANCEL, RULES, decide_cancellation
from commands.kernel.decision import Allowed, Blocked, ChangesWhen, NeedsManager, decisive
from commands.kernel.doctor import ShopFacts
from commands.kernel.mall import CancelChoices, ClaimPeriod, Restore
from commands.kernel.money import Money
from commands.kernel.order import (
    ItemState,
    OrderId,
    OrderItemCode,
    PaidState,
    Payment,
    RefundWay,
    SalesChannel,
)
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.warehouse import Capability, Stage, WarehouseItem, WarehouseOrder

from .facts import COMPLETE, FIRST, MALL, REQUEST, SECOND, STATES, TWO, facts, item, order, paid

FOLDER = Path(cancel.__file__).parent
FROM_ORDER = {"period": ClaimPeriod.FROM_ORDER, "period_days": 7}
BY_HAND = paid(methods=("cash",), ways=(("cash", RefundWay.BY_HAND),), transactions=None)
OPEN = Receipt(
    "r1",
    "cancel",
    ReceiptState.SCHEDULED,
    OrderId("20261118-0000012"),
    {},
    "user",
    datetime(2026, 11, 20, 3, tzinfo=UTC),
    undo_until=datetime(2026, 11, 20, 3, 10, tzinfo=UTC),
)
FOREIGN = replace(OPEN, receipt_id="", command="", by="", undo_until=None)
LIFTED = {"auto_accept": True, "refunds_with_acceptance": True}
ENDINGS = {
    "outcome_unclear",
    "request_rejected",
    "mall_refused",
    "mall_silent",
    "warehouse_refused",
    "warehouse_still_stopped",
    "warehouse_still_ships",
}
"""How a receipt ends; no row of the policy."""


def one(code: OrderItemCode | None = FIRST, stage: Stage = Stage.RECEIVED, **more: Any) -> WarehouseItem:
    return WarehouseItem(f"w-{code}", code, None, 1, stage, **more)


def held(*items: WarehouseItem) -> Packing:
    return Packing(WarehouseOrder("w1", OrderId("20261118-0000012"), items))


def in_wms(
    stage: Stage = Stage.RECEIVED,
    code: OrderItemCode | None = FIRST,
    tracking_number: str | None = None,
    **different: Any,
) -> Facts:
    return facts(packing=held(one(code, stage, tracking_number=tracking_number)), **different)


TABLE: list[tuple[str, Facts, type, str | None]] = [
    ("C1 몰이 신청을 쓰지 않음", facts(claims_open=False), Blocked, "claims_switched_off"),
    ("C2 입금 전", facts(order(item(status="N00"))), Blocked, "unpaid_order"),
    ("C3 배송 중", facts(order(item(status="N30"))), Blocked, "already_shipped"),
    ("C3 배송 완료", facts(order(item(status="N40"))), Blocked, "already_shipped"),
    ("C4 취소 신청 중", facts(order(item(status="C00"))), Blocked, "claim_open"),
    ("C4 반품 접수", facts(order(item(status="R10"))), Blocked, "claim_open"),
    ("C4 반품 거절됨", facts(order(item(status="R11"))), Blocked, "claim_open"),
    ("C4 취소 신청이 거절됨", facts(order(item(status="C11"))), Blocked, "claim_open"),
    ("C5 취소 완료", facts(order(item(status="C40"))), Blocked, "claim_closed"),
    ("C5 교환 완료", facts(order(item(status="E40"))), Blocked, "claim_closed"),
    ("C6 모르는 코드", facts(order(item(status="N99"))), NeedsManager, "unrecognised_status"),
    (
        "C7 배송준비중이 노출 범위에 없음",
        facts(exposed=frozenset({"cancel_N10"})),
        Blocked,
        "status_not_exposed",
    ),
    ("C7 노출된 배송보류", facts(order(item(status="N22"))), Allowed, None),
    (
        "C8 상품준비중을 쓰지 않는 몰의 N10",
        facts(order(item(status="N10")), uses_product_preparation=False),
        Blocked,
        "preparation_not_used",
    ),
    ("C9 7일이면 7일째까지", facts(today=date(2026, 11, 25), **FROM_ORDER), Allowed, None),
    ("C9 7일이면 8일 된 주문은 숨음", facts(today=date(2026, 11, 26), **FROM_ORDER), Blocked, "period_over"),
    ("C9 배송완료일 기준은 늘 나옴", facts(today=date(2027, 11, 26)), Allowed, None),
    ("C10 신청 설정을 읽지 못함", facts(claims_open=None), NeedsManager, "unrecognised_setting"),
    (
        "C10 노출 범위도 함께 읽지 못함",
        facts(claims_open=None, exposed=frozenset()),
        NeedsManager,
        "unrecognised_setting",
    ),
    (
        "C10 모르는 기간 기준",
        facts(period=ClaimPeriod.UNRECOGNISED),
        NeedsManager,
        "unrecognised_setting",
    ),
    (
        "C11 네이버페이 주문서",
        facts(order(channel=SalesChannel.NAVER_PAY)),
        NeedsManager,
        "other_sales_channel",
    ),
    ("C11 마켓", facts(order(channel=SalesChannel.MARKETPLACE)), NeedsManager, "other_sales_channel"),
    ("C11 모르는 채널", facts(order(channel=SalesChannel.UNRECOGNISED)), NeedsManager, "other_sales_channel"),
    ("C12 에스크로", facts(order(traits=frozenset({"escrow"}))), NeedsManager, "special_order"),
    (
        "C12 정기 배송 여부를 모름",
        facts(order(traits=frozenset({"subscriptionUnknown"}))),
        NeedsManager,
        "special_order",
    ),
    (
        "C13 일부만 결제",
        facts(order(payment=paid(state=PaidState.PARTLY))),
        NeedsManager,
        "payment_incomplete",
    ),
    (
        "C14 모르는 결제 수단",
        facts(order(payment=paid(ways=(("moon", RefundWay.UNRECOGNISED),)))),
        NeedsManager,
        "unrecognised_payment",
    ),
    ("C14 결제 수단이 없음", facts(order(payment=paid(ways=()))), NeedsManager, "unrecognised_payment"),
    (
        "C15 휴대폰 결제 부분 취소",
        facts(
            order(item(), item(SECOND), payment=paid(methods=("cell",), ways=(("cell", RefundWay.BY_HAND),))),
            chosen={FIRST: 1},
        ),
        NeedsManager,
        "carrier_partial",
    ),
    (
        "C16 사은품이 있는 주문의 부분 취소",
        facts(order(item(), item(SECOND, is_gift=True)), chosen={FIRST: 1}),
        NeedsManager,
        "set_or_gift_partial",
    ),
    ("C16 세트 전체 취소는 됨", facts(order(item(in_set=True), item(SECOND, in_set=True))), Allowed, None),
    ("C17 재고 복구를 물음", facts(stock_after_payment=Restore.ASK), Allowed, "stock_restore_asks"),
    ("C17 재고 설정을 모름", facts(stock_after_payment=Restore.UNRECOGNISED), Allowed, "stock_restore_asks"),
    ("C17 신청 모드에는 상관없음", facts(choices=REQUEST, stock_after_payment=Restore.ASK), Allowed, None),
    ("C18 쿠폰 복원을 고름", facts(coupon_after_payment=Restore.ASK), Allowed, "coupon_restore_asks"),
    (
        "C18 부분 취소의 쿠폰 복원을 고름",
        facts(TWO, chosen={FIRST: 1}, coupon_partial=Restore.ASK),
        Allowed,
        "coupon_restore_asks",
    ),
    ("C18 전체 취소는 부분 설정을 보지 않음", facts(coupon_partial=Restore.ASK), Allowed, None),
    (
        "C19 완료 범위 밖",
        facts(choices=CancelChoices("complete", frozenset({"N10"}))),
        Allowed,
        "outside_complete_scope",
    ),
    (
        "C19 완료 범위가 비어 있음",
        facts(choices=CancelChoices("complete")),
        Allowed,
        "outside_complete_scope",
    ),
    ("C19 WMS가 있으면 보지 않음", in_wms(choices=CancelChoices("complete")), Allowed, None),
    ("C20 세 개 중 하나", facts(TWO, chosen={SECOND: 1}), Allowed, "part_of_line"),
    ("C21 신청인데 자동환불", facts(choices=REQUEST, **LIFTED), Allowed, "auto_accept_refunds"),
    (
        "C21 접수와 환불이 따로면 올리지 않음",
        facts(choices=REQUEST, auto_accept=True, refunds_with_acceptance=False),
        Allowed,
        None,
    ),
    ("C23 부분 취소", facts(TWO, chosen={FIRST: 1}), Allowed, None),
    ("C24 무통장입금", facts(order(payment=BY_HAND)), Allowed, None),
    ("C25 결제 두 건", facts(order(payment=paid(transactions=2))), Allowed, None),
    ("C26 환불 계좌 필요", facts(refund_account_required=True), Allowed, None),
    ("C28 되돌릴 수 있는 접수가 있음", facts(under_way=OPEN), Blocked, "receipt_open"),
    ("C28 남이 접수한 것", facts(under_way=FOREIGN), Blocked, "receipt_open"),
    (
        "C28 그사이 발송되었어도 접수가 먼저",
        facts(order(item(status="N30")), under_way=OPEN),
        Blocked,
        "receipt_open",
    ),
    ("C30 송장이 출력됨", in_wms(Stage.LABEL_PRINTED), Blocked, "label_printed"),
    ("C30 창고에서 나감", in_wms(Stage.SHIPPED), Blocked, "label_printed"),
    ("C30 송장번호가 있음", in_wms(tracking_number="651234567890"), Blocked, "label_printed"),
    (
        "C30 신청 모드여도 막음",
        in_wms(Stage.LABEL_PRINTED, choices=REQUEST),
        Blocked,
        "label_printed",
    ),
    (
        "C30 고르지 않은 품목의 송장은 보지 않음",
        facts(TWO, chosen={SECOND: 3}, packing=held(one(FIRST, Stage.LABEL_PRINTED), one(SECOND))),
        Allowed,
        None,
    ),
    ("C30 SKU로만 알 수 있는 품목", in_wms(Stage.LABEL_PRINTED, None), Blocked, "label_printed"),
    ("C30 창고가 들고 있지 않음", facts(packing=Packing()), Allowed, None),
    ("C30 이미 멈춘 품목", in_wms(Stage.CANCEL_MARKED), Allowed, None),
    ("C31 답하지 않음", facts(packing=Packing(silent=True)), Allowed, "warehouse_unavailable"),
    ("C32 멈출 수 없음", facts(packing=Packing(stop=None)), Allowed, "warehouse_cannot_stop"),
    ("C32 되돌릴 수 없음", facts(packing=Packing(restores=False)), Allowed, "warehouse_cannot_stop"),
    ("C32 보류만 할 수 있어도 됨", facts(packing=Packing(stop="hold")), Allowed, None),
    ("C33 모르는 상태", in_wms(Stage.UNKNOWN), Allowed, "warehouse_unknown"),
    (
        "C33 품목을 나누지 않는 창고의 부분 취소",
        facts(TWO, chosen={FIRST: 1}, packing=held(one(None))),
        Allowed,
        "warehouse_unknown",
    ),
    ("C33 품목을 나누지 않아도 전체 취소는 됨", facts(TWO, packing=held(one(None))), Allowed, None),
    (
        "C29 환불 계좌 설정을 읽지 못함",
        facts(refund_account_required=None),
        NeedsManager,
        "unrecognised_account_setting",
    ),
    (
        "C29 무통장입금은 어차피 계좌를 받음",
        facts(order(payment=BY_HAND), refund_account_required=None),
        Allowed,
        None,
    ),
]


@pytest.mark.parametrize(("_case", "seen", "verdict", "code"), TABLE)
def test_the_policy(_case: str, seen: Facts, verdict: type, code: str | None) -> None:
    decision = decide_cancellation(seen)
    assert isinstance(decision, verdict)
    chosen = decisive(decision.findings)
    assert (chosen.code if chosen else None) == code
    if chosen:
        assert chosen.rule == _case.split(maxsplit=1)[0]


NOTES: list[tuple[str, Facts, str]] = [
    (
        "C22 창고 때문에 낮아진 신청에 자동접수",
        facts(packing=Packing(silent=True), auto_accept=True),
        "mall_may_accept_at_once",
    ),
    ("C34 답하지 않는 창고", facts(choices=REQUEST, packing=Packing(silent=True)), "warehouse_must_be_told"),
    ("C34 멈출 수 없는 창고", facts(choices=REQUEST, packing=Packing(stop=None)), "warehouse_must_be_told"),
    ("C34 모르는 상태", in_wms(Stage.UNKNOWN, choices=REQUEST), "warehouse_must_be_told"),
    (
        "C22 낮아진 신청에 자동접수",
        facts(stock_after_payment=Restore.ASK, auto_accept=True),
        "mall_may_accept_at_once",
    ),
    ("C22 신청 모드에 자동접수", facts(choices=REQUEST, auto_accept=True), "mall_may_accept_at_once"),
    ("C23 부분 취소", facts(TWO, chosen={FIRST: 1}), "partial_refund_by_hand"),
    ("C24 무통장입금", facts(order(payment=BY_HAND)), "refund_by_hand"),
    ("C25 결제 두 건", facts(order(payment=paid(transactions=2))), "several_payments"),
    ("C26 몰이 계좌를 요구", facts(refund_account_required=True), "refund_account_needed"),
    ("C26 무통장입금의 계좌", facts(order(payment=BY_HAND)), "refund_account_needed"),
]


@pytest.mark.parametrize(("_case", "seen", "code"), NOTES)
def test_the_notes(_case: str, seen: Facts, code: str) -> None:
    findings = {f.code: f.rule for f in decide_cancellation(seen).findings}
    assert findings[code] == _case.split(maxsplit=1)[0]


PLANS: list[tuple[str, Facts, bool, bool, bool]] = [
    # case, facts, our call completes, the customer may expect completion, the refund is automatic
    ("H38 카드 전체 취소", facts(), True, True, True),
    ("H41 신청 모드", facts(choices=REQUEST), False, False, True),
    ("H60 신청이지만 몰이 환불까지", facts(choices=REQUEST, **LIFTED), False, True, True),
    ("H20 부분 취소는 자동 환불이 아님", facts(TWO, chosen={FIRST: 1}), True, True, False),
    ("H39 무통장입금", facts(order(payment=BY_HAND)), True, True, False),
    ("H61 재고를 물으면 신청", facts(stock_after_payment=Restore.ASK), False, False, True),
    ("H62 쿠폰을 고르면 신청", facts(coupon_after_payment=Restore.ASK), False, False, True),
    ("H42 범위 밖이면 신청", facts(choices=CancelChoices("complete")), False, False, True),
    ("WMS가 답하지 않으면 신청", facts(packing=Packing(silent=True)), False, False, True),
    ("WMS가 있으면 완료 범위 밖이어도 완료", in_wms(choices=CancelChoices("complete")), True, True, True),
    ("결제가 둘이면 자동 환불이 아님", facts(order(payment=paid(transactions=2))), True, True, False),
    (
        "이미 일부 취소된 주문은 자동 환불이 아님",
        facts(order(item(), item(SECOND, "C40")), chosen={FIRST: 1}),
        True,
        True,
        False,
    ),
]


@pytest.mark.parametrize(("_case", "seen", "complete", "expected", "automatic"), PLANS)
def test_the_plan(_case: str, seen: Facts, complete: bool, expected: bool, automatic: bool) -> None:
    decision = decide_cancellation(seen)
    assert isinstance(decision, Allowed)
    plan = decision.plan
    assert (plan.complete, plan.outcome_complete, plan.refund.automatic) == (complete, expected, automatic)


def test_sums_are_told_only_where_they_are_certain() -> None:
    whole, part = decide_cancellation(facts()), decide_cancellation(facts(TWO, chosen={FIRST: 1}))
    assert isinstance(whole, Allowed)
    assert isinstance(part, Allowed)
    assert whole.plan.refund.total == Money(Decimal(39000), "KRW")
    assert part.plan.refund.total is None


def test_money_that_was_never_paid_is_not_promised_back() -> None:
    """An order that is paid at the door stands in 배송준비중 unpaid; and a card that was not charged has no refund."""
    cod = paid(methods=("cod",), ways=(("cod", RefundWay.BY_HAND),), state=PaidState.UNPAID)
    for payment in (cod, paid(state=PaidState.UNPAID)):
        decision = decide_cancellation(facts(order(payment=payment)))
        assert isinstance(decision, Allowed)
        refund = decision.plan.refund
        assert (refund.automatic, refund.certain, refund.total) == (False, False, None)


def test_a_receipt_that_is_open_says_which_only_to_its_own() -> None:
    own, foreign = (decide_cancellation(facts(under_way=receipt)).findings[0] for receipt in (OPEN, FOREIGN))
    assert own.facts == {
        "receiptId": "r1",
        "command": "cancel",
        "state": "scheduled",
        "undoUntil": "2026-11-20T12:10:00+09:00",
    }
    assert own.changes_when == ChangesWhen(act="take_it_back_or_wait")
    assert foreign.facts == {}
    assert foreign.changes_when == ChangesWhen(act="wait")


WON = Money(Decimal(39000), "KRW")
GATEWAY = RefundWay.AUTOMATIC_GATEWAY
ITSELF = RefundWay.AUTOMATIC
REFUNDS: list[tuple[str, Payment, Money | None, tuple[tuple[str, Money | None], ...]]] = [
    ("카드 하나", paid(), WON, (("card", WON),)),
    (
        "적립금과 예치금만: 돈은 없고, 사용한 만큼",
        paid(
            methods=("point", "credit"),
            ways=(("point", ITSELF), ("credit", ITSELF)),
            paid=Money(Decimal(0), "KRW"),
        ),
        None,
        (("point", None), ("credit", None)),
    ),
    (
        "카드와 적립금: 결제 금액은 카드의 것",
        paid(methods=("card", "point"), ways=(("card", GATEWAY), ("point", ITSELF))),
        WON,
        (("card", WON), ("point", None)),
    ),
    (
        "카드와 선불금: 얼마씩인지 모름",
        paid(methods=("card", "prepaid"), ways=(("card", GATEWAY), ("prepaid", RefundWay.BY_HAND))),
        WON,
        (("card", None), ("prepaid", None)),
    ),
    (
        "쿠폰만: 돌려줄 것이 없음",
        paid(methods=("coupon",), ways=(("coupon", ITSELF),), paid=Money(Decimal(0), "KRW")),
        None,
        (),
    ),
]


@pytest.mark.parametrize(("_case", "payment", "total", "methods"), REFUNDS)
def test_what_comes_back_in_which_method(
    _case: str, payment: Payment, total: Money | None, methods: tuple[tuple[str, Money | None], ...]
) -> None:
    decision = decide_cancellation(facts(order(payment=payment)))
    assert isinstance(decision, Allowed)
    refund = decision.plan.refund
    assert refund.certain
    assert (refund.total, refund.methods) == (total, methods)


@given(
    status=st.sampled_from(sorted(STATES)),
    claims_open=st.sampled_from([True, False, None]),
    exposed=st.sets(st.sampled_from(["cancel_N10", "cancel_N20", "cancel_N22"])),
    mode=st.sampled_from(["complete", "request"]),
    stock=st.sampled_from(list(Restore)),
    days=st.integers(0, 400),
)
def test_nothing_unknown_and_nothing_shipped_is_ever_allowed(
    status: str, claims_open: bool | None, exposed: set[str], mode: str, stock: Restore, days: int
) -> None:
    seen = facts(
        order(item(status=status)),
        choices=CancelChoices(mode, frozenset({"N20"})),  # type: ignore[arg-type]
        claims_open=claims_open,
        exposed=frozenset(exposed),
        stock_after_payment=stock,
        period_days=days,
    )
    decision = decide_cancellation(seen)
    if isinstance(decision, Allowed):
        assert STATES[status] is ItemState.PREPARING
        assert claims_open is True
        assert f"cancel_{status}" in exposed
        assert not (decision.plan.complete and stock in {Restore.ASK, Restore.UNRECOGNISED})


HEALTHY = {"connected": True, "mall": MALL, "cancel": COMPLETE}
DOCTOR: list[tuple[str, dict[str, object], list[str]]] = [
    ("D1 신청을 쓰지 않음", {"mall": facts(claims_open=False).mall}, ["claims_switched_off"]),
    ("D2 노출이 하나도 없음", {"mall": facts(exposed=frozenset({"return_N40"})).mall}, ["nothing_exposed"]),
    ("D3 신청인데 완료처럼", {"cancel": REQUEST, "mall": facts(**LIFTED).mall}, ["auto_accept_refunds"]),
    ("D4 재고", {"mall": facts(stock_after_payment=Restore.ASK).mall}, ["stock_restore_asks"]),
    ("D4 쿠폰", {"mall": facts(coupon_after_payment=Restore.ASK).mall}, ["coupon_restore_asks"]),
    ("D4 부분 취소의 쿠폰", {"mall": facts(coupon_partial=Restore.ASK).mall}, ["coupon_restore_asks"]),
    ("D5 완료 범위가 비어 있음", {"cancel": CancelChoices("complete")}, ["complete_scope_empty"]),
    ("D6 주문완료일 기준", {"mall": facts(**FROM_ORDER).mall}, ["period_from_order"]),
    ("D7 시험 모드", {"trial": True}, ["trial_mode"]),
    ("D8 꺼짐", {"command_on": False}, ["command_off"]),
    ("D8 모두 건강", {}, []),
    (
        "D9 되돌릴 수 없는 WMS",
        {"has_wms": True, "warehouse": frozenset({Capability.ORDERS, Capability.CANCEL})},
        ["warehouse_cannot_stop"],
    ),
    (
        "D9 신청 모드에는 상관없음",
        {"has_wms": True, "warehouse": frozenset[Capability](), "cancel": REQUEST},
        [],
    ),
    (
        "D9 보류와 되돌리기면 됨",
        {
            "has_wms": True,
            "warehouse": frozenset({Capability.ORDERS, Capability.HOLD, Capability.RESTORE}),
            "cancel": CancelChoices("complete"),
        },
        [],
    ),
]


@pytest.mark.parametrize(("_case", "different", "expected"), DOCTOR)
def test_the_doctor(_case: str, different: dict[str, object], expected: list[str]) -> None:
    found = list(examine(ShopFacts(**(HEALTHY | different))))  # type: ignore[arg-type]
    assert [f.code for f in found] == expected
    assert all(f.rule == _case.split(maxsplit=1)[0] for f in found)


def test_policy_rules_texts_and_tables_name_the_same_rows() -> None:
    policy = (FOLDER / "policy.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([CD]\d+) \|.*?`([a-z_]+)`", policy, re.MULTILINE))
    tables = {case.split()[0] for case, *_ in [*TABLE, *NOTES, *DOCTOR]} | {NOTHING_TO_CANCEL.rule}
    assert set(rows) == tables
    assert {row for row in rows if row[0] == "C"} == set(RULES)
    assert rows[NOTHING_TO_CANCEL.rule] == NOTHING_TO_CANCEL.code
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", policy))
    korean = json.loads((FOLDER / "texts/ko.json").read_text("utf-8"))
    told = {key.removesuffix(".manager") for key in korean if key.endswith(".manager")}
    assert named == told - ENDINGS, "every code of the policy has its sentences"
