"""One order on the wire: amounts, flags, dates, people, sub-resources."""

import re

import pytest

EVERYTHING = "items,receivers,buyer,cancellation,return,exchange"


def find(mall, no):
    return next(order for order in mall.orders.values() if order.order_id.endswith(f"{no:07d}"))


async def shown(get, mall, no, **query):
    answer = await get(f"/orders/{find(mall, no).order_id}", **query)
    assert answer.status_code == 200
    return answer.json()["order"]


async def test_sub_resources_come_only_when_asked(get, mall):
    plain = await shown(get, mall, 101)
    assert not {"items", "receivers", "buyer", "cancellation"} & set(plain)
    assert "order_status" not in plain
    full = await shown(get, mall, 101, embed=EVERYTHING)
    assert [item["product_name"] for item in full["items"]] == ["소창 와이드 팬츠", "오가닉 코튼 셔츠"]
    assert full["buyer"]["cellphone"] == "010-0000-1001"
    assert full["receivers"][0]["shipping_code"].startswith("D-")
    assert full["cancellation"] == []


async def test_money_is_decimal_text_and_adds_up(get, mall):
    order = await shown(get, mall, 101)
    assert order["initial_order_amount"]["order_price_amount"] == "103000.00"
    assert order["initial_order_amount"]["points_spent_amount"] == "3000.00"
    assert order["payment_amount"] == "100000.00"
    assert order["payment_method"] == ["card", "point"]
    assert order["payment_method_name"] == ["신용카드", "적립금"]


async def test_an_unpaid_order_is_due_and_not_paid(get, mall):
    order = await shown(get, mall, 401)
    assert (order["paid"], order["payment_date"], order["payment_amount"]) == ("F", None, "0.00")
    assert order["initial_order_amount"]["total_amount_due"] == "27000.00"  # 24,000 and the fee of 3,000
    assert order["bank_code_name"] == "국민은행"


@pytest.mark.parametrize(("no", "canceled"), [(101, "F"), (405, "F"), (408, "M"), (410, "T"), (412, "T")])
async def test_canceled_is_all_none_or_partly(get, mall, no, canceled):
    assert (await shown(get, mall, no))["canceled"] == canceled


@pytest.mark.parametrize(("no", "shipping"), [(101, "F"), (103, "M"), (104, "T"), (105, "M"), (406, "F")])
async def test_shipping_status(get, mall, no, shipping):
    assert (await shown(get, mall, no))["shipping_status"] == shipping


@pytest.mark.parametrize(("no", "member_id"), [(208, None), (210, ""), (101, "minji")])
async def test_guests_have_no_member_id_in_one_of_two_ways(get, mall, no, member_id):
    order = await shown(get, mall, no, embed="buyer")
    assert (order["member_id"], order["buyer"]["member_id"]) == (member_id, member_id)


async def test_dates_are_iso_on_orders_and_plain_on_the_item_resource(get, mall):
    """Two forms of the same Korean time."""
    order = await shown(get, mall, 104, embed="items")
    lines = (await get(f"/orders/{order['order_id']}/items")).json()["items"]
    assert order["order_date"] == "2026-11-12T13:05:00+09:00"
    assert order["items"][0]["delivered_date"] == "2026-11-16T14:32:00+09:00"
    assert lines[0]["delivered_date"] == "2026-11-16 14:32:00"
    assert lines[0]["cancel_date"] is None


async def test_a_line_tells_its_carrier_and_tracking_number(get, mall):
    line = (await shown(get, mall, 203, embed="items"))["items"][0]
    assert line["tracking_no"] == "410000002002"
    assert (line["shipping_company_code"], line["shipping_company_name"]) == ("0004", "한진택배")
    assert line["option_value"] == "무늬=매화"
    waiting = (await shown(get, mall, 102, embed="items"))["items"][0]
    assert (waiting["tracking_no"], waiting["shipping_company_id"]) == (None, "0")


async def test_line_amounts_exist_only_under_automatic_calculation(get, mall):
    order = find(mall, 103)
    assert (await shown(get, mall, 103, embed="items"))["items"][1]["payment_amount"] == "30000.00"
    order.line_amounts = False
    assert (await shown(get, mall, 103, embed="items,buyer"))["items"][1]["payment_amount"] is None


