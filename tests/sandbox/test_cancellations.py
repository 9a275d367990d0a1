"""Cancellations by the seller's call: what each status does to lines, claims and money, and what stays."""

from decimal import Decimal

import pytest

from tests.sandbox.claims import find, of, states


@pytest.mark.parametrize(
    ("status", "line", "refund", "cancelled"),
    [("accepted", "C10", None, "F"), ("canceling", "C34", "F", "F"), ("canceled", "C40", "T", "T")],
)
async def test_a_status_takes_the_whole_order_so_far(write, mall, status, line, refund, cancelled):
    order = find(mall, 102)
    answer = await write.cancels(order, status, items=of(order, 1), reason="변심", claim_reason_type="A")
    assert answer.status_code == 201
    done = answer.json()["cancellation"]
    assert done["claim_code"].startswith("C20261121-")
    assert (done["status"], done["items"]) == (status, of(order, 1))
    seen = await write.sees(order)
    assert seen["canceled"] == cancelled
    item = seen["items"][0]
    assert (item["order_status"], item["order_status_before_cs"]) == (line, "N20")
    assert (item["claim_code"], item["claim_reason_type"], item["claim_reason"]) == (
        done["claim_code"],
        "A",
        "변심",
    )
    assert [row["status"] for row in seen["refunds"]] == ([refund] if refund else [])
    claim = seen["cancellation"][0]
    assert (claim["claim_code"], claim["claim_reason"], claim["undone"]) == (done["claim_code"], "변심", "F")
    assert (claim["items"][0]["quantity"], claim["items"][0]["claim_quantity"]) == (1, 0)


async def test_a_cancelled_order_says_so_everywhere(write, mall, get):
    """Order, lines, claim and refund list agree; the money is what was paid, with the points beside it."""
    order = find(mall, 101)
    answer = await write.cancels(order, payment_gateway_cancel="T", refund_method_code=["F"])
    code = answer.json()["cancellation"]["claim_code"]
    seen = await write.sees(order)
    assert (seen["canceled"], seen["cancel_date"]) == ("T", "2026-11-21T14:00:00+09:00")
    assert seen["actual_order_amount"]["payment_amount"] == "0.00"
    assert {item["cancel_date"] for item in seen["items"]} == {"2026-11-21T14:00:00+09:00"}
    claim = (await get(f"/cancellation/{code}")).json()["cancellation"]
    assert claim["refund_amounts"] == [{"payment_method": "card", "amount": seen["payment_amount"]}]
    refunds = (await get("/refunds", start_date="2026-11-21", end_date="2026-11-21")).json()["refunds"]
    row = next(row for row in refunds if row["refund_code"] == code)
    assert (row["actual_refund_amount"], row["used_points"]) == (seen["payment_amount"], "3000.00")
    assert row["payment_gateway_cancel_statuses"] == [{"payment_method": "card", "cancel_status": "T"}]
    lines = (await get(f"/orders/{order.order_id}/items")).json()["items"]
    assert {line["order_status"] for line in lines} == {"C40"}
    (entry,) = mall.refunds
    assert (entry.amount, entry.points, entry.automatic) == (order.payable, Decimal(3000), True)


async def test_without_the_gateway_the_card_is_still_charged(write, mall):
    order = find(mall, 102)
    await write.cancels(order)
    row = (await write.sees(order))["refunds"][0]
    assert (row["status"], row["payment_gateway_cancel_statuses"][0]["cancel_status"]) == ("T", "F")
    assert mall.refunds[0].automatic is False


async def test_one_line_leaves_the_other(write, mall):
    order = find(mall, 101)
    await write.cancels(order, items=of(order, 2), payment_gateway_cancel="T")
    seen = await write.sees(order)
    assert (seen["canceled"], seen["cancel_date"]) == ("M", None)
    assert [item["order_status"] for item in seen["items"]] == ["N10", "C40"]
    assert mall.refunds[0].amount == order.items[1].amount
    assert mall.refunds[0].points == 0


async def test_a_part_of_a_line_gets_a_code_of_its_own(write, mall):
    """ASSUMPTION: the rest keeps the code, the cancelled quantity takes the next one."""
    order = find(mall, 101)
    goods = order.goods_amount
    answer = await write.cancels(order, items=of(order, 2, quantity=1))
    assert answer.json()["cancellation"]["items"] == [
        {"order_item_code": f"{order.order_id}-03", "quantity": 1}
    ]
    lines = (await write.sees(order))["items"]
    assert [(line["order_item_code"][-2:], line["quantity"], line["order_status"]) for line in lines] == [
        ("01", 1, "N10"),
        ("02", 1, "N10"),
        ("03", 1, "C40"),
    ]
    assert lines[2]["original_item_no"] == [2]
    assert order.goods_amount == goods


