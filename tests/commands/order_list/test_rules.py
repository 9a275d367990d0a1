"""The policy of `/주문목록`, row by row."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from commands import order_list
from commands.kernel.decision import Allowed, Blocked, Decision
from commands.kernel.doctor import ShopFacts
from commands.kernel.money import Money
from commands.kernel.order import ItemState, Order, OrderId, OrderItem, OrderItemCode, SalesChannel
from commands.order_list.doctor import examine
from commands.order_list.rules import RULES, ListFacts, decide_detail, decide_list

FOLDER = Path(order_list.__file__).parent


def an_order(**different: object) -> Order:
    item = OrderItem(
        OrderItemCode("20261118-0000012-01"), 11, "린넨 셔츠", "M", 1, "N20", ItemState.PREPARING
    )
    plain: dict[str, object] = {
        "order_id": OrderId("20261118-0000012"),
        "ordered_at": datetime(2026, 11, 18, 3, tzinfo=UTC),
        "total": Money(Decimal(39000), "KRW"),
        "items": (item,),
        "channel": SalesChannel.OWN_MALL,
        "channel_code": "self",
    }
    return Order(**(plain | different))  # type: ignore[arg-type]


def codes(decision: Decision[None]) -> list[str]:
    return [finding.code for finding in decision.findings]


LIST_TABLE = [
    ("L1 회원, 12개월 안에 주문 없음", ListFacts("member", 0, 12), Blocked, ["no_orders_in_lookback"]),
    ("L1 회원, 주문 있음", ListFacts("member", 1, 3), Allowed, []),
    (
        "L2 비회원, 3개월 안에 주문 없음",
        ListFacts("guest", 0, 3),
        Blocked,
        ["no_guest_orders_in_three_months"],
    ),
    ("L2 비회원, 주문 있음", ListFacts("guest", 5, 3), Allowed, []),
]


@pytest.mark.parametrize(("_case", "facts", "verdict", "expected"), LIST_TABLE)
def test_the_list(_case: str, facts: ListFacts, verdict: type, expected: list[str]) -> None:
    decision = decide_list(facts)
    assert isinstance(decision, verdict)
    assert codes(decision) == expected


STRANGE = OrderItem(OrderItemCode("1-01"), 1, "미래 상품", "", 1, "N99", ItemState.UNRECOGNISED)
DETAIL_TABLE = [
    ("L3 모르는 상태 코드", an_order(items=(STRANGE,)), ["unrecognised_status"]),
    (
        "L4 네이버페이 주문서",
        an_order(channel=SalesChannel.NAVER_PAY, channel_code="NCHECKOUT"),
        ["other_sales_channel"],
    ),
    (
        "L4 모르는 채널",
        an_order(channel=SalesChannel.UNRECOGNISED, channel_code="moon"),
        ["other_sales_channel"],
    ),
    ("L5 에스크로", an_order(traits=frozenset({"escrow"})), ["special_order"]),
    (
        "L3 L4 L5 셋 다",
        an_order(items=(STRANGE,), channel=SalesChannel.MARKETPLACE, traits=frozenset({"subscription"})),
        ["unrecognised_status", "other_sales_channel", "special_order"],
    ),
    ("L3 보통 주문에는 안내가 없음", an_order(), []),
]


@pytest.mark.parametrize(("_case", "order", "expected"), DETAIL_TABLE)
def test_the_detail_notes_and_never_blocks(_case: str, order: Order, expected: list[str]) -> None:
    decision = decide_detail(order)
    assert isinstance(decision, Allowed)
    assert codes(decision) == expected


HEALTHY = {"connected": True, "member_hash_confirmed": True}
DOCTOR_TABLE: list[tuple[str, Mapping[str, object], list[str]]] = [
    ("D1 다시 연결", {"reconnect_needed": True}, ["reconnect_needed"]),
    ("D1 비활성", {"suspended": True}, ["shop_suspended"]),
    ("D2 권한 부족", {"missing_scopes": ("mall.read_order",)}, ["scopes_missing"]),
    ("D3 해시 미확인", {"member_hash_confirmed": False}, ["member_hash_unconfirmed"]),
    ("D3 전화로만 믿으면 해시는 상관없음", {"member_hash_confirmed": False, "member_trust": "phone"}, []),
    ("D4 문자 없음", {"texts_can_be_sent": False}, ["texts_off"]),
    ("D4 번호 부분 확인", {"whole_number_checked": False}, ["number_filter_trusted"]),
    ("D5 꺼짐", {"command_on": False}, ["command_off"]),
    ("D5 모두 건강", {}, []),
]


@pytest.mark.parametrize(("_case", "different", "expected"), DOCTOR_TABLE)
def test_the_doctor(_case: str, different: Mapping[str, object], expected: list[str]) -> None:
    facts = ShopFacts(**(HEALTHY | dict(different)))  # type: ignore[arg-type]
    assert [finding.code for finding in examine(facts)] == expected


def test_policy_rules_texts_and_tables_name_the_same_rows() -> None:
    policy = (FOLDER / "policy.md").read_text("utf-8")
    rows = set(re.findall(r"^\| ([LD]\d+) \|", policy, re.MULTILINE))
    tables = {case.split()[0] for case, *_ in [*LIST_TABLE, *DETAIL_TABLE, *DOCTOR_TABLE]}
    assert {row for row in rows if row[0] == "L"} == set(RULES)
    assert rows == tables
    named = {
        code
        for line in policy.splitlines()
        if line.startswith("| ")
        for code in re.findall(r"`([a-z_]+)`", line)
    }
    korean = json.loads((FOLDER / "texts/ko.json").read_text("utf-8"))
    told = {key.removesuffix(".manager") for key in korean if key.endswith(".manager")}
    assert told <= named, "every code with sentences stands in the policy"
