"""Changing an address: the whole set of fields once, "already so" is no failure, and reading tells after silence."""

import json
from dataclasses import replace

import httpx
import pytest

from app.cafe24.receivers import LONGEST_MEMO, Cafe24Receivers
from app.errors import OutcomeUnknown, Rejected, Unauthorized, Unavailable
from commands.kernel import ports as kernel
from commands.kernel.order import OrderId
from commands.kernel.who import Member
from tests.cafe24.doubles import HANOK, scripted, simulated
from tests.cafe24.exchanges import AT_HOME, OFFICE

MINJI = Member("minji")
ORDER = OrderId("20261119-0000102")
SHIPMENT = f"D-{ORDER}-00"


def receivers(rig):
    return Cafe24Receivers(rig.client, rig.orders)


def error(status, message="no"):
    return httpx.Response(status, json={"error": {"code": status, "message": message}})


async def test_every_field_is_sent_so_that_nothing_of_the_old_place_stays():
    rig, pages = scripted(httpx.Response(200, json={"receiver": {}}))
    given = replace(OFFICE, cellphone="+821000001001", phone="02-000-0000", message="문\n앞")
    await receivers(rig).change(HANOK, ORDER, SHIPMENT, given)
    (request,) = pages.requests
    assert (request.method, request.url.path) == (
        "PUT",
        f"/api/v2/admin/orders/{ORDER}/receivers/{SHIPMENT}",
    )
    assert json.loads(request.read())["request"] == {
        "name": "김민지",
        "phone": "02-000-0000",
        "cellphone": "010-0000-1001",
        "zipcode": "06236",
        "address1": "서울특별시 강남구 테헤란로 100",
        "address2": "12층",
        "shipping_message": "문 앞",
        "change_default_shipping_address": "F",
    }


@pytest.mark.parametrize(("order", "shipment"), [("x", SHIPMENT), (ORDER, ""), (f"{ORDER}/../1", SHIPMENT)])
async def test_a_change_that_might_mean_another_order_or_all_shipments_is_never_sent(order, shipment):
    rig, pages = scripted()
    with pytest.raises(ValueError, match="names one"):
        await receivers(rig).change(HANOK, OrderId(order), shipment, OFFICE)
    assert pages.requests == []


@pytest.mark.parametrize(
    ("_case", "answers", "raised", "sent_times"),
    [
        ("422", [error(422)], Rejected, 1),
        ("404", [error(404)], Rejected, 1),
        ("403 scope", [error(403, "insufficient_scope")], Unauthorized, 1),
        ("504", [httpx.Response(504)], OutcomeUnknown, 1),
        ("no answer", [httpx.ReadTimeout("slow")], OutcomeUnknown, 1),
        ("429 twice", [error(429), error(429)], Unavailable, 2),
        ("never connected", [httpx.ConnectError("no"), httpx.ConnectError("no")], Unavailable, 2),
    ],
)
async def test_what_went_wrong(_case, answers, raised, sent_times):
    rig, pages = scripted(*answers)
    with pytest.raises(raised) as failed:
        await receivers(rig).change(HANOK, ORDER, SHIPMENT, OFFICE)
    assert isinstance(failed.value, (kernel.Unavailable, kernel.MallRefused, kernel.OutcomeUnknown))
    assert (len(pages.requests), pages.answers) == (sent_times, [])
    assert "테헤란로" not in str(failed.value)


async def test_a_memo_that_is_already_so_is_unclear_but_an_address_is_not():
    rig, _ = scripted(error(409), error(409))
    await receivers(rig).change(HANOK, ORDER, SHIPMENT, OFFICE)
    with pytest.raises(OutcomeUnknown):
        await receivers(rig).note(HANOK, ORDER, "메모")


async def test_a_changed_address_is_read_back_at_once_and_the_old_one_is_kept():
    rig = simulated()
    before = await rig.orders.one(HANOK, MINJI, ORDER)
    await receivers(rig).change(HANOK, ORDER, SHIPMENT, OFFICE)
    after = await rig.orders.one(HANOK, MINJI, ORDER)
    assert (before.receivers[0].zipcode, after.receivers[0].zipcode) == ("04038", "06236")
    assert (after.receivers[0].message, after.receivers[0].shipment_code) == (OFFICE.message, SHIPMENT)
    assert after.total == before.total
    order = rig.mall.orders[ORDER]
    assert [row["zipcode"] for row in order.past_receivers] == ["04038"]
    await receivers(rig).change(HANOK, ORDER, SHIPMENT, OFFICE)
    await receivers(rig).change(HANOK, ORDER, SHIPMENT, AT_HOME)
    assert [row["zipcode"] for row in order.past_receivers] == ["04038", "06236"]
    assert (await rig.orders.one(HANOK, MINJI, ORDER)).receivers[0] == before.receivers[0]


async def test_each_shipment_is_changed_by_itself():
    rig = simulated()
    order = next(o for o in rig.mall.orders.values() if o.order_id.endswith("0000512"))
    await receivers(rig).change(HANOK, order.order_id, order.receivers[1].shipping_code, OFFICE)
    assert [receiver.zipcode for receiver in order.receivers] == ["16514", "06236"]


@pytest.mark.parametrize("fault", ["timeout_after_effect", "500"])
async def test_after_an_unclear_answer_reading_tells(fault):
    rig = simulated()
    rig.malls.faults.inject(fault, path="PUT /admin/orders/")
    with pytest.raises(OutcomeUnknown):
        await receivers(rig).change(HANOK, ORDER, SHIPMENT, OFFICE)
    assert [call.method for call in rig.mall.calls] == ["PUT"]
    zipcode = (await rig.orders.one(HANOK, MINJI, ORDER)).receivers[0].zipcode
    assert zipcode == ("06236" if fault == "timeout_after_effect" else "04038")


async def test_a_memo_is_cut_to_what_the_mall_takes():
    rig = simulated()
    await receivers(rig).note(HANOK, ORDER, "배송지를\n바꾸었습니다 " + "가" * 2000)
    (memo,) = rig.mall.orders[ORDER].memos
    assert memo["content"].startswith("배송지를 바꾸었습니다 가")
    assert (len(memo["content"]), memo["topic_type"], memo["status"]) == (LONGEST_MEMO, "cs_01", "T")
