"""Requests of buyers: filed, accepted by the mall itself or by a manager, rejected; and what managers do besides."""

import json

import pytest

from app.sandbox.cafe24 import claim_lines
from app.sandbox.cafe24.back_office import ActImpossible
from tests.sandbox.claims import find, of, states


async def test_a_request_waits_without_a_code(write, mall):
    order = find(mall, 101)
    answer = await write.asks(order, items=of(order, 1), reason="사이즈를 잘못 골랐어요")
    assert answer.status_code == 201
    assert answer.json() == {
        "cancellationrequests": [{"shop_no": 1, "order_id": order.order_id, "items": of(order, 1)}]
    }
    line, other = (await write.sees(order))["items"]
    assert (line["order_status"], line["claim_code"]) == ("C00", None)
    assert (line["order_status_before_cs"], line["claim_reason"]) == ("N10", "사이즈를 잘못 골랐어요")
    assert line["cancel_request_date"] == "2026-11-21T14:00:00+09:00"
    assert other["order_status"] == "N10"
    (entry,) = mall.requests
    assert (entry.order_id, entry.items, entry.outcome) == (
        order.order_id,
        ((line["order_item_code"], 1),),
        "open",
    )


async def test_a_request_for_a_part_cuts_the_line(write, mall):
    order = find(mall, 101)
    await write.asks(order, items=of(order, 2, quantity=1))
    assert [(i.quantity, i.status) for i in order.items] == [(1, "N10"), (1, "N10"), (1, "C00")]


@pytest.mark.parametrize(
    ("no", "together", "lines", "after"),
    [
        (102, "S", None, ["C40"]),
        (102, "D", None, ["C10"]),
        (310, "S", None, ["C40"]),
        (206, "S", None, ["C34"]),
        (301, "S", None, ["C34"]),
        (313, "S", None, ["C34"]),
        (101, "S", (1,), ["C34", "N10"]),
        (101, "D", (1,), ["C10", "N10"]),
    ],
)
async def test_a_mall_that_accepts_by_itself_goes_as_far_as_its_setting(
    write, mall, no, together, lines, after
):
    """Together with the refund a whole order of an automatic method is over at once (취소신청 시 자동환불)."""
    mall.settings[1].order |= {"claim_request_auto_accept": "T", "refund_processing_setting": together}
    order = find(mall, no)
    await write.asks(order, **({"items": of(order, *lines)} if lines else {}))
    assert states(order) == after
    assert mall.requests[0].outcome == "accepted"
    assert mall.requests[0].claim_code == order.claims[0].code
    assert [entry.amount for entry in mall.refunds] == ([order.payable] if after == ["C40"] else [])
    assert all(entry.automatic for entry in mall.refunds)


async def test_whether_api_requests_are_accepted_at_once_is_a_switch(write, mall):
    mall.settings[1].order["claim_request_auto_accept"] = "T"
    mall.api_requests_obey_auto_accept = False
    order = find(mall, 102)
    await write.asks(order)
    assert states(order) == ["C00"]


@pytest.mark.parametrize(
    ("no", "fields", "text"),
    [
        (103, {}, claim_lines.SHIPPED),
        (401, {}, claim_lines.UNPAID),
        (404, {}, claim_lines.OPEN_CLAIM),
        (405, {}, claim_lines.OPEN_CLAIM),
        (406, {}, claim_lines.REFUSED_BEFORE),
        (410, {}, claim_lines.ALREADY_CANCELLED),
        (302, {}, claim_lines.OTHER_CHANNEL),
        (304, {}, claim_lines.OTHER_CHANNEL),
        (102, {"reason": ""}, "A mandatory field is missing. (parameter.reason)"),
        (102, {"reason": "x" * 2001}, "The maximum length is 2000. (parameter.reason)"),
        (102, {"reason_type": None}, "A mandatory field is missing. (parameter.reason_type)"),
        (102, {"reason_type": "E"}, "It is not a valid value. (parameter.reason_type)"),
        (102, {"order_id": None}, "A mandatory field is missing. (parameter.order_id)"),
        (102, {"order_id": "20260101-9999999"}, "The order does not exist. (parameter.order_id)"),
        (
            102,
            {"items": [{"order_item_code": "x", "quantity": 1}]},
            "The item does not exist in this order. (parameter.order_item_code)",
        ),
        (102, {"items": [{"order_item_code": "x"}]}, "A mandatory field is missing. (parameter.quantity)"),
    ],
)
async def test_what_cannot_be_requested_is_refused(write, mall, no, fields, text):
    order = find(mall, no)
    before = states(order)
    answer = await write.asks(order, **fields)
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, text)
    assert (states(order), mall.requests) == (before, [])


