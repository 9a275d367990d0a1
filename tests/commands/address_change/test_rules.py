"""The policy of `/배송지변경`, row by row, and what holds of any two addresses."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.address_change.facts import Packing
from commands.address_change.rules import RULES, decide_address_change
from commands.address_change.surcharge import ISLANDS, Surcharge, surcharge_of
from commands.kernel.address import Address
from commands.kernel.decision import Allowed, Blocked, NeedsManager, decisive
from commands.kernel.order import OrderId, SalesChannel, Tracking, TrackingNumber
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.surcharges import PlaceSurcharge, PostcodeSurcharge, RegionalSurcharges, RegionsBy
from commands.kernel.warehouse import Stage

from .facts import (
    JEJU,
    MALL,
    NONE,
    OTHER,
    SECOND,
    SEOUL,
    SHIPMENT,
    SUWON,
    UDO,
    ULLEUNG,
    facts,
    item,
    order,
    packed,
    receiver,
)

POLICY = Path(__file__).parents[3] / "commands/address_change/policy.md"
LABEL = Tracking("CJ대한통운", TrackingNumber("651234567890"))
UNDER_WAY = Receipt(
    "r1",
    "cancel",
    ReceiptState.CHECKING,
    OrderId("20261118-0000012"),
    {},
    "user",
    datetime(2026, 11, 20, tzinfo=UTC),
)
BY_POSTCODE = RegionalSurcharges(
    in_use=True,
    regions_by=RegionsBy.POSTCODE,
    postcodes=(
        PostcodeSurcharge("63000", "63644", Decimal(3000)),
        PostcodeSurcharge("63365", "63365", Decimal(6000)),
        PostcodeSurcharge("40200", "40240", Decimal(5000)),
    ),
    by_supplier=False,
)
BY_PLACE = RegionalSurcharges(
    in_use=True,
    regions_by=RegionsBy.PLACE,
    places=(
        PlaceSurcharge("제주도", "제주시 우도면", Decimal(6000)),
        PlaceSurcharge("경상북도", "울릉군", Decimal(5000)),
    ),
    by_supplier=False,
)
SIMPLE = RegionalSurcharges(
    in_use=True, regions_by=RegionsBy.SIMPLE, jeju=Decimal(3000), islands=Decimal(5000), by_supplier=False
)
UNREADABLE = RegionalSurcharges(in_use=None)
ALLOWED, MANAGER, BLOCKED = Allowed, NeedsManager, Blocked


def to(address: Address, table: RegionalSurcharges, origin: Address = SEOUL):
    return facts(of=order(receivers=(receiver(origin),)), wanted=address, surcharges=table)


ROWS = [
    ("송장이 없고 열린 상태면 바꿀 수 있음", facts(), ALLOWED, None),
    ("주소를 묻기 전에도 판단함", facts(wanted=None), ALLOWED, None),
    ("입금 전도 설정이 열려 있으면 됨", facts(item(status="N00")), ALLOWED, None),
    ("A1 송장번호가 있음", facts(item(tracking=LABEL)), BLOCKED, "label_printed"),
    (
        "A1 하나라도 송장번호가 있음 (부분 배송)",
        facts(item(), item(SECOND, tracking=LABEL)),
        BLOCKED,
        "label_printed",
    ),
    ("A2 하나라도 발송됨", facts(item(), item(SECOND, "N30")), BLOCKED, "already_shipped"),
    ("A2 배송 완료", facts(item(status="N40")), BLOCKED, "already_shipped"),
    ("A3 취소 진행 중", facts(item(), item(SECOND, "C00")), BLOCKED, "claim_open"),
    ("A3 교환 거절됨", facts(item(status="E11")), BLOCKED, "claim_open"),
    ("A4 취소된 품목이 있음", facts(item(), item(SECOND, "C40")), MANAGER, "claim_closed"),
    ("A5 모르는 코드", facts(item(status="N99")), MANAGER, "unrecognised_status"),
    (
        "A6 상품준비중을 안 쓰는 몰의 N10",
        facts(item(status="N10"), mall=replace(MALL, uses_product_preparation=False)),
        BLOCKED,
        "preparation_not_used",
    ),
    ("A7 범위에 없는 상태", facts(item(status="N22")), BLOCKED, "address_not_open"),
    ("A7 범위가 비어 있음", facts(mall=replace(MALL, address_open=frozenset())), BLOCKED, "address_not_open"),
    ("A8 설정을 읽지 못함", facts(mall=replace(MALL, address_open=None)), MANAGER, "unrecognised_setting"),
    (
        "A8 상품준비중 설정을 모르는 N10",
        facts(item(status="N10"), mall=replace(MALL, uses_product_preparation=None)),
        MANAGER,
        "unrecognised_setting",
    ),
    ("A9 접수가 진행 중", facts(under_way=UNDER_WAY), BLOCKED, "receipt_open"),
    (
        "A10 네이버페이 주문서",
        facts(of=order(channel=SalesChannel.NAVER_PAY)),
        MANAGER,
        "other_sales_channel",
    ),
    ("A11 복수 배송지", facts(of=order(traits=frozenset({"multipleAddresses"}))), MANAGER, "special_order"),
    (
        "A12 배송번호마다 다른 곳",
        facts(of=order(receivers=(receiver(), receiver(SUWON, "D-2")))),
        MANAGER,
        "several_addresses",
    ),
    ("A12 받는 곳이 없음", facts(of=order(receivers=())), MANAGER, "several_addresses"),
    (
        "A12 배송번호가 둘이어도 같은 곳이면 됨",
        facts(of=order(receivers=(receiver(), receiver(SEOUL, "D-2")))),
        ALLOWED,
        None,
    ),
    ("A13 배송번호를 모름", facts(of=order(receivers=(receiver(SEOUL, None),))), MANAGER, "shipment_unknown"),
    ("A14 WMS에서 송장 출력됨", facts(packing=packed(Stage.LABEL_PRINTED)), BLOCKED, "label_printed"),
    ("A14 WMS에 송장번호가 있음", facts(packing=packed(tracking_number="6512")), BLOCKED, "label_printed"),
    ("A15 합포장", facts(packing=packed(others=(OTHER,))), BLOCKED, "combined_package"),
    ("A16 WMS가 답하지 않음", facts(packing=Packing(silent=True)), MANAGER, "warehouse_unavailable"),
    ("A17 WMS가 지원하지 않음", facts(packing=Packing(can_change=False)), MANAGER, "warehouse_cannot_change"),
    ("A18 WMS 상태를 모름", facts(packing=packed(Stage.UNKNOWN)), MANAGER, "warehouse_unknown"),
    ("WMS가 아직 모르는 주문", facts(packing=Packing()), ALLOWED, None),
    ("WMS가 접수만 함", facts(packing=packed()), ALLOWED, None),
    ("A19 같은 주소", facts(wanted=SEOUL), BLOCKED, "address_unchanged"),
    ("A19 이름만 달라도 바꾸는 것", facts(wanted=replace(SEOUL, receiver_name="박민수")), ALLOWED, None),
    ("A20 육지에서 제주로 (우편번호표)", to(JEJU, BY_POSTCODE), BLOCKED, "fee_rises"),
    ("A20 육지에서 제주로 (단순)", to(JEJU, SIMPLE), BLOCKED, "fee_rises"),
    ("A20 육지에서 울릉도로 (이름표)", to(ULLEUNG, BY_PLACE), BLOCKED, "fee_rises"),
    ("A21 제주에서 육지로 (우편번호표)", to(SUWON, BY_POSTCODE, JEJU), BLOCKED, "fee_falls"),
    ("A21 제주에서 육지로 (단순)", to(SUWON, SIMPLE, JEJU), BLOCKED, "fee_falls"),
    ("A22 공급사별 배송비", to(SUWON, replace(NONE, by_supplier=True)), MANAGER, "fee_by_supplier"),
    (
        "A22 공급사별이어도 우편번호가 같으면 같음",
        facts(wanted=replace(SEOUL, address2="5층"), surcharges=replace(NONE, by_supplier=True)),
        ALLOWED,
        None,
    ),
    ("A23 설정을 읽지 못함", to(SUWON, UNREADABLE), MANAGER, "fee_uncertain"),
    (
        "A23 설정을 못 읽어도 우편번호가 같으면 같음",
        facts(wanted=replace(SEOUL, address2="5층"), surcharges=UNREADABLE),
        ALLOWED,
        None,
    ),
    ("A23 겹치는 범위의 다른 금액", to(UDO, BY_POSTCODE), MANAGER, "fee_uncertain"),
    ("A23 도서산간 표는 막지 않고 넘김 (단순)", to(ULLEUNG, SIMPLE), MANAGER, "fee_uncertain"),
    (
        "A23 도서산간에서 도서산간으로도 넘김",
        to(ULLEUNG, SIMPLE, replace(ULLEUNG, zipcode="40222")),
        MANAGER,
        "fee_uncertain",
    ),
    ("A23 표에 있는 도의 다른 곳 (이름표)", to(JEJU, BY_PLACE), MANAGER, "fee_uncertain"),
    (
        "A23 알 수 없는 도 이름 (이름표)",
        to(replace(SUWON, address1="수원시 팔달구 효원로 1"), BY_PLACE),
        MANAGER,
        "fee_uncertain",
    ),
    (
        "A23 모르는 방식",
        to(SUWON, RegionalSurcharges(in_use=True, by_supplier=False)),
        MANAGER,
        "fee_uncertain",
    ),
    ("A23 제주 금액을 모름", to(JEJU, replace(SIMPLE, jeju=None)), MANAGER, "fee_uncertain"),
    ("같은 금액이면 됨 (우편번호표)", to(SUWON, BY_POSTCODE), ALLOWED, None),
    ("같은 금액이면 됨 (제주 안에서)", to(replace(JEJU, zipcode="63123"), BY_POSTCODE, JEJU), ALLOWED, None),
    ("표에 없는 도끼리 (이름표)", to(SUWON, BY_PLACE), ALLOWED, None),
    ("육지끼리 (단순)", to(SUWON, SIMPLE), ALLOWED, None),
]


@pytest.mark.parametrize(("_case", "seen", "verdict", "code"), ROWS, ids=[row[0] for row in ROWS])
def test_policy(_case, seen, verdict, code):
    decision = decide_address_change(seen)
    found = decisive(decision.findings)
    assert (type(decision), found and found.code) == (verdict, code)
    assert found is None or _case.split()[0] == found.rule


def test_the_same_rows_everywhere():
    written = re.findall(r"^\| (A\d+) \|", POLICY.read_text("utf-8"), re.MULTILINE)
    tested = {row[0].split()[0] for row in ROWS if row[0].startswith("A")}
    assert tuple(written) == RULES
    assert tested == set(RULES) - {"A24"}  # the empty list: tests/commands/address_change/test_command.py


def test_every_shipment_is_in_the_plan():
    two = order(receivers=(receiver(), receiver(SEOUL, "D-2")))
    decision = decide_address_change(facts(of=two))
    assert isinstance(decision, Allowed)
    assert decision.plan.shipments == (SHIPMENT, "D-2")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (SEOUL, Surcharge(Decimal(0))),
        (JEJU, Surcharge(Decimal(3000))),
        (replace(JEJU, zipcode="63644"), Surcharge(Decimal(3000))),
        (replace(JEJU, zipcode="63645"), Surcharge(Decimal(0))),
        (ULLEUNG, Surcharge(Decimal(5000), certain=False)),
    ],
)
def test_the_simple_table(address, expected):
    assert surcharge_of(SIMPLE, address) == expected


def test_islands_are_ranges_of_korean_postcodes_and_none_is_jeju():
    assert all(re.fullmatch(r"\d{5}", code) for pair in ISLANDS for code in pair)
    assert all(start <= end < "63000" for start, end in ISLANDS)
    assert [start for start, _ in ISLANDS] == sorted(start for start, _ in ISLANDS)


ADDRESSES = st.builds(
    Address,
    receiver_name=st.just("김수진"),
    cellphone=st.just("010-1234-5678"),
    zipcode=st.integers(1000, 63644).map(lambda n: f"{n:05}"),
    address1=st.sampled_from([a.address1 for a in (SEOUL, SUWON, JEJU, UDO, ULLEUNG)]),
    address2=st.just("1층"),
)
TABLES = st.sampled_from([NONE, BY_POSTCODE, BY_PLACE, SIMPLE, UNREADABLE])


@given(ADDRESSES, ADDRESSES, TABLES)
def test_a_change_is_allowed_only_at_certainly_equal_fees(before, after, table):
    decision = decide_address_change(to(after, table, before))
    if isinstance(decision, Allowed):
        fees = (surcharge_of(table, before), surcharge_of(table, after))
        same_zone = before.zipcode == after.zipcode
        assert same_zone or (fees[0] == fees[1] and fees[0].certain)


@given(ADDRESSES, ADDRESSES, TABLES)
def test_there_and_back_is_judged_alike(before, after, table):
    codes = [
        {f.code for f in decide_address_change(to(a, table, b)).findings}
        for a, b in ((after, before), (before, after))
    ]
    mirrored = {"fee_rises": "fee_falls", "fee_falls": "fee_rises"}
    assert {mirrored.get(code, code) for code in codes[0]} == codes[1]


def test_what_is_led_back_is_the_whole_address():
    """The mall takes full addresses only: a compensation must not empty the second number or the message."""
    full = replace(receiver(), phone="02-555-1234", message="문 앞")
    present = facts(of=order(receivers=(full,))).present
    assert (present.phone, present.message) == ("02-555-1234", "문 앞")


def test_a_second_number_that_was_left_open_is_no_change():
    full = replace(receiver(), phone="02-555-1234", message="문 앞")
    decision = decide_address_change(facts(of=order(receivers=(full,)), wanted=SEOUL))
    assert [f.code for f in decision.findings] == ["address_unchanged"]