async def test_a_claimed_line_keeps_where_it_came_from(get, mall):
    """Requests have no claim code; accepted claims have one, and claim_quantity lies."""
    requested = (await shown(get, mall, 404, embed="items"))["items"][0]
    assert (requested["order_status"], requested["claim_code"]) == ("C00", None)
    assert requested["order_status_before_cs"] == "N20"
    accepted = (await shown(get, mall, 405, embed="items"))["items"][0]
    assert re.fullmatch(r"C\d{8}-\d{7}", accepted["claim_code"])
    assert accepted["claim_quantity"] == 0


async def test_an_exchange_has_a_replacement_line(get, mall):
    order = await shown(get, mall, 403, embed="items,exchange")
    first, replacement = order["items"][:2]
    assert (first["order_status"], replacement["order_status"]) == ("E10", "N01")
    assert first["claim_code"] == replacement["claim_code"] == order["exchange"][0]["claim_code"]
    assert replacement["status_code"] == "N2"
    assert [line["order_item_code"] for line in order["exchange"][0]["exchanged_items"]] == [
        replacement["order_item_code"]
    ]
    assert order["initial_order_amount"]["order_price_amount"] == "71000.00"  # the two lines that were sold


async def test_a_status_that_nobody_knows_is_passed_on(get, mall):
    line = (await shown(get, mall, 316, embed="items"))["items"][0]
    assert (line["order_status"], line["status_text"]) == ("N99", "새벽배송 준비중")


async def test_a_split_delivery_has_several_receivers(get, mall):
    order_id = find(mall, 307).order_id
    receivers = (await get(f"/orders/{order_id}/receivers")).json()["receivers"]
    assert [receiver["name"] for receiver in receivers] == ["강태호", "강순자"]
    code = receivers[1]["shipping_code"]
    narrowed = (await get(f"/orders/{order_id}/receivers", shipping_code=code)).json()["receivers"]
    assert [receiver["name"] for receiver in narrowed] == ["강순자"]


async def test_the_remote_area_surcharge_stands_apart(get, mall):
    order = await shown(get, mall, 211)
    assert order["regional_surcharge_detail"][0]["regional_surcharge_amount"] == "3000.00"
    assert (await shown(get, mall, 101))["regional_surcharge_detail"] == []


async def test_fields_trims_but_keeps_what_was_embedded(get, mall):
    order = await shown(get, mall, 101, fields="order_id,paid", embed="buyer")
    assert set(order) == {"order_id", "paid", "buyer"}


async def test_coupons_of_an_order_carry_their_long_number_as_text(get, mall):
    order_id = find(mall, 106).order_id
    coupon = (await get("/orders/coupons", order_id=order_id)).json()["coupons"][0]
    assert (coupon["coupon_code"], coupon["coupon_value"]) == ("6070000000000000106", "5000.00")
    assert (await get("/orders/coupons")).status_code == 422
    embedded = await shown(get, mall, 106, embed="coupons,refunds,benefits")
    assert embedded["coupons"] == [coupon]
    assert "coupons" not in (await get("/orders", order_id=order_id, embed="coupons")).json()["orders"][0]


@pytest.mark.parametrize(
    "path", ["/orders/20260101-9999999", "/orders/20260101-9999999/items", "/orders/x/receivers"]
)
async def test_an_unknown_order_is_404(get, path):
    assert (await get(path)).status_code == 404


async def test_refunds_need_dates_and_tell_the_gateway_state(get, mall):
    assert (await get("/refunds")).status_code == 422
    window = {"start_date": "2026-09-01", "end_date": "2026-11-21"}
    done = (await get("/refunds", **window)).json()["refunds"]
    assert {refund["status"] for refund in done} == {"T"}  # by default the window is the day of the refund
    order_id = find(mall, 407).order_id
    waiting = (
        await get(
            "/refunds", **window, date_type="accepted_refund_date", order_id=order_id, refund_status="F"
        )
    ).json()["refunds"]
    assert [refund["payment_gateway_cancel_statuses"] for refund in waiting] == [
        [{"payment_method": "card", "cancel_status": "F"}]
    ]
    assert waiting[0]["refund_code"].startswith("C")
    assert (await get("/refunds", **window, limit=501)).status_code == 422


async def test_accepted_claims_can_be_read_by_code(get, mall):
    """The line keeps the buyer's letter for the reason, the claim the seller's."""
    order = await shown(get, mall, 422, embed="items")
    code = order["items"][0]["claim_code"]
    claim = (await get(f"/return/{code}")).json()["return"]
    assert (order["items"][0]["claim_reason_type"], claim["claim_reason_type"]) == ("V", "K")
    assert len(claim["items"]) == 3
    assert (await get(f"/cancellation/{code}")).status_code == 404
