"""Exchanges of the simulated mall: new lines, stock of both variants, and never any money."""

import json

import pytest

from app.sandbox.cafe24 import goods_lines
from app.sandbox.cafe24.back_office import ActImpossible
from app.sandbox.cafe24.claim_lines import OPEN_CLAIM
from app.sandbox.cafe24.resources import exchanges, goods_updates
from tests.sandbox.claims import find, of, states

IVORY_M, CHARCOAL_L = "P00000AL000B", "P00000AL000F"


def wanted(variant_code, quantity=1, product_no=11):
    return [{"product_no": product_no, "variant_code": variant_code, "quantity": quantity}]


def shelf(mall, variant_code):
    return next(v for p in mall.products.values() for v in p.variants if v.variant_code == variant_code)


async def test_a_request_has_a_number_and_keeps_what_is_wanted(write, mall):
    order = find(mall, 501)
    answer = await write.asks_back(
        order, "exchange", items=of(order, 1), exchange_items=wanted(IVORY_M), request_pickup=None
    )
    assert answer.status_code == 201
    row = {
        "shop_no": 1,
        "order_id": order.order_id,
        "items": of(order, 1),
        "exchange_request_no": 1,
    }
    assert answer.json() == {"exchangerequests": [row]}
    assert states(order) == ["E00", "N40"]
    again = await write.asks_back(order, "exchange", items=of(order, 2), reason_type="J")
    assert again.json()["exchangerequests"][0]["exchange_request_no"] == 2
    first, second = mall.requests
    assert ([t.variant_code for t in first.targets], first.way_back.fetched) == ([IVORY_M], None)
    assert (second.targets, second.way_back.fetched) == ((), False)
    assert (await write.sees(order))["items"][1]["claim_reason_type"] == "W"


@pytest.mark.parametrize("no", [401, 101, 102, 103, 504, 501])
async def test_before_and_after_shipping(write, mall, no):
    order = find(mall, no)
    assert (await write.asks_back(order, "exchange")).status_code == 201
    assert set(states(order)) == {"E00"}


@pytest.mark.parametrize(
    ("no", "fields", "text"),
    [
        (503, {}, goods_lines.CONFIRMED),
        (403, {}, OPEN_CLAIM),
        (511, {}, goods_lines.OTHER_CHANNEL),
        (
            502,
            {"exchange_items": wanted("P00000XX000A")},
            "The variant does not exist. (parameter.variant_code)",
        ),
        (
            502,
            {"exchange_items": wanted(IVORY_M, product_no=12)},
            "The variant does not exist. (parameter.variant_code)",
        ),
        (
            502,
            {"exchange_items": wanted(IVORY_M, quantity=0)},
            "[quantity] must be a number of at least 1. (parameter.quantity)",
        ),
        (501, {"exchange_items": wanted(IVORY_M)}, "One wanted item is needed for each item."),
    ],
)
async def test_what_cannot_be_requested_is_refused(write, mall, no, fields, text):
    order = find(mall, no)
    before = states(order)
    answer = await write.asks_back(order, "exchange", **fields)
    assert answer.status_code == 422
    assert text in answer.json()["error"]["message"]
    assert (states(order), mall.requests) == (before, [])


async def test_exchanges_are_never_accepted_by_themselves(write, mall):
    mall.settings[1].order["claim_request_auto_accept"] = "T"
    order = find(mall, 502)
    await write.asks_back(order, "exchange")
    assert states(order) == ["E00"]


async def test_from_the_request_to_the_new_parcel(write, mall):
    """E00 → E10 with a new line → E31 → E40; stock moves once each way and no money at all."""
    order, before = find(mall, 501), find(mall, 501).payable
    await write.asks_back(order, "exchange", items=of(order, 1), exchange_items=wanted(CHARCOAL_L))
    accepted = mall.accept_request(order.order_id)
    assert (states(order), accepted.claim_code[0]) == (["E10", "N40", "N01"], "B")
    new = order.items[2]
    assert (new.code, new.variant_code, new.option_value) == (
        f"{order.order_id}-03",
        CHARCOAL_L,
        "색상=차콜, 사이즈=L",
    )
    assert (new.claim_code, new.replacement, new.tracking_no) == (accepted.claim_code, True, None)
    assert (shelf(mall, CHARCOAL_L).quantity, shelf(mall, "P00000AL000E").quantity) == (1, 40)
    collected = mall.collect(order.order_id)
    assert (states(order), shelf(mall, "P00000AL000E").quantity) == (["E31", "N40", "N20"], 41)
    done = mall.complete(order.order_id)
    assert states(order) == ["E40", "N40", "N20"]
    with pytest.raises(ActImpossible):
        mall.complete(order.order_id)
    mall.ship(order.order_id, [new.code], "600000009999")
    mall.deliver(order.order_id, [new.code])
    assert states(order) == ["E40", "N40", "N40"]
    assert (mall.refunds, order.payable) == ([], before)
    events = [json.loads(mall.act_webhook(act, "key").body) for act in (accepted, collected, done)]
    assert [(e["event_no"], e["resource"]["event_code"]) for e in events] == [
        (90028, "exchange_order"),
        (90028, "exchange_ready"),
        (90028, "exchange_order"),
    ]
    claim = (await write.sees(order, "items,exchange"))["exchange"][0]
    assert [line["order_item_code"] for line in claim["exchanged_items"]] == [new.code]


