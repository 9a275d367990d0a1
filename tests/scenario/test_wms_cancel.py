"""`/주문취소` and `/교환반품` with a warehouse, over the whole road: the simulated mall and Sellmate never disagree
without somebody hearing of it.
"""

import asyncio
from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.world import MALL, Road

from .test_cancel import LIVE, customer_requests, in_mall, mall_cancels_as, mall_tells, wish
from .verbs import on_sqlite, refused, until

pytestmark = on_sqlite
SELLMATE = "POST /external/hanok/orders"


@pytest.fixture
async def minji(road: Road) -> User:
    """With a warehouse the scope of completion is not asked for (H42)."""
    await road.manager_calls("settings.update", {"patch": LIVE | {"cancel": {"mode": "complete"}}})
    await road.world.warehouse.use("sellmate")
    user = road.user("u-minji", "minji")
    await road.customer_calls(user, "cancel.open", {"chat": {"type": "userChat", "id": "chat-u-minji"}})
    return user


async def previewed(road: Road, user: User) -> tuple[str, dict[str, Any]]:
    """A whole order with one kind of goods that the warehouse holds."""
    found = await road.customer_calls(user, "cancel.candidates")
    order = next(o for o in found["orders"] if all(item["selectable"] for item in o["items"]))
    preview = await road.customer_calls(user, "cancel.preview", wish(order))
    return order["orderId"], preview


async def confirmed(road: Road, user: User, preview: dict[str, Any]) -> dict[str, Any]:
    answer = await road.customer_calls(user, "cancel.confirm", {"planToken": preview["planToken"]})
    receipt: dict[str, Any] = answer["receipt"]
    return receipt


async def at_the_end(road: Road, user: User, receipt: dict[str, Any], minutes: int = 5) -> dict[str, Any]:
    """Lets the job come back as often as it likes for a while."""
    for _ in range(minutes * 6):
        await road.drain_jobs()
        road.clock.forward(seconds=10)  # type: ignore[attr-defined]
    again = await road.customer_calls(user, "receipt.get", {"receiptId": receipt["receiptId"]})
    now: dict[str, Any] = again["receipt"]
    return now


def stages(road: Road, order_id: str) -> set[str]:
    return {line.stage for line in road.world.warehouse.depot.parcels[order_id].lines}


def statuses(road: Road, order_id: str) -> set[str]:
    return {item.status for item in in_mall(road, order_id).items}


def notes(road: Road) -> list[str]:
    return [str(m.blocks) for chat in road.world.talk.chats.values() for m in chat.messages if m.private]


async def test_both_cancel_and_the_warehouse_is_asked_first(road: Road, minji: User) -> None:
    order_id, preview = await previewed(road, minji)
    assert (preview["outcome"], preview["decision"]["findings"]) == ("complete", [])
    road.forget_mall_calls()
    receipt = await confirmed(road, minji, preview)
    assert receipt["state"] == "done"
    assert (statuses(road, order_id), stages(road, order_id)) == ({"C40"}, {"cancel_marked"})
    assert len(road.mall_calls) <= 3


async def test_a_printed_label_blocks_the_line_with_its_reason(road: Road, minji: User) -> None:
    order_id, preview = await previewed(road, minji)
    road.world.warehouse.depot.print_label(order_id)
    failed = await refused(road.customer_calls(minji, "cancel.confirm", {"planToken": preview["planToken"]}))
    assert failed.kind == "planStale"
    again = await road.customer_calls(minji, "cancel.candidates")
    assert order_id not in {order["orderId"] for order in again["orders"]} or all(
        not item["selectable"] for o in again["orders"] if o["orderId"] == order_id for item in o["items"]
    )
    assert statuses(road, order_id) != {"C40"}


async def test_a_warehouse_that_is_down_makes_it_a_request_with_a_memo(road: Road, minji: User) -> None:
    road.world.warehouse.faults.inject("503", times=50)
    order_id, preview = await previewed(road, minji)
    codes = {f["code"] for f in preview["decision"]["findings"] if f["decisive"]}
    assert (preview["outcome"], codes) == ("request", {"warehouse_unavailable"})
    receipt = await confirmed(road, minji, preview)
    assert receipt["state"] == "requested"
    assert statuses(road, order_id) == {"C00"}
    assert "출고를 직접 멈춰" in in_mall(road, order_id).memos[-1]["content"]


