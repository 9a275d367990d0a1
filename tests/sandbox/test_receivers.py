"""Addresses of the simulated mall: changed one delivery at a time, remembered, and without a word about the fee."""

import pytest

from app.sandbox.cafe24.resources.receivers import NO_CHANGE
from tests.sandbox.claims import find

NEW = {"name": "김민지", "cellphone": "010-0000-1001", "zipcode": "06236", "address1": "테헤란로 100"}


def place(order, nth=0):
    return f"/orders/{order.order_id}/receivers/{order.receivers[nth].shipping_code}"


async def changes(write, path, **fields):
    return await write.send("PUT", path, {"shop_no": 1, "request": fields})


async def test_one_delivery_is_changed_and_the_rest_of_it_stays(write, mall, get):
    order = find(mall, 103)
    fee = order.payable
    answer = await changes(write, place(order), **NEW)
    row = answer.json()["receiver"]
    assert (answer.status_code, row["zipcode"], row["address2"]) == (200, "06236", "한빛빌라 302호")
    assert (row["shipping_message"], row["address_full"]) == (
        "문 앞에 놓아 주세요",
        "테헤란로 100 한빛빌라 302호",
    )
    assert order.payable == fee
    (past,) = (await get(f"/orders/{order.order_id}/receivers/history")).json()["history"]
    assert (past["zipcode"], past["user_name"], past["shipping_code"]) == (
        "04038",
        "정다은",
        order.receivers[0].shipping_code,
    )


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({}, 422, "A mandatory field is missing. (parameter.name)"),
        ({"name": "가" * 21}, 422, "The maximum length is 20. (parameter.name)"),
        ({"zipcode": "1"}, 422, "It is not a valid value. (parameter.zipcode)"),
        ({"address1": "가" * 256}, 422, "The maximum length is 255. (parameter.address1)"),
        ({"zipcode": "04038"}, 409, NO_CHANGE),
    ],
)
async def test_what_is_refused(write, mall, fields, status, text):
    order = find(mall, 102)
    answer = await changes(write, place(order), **fields)
    assert (answer.status_code, answer.json()["error"]["message"]) == (status, text)
    assert order.past_receivers == []


async def test_a_delivery_of_another_order_is_not_found(write, mall):
    own, other = find(mall, 102), find(mall, 103)
    path = f"/orders/{own.order_id}/receivers/{other.receivers[0].shipping_code}"
    assert (await changes(write, path, **NEW)).status_code == 404
    assert (await changes(write, place(own).replace("0000102", "9999999", 1), **NEW)).status_code == 404


async def test_several_deliveries_in_one_call(write, mall):
    order = find(mall, 512)
    rows = [NEW | {"shipping_code": receiver.shipping_code} for receiver in order.receivers]
    path = f"/orders/{order.order_id}/receivers"
    answer = await write.send("PUT", path, {"shop_no": 1, "requests": rows})
    assert [row["zipcode"] for row in answer.json()["receivers"]] == ["06236", "06236"]
    unnamed = await write.send("PUT", path, {"shop_no": 1, "requests": [NEW]})
    assert unnamed.status_code == 422


async def test_memos_are_numbered_and_listed(write, mall, get):
    order = find(mall, 102)
    path = f"/orders/{order.order_id}/memos"
    for text in ("하나", "둘"):
        answer = await write.send("POST", path, {"shop_no": 1, "request": {"content": text, "status": "T"}})
        assert answer.status_code == 201
    found = (await get(path)).json()["memos"]
    assert [(memo["memo_no"], memo["content"]) for memo in found] == [(1, "하나"), (2, "둘")]
    empty = await write.send("POST", path, {"shop_no": 1, "request": {"content": ""}})
    assert empty.status_code == 422
