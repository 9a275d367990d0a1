"""`commerce` requests: the commands' own preview and confirm, once, whoever repeats them, and never for another."""

import asyncio
from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.scenario.test_exchange_return import defect
from tests.scenario.verbs import guest_enters, refused
from tests.world import MALL, HandClock, Road

from .places import (
    DELIVERED,
    NEXT,
    ONE_LINE,
    ORDERS,
    PREPARING,
    REASON,
    SHIPPED,
    SNAPSHOT,
    acted,
    commerce,
    in_mall,
    official,
    problems,
    refunds,
    requests,
    shop_is_live,
    statuses,
)

ADDRESS = {
    "lastName": "김민지",
    "cellPhoneNumber": "010-1111-2222",
    "zipcode": "06236",
    "address1": "서울특별시 강남구 테헤란로 10",
    "address2": "1203호",
}


@pytest.fixture
async def minji(road: Road) -> User:
    await shop_is_live(road)
    return road.user("u-minji", "minji")


def wish(order_id: str, **more: Any) -> dict[str, Any]:
    return {"orderId": order_id, "reason": REASON} | more


async def test_a_whole_order_is_cancelled_once_however_often_it_is_asked(
    road: Road, minji: User, clock: HandClock
) -> None:
    first = await acted(road, minji, "requestCancelOrder", wish(ONE_LINE))
    assert first == {"success": True}
    assert statuses(road, ONE_LINE) == ["C40"]
    for _ in range(2):
        clock.forward(minutes=4)
        assert await acted(road, minji, "requestCancelOrder", wish(ONE_LINE)) == first
    assert len(refunds(road, ONE_LINE)) == 1
    clock.forward(minutes=11)
    late = await acted(road, minji, "requestCancelOrder", wish(ONE_LINE))
    assert late["success"] is False
    assert late["errorMessage"]
    assert len(refunds(road, ONE_LINE)) == 1


async def test_the_same_request_at_the_same_time_has_one_effect(road: Road, minji: User) -> None:
    answers = await asyncio.gather(
        *(acted(road, minji, "requestCancelOrder", wish(ONE_LINE)) for _ in range(4))
    )
    assert answers.count({"success": True}) >= 1
    assert len(refunds(road, ONE_LINE)) == 1
    assert await acted(road, minji, "requestCancelOrder", wish(ONE_LINE)) == {"success": True}


async def test_a_part_of_an_order(road: Road, minji: User) -> None:
    code = in_mall(road, PREPARING).items[0].code
    given = wish(PREPARING, cancelItems=[{"id": code, "quantity": 1}])
    assert await acted(road, minji, "requestCancelOrder", given) == {"success": True}
    assert statuses(road, PREPARING)[1] == "N10"
    assert statuses(road, PREPARING)[0].startswith("C")


async def test_a_refusal_is_a_sentence_for_the_customer(road: Road, minji: User) -> None:
    said = await acted(road, minji, "requestCancelOrder", wish(SHIPPED))
    assert said["success"] is False
    assert "이미 발송되어" in said["errorMessage"]
    assert set(statuses(road, SHIPPED)) == {"N30"}
    english = await commerce(road, minji, "requestCancelOrder", wish(SHIPPED), language="en")
    assert english["result"]["errorMessage"].isascii()


async def test_trial_and_switches_hold_here_too(road: Road, minji: User) -> None:
    await road.manager_calls("settings.update", {"patch": {"mode": "trial"}})
    said = await acted(road, minji, "requestCancelOrder", wish(ONE_LINE))
    assert said == {
        "success": False,
        "errorMessage": "아직 시험 운영 중이라 지금은 신청할 수 없어요. 상담원에게 문의해 주세요.",
    }
    await road.manager_calls("settings.update", {"patch": {"mode": "live", "commands": {"cancel": False}}})
    assert (await acted(road, minji, "requestCancelOrder", wish(ONE_LINE)))["success"] is False
    await road.manager_calls("settings.update", {"patch": {"commands": {"cancel": True}}})
    assert statuses(road, ONE_LINE) == ["N20"]
    assert (await acted(road, minji, "requestCancelOrder", wish(ONE_LINE)))["success"] is True