async def test_after_parts_the_rest_gives_back_exactly_what_is_left(write, mall):
    order = find(mall, 101)
    await write.cancels(order, items=of(order, 2, quantity=1))
    await write.cancels(order, items=of(order, 1))
    await write.cancels(order)
    assert sum(entry.amount for entry in mall.refunds) == order.payable
    assert [entry.points for entry in mall.refunds] == [0, 0, 3000]


async def test_an_unpaid_order_ends_without_money(write, mall):
    order = find(mall, 401)
    assert (await write.cancels(order)).status_code == 201
    assert (states(order), mall.refunds) == (["C49"], [])


async def test_a_request_of_the_buyer_is_taken_up_with_both_reasons(write, mall):
    order = find(mall, 404)
    await write.cancels(order, "accepted", items=of(order, 1), reason="확인했습니다", claim_reason_type="A")
    line = (await write.sees(order))["items"][0]
    assert (line["order_status"], line["order_status_before_cs"]) == ("C10", "N20")
    assert line["claim_reason"] == "확인했습니다 (구매자 주문취소 : 다른 색으로 다시 주문할게요)"


async def test_an_accepted_claim_goes_on_under_its_code(write, mall):
    order = find(mall, 405)
    known = order.claims[0].code
    answer = await write.cancels(order, "canceled", items=of(order, 1))
    assert answer.json()["cancellation"]["claim_code"] == known
    assert (states(order), len(order.claims)) == (["C40", "N20"], 1)


async def test_stock_goes_up_once_when_wanted(write, mall):
    order = find(mall, 102)
    line = order.items[0]
    variant = next(v for v in mall.products[line.product_no].variants if v.variant_code == line.variant_code)
    before = variant.quantity
    code = (await write.cancels(order, "accepted", recover_inventory="T", recover_coupon="T")).json()[
        "cancellation"
    ]["claim_code"]
    await write.advances(order, code, recover_inventory="T")
    assert variant.quantity == before + line.quantity
    assert order.claims[0].restored_coupon is True
    await write.withdraws(order, code)
    assert variant.quantity == before


@pytest.mark.parametrize(("allowed", "status"), [(False, 422), (True, 201)])
async def test_kakaopay_at_the_gateway_is_a_switch(write, mall, allowed, status):
    order = find(mall, 102)
    order.wire["easypay_name"] = "카카오페이"
    mall.kakaopay_gateway_cancel = allowed
    assert (await write.cancels(order, payment_gateway_cancel="T")).status_code == status


@pytest.mark.parametrize("status", ["accepted", "canceling", "canceled"])
async def test_the_second_cancellation_is_refused(write, mall, status):
    order = find(mall, 102)
    assert (await write.cancels(order, status, items=of(order, 1))).status_code == 201
    assert (await write.cancels(order, status, items=of(order, 1))).status_code == 422
    assert len(order.claims) == 1


async def test_writes_want_their_scope_their_order_and_their_envelope(write, mall):
    order = find(mall, 102)
    path, body = f"/orders/{order.order_id}/cancellation", {"request": {"status": "canceled"}}
    assert (await write.send("POST", path, body, frozenset({"mall.read_order"}))).status_code == 403
    assert (await write.send("POST", path, {"requests": [body["request"]]})).status_code == 400
    assert (await write.send("POST", path, body["request"])).status_code == 400
    assert (await write.send("POST", "/orders/20260101-9999999/cancellation", body)).status_code == 404
    order.shop_no = 2
    assert (await write.send("POST", path, body)).status_code == 404
    assert states(order) == ["N20"]


async def test_many_orders_at_once_never_reach_the_gateway(write, mall):
    first, second, shipped = find(mall, 102), find(mall, 208), find(mall, 103)
    both = [
        {"order_id": o.order_id, "status": "canceled", "payment_gateway_cancel": "T"} for o in (first, second)
    ]
    answer = await write.send("POST", "/cancellation", {"requests": both})
    assert answer.status_code == 201
    assert [row["order_id"] for row in answer.json()["cancellation"]] == [first.order_id, second.order_id]
    assert [entry.automatic for entry in mall.refunds] == [False, False]
    refused = await write.send(
        "POST", "/cancellation", {"requests": [{"order_id": shipped.order_id, "status": "canceled"}]}
    )
    assert refused.status_code == 422


async def test_the_answer_cache_outlives_a_write(write, mall, get):
    """The trap stays: within the minute the same URL shows the order as it was."""
    order = find(mall, 102)
    await get("/orders", order_id=order.order_id, embed="items")
    await write.cancels(order)
    stale = (await get("/orders", order_id=order.order_id, embed="items")).json()["orders"][0]
    fresh = (await get("/orders", order_id=order.order_id, embed="items", limit=11)).json()["orders"][0]
    assert (stale["canceled"], fresh["canceled"]) == ("F", "T")