async def test_each_object_of_a_call_stands_for_itself(write, mall):
    """Some refused: 207, and every row says which (the shape is an ASSUMPTION)."""
    good, shipped = find(mall, 102), find(mall, 103)
    rows = [{"order_id": o.order_id, "reason_type": "A", "reason": "변심"} for o in (good, shipped, good)]
    answer = await write.send("POST", "/cancellationrequests", {"shop_no": 1, "requests": rows})
    assert answer.status_code == 207
    fine, bad, again = answer.json()["cancellationrequests"]
    assert fine["items"] == of(good, 1)
    assert bad["error"] == {"code": 422, "message": claim_lines.SHIPPED}
    assert again["error"]["message"] == claim_lines.OPEN_CLAIM
    assert len(mall.requests) == 1


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 201), (100, 207), (101, 422)])
async def test_a_call_takes_a_hundred_objects(write, mall, count, status):
    row = {"order_id": find(mall, 102).order_id, "reason_type": "A", "reason": "변심"}
    answer = await write.send("POST", "/cancellationrequests", {"requests": [row] * count})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body", [{"request": {}}, {"requests": {}}, {"requests": "x"}, {"requests": [1]}, {}]
)
async def test_a_wrong_envelope_is_refused(write, body):
    assert (await write.send("POST", "/cancellationrequests", body)).status_code in {400, 422}


@pytest.mark.parametrize(("result", "after"), [("rejected", "C11"), ("previous", "N20")])
async def test_a_rejected_request_leaves_c00(write, mall, result, after):
    mall.reject_result = result
    order = find(mall, 102)
    await write.asks(order)
    code = order.items[0].code
    answer = await write.rejects(order, code, display_reject_reason="T", reject_reason="이미 포장했습니다")
    assert answer.status_code == 200
    row = answer.json()["cancellationrequests"][0]
    assert (row["undone"], row["order_item_code"]) == ("T", [code])
    line = (await write.sees(order))["items"][0]
    assert (line["order_status"], line["request_undone"]) == (after, "Cancellation")
    assert (line["claim_reason"], mall.requests[0].outcome) == ("이미 포장했습니다", "rejected")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"undone": "F"}, "It is not a valid value. (parameter.undone)"),
        ({"undone": None}, "A mandatory field is missing. (parameter.undone)"),
        ({"order_item_code": []}, "A mandatory field is missing. (parameter.order_item_code)"),
        ({"order_item_code": ["x"]}, "The item does not exist in this order. (parameter.order_item_code)"),
        ({}, "The item has no cancellation request."),
    ],
)
async def test_only_a_request_can_be_rejected(write, mall, fields, text):
    order = find(mall, 102)
    answer = await write.rejects(order, order.items[0].code, **fields)
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, text)


async def test_a_naver_request_is_decided_at_naver(write, mall):
    order = find(mall, 303)
    assert (await write.rejects(order, order.items[0].code)).status_code == 422
    assert states(order) == ["C00"]


@pytest.mark.parametrize(("together", "after"), [("S", "C34"), ("D", "C10")])
async def test_a_manager_accepts(write, mall, together, after):
    mall.settings[1].order["refund_processing_setting"] = together
    order = find(mall, 102)
    await write.asks(order)
    act = mall.accept_request(order.order_id)
    assert (states(order), mall.requests[0].claim_code) == ([after], act.claim_code)
    event = json.loads(mall.act_webhook(act, "key").body)
    assert (event["event_no"], event["resource"]["event_code"]) == (90026, "cancel_order")
    assert event["resource"]["order_id"] == order.order_id


async def test_a_manager_accepts_one_line_and_rejects_the_other(write, mall):
    order = find(mall, 101)
    await write.asks(order)
    first, second = (item.code for item in order.items)
    mall.accept_request(order.order_id, [first])
    act = mall.reject_request(order.order_id, [second], "출고했습니다")
    assert states(order) == ["C34", "C11"]
    assert json.loads(mall.act_webhook(act, "key").body)["event_no"] == 90026


async def test_a_manager_sends_the_money_once(mall):
    order = find(mall, 407)
    act = mall.complete_refund(order.order_id, order.claims[0].code)
    assert (states(order), [entry.amount for entry in mall.refunds]) == (["C40"], [order.payable])
    assert json.loads(mall.act_webhook(act, "key").body)["event_no"] == 90029
    with pytest.raises(ActImpossible):
        mall.complete_refund(order.order_id, order.claims[0].code)


async def test_a_manager_ships_before_the_customer_is_done(write, mall):
    order = find(mall, 101)
    act = mall.ship(order.order_id, tracking_no="600000009001")
    line = (await write.sees(order))["items"][0]
    assert (line["order_status"], line["tracking_no"], line["shipping_company_code"]) == (
        "N30",
        "600000009001",
        "0006",
    )
    assert line["shipping_code"] == order.receivers[0].shipping_code
    event = json.loads(mall.act_webhook(act, "key").body)
    assert (event["event_no"], event["resource"]["event_code"]) == (90024, "shipping_start")
    assert (await write.cancels(order)).json()["error"]["message"] == claim_lines.SHIPPED


def test_a_buyer_files_in_the_storefront(mall):
    order = find(mall, 101)
    act = mall.file_request(order.order_id, {order.items[0].code: 1}, "변심")
    assert (states(order), act.claim_code) == (["C00", "N10"], None)
    mall.settings[1].order["claim_request_auto_accept"] = "T"
    act = mall.file_request(order.order_id, {order.items[1].code: 2})
    assert (states(order), act.claim_code) == (["C00", "C34"], order.claims[0].code)


def test_impossible_acts_say_so(mall):
    shipped = find(mall, 103).order_id
    for act in (mall.accept_request, mall.reject_request, mall.ship):
        with pytest.raises(ActImpossible):
            act(shipped)
    with pytest.raises(ActImpossible):
        mall.accept_request(find(mall, 404).order_id, ["x"])
