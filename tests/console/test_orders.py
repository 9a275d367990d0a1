"""The page 주문 on the whole road: any order of the shop, masked, with every reason; and nobody else reaches it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenario.verbs import refused
from tests.world import EMPTY_MALL, MALL, HandClock, Road, fresh_database, opened_road

from .on_the_road import Desk, plain

PAGE = "/console/orders"


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with opened_road(fresh_database(tmp_path), HandClock()) as opened:
        yield opened


def order_of(road: Road, member_id: str | None) -> str:
    orders = road.world.malls[MALL].orders.values()
    return next(order.order_id for order in orders if (order.buyer.member_id or None) == member_id)


async def test_a_member_s_order_with_every_reason(road: Road) -> None:
    desk, number = await Desk(road).enters(), order_of(road, "minji")
    road.forget_mall_calls()
    answer = await desk.opens(f"{PAGE}?order=%20{number}%20")
    page = plain(answer.text)
    assert answer.status_code == 200, page
    for words in (
        f"주문 {number}",
        "주문취소",
        "쇼핑몰의 주문 정보",
        "취소·교환·반품 현황",
        "jumun으로 요청한 내역",
    ):
        assert words in page, words
    assert len([path for path in road.mall_calls if path.endswith("/orders")]) == 1
    assert "data-action" not in answer.text


async def test_people_are_masked(road: Road) -> None:
    desk = await Desk(road).enters()
    mall = road.world.malls[MALL]
    for number in [order_of(road, "minji"), order_of(road, None)]:
        page = plain((await desk.opens(f"{PAGE}?order={number}")).text)
        for receiver in mall.orders[number].receivers:
            assert receiver.name not in page
            assert receiver.cellphone not in page


async def test_a_guest_s_order(road: Road) -> None:
    page = plain((await (await Desk(road).enters()).opens(f"{PAGE}?order={order_of(road, None)}")).text)
    assert "주문취소" in page


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("20261118-9999999", 404, "이 쇼핑몰에서 찾지 못했습니다"),
        ("20261118", 422, "숫자 8자리, 하이픈, 숫자 7자리"),
        ("<script>alert(1)</script>", 422, "숫자 8자리"),
        ("２０２６１１１８－９９９９９９９", 404, "찾지 못했습니다"),
        ("", 200, "찾을 주문번호를 입력해 주세요."),
    ],
)
async def test_numbers_that_lead_nowhere(road: Road, typed: str, status: int, words: str) -> None:
    desk = await Desk(road).enters()
    answer = await desk.http.get(PAGE, params={"order": typed})
    assert answer.status_code == status
    assert words in plain(answer.text)
    assert "<script>alert" not in answer.text


async def test_an_order_of_another_shop_of_the_mall_is_not_there(road: Road) -> None:
    number = order_of(road, "minji")
    order = road.world.malls[MALL].orders[number]
    order.shop_no = 2
    answer = await (await Desk(road).enters()).opens(f"{PAGE}?order={number}")
    assert answer.status_code == 404


async def test_an_order_of_another_mall_is_not_there(road: Road) -> None:
    desk = await Desk(road).enters()
    road.world.malls[MALL].orders.clear()
    assert EMPTY_MALL in road.world.malls
    assert (await desk.opens(f"{PAGE}?order=20261118-0000001")).status_code == 404


async def test_a_look_is_written_down_and_a_miss_is_not(road: Road) -> None:
    desk, number = await Desk(road).enters("mgr-doyun"), order_of(road, "minji")
    await desk.opens(f"{PAGE}?order={number}")
    await desk.opens(f"{PAGE}?order=20261118-9999999")
    page = plain((await desk.opens("/console/audit?acts=console")).text)
    assert page.count("주문을 조회했습니다") == 1
    assert "서도윤 매니저" in page
    assert number in page


async def test_a_silent_mall_is_no_crash(road: Road) -> None:
    desk = await Desk(road).enters()
    road.world.malls.faults.inject("503", times=5)
    answer = await desk.opens(f"{PAGE}?order={order_of(road, 'minji')}")
    assert answer.status_code == 503
    assert "카페24의 응답이 늦어지고 있습니다" in plain(answer.text)


async def test_looking_without_end_is_slowed(road: Road) -> None:
    desk = await Desk(road).enters()
    codes = [(await desk.opens(f"{PAGE}?order=20261118-{n:07d}")).status_code for n in range(9_900, 9_931)]
    assert codes == [404] * 30 + [429]


# ── the queue at the desk, and who may not ──────────────────────────────────────────────────────────────────
async def test_the_queue_at_the_desk_needs_no_cookie_and_no_chat(road: Road) -> None:
    answer = await road.manager_calls("claims.screen", {"screen": "list"})
    assert "승인을 기다리는 신청이 없습니다." in plain(answer["html"])
    names = await road.manager_calls("extension.command.metadata.getCommands")
    assert {"name": "claims", "scope": "desk"}.items() <= next(
        command for command in names["commands"] if command["name"] == "claims"
    ).items()
    assert (await road.client.get("/wam/claims")).status_code == 200


@pytest.mark.parametrize("method", ["claims.screen", "claims.pending", "claims.decide", "claims.open"])
async def test_a_customer_never_reaches_a_managers_function(road: Road, method: str) -> None:
    minji = road.user("u-minji", "minji")
    params = {"pendingId": "x", "action": "approve", "screen": "list"}
    failure = await refused(road.customer_calls(minji, method, params))
    assert failure.kind == "forbidden"


async def test_unknown_screens_and_claims_at_the_desk(road: Road) -> None:
    for given in (
        {"screen": "nothing"},
        {"screen": "one", "input": {"pendingId": "x"}},
        {"screen": "approve"},
    ):
        html = (await road.manager_calls("claims.screen", given))["html"]
        assert "찾지 못했" in plain(html), given
