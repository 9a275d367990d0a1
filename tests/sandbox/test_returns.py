"""Returns of the simulated mall: from the request to the money, which goes back once and at the end only."""

import json
from decimal import Decimal

import pytest

from app.sandbox.cafe24 import goods_lines
from app.sandbox.cafe24.back_office import ActImpossible
from app.sandbox.cafe24.claim_lines import OPEN_CLAIM, REFUSED_BEFORE
from app.sandbox.cafe24.resources import goods_updates
from tests.sandbox.claims import find, of, states

PICKUP = {
    "name": "정가은",
    "cellphone": "010-0000-1011",
    "zipcode": "04524",
    "address1": "서울 중구",
    "address2": "8층",
}


async def test_a_request_waits_without_a_code(write, mall):
    order = find(mall, 501)
    answer = await write.asks_back(
        order,
        items=of(order, 1),
        reason_type="K",
        reason="올이 풀렸어요",
        request_pickup="T",
        pickup=PICKUP,
    )
    assert answer.status_code == 201
    assert answer.json() == {
        "returnrequests": [{"shop_no": 1, "order_id": order.order_id, "items": of(order, 1)}]
    }
    line, other = (await write.sees(order))["items"]
    assert (line["order_status"], line["claim_code"], line["order_status_before_cs"]) == ("R00", None, "N40")
    assert (line["claim_reason_type"], line["claim_reason"]) == ("V", "올이 풀렸어요")
    assert line["return_request_date"] == "2026-11-21T14:00:00+09:00"
    assert other["order_status"] == "N40"
    (entry,) = mall.requests
    assert (entry.kind, entry.reason_type, entry.number) == ("return", "K", None)
    assert (entry.way_back.fetched, entry.way_back.pickup["zipcode"]) == (True, "04524")
    assert mall.refunds == []


async def test_a_part_of_a_line_gets_a_code_of_its_own(write, mall):
    order = find(mall, 501)
    await write.asks_back(order, items=of(order, 2, quantity=1))
    assert [(i.quantity, i.status) for i in order.items] == [(1, "N40"), (1, "N40"), (1, "R00")]
    assert mall.requests[0].items == ((order.items[2].code, 1),)


@pytest.mark.parametrize(
    ("no", "fields", "text"),
    [
        (102, {}, goods_lines.NOT_SHIPPED),
        (401, {}, goods_lines.NOT_SHIPPED),
        (503, {}, goods_lines.CONFIRMED),
        (410, {}, "The item has already been canceled."),
        (513, {}, REFUSED_BEFORE),
        (421, {"items": "all"}, OPEN_CLAIM),
        (511, {}, goods_lines.OTHER_CHANNEL),
        (305, {}, goods_lines.OTHER_CHANNEL),
        (501, {"request_pickup": None}, "A mandatory field is missing. (parameter.request_pickup)"),
        (501, {"request_pickup": "T"}, "A mandatory field is missing. (parameter.pickup)"),
        (
            501,
            {"request_pickup": "T", "pickup": PICKUP | {"address2": ""}},
            "A mandatory field is missing. (parameter.address2)",
        ),
        (501, {"tracking_no": "1" * 41}, "The maximum length is 40. (parameter.tracking_no)"),
        (501, {"reason_type": "B"}, "It is not a valid value. (parameter.reason_type)"),
        (501, {"reason": ""}, "A mandatory field is missing. (parameter.reason)"),
    ],
)
async def test_what_cannot_be_requested_is_refused(write, mall, no, fields, text):
    order = find(mall, no)
    before = states(order)
    if fields.get("items") == "all":
        fields = {"items": of(order, 2)}
    answer = await write.asks_back(order, **fields)
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, text)
    assert (states(order), mall.requests) == (before, [])


async def test_while_couriers_are_asked_automatically_no_request_is_taken(write, mall):
    mall.auto_pickup = True
    order = find(mall, 501)
    for kind in ("return", "exchange"):
        answer = await write.asks_back(order, kind)
        assert (answer.status_code, answer.json()["error"]["message"]) == (422, goods_lines.AUTO_PICKUP)
    assert (states(order), mall.requests) == (["N40", "N40"], [])


@pytest.mark.parametrize(("obeys", "after"), [(True, "R10"), (False, "R00")])
async def test_a_mall_that_accepts_by_itself(write, mall, obeys, after):
    mall.settings[1].order["claim_request_auto_accept"] = "T"
    mall.api_requests_obey_auto_accept = obeys
    order = find(mall, 502)
    await write.asks_back(order)
    assert (states(order), mall.refunds) == ([after], [])


@pytest.mark.parametrize(("result", "after"), [("rejected", "R11"), ("previous", "N40")])
async def test_a_rejected_request(write, mall, result, after):
    mall.reject_result = result
    order = find(mall, 502)
    await write.asks_back(order)
    code = order.items[0].code
    answer = await write.rejects_back(order, code, display_reject_reason="T", reject_reason="세탁한 흔적")
    assert answer.json()["returnrequests"][0]["additional_payment_gateway_cancel"] == {
        "success": [code],
        "fail": None,
    }
    line = (await write.sees(order))["items"][0]
    assert (line["order_status"], line["request_undone"], line["claim_reason"]) == (
        after,
        "Return",
        "세탁한 흔적",
    )
    assert (await write.rejects_back(order, code)).status_code == 422
    again = await write.asks_back(order)
    assert again.status_code == (422 if result == "rejected" else 201)


