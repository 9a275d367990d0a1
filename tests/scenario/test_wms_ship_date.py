"""`/발송예정일` end to end (H11, H16, H27–H31): only with a warehouse, with few questions, never waiting for long."""

from datetime import date, timedelta
from time import monotonic
from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.world import MALL, Road

from .verbs import manager_opens, on_sqlite, refused

pytestmark = on_sqlite
KST_TODAY = date(2026, 11, 20)


@pytest.fixture
def minji(road: Road) -> User:
    return road.user("u-minji", "minji")


async def with_warehouse(road: Road, provider: str = "sellmate") -> None:
    await road.world.warehouse.use(provider)


async def viewed(road: Road, user: User, **params: Any) -> dict[str, Any]:
    seen: dict[str, Any] = await road.customer_calls(user, "shipDate.view", params)
    return seen


def wms_calls(road: Road) -> list[str]:
    return [call for call in road.world.warehouse.sellmate.meeting.calls if not call.endswith("/auth")]


async def test_without_a_warehouse_the_command_is_off_and_no_detail_shows_a_date(
    road: Road, minji: User
) -> None:
    failed = await refused(viewed(road, minji))
    assert failed.kind == "commandOff"
    assert failed.message
    orders = (await road.customer_calls(minji, "orderList.view"))["orders"]
    for order in orders:
        detail = await road.customer_calls(minji, "orderList.detail", {"orderId": order["orderId"]})
        assert "shipDates" not in detail


async def test_five_orders_cost_one_call_to_the_mall_and_two_to_the_warehouse(
    road: Road, minji: User
) -> None:
    await with_warehouse(road)
    grow(road, "minji", 5)
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    await road.customer_calls(minji, "orderList.view")
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    road.forget_mall_calls()
    before = len(wms_calls(road))
    seen = await viewed(road, minji)
    assert len(seen["orders"]) == 5
    assert len(road.mall_calls) <= 1
    assert len(wms_calls(road)) - before <= 2
    groups = [group for order in seen["orders"] for group in order["groups"]]
    assert all(
        date.fromisoformat(g["expectedShipDate"]) >= KST_TODAY for g in groups if "expectedShipDate" in g
    )
    assert any("expectedShipDate" in group for group in groups)


def grow(road: Road, member: str, count: int) -> None:
    """So many orders of a member stand in 배송준비중."""
    orders = [
        o for o in road.world.malls[MALL].orders.values() if o.buyer.member_id == member and o.shop_no == 1
    ]
    newest = sorted(orders, key=lambda order: order.ordered_at, reverse=True)
    assert len(newest) >= count
    for order in newest[:count]:
        for item in order.items:
            item.status = "N20"
        order.ordered_at = max(order.ordered_at, road.clock() - timedelta(days=60))


async def test_a_slow_warehouse_is_cut_and_nothing_is_guessed(road: Road, minji: User) -> None:
    await with_warehouse(road)
    await viewed(road, minji)
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    faults = road.world.warehouse.faults
    faults.slow_seconds = 10
    faults.inject("slow", times=9)
    began = monotonic()
    seen = await viewed(road, minji)
    assert monotonic() - began < 4
    groups = [group for order in seen["orders"] for group in order["groups"]]
    assert groups
    assert all("expectedShipDate" not in group and group["note"] for group in groups)


async def test_a_detail_waits_for_a_slow_warehouse_once(road: Road, minji: User) -> None:
    """Three commands and the dates ask it, side by side."""
    await with_warehouse(road)
    order_id = (await viewed(road, minji))["orders"][0]["orderId"]
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    faults = road.world.warehouse.faults
    faults.slow_seconds = 10
    faults.inject("slow", times=50)
    began = monotonic()
    detail = await road.customer_calls(minji, "orderList.detail", {"orderId": order_id})
    assert monotonic() - began < 4
    assert all("expectedShipDate" not in group for group in detail["shipDates"])
    verdicts = {action["command"]: action["decision"]["verdict"] for action in detail["actions"]}
    assert verdicts["addressChange"] == "needsManager"


@pytest.mark.usefixtures("minji")
async def test_a_diagnosis_of_five_orders_asks_the_warehouse_once_and_waits_once(road: Road) -> None:
    """Three commands say something to each order."""
    await with_warehouse(road)
    grow(road, "minji", 5)
    token = await manager_opens(road, "chat-u-minji")
    asked = {"screen": "list", "chatToken": token}
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    before = len(wms_calls(road))
    await road.manager_calls("why.screen", asked)
    assert len(wms_calls(road)) - before == 1
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    faults = road.world.warehouse.faults
    faults.slow_seconds = 10
    faults.inject("slow", times=50)
    began = monotonic()
    await road.manager_calls("why.screen", asked)
    assert monotonic() - began < 4
    assert len(wms_calls(road)) - before == 2


async def test_a_detail_shows_the_day_and_when_goods_come_back(road: Road, minji: User) -> None:
    await with_warehouse(road)
    order_id = (await viewed(road, minji))["orders"][0]["orderId"]
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    line = road.world.warehouse.depot.parcels[order_id].lines[0]
    road.world.warehouse.depot.stock_of[line.sku] = 0
    back = KST_TODAY + timedelta(days=4)
    road.world.warehouse.depot.restock[line.sku] = back
    detail = await road.customer_calls(minji, "orderList.detail", {"orderId": order_id})
    group = next(
        g for g in detail["shipDates"] if line.code in {item["orderItemCode"] for item in g["items"]}
    )
    item = next(i for i in group["items"] if i["orderItemCode"] == line.code)
    assert item["restockDate"] == back.isoformat()
    assert date.fromisoformat(group["expectedShipDate"]) >= back


async def test_a_warehouse_that_is_down_says_so(road: Road, minji: User) -> None:
    await with_warehouse(road)
    road.world.warehouse.faults.inject("503", times=50)
    seen = await viewed(road, minji)
    assert all("expectedShipDate" not in group for order in seen["orders"] for group in order["groups"])


async def test_a_manager_asks_for_the_customer_of_the_chat(road: Road, minji: User) -> None:
    await with_warehouse(road)
    opened = await road.manager_calls(
        "shipDate.open", {"chat": {"type": "userChat", "id": road.chat_ids[minji.id]}}
    )
    token = opened["attributes"]["wamArgs"]["chatToken"]
    seen = await road.manager_calls("shipDate.view", {"chatToken": token})
    assert seen["orders"]


async def test_removing_the_warehouse_switches_it_off_again(road: Road, minji: User) -> None:
    await with_warehouse(road)
    assert (await viewed(road, minji))["orders"]
    await road.world.warehouse.use("none")
    assert (await refused(viewed(road, minji))).kind == "commandOff"
