"""`/주문취소` end to end (H17–H20, H38–H42, H56–H62): a customer of the simulated mall cancels, once."""

from typing import Any

import pytest

from app.sandbox.cafe24.order import Order as MallOrder
from app.sandbox.channel.errors import FunctionFailed
from app.sandbox.channel.people import User
from tests.world import MALL, HandClock, Road

from .verbs import until

LIVE = {"mode": "live", "identity": {"memberHashConfirmed": True}}
COMPLETE = {"cancel": {"mode": "complete", "completeScope": ["N10", "N20", "N21", "N22"]}}


async def shop_is_live(road: Road, **more: Any) -> None:
    await road.manager_calls("settings.update", {"patch": LIVE | more})


def mall_cancels_as(road: Road, **order: Any) -> None:
    """The mall's own settings, set in its back office; we see them when ours are five minutes old."""
    road.world.malls[MALL].settings[1].order.update(order)
    road.clock.forward(minutes=6)  # type: ignore[attr-defined]


async def first_candidate(road: Road, user: User) -> dict[str, Any]:
    found = await road.customer_calls(user, "cancel.candidates")
    return next(o for o in found["orders"] if all(item["selectable"] for item in o["items"]))


def wish(order: dict[str, Any], **more: Any) -> dict[str, Any]:
    items = [{"orderItemCode": i["orderItemCode"], "quantity": i["quantity"]} for i in order["items"]]
    return {"orderId": order["orderId"], "items": items, "reason": {"type": "changeOfMind"}} | more


def in_mall(road: Road, order_id: str) -> MallOrder:
    return road.world.malls[MALL].orders[order_id]


async def failing(road: Road, user: User, method: str, params: dict[str, Any]) -> FunctionFailed:
    with pytest.raises(FunctionFailed) as caught:
        await road.customer_calls(user, method, params)
    return caught.value


@pytest.fixture
async def minji(road: Road) -> User:
    await shop_is_live(road, **COMPLETE)
    return road.user("u-minji", "minji")


async def test_a_whole_order_is_cancelled_and_refunded_once(road: Road, minji: User) -> None:
    """H17, H38: preview says what will happen; confirming twice gives the same receipt and one effect."""
    order = await first_candidate(road, minji)
    road.clock.forward(seconds=61)  # type: ignore[attr-defined]
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    assert preview["decision"]["verdict"] == "allowed"
    assert preview["outcome"] == "complete"
    road.forget_mall_calls()
    first = (await road.customer_calls(minji, "cancel.confirm", {"planToken": preview["planToken"]}))[
        "receipt"
    ]
    assert len(road.mall_calls) <= 3
    again = (await road.customer_calls(minji, "cancel.confirm", {"planToken": preview["planToken"]}))[
        "receipt"
    ]
    assert first["state"] == "done"
    assert again == first
    refunds = [r for r in road.world.malls[MALL].refunds if r.order_id == order["orderId"]]
    assert len(refunds) == 1


async def test_looking_and_previewing_cost_little(road: Road, minji: User) -> None:
    """DESIGN §8, settings warm: candidates one call a window of three months, preview at most two."""
    await road.manager_calls("settings.update", {"patch": {"orders": {"lookbackMonths": 3}}})
    order = await first_candidate(road, minji)
    road.clock.forward(seconds=45)  # type: ignore[attr-defined]
    road.forget_mall_calls()
    await road.customer_calls(minji, "cancel.candidates")
    assert len(road.mall_calls) == 1
    road.forget_mall_calls()
    await road.customer_calls(minji, "cancel.preview", wish(order))
    assert len(road.mall_calls) <= 2


async def test_request_mode_files_a_request(road: Road, minji: User) -> None:
    """H41: every cancel waits for a manager."""
    mall_cancels_as(road, claim_request_auto_accept="F")
    await road.manager_calls("settings.update", {"patch": {"cancel": {"mode": "request"}}})
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    assert preview["outcome"] == "request"
    receipt = (await road.customer_calls(minji, "cancel.confirm", {"planToken": preview["planToken"]}))[
        "receipt"
    ]
    assert receipt["state"] == "requested"
    assert {item.status for item in in_mall(road, order["orderId"]).items} == {"C00"}