async def test_a_member_who_is_not_proven_is_asked_for_the_phone_code(road: Road, minji: User) -> None:
    patch = {"identity": {"memberHashConfirmed": False}}
    await road.manager_calls("settings.update", {"patch": patch})
    said = await acted(road, minji, "requestCancelOrder", wish(ONE_LINE))
    assert said["success"] is False
    assert "/주문취소" in said["errorMessage"]
    assert statuses(road, ONE_LINE) == ["N20"]


async def test_somebody_else_s_order_does_not_exist(road: Road, minji: User) -> None:
    seo = road.user("u-sora", "sora")
    for name, params in {
        "requestCancelOrder": wish(ONE_LINE),
        "requestReturnOrder": wish(DELIVERED, requestPickup=True),
        "changeShippingAddress": {"orderId": ONE_LINE, "newAddress": ADDRESS},
    }.items():
        failed = await refused(commerce(road, seo, name, params))
        none = await refused(commerce(road, seo, name, params | {"orderId": "20261118-9999999"}))
        assert (failed.code, failed.kind, failed.message) == (3, "notFound", none.message)
        claimed = params | {"identifier": {"type": "membership", "value": "minji"}}
        assert (await refused(commerce(road, seo, name, claimed))).kind == "forbidden"
    assert statuses(road, ONE_LINE) == ["N20"]
    assert requests(road, DELIVERED) == []


async def test_a_return_with_a_pickup_is_filed_once(road: Road, minji: User) -> None:
    given = wish(DELIVERED, requestPickup=True)
    asked = await acted(road, minji, "requestReturnOrder", wish(DELIVERED))
    assert (asked["success"], "가져갈지" in asked["errorMessage"]) == (False, True)
    assert await acted(road, minji, "requestReturnOrder", given) == {"success": True}
    assert await acted(road, minji, "requestReturnOrder", given) == {"success": True}
    assert len(requests(road, DELIVERED)) == 1


async def test_a_defect_asks_for_photos_which_only_the_chat_takes(road: Road, minji: User) -> None:
    given = wish(
        DELIVERED,
        reason={"type": "defective"},
        requestPickup=True,
        defectInfo={"description": "금이 갔어요", "imageUrls": ["http://127.0.0.1:1/a.jpg"]},
    )
    said = await acted(road, minji, "requestReturnOrder", given)
    assert said["success"] is False
    assert "/교환반품" in said["errorMessage"]
    assert requests(road, DELIVERED) == []


async def test_an_exchange_for_another_option(road: Road, minji: User) -> None:
    items = (await commerce(road, minji, "getExchangeableItems", {"orderId": SHIPPED}))["exchangeableItems"]
    pouch = next(i for i in items if i["productId"] == "21")
    other = next(v for v in pouch["variants"] if v["options"][0]["value"] == "모란")
    given = wish(
        SHIPPED,
        beforeExchangeItems=[{"id": pouch["id"], "quantity": 1}],
        afterExchangeItems=[{"productId": "21", "variantId": other["id"], "quantity": 1}],
        requestPickup=True,
    )
    foreign = given | {"afterExchangeItems": [{"productId": "11", "variantId": other["id"], "quantity": 1}]}
    assert (await refused(commerce(road, minji, "requestExchangeOrder", foreign))).kind == "invalidParams"
    asked = await acted(road, minji, "requestExchangeOrder", given | {"afterExchangeItems": None})
    assert (asked["success"], "골라" in asked["errorMessage"]) == (False, True)
    assert await acted(road, minji, "requestExchangeOrder", given) == {"success": True}
    assert await acted(road, minji, "requestExchangeOrder", given) == {"success": True}
    assert len(requests(road, SHIPPED)) == 1


async def test_another_address(road: Road, minji: User) -> None:
    given = {"orderId": ONE_LINE, "newAddress": ADDRESS}
    first = await acted(road, minji, "changeShippingAddress", given)
    wrong = await acted(
        road, minji, "changeShippingAddress", given | {"newAddress": ADDRESS | {"zipcode": "1"}}
    )
    assert wrong["success"] is False
    assert wrong["errorMessage"]
    to = in_mall(road, ONE_LINE).receivers[0]
    if first["success"]:
        assert (to.name, to.zipcode) == ("김민지", "06236")
    else:
        assert to.zipcode != "06236"
        assert first["errorMessage"]