async def test_from_the_request_to_the_money(write, mall):
    """R00 → R10 → R34 → R40; a manager of the back office goes every step."""
    order, stock = find(mall, 502), mall.products[12].variants[0]
    await write.asks_back(order)
    accepted = mall.accept_request(order.order_id)
    assert (states(order), accepted.claim_code[0], mall.requests[0].outcome) == (["R10"], "C", "accepted")
    collected = mall.collect(order.order_id)
    assert (states(order), stock.quantity, mall.refunds) == (["R34"], 41, [])
    with pytest.raises(ActImpossible):
        mall.collect(order.order_id)
    done = mall.complete(order.order_id)
    assert (states(order), [entry.amount for entry in mall.refunds]) == (["R40"], [Decimal(58000)])
    with pytest.raises(ActImpossible):
        mall.complete(order.order_id)
    events = [json.loads(mall.act_webhook(act, "key").body) for act in (accepted, collected, done)]
    assert [(e["event_no"], e["resource"]["event_code"]) for e in events] == [
        (90027, "return_order"),
        (90027, "return_order_process"),
        (90029, "refund_order"),
    ]
    line = (await write.sees(order))["items"][0]
    assert (line["return_confirmed_date"], line["return_collected_date"]) == (
        "2026-11-21T14:00:00+09:00",
    ) * 2


async def test_the_same_by_calls(write, mall):
    order = find(mall, 502)
    await write.asks_back(order)
    code = (await write.takes_back(order)).json()["return"]["claim_code"]
    assert (await write.moves(order, code, status="processing", pickup_completed="F")).status_code == 200
    assert states(order) == ["R30"]
    early = await write.moves(order, code, pickup_completed="T")
    assert early.json()["error"]["message"] == goods_updates.STOCK_NOT_SAID
    here = await write.moves(order, code, status="processing", pickup_completed="T", recover_inventory="T")
    assert (here.status_code, states(order)) == (200, ["R34"])
    twice = await write.moves(order, code, pickup_completed="T", recover_inventory="T")
    assert twice.json()["error"]["message"] == goods_updates.COLLECTED_BEFORE
    await write.moves(order, code, status="returned")
    assert (states(order), mall.refunds) == (["R41"], [])
    assert (await write.completes(order, code, payment_gateway_cancel="T")).status_code == 200
    assert (states(order), len(mall.refunds)) == (["R40"], 1)
    assert (await write.completes(order, code)).status_code == 422
    assert (await write.moves(order, code, status="returned")).json()["error"][
        "message"
    ] == goods_updates.OVER
    assert len(mall.refunds) == 1
    assert mall.products[12].variants[0].quantity == 41


@pytest.mark.parametrize(("gateway", "automatic"), [("T", True), ("F", False)])
async def test_all_at_once(write, mall, gateway, automatic):
    order = find(mall, 501)
    answer = await write.takes_back(
        order, "returned", payment_gateway_cancel=gateway, recover_inventory="T", items=of(order, 1)
    )
    assert answer.status_code == 201
    assert states(order) == ["R40", "N40"]
    (entry,) = mall.refunds
    assert (entry.amount, entry.automatic) == (Decimal(39000), automatic)
    assert (await write.takes_back(order, "returned", items=of(order, 1))).status_code == 422
    assert len(mall.refunds) == 1


async def test_the_shipping_fee_of_the_way_out_stays(write, mall):
    order = find(mall, 512)
    order.shipping_fee = Decimal(3000)
    await write.takes_back(order, "returned")
    assert mall.refunds[0].amount == order.payable - 3000


async def test_a_withdrawn_return_is_as_if_it_had_never_been(write, mall):
    order = find(mall, 502)
    code = (await write.takes_back(order)).json()["return"]["claim_code"]
    await write.moves(order, code, pickup_completed="T", recover_inventory="T")
    answer = await write.moves(
        order,
        code,
        undone="T",
        recover_inventory="F",
        add_memo_too="F",
        undone_reason_type="A",
        expose_order_detail="F",
    )
    assert (answer.json()["return"]["undone"], states(order)) == ("T", ["N40"])
    assert (mall.products[12].variants[0].quantity, mall.refunds) == (40, [])
    assert (await write.completes(order, code)).status_code == 422
    assert (await write.moves(order, code, status="returned")).json()["error"][
        "message"
    ] == goods_updates.WITHDRAWN


def test_a_buyer_files_in_the_storefront_and_parcels_arrive(mall):
    order = find(mall, 504)
    arrived = mall.deliver(order.order_id)
    assert (states(order), order.items[0].dates["delivered_date"]) == (["N40"], mall.now())
    asked = mall.file_request(order.order_id, reason="변심", kind="return")
    assert (states(order), asked.event_code, arrived.event_code) == (
        ["R00"],
        "return_order_request",
        "shipping_end",
    )
    assert mall.reject_request(order.order_id).event_code == "return_order_request"
    assert states(order) == ["R11"]


async def test_requests_of_two_kinds_are_decided_apart(write, mall):
    order = find(mall, 501)
    await write.asks_back(order, items=of(order, 1))
    await write.asks_back(order, "exchange", items=of(order, 2))
    with pytest.raises(ActImpossible):
        mall.accept_request(order.order_id, [item.code for item in order.items])
    mall.accept_request(order.order_id)
    assert states(order) == ["R10", "E00"]
    mall.reject_request(order.order_id)
    assert states(order) == ["R10", "E11"]