async def test_an_answer_that_is_lost_is_reconciled_by_reading(road: Road, minji: User) -> None:
    """The mall took it, and its answer never came: one effect, and the receipt says so in the end."""
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    road.world.malls.faults.inject("timeout_after_effect", path="POST /admin/orders", times=1)
    token = {"planToken": preview["planToken"]}
    receipt = (await road.customer_calls(minji, "cancel.confirm", token))["receipt"]
    for _ in range(5):
        if receipt["state"] == "done":
            break
        assert receipt["state"] == "checking"
        road.clock.forward(seconds=61)  # type: ignore[attr-defined]
        await road.drain_jobs()
        receipt = (await road.customer_calls(minji, "cancel.confirm", token))["receipt"]
    assert receipt["state"] == "done"
    assert len([r for r in road.world.malls[MALL].refunds if r.order_id == order["orderId"]]) == 1


async def test_an_order_that_moved_on_makes_the_plan_stale(road: Road, minji: User) -> None:
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    road.world.malls[MALL].ship(order["orderId"])
    failure = await failing(road, minji, "cancel.confirm", {"planToken": preview["planToken"]})
    assert failure.kind == "planStale"
    assert failure.data["preview"]["decision"]["verdict"] == "blocked"
    assert not [r for r in road.world.malls[MALL].refunds if r.order_id == order["orderId"]]


async def test_trial_mode_lets_everybody_look_and_nobody_confirm(road: Road, minji: User) -> None:
    await road.manager_calls("settings.update", {"patch": {"mode": "trial"}})
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    token = {"planToken": preview["planToken"]}
    assert (await failing(road, minji, "cancel.confirm", token)).kind == "forbidden"
    await road.manager_calls("settings.update", {"patch": {"testMembers": ["minji"]}})
    assert (await road.customer_calls(minji, "cancel.confirm", token))["receipt"]["state"] == "done"


async def test_the_mall_switched_claims_off(road: Road, minji: User) -> None:
    """H56."""
    mall_cancels_as(road, claim_request="F")
    found = await road.customer_calls(minji, "cancel.candidates")
    assert found["orders"] == []
    codes = {finding["code"] for finding in found["why"]["findings"]}
    assert "claims_switched_off" in codes
    decisive = next(f for f in found["why"]["findings"] if f["decisive"])
    assert "주문 후 설정" in decisive["settingPath"]


async def test_a_status_that_is_not_exposed_is_hidden_with_its_why(road: Road, minji: User) -> None:
    """H57."""
    mall_cancels_as(road, claim_request_button_exposure=["cancel_N10"])
    found = await road.customer_calls(minji, "cancel.candidates")
    hidden = {f["code"] for order in found["hidden"] for f in order["decision"]["findings"]}
    assert "status_not_exposed" in hidden


BAD: list[tuple[str, Any]] = [
    (
        "quantity 0",
        lambda o: wish(o, items=[{"orderItemCode": o["items"][0]["orderItemCode"], "quantity": 0}]),
    ),
    (
        "negative",
        lambda o: wish(o, items=[{"orderItemCode": o["items"][0]["orderItemCode"], "quantity": -1}]),
    ),
    (
        "too many",
        lambda o: wish(o, items=[{"orderItemCode": o["items"][0]["orderItemCode"], "quantity": 999}]),
    ),
    (
        "twice",
        lambda o: wish(o, items=[{"orderItemCode": o["items"][0]["orderItemCode"], "quantity": 1}] * 2),
    ),
    (
        "another order's line",
        lambda o: wish(o, items=[{"orderItemCode": "20200101-0000001-01", "quantity": 1}]),
    ),
    ("no lines", lambda o: wish(o, items=[])),
    ("unknown reason", lambda o: wish(o, reason={"type": "because"})),
    (
        "unknown bank",
        lambda o: wish(o, refundAccount={"bankCode": "moon", "accountNumber": "1234567", "holder": "김"}),
    ),
]


@pytest.mark.parametrize(("_case", "made"), BAD)
async def test_bad_wishes_reach_nothing(road: Road, minji: User, _case: str, made: Any) -> None:
    order = await first_candidate(road, minji)
    assert (await failing(road, minji, "cancel.preview", made(order))).kind == "invalidParams"
    assert all(call.method == "GET" for call in road.world.malls[MALL].calls)


@pytest.mark.parametrize("token", ["", "plan.1.x.y.z", "x" * 300])
async def test_a_forged_plan_is_refused(road: Road, minji: User, token: str) -> None:
    kind = (await failing(road, minji, "cancel.confirm", {"planToken": token})).kind
    assert kind in {"notFound", "invalidParams"}