async def test_a_manager_accepts_the_return_that_waits_and_nothing_else(road: Road, minji: User) -> None:
    talk = road.world.talk
    context = {
        "caller": {"type": "manager", "id": "mgr-jiwoo"},
        "channel": {"id": talk.channel_id},
        "userChat": {"id": road.chat_ids["u-minji"]},
        "language": "ko",
    }

    async def accepts(**more: Any) -> dict[str, Any]:
        params = {"orderId": DELIVERED} | more
        answer = await talk.endpoint.call(f"{ORDERS}acceptReturnOrder", params, context)
        result: dict[str, Any] = answer["result"]
        return result

    assert (await accepts())["success"] is False
    failed = await refused(commerce(road, minji, "acceptReturnOrder", {"orderId": DELIVERED}))
    assert failed.kind == "forbidden"
    await road.customer_calls(
        minji, "exchangeReturn.open", {"chat": {"type": "userChat", "id": "chat-u-minji"}}
    )
    preview = await road.customer_calls(minji, "exchangeReturn.preview", await defect(road, minji))
    confirmed = await road.customer_calls(
        minji, "exchangeReturn.confirm", {"planToken": preview["planToken"]}
    )
    receipt = confirmed["receipt"]
    assert receipt["state"] == "pending"
    waiting = await commerce(road, minji, "getOrders", {"searchFilter": {"orderId": DELIVERED}})
    assert [c["state"] for c in waiting["orders"][0]["claims"]] == ["pending"]
    other = [{"id": receipt["items"][0]["orderItemCode"], "quantity": 99}]
    assert (await accepts(returnItems=other))["success"] is False
    assert await accepts() == {"success": True}
    assert len(requests(road, DELIVERED)) == 1


@pytest.mark.parametrize(
    "params",
    [
        {"orderId": ONE_LINE, "reason": {"type": "Z"}},
        {"orderId": ONE_LINE, "reason": REASON, "cancelItems": [{"quantity": 1}]},
        {"orderId": ONE_LINE, "reason": REASON, "cancelItems": [{"id": "other-1", "quantity": 1}]},
        {"orderId": ONE_LINE, "reason": REASON, "cancelItems": [{"id": f"{ONE_LINE}-01", "quantity": 0}]},
        {
            "orderId": ONE_LINE,
            "reason": REASON,
            "refundBankAccount": {"bankName": "달나라은행", "accountNo": "123456", "accountHolder": "김민지"},
        },
    ],
)
async def test_bad_input_is_an_error_and_changes_nothing(
    road: Road, minji: User, params: dict[str, Any]
) -> None:
    failed = await refused(commerce(road, minji, "requestCancelOrder", params))
    assert (failed.code, failed.kind) == (2, "invalidParams")
    assert statuses(road, ONE_LINE) == ["N20"]


async def test_a_refund_account_is_asked_for_and_taken_by_its_name(road: Road) -> None:
    await shop_is_live(road)
    guest = road.user("u-guest")
    await guest_enters(road, guest)
    page = await commerce(road, guest, "getOrders", {})
    for order in page["orders"]:
        if order["payment"]["requireRefundBankAccount"] and order["items"][0]["claimability"]["cancelable"]:
            said = await acted(road, guest, "requestCancelOrder", wish(order["id"]))
            assert said["success"] is False
            assert "계좌" in said["errorMessage"] or "이름" in said["errorMessage"]
            return
    assert page["orders"]


async def test_a_mall_that_does_not_answer_is_a_fault_and_no_refusal(road: Road, minji: User) -> None:
    await commerce(road, minji, "getOrders", {})
    road.world.malls.faults.inject("500", times=50)
    failed = await refused(commerce(road, minji, "requestCancelOrder", wish(ONE_LINE)))
    assert failed.kind == "upstreamUnavailable"
    assert road.world.malls[MALL].orders[ONE_LINE].items[0].status == "N20"


@pytest.mark.parametrize("file", [SNAPSHOT, NEXT])
async def test_results_fit_the_official_schemas(road: Road, minji: User, file: str) -> None:
    schema = official(file)[f"{ORDERS}requestCancelOrder"]["outputSchema"]
    for order_id in (SHIPPED, ONE_LINE):
        answer = await commerce(road, minji, "requestCancelOrder", wish(order_id))
        assert problems(schema, answer) == []
