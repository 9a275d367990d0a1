"""Values, codes and orders as Cafe24 writes them."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cafe24 import codes, fields, wire
from app.cafe24.reading import belongs_to, hyphenated, national_digits, option_text, ordered_at, to_order
from commands.kernel.calendar import KST
from commands.kernel.order import ItemState, SalesChannel
from commands.kernel.who import Guest, Member

ALL_CODES = [
    "N00",
    "N01",
    "N02",
    "N03",
    "N10",
    "N20",
    "N21",
    "N22",
    "N30",
    "N40",
    "N50",
    "C00",
    "C10",
    "C11",
    "C34",
    "C35",
    "C36",
    "C40",
    "C41",
    "C42",
    "C43",
    "C47",
    "C48",
    "C49",
    "R00",
    "R10",
    "R11",
    "R12",
    "R13",
    "R20",
    "R30",
    "R31",
    "R34",
    "R36",
    "R40",
    "R41",
    "R42",
    "R43",
    "E00",
    "E10",
    "E11",
    "E12",
    "E13",
    "E20",
    "E30",
    "E31",
    "E32",
    "E33",
    "E34",
    "E35",
    "E36",
    "E40",
]


@pytest.mark.parametrize("empty", [None, "", "null", "  ", "0000-00-00", [], {}])
def test_the_many_ways_to_be_empty(empty):
    assert fields.to_optional_text(empty) is None
    assert fields.to_number(empty) is None
    assert fields.to_amount(empty) is None
    assert fields.to_instant(empty) is None


def test_long_ids_keep_every_digit():
    assert fields.to_number("6067316237600000009") == 6067316237600000009
    assert fields.to_number(6067316237600000009) == 6067316237600000009
    assert fields.to_number("12.0") == 12
    assert fields.to_number("12.5") is None


def test_amounts_never_pass_through_a_float():
    assert fields.to_amount("39000.00") == Decimal("39000.00")
    assert fields.to_amount("0.1") + fields.to_amount("0.2") == Decimal("0.3")
    assert fields.to_amount("NaN") is None


def test_an_instant_without_offset_is_korean():
    assert fields.to_instant("2026-11-21 09:00:00") == datetime(2026, 11, 21, 9, tzinfo=KST)


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.lists(st.text()), st.booleans()))
def test_no_value_makes_a_model_fail(value):
    names = (*wire.Order.model_fields, *wire.OrderItem.model_fields)
    wire.Order.model_validate(dict.fromkeys(names, value))
    wire.OrderItem.model_validate(dict.fromkeys(names, value))


@pytest.mark.parametrize("code", ALL_CODES)
def test_every_documented_code_has_a_state(code):
    assert codes.item_state(code) is not ItemState.UNRECOGNISED


@pytest.mark.parametrize("code", ["", "E41", "E50", "X99", "n10", "N10 "])
def test_unknown_codes_are_unrecognised(code):
    assert codes.item_state(code) is ItemState.UNRECOGNISED


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("C11", ItemState.PREPARING),
        ("C35", ItemState.CANCELLED),
        ("C34", ItemState.CANCEL_REQUESTED),
        ("R11", ItemState.RETURN_REJECTED),
        ("N50", ItemState.DELIVERED),
        ("N01", ItemState.PREPARING),
        ("E33", ItemState.EXCHANGING),
    ],
)
def test_the_codes_that_surprise(code, state):
    assert codes.item_state(code) is state


@pytest.mark.parametrize(
    ("market", "place", "channel"),
    [
        ("self", "mobile", SalesChannel.OWN_MALL),
        ("self", "some-new-place", SalesChannel.OWN_MALL),
        ("self", "NCHECKOUT", SalesChannel.NAVER_PAY),
        ("NCHECKOUT", "NCHECKOUT", SalesChannel.NAVER_PAY),
        ("shopn", "shopn", SalesChannel.MARKETPLACE),
        ("coupang", "mobile", SalesChannel.MARKETPLACE),
        ("", "mobile", SalesChannel.UNRECOGNISED),
    ],
)
def test_own_mall_only_by_market_id(market, place, channel):
    assert codes.sales_channel(market, place) is channel


@pytest.mark.parametrize(
    "typed", ["+82 10-1234-5678", "01012345678", "010 1234 5678", "+821012345678", "82-010-1234-5678"]
)
def test_one_number_in_many_coats(typed):
    assert national_digits(typed) == "01012345678"
    assert hyphenated(typed) == "010-1234-5678"


@pytest.mark.parametrize("typed", ["", "010-0000", "02-123-4567", "+1 555 0100", "011-123-4567"])
def test_other_numbers_have_no_cellphone_form(typed):
    assert hyphenated(typed) is None


def head(**fields_):
    return wire.OrderHead.model_validate({"order_id": "20261121-0000001", **fields_})


@pytest.mark.parametrize(
    ("_case", "order", "customer", "theirs"),
    [
        ("member", {"member_id": "minji"}, Member("minji"), True),
        ("other member", {"member_id": "sora"}, Member("minji"), False),
        ("case differs", {"member_id": "Minji"}, Member("minji"), False),
        ("guest order to a member", {"member_id": None}, Member("minji"), False),
        ("no id asked for", {"member_id": ""}, Member(""), False),
        (
            "buyer says otherwise",
            {"member_id": "minji", "buyer": {"member_id": "sora"}},
            Member("minji"),
            False,
        ),
        ("guest", {"member_id": "", "buyer": {"cellphone": "010-1111-2222"}}, Guest("+821011112222"), True),
        (
            "guest null",
            {"member_id": "null", "buyer": {"cellphone": "01011112222"}},
            Guest("+821011112222"),
            True,
        ),
        (
            "member's order",
            {"member_id": "a", "buyer": {"cellphone": "010-1111-2222"}},
            Guest("+821011112222"),
            False,
        ),
        (
            "member in buyer",
            {"buyer": {"member_id": "a", "cellphone": "010-1111-2222"}},
            Guest("+821011112222"),
            False,
        ),
        ("other number", {"buyer": {"cellphone": "010-1111-2223"}}, Guest("+821011112222"), False),
        ("no buyer", {"member_id": None}, Guest("+821011112222"), False),
        ("both unknown", {"buyer": {"cellphone": ""}}, Guest(""), False),
    ],
)
def test_whose_order_it_is(_case, order, customer, theirs):
    assert belongs_to(head(**order), customer) is theirs


def test_an_order_without_a_date_has_the_day_of_its_number():
    assert ordered_at(head()).date() == datetime(2026, 11, 21, tzinfo=KST).date()


def test_a_new_code_and_missing_fields_are_shown_not_fatal():
    order = to_order(
        wire.Order.model_validate(
            {"order_id": "20261121-0000001", "items": [{"order_status": "Z9"}, {}, "x"]}
        ),
        lambda _code, _number: None,
    )
    assert [item.state for item in order.items] == [ItemState.UNRECOGNISED] * 2
    assert order.channel is SalesChannel.UNRECOGNISED
    assert "escrowUnknown" in order.traits
    assert order.total.amount == 0


def test_a_claim_of_two_lines_is_one():
    line = {"order_status": "R00", "return_request_date": "2026-11-20T10:00:00+09:00"}
    order = wire.Order.model_validate({"order_id": "20261121-0000001", "items": [line, line]})
    (claim,) = to_order(order, lambda _c, _n: None).claims
    assert (claim.kind, claim.state, claim.claim_code) == ("return", ItemState.RETURNING, None)
    assert claim.at == datetime(2026, 11, 20, 10, tzinfo=KST)


@pytest.mark.parametrize(
    ("option_value", "shown"),
    [
        ("색상=아이보리, 사이즈=M", "아이보리 / M"),
        ("색상=아이보리,사이즈=M", "아이보리 / M"),
        ("각인=사랑, 그리고, 포장=없음", "사랑, 그리고 / 없음"),
        ("FREE", "FREE"),
        ("선택=", ""),
        ("", ""),
    ],
)
def test_options_are_shown_by_their_values(option_value, shown):
    assert option_text(option_value) == shown


def test_a_receiver_keeps_landline_and_message():
    row = {"name": "백선우", "phone": "031-000-1012", "shipping_message": "문 앞", "shipping_code": "D-1-00"}
    (receiver,) = to_order(
        wire.Order.model_validate({"receivers": [row]}), lambda _code, _number: None
    ).receivers
    assert (receiver.phone, receiver.message, receiver.shipment_code) == ("031-000-1012", "문 앞", "D-1-00")