async def test_somebody_elses_plan_and_receipt_are_not_found(road: Road, minji: User) -> None:
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    sora = road.user("u-sora", "sora")
    token = {"planToken": preview["planToken"]}
    assert (await failing(road, sora, "cancel.confirm", token)).kind == "notFound"
    receipt = (await road.customer_calls(minji, "cancel.confirm", token))["receipt"]
    other = await failing(road, sora, "receipt.get", {"receiptId": receipt["receiptId"]})
    assert other.kind == "notFound"
    own = await road.customer_calls(minji, "receipt.get", {"receiptId": receipt["receiptId"]})
    assert own["receipt"] == receipt


async def test_an_undo_window_keeps_the_mall_untouched(road: Road, minji: User, clock: HandClock) -> None:
    await road.manager_calls("settings.update", {"patch": {"cancel": {"undoMinutes": 10}}})
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    receipt = (await road.customer_calls(minji, "cancel.confirm", {"planToken": preview["planToken"]}))[
        "receipt"
    ]
    assert receipt["state"] == "scheduled"
    undone = await road.customer_calls(minji, "cancel.undo", {"receiptId": receipt["receiptId"]})
    assert undone["receipt"]["state"] == "withdrawn"
    clock.forward(minutes=11)
    await road.drain_jobs()
    assert not [r for r in road.world.malls[MALL].refunds if r.order_id == order["orderId"]]


async def test_markup_in_a_reason_goes_as_text_and_comes_back_escaped(road: Road, minji: User) -> None:
    order = await first_candidate(road, minji)
    ugly = wish(order, reason={"type": "other", "text": "<b>{{7*7}}</b> ${x}\u0007"})
    preview = await road.customer_calls(minji, "cancel.preview", ugly)
    await road.customer_calls(minji, "cancel.confirm", {"planToken": preview["planToken"]})
    held = in_mall(road, order["orderId"])
    reasons = " ".join(str(vars(claim) if hasattr(claim, "__dict__") else claim) for claim in held.claims)
    assert "\u0007" not in reasons


async def mall_tells(road: Road, act: Any) -> None:
    """A webhook of what the shop did in its back office, delivered and worked."""
    webhook = road.world.malls[MALL].act_webhook(act, road.world.secrets.webhook_key)
    answer = await road.client.post("/cafe24/webhooks", content=webhook.body, headers=webhook.headers)
    assert answer.status_code == 200
    await road.drain_jobs()


async def customer_requests(road: Road, minji: User) -> tuple[str, str]:
    """A request that lies in the mall: order id and receipt id."""
    mall_cancels_as(road, claim_request_auto_accept="F")
    await road.manager_calls("settings.update", {"patch": {"cancel": {"mode": "request"}}})
    await road.customer_calls(minji, "cancel.open", {"chat": {"type": "userChat", "id": "chat-u-minji"}})
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    receipt = (await road.customer_calls(minji, "cancel.confirm", {"planToken": preview["planToken"]}))[
        "receipt"
    ]
    assert receipt["state"] == "requested"
    await road.drain_jobs()
    road.clock.forward(seconds=66)  # type: ignore[attr-defined]
    return order["orderId"], receipt["receiptId"]


def told(road: Road, receipt_id: str) -> list[str]:
    """The messages about a receipt in minji's chat, by their idempotency ids."""
    messages = road.world.talk.chats["chat-u-minji"].messages
    return [m.request_id for m in messages if (m.request_id or "").startswith(receipt_id)]


@pytest.mark.parametrize(("accepts", "state"), [(True, "done"), (False, "failed")])
async def test_the_shop_decides_later_and_the_customer_is_told_once(
    road: Road, minji: User, accepts: bool, state: str
) -> None:
    """Issue 3 item 9: accepted or rejected in the Cafe24 admin → re-read, receipt settled, one message."""
    order_id, receipt_id = await customer_requests(road, minji)
    mall = road.world.malls[MALL]
    act = mall.accept_request(order_id) if accepts else mall.reject_request(order_id, reason="이미 출고 준비")
    await mall_tells(road, act)

    async def settled() -> bool:
        found = await road.customer_calls(minji, "receipt.get", {"receiptId": receipt_id})
        return found["receipt"]["state"] == state

    await until(settled)
    await mall_tells(road, act)

    async def both_were_told() -> bool:
        return told(road, receipt_id) == [f"{receipt_id}-requested", f"{receipt_id}-{state}"]

    await until(both_were_told)