async def test_the_same_by_calls(write, mall):
    order = find(mall, 501)
    await write.asks_back(order, "exchange", items=of(order, 1), exchange_items=wanted(IVORY_M))
    answer = await write.takes_back(order, kind="exchange", same_product="T", items=of(order, 1))
    row = answer.json()["exchange"]
    assert row["items"][0]["exchange_variant_code"] == IVORY_M
    assert row["exchanged_items"] == [
        {"order_item_code": f"{order.order_id}-03", "origin_order_item_code": order.items[0].code}
    ]
    code = row["claim_code"]
    assert (await write.moves(order, code, "exchange", status="processing")).status_code == 200
    assert states(order) == ["E30", "N40", "N10"]
    early = await write.moves(order, code, "exchange", pickup_completed="T")
    assert early.json()["error"]["message"] == goods_updates.STOCK_NOT_SAID
    here = {"pickup_completed": "T", "recover_inventory": "T", "exchanged_after_collected": "T"}
    assert (await write.moves(order, code, "exchange", **here)).json()["exchange"]["status"] == "processing"
    assert states(order) == ["E40", "N40", "N20"]
    assert (await write.moves(order, code, "exchange", **here)).status_code == 422
    assert (shelf(mall, "P00000AL000E").quantity, shelf(mall, IVORY_M).quantity) == (41, 39)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "A mandatory field is missing. (parameter.same_product)"),
        ({"same_product": "F"}, exchanges.NO_TARGET),
        ({"same_product": "T", "chosen": "P00000AM000A"}, exchanges.OTHER_PRODUCT),
    ],
)
async def test_what_cannot_be_accepted(write, mall, fields, text):
    order = find(mall, 501)
    items = of(order, 1)
    if "chosen" in fields:
        items[0]["exchange_variant_code"] = fields.pop("chosen")
    answer = await write.takes_back(order, kind="exchange", items=items, **fields)
    assert answer.status_code == 422
    assert text in answer.json()["error"]["message"]
    assert states(order) == ["N40", "N40"]


async def test_many_only_takes_what_was_requested(write, mall):
    order = find(mall, 502)
    row = {"order_id": order.order_id, "status": "accepted", "same_product": "T"}
    body = {"shop_no": 1, "requests": [row]}
    refused = await write.send("POST", "/exchange", body)
    assert refused.json()["error"]["message"] == exchanges.NOT_REQUESTED
    await write.asks_back(order, "exchange")
    assert (await write.send("POST", "/exchange", body)).status_code == 201
    assert states(order) == ["E10", "N01"]


async def test_one_request_is_rejected_in_either_way(write, mall):
    order = find(mall, 501)
    await write.asks_back(order, "exchange")
    first, second = (item.code for item in order.items)
    request = {"undone": "T", "order_item_code": [first]}
    path = f"/orders/{order.order_id}/exchangerequests"
    answer = await write.send("PUT", path, {"shop_no": 1, "request": request})
    assert answer.json()["exchangerequests"]["order_item_code"] == [first]
    assert (await write.rejects_back(order, second, kind="exchange")).status_code == 200
    assert states(order) == ["E11", "E11"]


async def test_a_withdrawn_exchange_leaves_no_trace_in_stock(write, mall):
    order = find(mall, 501)
    answer = await write.takes_back(order, kind="exchange", same_product="T", items=of(order, 2, quantity=1))
    assert states(order) == ["N40", "N40", "E10", "N01"]
    code = answer.json()["exchange"]["claim_code"]
    await write.moves(order, code, "exchange", pickup_completed="T", recover_inventory="T")
    await write.moves(order, code, "exchange", undone="T")
    assert states(order) == ["N40", "N40", "N40"]
    assert shelf(mall, "P00000AN000F").quantity == 40


async def test_a_replacement_line_cannot_be_claimed_itself(write, mall):
    order = find(mall, 501)
    answer = await write.takes_back(order, "exchanged", kind="exchange", same_product="T", items=of(order, 1))
    (new,) = answer.json()["exchange"]["exchanged_items"]
    mall.ship(order.order_id, [new["order_item_code"]])
    rows = [{"order_item_code": new["order_item_code"], "quantity": 1}]
    for kind in ("return", "exchange"):
        refused = await write.asks_back(order, kind, items=rows)
        assert refused.json()["error"]["message"] == OPEN_CLAIM