async def test_a_warehouse_that_cannot_take_a_mark_back_makes_it_a_request(road: Road, minji: User) -> None:
    await road.world.warehouse.use("fassto")
    _, preview = await previewed(road, minji)
    codes = [f["code"] for f in preview["decision"]["findings"] if f["decisive"]]
    assert (preview["outcome"], codes) == ("request", ["warehouse_cannot_stop"])
    findings = (await road.manager_calls("settings.get"))["findings"]
    assert "warehouse_cannot_stop" in {f["code"] for f in findings}


@pytest.mark.parametrize("fault", ["timeout_after_effect", "500"])
async def test_a_mark_whose_answer_is_lost_is_made_once(road: Road, minji: User, fault: str) -> None:
    order_id, preview = await previewed(road, minji)
    road.world.warehouse.faults.inject(fault, path=SELLMATE)
    receipt = await confirmed(road, minji, preview)
    assert (await at_the_end(road, minji, receipt))["state"] == "done"
    assert (statuses(road, order_id), stages(road, order_id)) == ({"C40"}, {"cancel_marked"})
    assert road.world.warehouse.depot.parcels[order_id].marks == [("cancel", "on")]


async def test_a_mall_that_times_out_after_the_effect_is_read_and_not_undone(road: Road, minji: User) -> None:
    order_id, preview = await previewed(road, minji)
    road.world.malls.faults.inject("timeout_after_effect", path="POST /admin/orders")
    receipt = await confirmed(road, minji, preview)
    assert receipt["state"] == "checking"
    assert (await at_the_end(road, minji, receipt))["state"] == "done"
    assert (statuses(road, order_id), stages(road, order_id)) == ({"C40"}, {"cancel_marked"})
    assert len(road.world.malls[MALL].refunds) == 1


@pytest.mark.parametrize("provider", ["sellmate", "fassto"])
async def test_a_request_that_the_shop_accepts_later_stops_the_warehouse(
    road: Road, minji: User, provider: str
) -> None:
    await road.world.warehouse.use(provider)
    order_id, receipt_id = await customer_requests(road, minji)
    assert stages(road, order_id) == {"received"}
    await mall_tells(road, road.world.malls[MALL].accept_request(order_id))
    end = await at_the_end(road, minji, {"receiptId": receipt_id}, minutes=1)
    assert (end["state"], end.get("decision")) == ("done", None)
    assert stages(road, order_id) == {"cancel_marked"}


async def test_an_accepted_request_that_the_warehouse_will_still_ship_reaches_the_team(
    road: Road, minji: User
) -> None:
    order_id, receipt_id = await customer_requests(road, minji)
    road.world.warehouse.depot.print_label(order_id)
    await mall_tells(road, road.world.malls[MALL].accept_request(order_id))
    end = await at_the_end(road, minji, {"receiptId": receipt_id}, minutes=1)
    assert [f["code"] for f in end["decision"]["findings"]] == ["warehouse_still_ships"]
    assert end["state"] == "done"
    assert any(order_id in note and "확인이 필요한 취소" in note for note in notes(road))


async def test_a_mall_that_accepts_at_once_stops_the_warehouse(road: Road, minji: User) -> None:
    """H60: the request is ours, the cancel the mall's."""
    mall_cancels_as(road, claim_request_auto_accept="T", refund_processing_setting="S")
    await road.manager_calls("settings.update", {"patch": {"cancel": {"mode": "request"}}})
    order_id, preview = await previewed(road, minji)
    receipt = await confirmed(road, minji, preview)
    assert receipt["state"] == "done"
    assert stages(road, order_id) == {"cancel_marked"}


