"""The 27 worked rows of the contract, the rows of the policy that they leave out, and what holds always."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.kernel.calendar import KST
from commands.kernel.mall import PartialShippingChoices
from commands.kernel.order import OrderItemCode
from commands.ship_date.facts import Facts, Group, Line, Why
from commands.ship_date.rules import ship_groups
from commands.ship_date.shipping_days import ShippingDays

WEEK = frozenset(range(1, 6))
CHRISTMAS = frozenset({date(2026, 12, 25)})
ON = PartialShippingChoices(enabled=True, base_days=3)
OFF = PartialShippingChoices()


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def days(*, every_day: bool = False) -> ShippingDays:
    return ShippingDays(WEEK, CHRISTMAS, time(14), every_day)


def at(text: str, hour: int = 10) -> datetime:
    return datetime.combine(day(text), time(hour), KST)


def stocked(name: str) -> Line:
    return Line(OrderItemCode(name), in_stock=True)


def late(name: str, back: str | None) -> Line:
    return Line(OrderItemCode(name), in_stock=False, restock_date=day(back) if back else None)


A = stocked("A")
UNKNOWN: None = None


def rows(groups: tuple[Group, ...]) -> list[tuple[str, str | None]]:
    """`[("AB", "11-26")]`: the items of each group, and its day."""
    return [("".join(g.codes), g.ship_date and f"{g.ship_date:%m-%d}") for g in groups]


def asked(
    lines: list[Line],
    now: datetime | None = None,
    *,
    ordered: str = "11-23",
    policy: PartialShippingChoices = ON,
    paid: int | None = 80_000,
    every_day: bool = False,
) -> list[tuple[str, str | None]]:
    facts = Facts(
        order_date=day(ordered),
        lines=tuple(lines),
        now=now or at(ordered),
        days=days(every_day=every_day),
        policy=policy,
        paid=None if paid is None else Decimal(paid),
    )
    return rows(ship_groups(facts))


MINIMUM = PartialShippingChoices(enabled=True, base_days=3, minimum_amount=50_000)
AT_ONCE = PartialShippingChoices(enabled=True, base_days=0)


@pytest.mark.parametrize(
    ("_case", "lines", "options", "expected"),
    [
        ("1 마지막 날 재입고면 함께", [A, late("B", "11-26")], {}, [("AB", "11-26")]),
        ("2 마지막 날 뒤 재입고면 나눔", [A, late("B", "11-27")], {}, [("A", "11-26"), ("B", "11-27")]),
        ("3 기간 안 재입고면 함께", [A, late("B", "11-24")], {}, [("AB", "11-24")]),
        ("4 기간 안의 가장 늦은 날", [A, late("B", "11-24"), late("C", "11-25")], {}, [("ABC", "11-25")]),
        (
            "5 제때 온 것은 마지막 날에",
            [A, late("B", "11-24"), late("C", "11-27")],
            {},
            [("AB", "11-26"), ("C", "11-27")],
        ),
        (
            "6 늦은 것은 날마다",
            [A, late("B", "11-27"), late("C", "11-30")],
            {},
            [("A", "11-26"), ("B", "11-27"), ("C", "11-30")],
        ),
        (
            "7 같은 날은 함께",
            [A, late("B", "11-27"), late("C", "11-27")],
            {},
            [("A", "11-26"), ("BC", "11-27")],
        ),
        (
            "8 재고가 하나도 없음",
            [late("B", "11-27"), late("C", "11-30")],
            {},
            [("B", "11-27"), ("C", "11-30")],
        ),
        ("9 하나뿐인 품목이 수요일에", [late("B", "11-25")], {}, [("B", "11-25")]),
        ("10 재입고일을 모름", [A, late("B", UNKNOWN)], {}, [("A", "11-26"), ("B", None)]),
        (
            "11 하나는 모르고 하나는 금요일",
            [A, late("B", UNKNOWN), late("C", "11-27")],
            {},
            [("A", "11-26"), ("C", "11-27"), ("B", None)],
        ),
        ("12 모두 재고 있음", [A, stocked("B")], {}, [("AB", "11-23")]),
        ("13 마감 뒤에 물음", [A, stocked("B")], {"now": at("11-23", 14)}, [("AB", "11-24")]),
        (
            "14 최소 금액보다 적음",
            [A, late("B", "11-27")],
            {"policy": MINIMUM, "paid": 49_999},
            [("AB", "11-27")],
        ),
        (
            "15 최소 금액과 같음",
            [A, late("B", "11-27")],
            {"policy": MINIMUM, "paid": 50_000},
            [("A", "11-26"), ("B", "11-27")],
        ),
        (
            "16 최소 금액보다 적고 모름",
            [A, late("B", UNKNOWN)],
            {"policy": MINIMUM, "paid": 49_999},
            [("AB", None)],
        ),
        ("17 부분 배송 안 씀", [A, late("B", "11-27")], {"policy": OFF}, [("AB", "11-27")]),
        ("18 지난 재입고일, 아직 없음", [A, late("B", "11-20")], {}, [("A", "11-26"), ("B", None)]),
        (
            "19 지난 재입고일, 들어옴",
            [A, Line(OrderItemCode("B"), True, day("11-20"))],
            {},
            [("AB", "11-23")],
        ),
        (
            "20 수요일에 물어도 같은 답",
            [A, late("B", "11-27")],
            {"now": at("11-25")},
            [("A", "11-26"), ("B", "11-27")],
        ),
        (
            "21 기간이 지난 뒤에 물음",
            [A, late("B", "12-01")],
            {"now": at("11-27")},
            [("A", "11-27"), ("B", "12-01")],
        ),
        ("22 오늘이 재입고일", [A, late("B", "11-24")], {"now": at("11-24")}, [("AB", "11-24")]),
        (
            "23 N이 0",
            [A, late("B", "11-24")],
            {"policy": AT_ONCE},
            [("A", "11-23"), ("B", "11-24")],
        ),
        ("24 일요일에 끝나는 기간", [A, late("B", "11-23")], {"ordered": "11-19"}, [("AB", "11-23")]),
        (
            "24 일요일에 끝나는 기간, 매일 발송",
            [A, late("B", "11-23")],
            {"ordered": "11-19", "every_day": True},
            [("A", "11-22"), ("B", "11-23")],
        ),
        ("25 토요일 재입고", [A, late("B", "11-21")], {"ordered": "11-20"}, [("AB", "11-23")]),
        (
            "25 토요일 재입고, 매일 발송",
            [A, late("B", "11-21")],
            {"ordered": "11-20", "every_day": True},
            [("AB", "11-21")],
        ),
        ("26 성탄절에 끝나는 기간", [A, late("B", "12-28")], {"ordered": "12-22"}, [("AB", "12-28")]),
        (
            "26 성탄절에 끝나는 기간, 매일 발송",
            [A, late("B", "12-28")],
            {"ordered": "12-22", "every_day": True},
            [("A", "12-25"), ("B", "12-28")],
        ),
        ("27 토요일에 물음", [A], {"ordered": "11-27", "now": at("11-28")}, [("A", "11-30")]),
        (
            "27 토요일에 물음, 매일 발송",
            [A],
            {"ordered": "11-27", "now": at("11-28"), "every_day": True},
            [("A", "11-28")],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_worked_rows(_case, lines, options, expected):
    assert asked(lines, **options) == expected


def one(line: Line, **options) -> Group:
    facts = Facts(day("11-23"), (line,), at("11-23"), days(), options.get("policy", ON), Decimal(80_000))
    (group,) = ship_groups(facts)
    return group


@pytest.mark.parametrize(
    ("_case", "line", "why", "expected"),
    [
        ("S10 송장 출력", Line(OrderItemCode("A"), True, label_printed=True), Why.LABEL_PRINTED, None),
        ("S11 배송 보류", Line(OrderItemCode("A"), True, on_hold=True), Why.ON_HOLD, None),
        ("S12 WMS가 준 날", Line(OrderItemCode("A"), True, None, day("11-30")), Why.WAREHOUSE_DATE, "11-30"),
        (
            "S12 WMS가 준 지난 날은 쓰지 않음",
            Line(OrderItemCode("A"), True, None, day("11-20")),
            Why.IN_STOCK,
            "11-23",
        ),
        ("S13 재고를 모름", Line(OrderItemCode("A"), None), Why.STOCK_UNKNOWN, None),
        (
            "S13 재고를 모르면 재입고일도 믿지 않음",
            Line(OrderItemCode("A"), None, day("11-25")),
            Why.STOCK_UNKNOWN,
            None,
        ),
        ("S14 재입고일을 모름", late("A", None), Why.RESTOCK_UNKNOWN, None),
        ("S14 재입고일이 지남", late("A", "11-20"), Why.RESTOCK_UNKNOWN, None),
        ("S15 재고 있음", A, Why.IN_STOCK, "11-23"),
        ("S17 기간 안 재입고", late("A", "11-25"), Why.TOGETHER, "11-25"),
        ("S19 기간 뒤 재입고", late("A", "12-01"), Why.RESTOCK, "12-01"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_single_lines(_case, line, why, expected):
    group = one(line)
    assert (group.why, group.ship_date and f"{group.ship_date:%m-%d}") == (why, expected)


def test_a_minimum_without_a_known_payment_splits_nothing():
    assert asked([A, late("B", "11-27")], policy=MINIMUM, paid=None) == [("AB", "11-27")]


def test_a_shop_that_never_ships_has_no_dates():
    never = ShippingDays(frozenset(), frozenset(), time(14))
    facts = Facts(day("11-23"), (A, late("B", "11-27")), at("11-23"), never, ON, Decimal(1))
    assert {g.ship_date for g in ship_groups(facts)} == {None}


DAY = st.dates(date(2026, 11, 1), date(2027, 2, 1))
LINES = st.lists(
    st.builds(
        Line,
        code=st.text("ABCDEFGH", min_size=1, max_size=3).map(OrderItemCode),
        in_stock=st.sampled_from([True, False, None]),
        restock_date=st.none() | DAY,
        given_date=st.none() | DAY,
        label_printed=st.booleans(),
        on_hold=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda line: line.code,
)
FACTS = st.builds(
    Facts,
    order_date=DAY,
    lines=LINES.map(tuple),
    now=st.builds(lambda day, hour: datetime.combine(day, hour, KST), DAY, st.times()),
    days=st.builds(
        ShippingDays,
        weekdays=st.frozensets(st.integers(1, 7)),
        closed=st.frozensets(DAY, max_size=5),
        cutoff=st.times(),
        every_day=st.booleans(),
    ),
    policy=st.builds(
        PartialShippingChoices, st.booleans(), st.integers(0, 30), st.none() | st.integers(0, 100_000)
    ),
    paid=st.none() | st.integers(0, 200_000).map(Decimal),
)


@given(FACTS)
def test_groups_part_the_items_and_no_date_is_past(facts):
    groups = ship_groups(facts)
    assert sorted(code for g in groups for code in g.codes) == sorted(line.code for line in facts.lines)
    dated = [g.ship_date for g in groups if g.ship_date]
    assert all(day >= facts.now.date() for day in dated)
    assert dated == sorted(dated)
    ours = [g for g in groups if g.ship_date and g.why is not Why.WAREHOUSE_DATE]
    assert all(facts.days.is_open(g.ship_date) for g in ours)


@given(FACTS, st.integers(0, 48))
def test_asking_later_never_brings_a_date_forward(facts, hours):
    """Nothing else having changed, a promise may slip but not run ahead of itself."""
    later = facts.now + timedelta(hours=hours)
    asked_later = Facts(facts.order_date, facts.lines, later, facts.days, facts.policy, facts.paid)
    first = {code: g.ship_date for g in ship_groups(facts) for code in g.codes}
    second = {code: g.ship_date for g in ship_groups(asked_later) for code in g.codes}
    assert all(second[code] >= day for code, day in first.items() if day and second[code])
