"""A signed-in member types /주문목록 (H4, H13–H16): signed request in, orders of the simulated mall out."""

import pytest

from app.sandbox.channel.errors import FunctionFailed
from tests.world import MALL, HandClock, Road

from .verbs import on_sqlite

pytestmark = on_sqlite  # what differs below the store is shown by the other roads


async def failing(road: Road, user: object, method: str, params: dict | None = None) -> FunctionFailed:
    with pytest.raises(FunctionFailed) as caught:
        await road.customer_calls(user, method, params)  # type: ignore[arg-type]
    return caught.value


async def test_five_newest_orders_cost_one_call(road: Road) -> None:
    """H13, DESIGN §8: number, status and products of the latest five; one call when the carriers are warm."""
    minji = road.user("u-minji", "minji")
    await road.customer_calls(minji, "orderList.view")
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    road.forget_mall_calls()
    orders = (await road.customer_calls(minji, "orderList.view"))["orders"]
    assert len(orders) == 5
    assert [o["orderedAt"] for o in orders] == sorted((o["orderedAt"] for o in orders), reverse=True)
    assert all(o["orderId"] and o["statusText"] and o["items"] for o in orders)
    assert road.mall_calls == ["/admin/orders"]


async def test_the_command_opens_the_list_for_a_member(road: Road) -> None:
    """H52: the action of /주문목록 is the WAM of the list."""
    minji = road.user("u-minji", "minji")
    action = await road.customer_calls(
        minji, "orderList.open", {"chat": {"type": "userChat", "id": "chat-u-minji"}}
    )
    assert action["type"] == "wam"
    assert action["attributes"]["name"] == "orderList"
    screen = await road.customer_calls(minji, "orderList.screen", {"screen": "list"})
    assert screen["html"].count('class="card"') == 5


async def test_detail_of_ones_own_order_masks_the_receiver_and_shows_no_ship_date(road: Road) -> None:
    """H15, H16."""
    minji = road.user("u-minji", "minji")
    first = (await road.customer_calls(minji, "orderList.view"))["orders"][0]
    detail = await road.customer_calls(minji, "orderList.detail", {"orderId": first["orderId"]})
    assert detail["order"]["orderId"] == first["orderId"]
    assert "*" in detail["order"]["receiver"]["name"]
    assert "shipDates" not in detail


@pytest.mark.parametrize("order_id", ["19990101-0000001", "someone-elses"])
async def test_a_foreign_order_is_not_found_at_the_same_cost(road: Road, order_id: str) -> None:
    """DESIGN §1.5: absent and somebody else's are the same answer after the same number of calls."""
    mall = road.world.malls[MALL]
    foreign = next(o for o in mall.orders.values() if o.buyer.member_id not in {"minji", None, ""})
    minji = road.user("u-minji", "minji")
    asked = foreign.order_id if order_id == "someone-elses" else order_id
    failure = await failing(road, minji, "orderList.detail", {"orderId": asked})
    assert (failure.code, failure.kind) == (3, "notFound")
    assert road.mall_calls == ["/admin/orders"]


async def test_a_member_without_orders_learns_why(road: Road) -> None:
    """DESIGN §1.2: never "없습니다" without a why."""
    byeol = road.user("u-byeol", "byeol")
    answer = await road.customer_calls(byeol, "orderList.view")
    assert answer["orders"] == []
    (finding,) = answer["why"]["findings"]
    assert finding["code"] == "no_orders_in_lookback"
    assert finding["decisive"] is True
    assert "12개월" in finding["customerText"]


async def test_older_orders_are_found_by_looking_further_back(road: Road) -> None:
    haru = road.user("u-haru", "haru")
    assert (await road.customer_calls(haru, "orderList.view"))["orders"]
    assert road.mall_calls.count("/admin/orders") >= 2


async def test_an_unknown_status_code_is_shown_as_being_checked(road: Road) -> None:
    """DESIGN §1.4."""
    mall = road.world.malls[MALL]
    minji = road.user("u-minji", "minji")
    newest = (await road.customer_calls(minji, "orderList.view"))["orders"][0]["orderId"]
    mall.orders[newest].items[0].status = "Z77"
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    order = (await road.customer_calls(minji, "orderList.view"))["orders"][0]
    assert order["items"][0]["status"] == "unrecognised"
    assert order["items"][0]["statusText"] == "확인 중"


async def test_a_made_up_member_id_is_no_identity(road: Road) -> None:
    """DESIGN §4.5: treated as a guest, who has to prove a phone number."""
    nobody = road.user("u-nobody", "no-such-member")
    assert (await failing(road, nobody, "orderList.view")).kind == "notIdentified"
    opened = await road.customer_calls(nobody, "orderList.open", {"chat": {"type": "userChat", "id": "c"}})
    assert opened["attributes"]["name"] == "identity"


async def test_a_switched_off_command_says_so(road: Road) -> None:
    """H49."""
    await road.manager_calls("settings.update", {"patch": {"commands": {"orderList": False}}})
    minji = road.user("u-minji", "minji")
    failure = await failing(road, minji, "orderList.view")
    assert (failure.kind, failure.data) == ("commandOff", {"settingPath": "commands.orderList"})
    served = await road.manager_calls("extension.command.metadata.getCommands")
    assert "orderList" not in {command["name"] for command in served["commands"]}


async def test_a_slow_mall_is_said_and_nothing_breaks(road: Road, clock: HandClock) -> None:
    minji = road.user("u-minji", "minji")
    road.world.malls.faults.inject("503", times=5)
    assert (await failing(road, minji, "orderList.view")).kind == "upstreamUnavailable"
    road.world.malls.faults.clear()
    clock.forward(seconds=61)
    assert len((await road.customer_calls(minji, "orderList.view"))["orders"]) == 5


async def test_two_orders_with_one_url_are_never_mixed_up_between_customers(road: Road) -> None:
    """DESIGN §1.5: each customer sees only orders that carry their own member id."""
    mall = road.world.malls[MALL]
    for member_id in ("minji", "sora", "haru"):
        user = road.user(f"u-{member_id}", member_id)
        for order in (await road.customer_calls(user, "orderList.view"))["orders"]:
            assert mall.orders[order["orderId"]].buyer.member_id == member_id