async def shipped_while_the_warehouse_is_told(road: Road, user: User, order_id: str, preview: Any) -> Any:
    """The shop ships the order between our word to the warehouse and our call to the mall."""
    warehouse = road.world.warehouse
    warehouse.faults.slow_seconds = 0.5
    warehouse.faults.inject("slow", path=f"{SELLMATE}/")
    confirming = asyncio.create_task(confirmed(road, user, preview))

    async def told() -> bool:
        return any(call.endswith("/cancel") for call in warehouse.sellmate.meeting.calls)

    await until(told)
    road.world.malls[MALL].ship(order_id)
    return await confirming


async def test_a_mall_that_says_no_starts_the_warehouse_again(road: Road, minji: User) -> None:
    order_id, preview = await previewed(road, minji)
    receipt = await shipped_while_the_warehouse_is_told(road, minji, order_id, preview)
    end = await at_the_end(road, minji, receipt, minutes=1)
    assert end["state"] == "failed"
    assert [f["code"] for f in end["decision"]["findings"]] == ["mall_refused"]
    assert stages(road, order_id) == {"received"}
    assert road.world.warehouse.depot.parcels[order_id].marks == [("cancel", "on"), ("cancel", "off")]


async def test_a_warehouse_that_is_away_when_it_should_start_again_reaches_the_team(
    road: Road, minji: User
) -> None:
    order_id, preview = await previewed(road, minji)
    number = road.world.warehouse.depot.parcels[order_id].number
    road.world.warehouse.faults.inject("503", path=f"{SELLMATE}/{number}/restore", times=500)
    receipt = await shipped_while_the_warehouse_is_told(road, minji, order_id, preview)
    end = await at_the_end(road, minji, receipt, minutes=90)
    assert (end["state"], stages(road, order_id)) == ("failed", {"cancel_marked"})
    assert any(order_id in note for note in notes(road))


async def test_a_warehouse_that_comes_back_starts_again(road: Road, minji: User) -> None:
    order_id, preview = await previewed(road, minji)
    number = road.world.warehouse.depot.parcels[order_id].number
    road.world.warehouse.faults.inject("503", path=f"{SELLMATE}/{number}/restore", times=3)
    receipt = await shipped_while_the_warehouse_is_told(road, minji, order_id, preview)
    assert (await at_the_end(road, minji, receipt))["state"] == "failed"
    assert stages(road, order_id) == {"received"}


async def test_a_return_is_marked_after_the_mall_has_it(road: Road, minji: User) -> None:
    """The warehouse is told in a job of its own: while it is away the receipt stands, and the mark follows."""
    order_id = await returned(road, minji, away=2)
    assert stages(road, order_id) == {"return_marked"}
    assert notes(road) == []


async def test_a_warehouse_that_stays_away_hinders_no_return_and_the_team_hears_of_it(
    road: Road, minji: User
) -> None:
    order_id = await returned(road, minji, away=500)
    assert stages(road, order_id) == {"shipped"}
    assert [note for note in notes(road) if order_id in note and "교환·반품을 표시하지 못했습니다" in note]


async def returned(road: Road, user: User, *, away: int) -> str:
    """Collected, packed and shipped by the warehouse, delivered by the mall, and returned in chat."""
    found = await road.customer_calls(user, "cancel.candidates")
    order = next(o for o in found["orders"] if all(i["selectable"] for i in o["items"]))
    order_id: str = order["orderId"]
    depot, mall = road.world.warehouse.depot, road.world.malls[MALL]
    depot.print_label(order_id)
    depot.ship(order_id)
    mall.ship(order_id)
    mall.deliver(order_id)
    road.clock.forward(minutes=2)  # type: ignore[attr-defined]
    items = [{"orderItemCode": i["orderItemCode"], "quantity": i["quantity"]} for i in order["items"]]
    params = {
        "kind": "return",
        "orderId": order_id,
        "items": items,
        "reason": {"type": "changeOfMind"},
        "pickup": {"sameAsOrder": True},
    }
    preview = await road.customer_calls(user, "exchangeReturn.preview", params)
    road.world.warehouse.faults.inject("503", path="POST /external/hanok/orders", times=away)
    receipt = (
        await road.customer_calls(user, "exchangeReturn.confirm", {"planToken": preview["planToken"]})
    )["receipt"]
    assert receipt["state"] == "requested"
    assert (await at_the_end(road, user, receipt, minutes=10))["state"] == "requested"
    return order_id
