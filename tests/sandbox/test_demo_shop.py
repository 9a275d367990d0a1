"""What the demo shop promises to those who build on it."""

from datetime import timedelta
from pathlib import Path

import phonenumbers
import pytest

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.not_simulated import NOT_SIMULATED
from app.sandbox.cafe24.query import months_after
from app.sandbox.cafe24.state import load_shop
from app.sandbox.cafe24.wire import KST

HANOK = Path(__file__).parents[2] / "fixtures" / "shops" / "hanok"


def orders_of(mall, **wanted):
    return [o for o in mall.orders.values() if all(getattr(o.buyer, k) == v for k, v in wanted.items())]


def within_three_months(order, clock):
    return order.ordered_at.date() >= months_after(clock().astimezone(KST).date(), -3)


def test_every_line_status_occurs_and_one_that_nobody_knows(mall):
    seen = {item.status for order in mall.orders.values() for item in order.items}
    assert seen == {*statuses.LABELS, "N99"}


def test_forty_orders_over_fourteen_months(mall, clock):
    assert len(mall.orders) >= 40
    oldest = min(order.ordered_at for order in mall.orders.values())
    assert clock() - oldest > timedelta(days=400)


@pytest.mark.parametrize("hour", [0, 9, 15, 23])
def test_nothing_lies_in_the_future_at_any_hour(hour, clock, mall):
    """Dates count back from now; the number of an order always names its Korean day."""
    clock.at = clock.at.replace(hour=hour, minute=1)
    fresh = load_shop(HANOK, clock)
    for order in fresh.orders.values():
        assert order.ordered_at <= clock()
        assert order.order_id.startswith(f"{order.ordered_at.astimezone(KST):%Y%m%d}-")
        assert all(at <= clock() for item in order.items for at in item.dates.values())


def test_minji_has_something_of_everything_lately(mall, clock):
    lately = [o for o in orders_of(mall, member_id="minji") if within_three_months(o, clock)]
    assert len(lately) >= 5
    lines = {item.status for order in lately for item in order.items}
    assert {"N10", "N20", "N30", "N40"} <= lines
    assert all(i.tracking_no and i.carrier for o in lately for i in o.items if i.status == "N30")


def test_two_accounts_share_one_number(mall):
    shared = [row["member_id"] for row in mall.customers.values() if row["cellphone"] == "010-2345-6789"]
    assert shared == ["sora", "sora2"]
    assert orders_of(mall, member_id="sora")
    assert orders_of(mall, member_id="sora2")


def test_members_without_recent_orders(mall, clock):
    """byeol has never ordered; haru's newest order is five months old."""
    assert orders_of(mall, member_id="byeol") == []
    newest = max(order.ordered_at for order in orders_of(mall, member_id="haru"))
    assert timedelta(days=140) < clock() - newest < timedelta(days=165)


def test_guests_lately_and_long_ago_and_one_who_is_a_member_too(mall, clock):
    guests = [order for order in mall.orders.values() if order.is_guest]
    assert {order.buyer.member_id for order in guests} == {None, ""}
    lately = {o.buyer.cellphone for o in guests if within_three_months(o, clock)}
    assert "010-0000-2001" in lately
    assert {o.buyer.cellphone for o in guests} - lately == {"010-0000-2002"}
    members = {row["cellphone"] for row in mall.customers.values()}
    assert lately & members == {"010-0000-1005"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("use_escrow", "T"),
        ("subscription", "T"),
        ("multiple_addresses", "T"),
        ("store_pickup", "T"),
        ("order_place_id", "NCHECKOUT"),
        ("market_id", "coupang"),
        ("market_id", "shopn"),
        ("easypay_name", "카카오페이"),
        ("naverpay_payment_information", "N"),
    ],
)
def test_special_orders_exist(mall, field, value):
    assert any(order.wire.get(field) == value for order in mall.orders.values())


@pytest.mark.parametrize(
    "method", ["card", "cash", "tcash", "icash", "cell", "prepaid", "credit", "point", "etc"]
)
def test_payment_methods_occur(mall, method):
    assert any(method in order.payment_methods for order in mall.orders.values())


def test_lines_may_be_gifts_sets_and_split_parcels(mall):
    lines = [item for order in mall.orders.values() for item in order.items]
    assert any(line.wire.get("gift") == "T" and not line.price for line in lines)
    assert {line.wire.get("product_bundle_type") for line in lines} >= {"C", "S"}
    assert any(line.wire.get("multi_invoice") for line in lines)
    assert any(line.shipping_code is None for line in lines)


def test_phones_are_fictional_and_valid(mall):
    phones = {row["cellphone"] for row in mall.customers.values()} | {
        o.buyer.cellphone for o in mall.orders.values()
    }
    for phone in phones:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone, "KR"))
        assert phone.startswith("010-0000-") or phone == "010-2345-6789"


def test_the_empty_shop_is_empty_and_has_a_sleeping_second_shop(empty_mall):
    assert (empty_mall.orders, empty_mall.customers, empty_mall.products) == ({}, {}, {})
    assert [shop["active"] for shop in empty_mall.shops] == ["T", "F"]


def test_what_is_not_simulated_is_said_in_whole_sentences():
    assert len(NOT_SIMULATED) >= 10
    assert all(sentence[0].isupper() or sentence[0] == "`" for sentence in NOT_SIMULATED)
    assert all(sentence.endswith(".") for sentence in NOT_SIMULATED)
