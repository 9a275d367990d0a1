"""`/주문취소` where the order changes under the customer, or only a part of a line goes (H18, DESIGN §7)."""

from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.world import MALL, Road

from .test_cancel import COMPLETE, failing, in_mall, mall_cancels_as, mall_tells, shop_is_live, wish
from .verbs import on_sqlite, until

pytestmark = on_sqlite  # what differs below the store is shown by the other roads


@pytest.fixture
async def minji(road: Road) -> User:
    await shop_is_live(road, **COMPLETE)
    return road.user("u-minji", "minji")


async def order_of_several(road: Road, user: User) -> dict[str, Any]:
    """A candidate whose first line has three pieces."""
    found = await road.customer_calls(user, "cancel.candidates")
    order = next(o for o in found["orders"] if all(item["selectable"] for item in o["items"]))
    in_mall(road, order["orderId"]).items[0].quantity = 3
    road.clock.forward(minutes=6)  # type: ignore[attr-defined]
    found = await road.customer_calls(user, "cancel.candidates")
    return next(o for o in found["orders"] if o["orderId"] == order["orderId"])


async def test_a_line_that_shrank_makes_the_plan_stale_and_not_the_call_malformed(
    road: Road, minji: User
) -> None:
    """The wish cannot even be previewed again; still the answer is that the order has changed."""
    order = await order_of_several(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    in_mall(road, order["orderId"]).items[0].quantity = 1
    failure = await failing(road, minji, "cancel.confirm", {"planToken": preview["planToken"]})
    assert failure.kind == "planStale"
    assert not in_mall(road, order["orderId"]).claims


@pytest.mark.parametrize(("accepts", "state"), [(True, "done"), (False, "failed")])
async def test_a_request_for_part_of_a_line_waits_for_the_shop(
    road: Road, minji: User, accepts: bool, state: str
) -> None:
    """News of the order that decides nothing ends nothing; the shop's decision does."""
    mall_cancels_as(road, claim_request_auto_accept="F")
    await road.manager_calls("settings.update", {"patch": {"cancel": {"mode": "request"}}})
    order = await order_of_several(road, minji)
    part = [{"orderItemCode": order["items"][0]["orderItemCode"], "quantity": 1}]
    preview = await road.customer_calls(minji, "cancel.preview", wish(order, items=part))
    token = {"planToken": preview["planToken"]}
    receipt = (await road.customer_calls(minji, "cancel.confirm", token))["receipt"]
    assert receipt["state"] == "requested"
    mall = road.world.malls[MALL]

    async def now() -> str:
        road.clock.forward(seconds=66)  # type: ignore[attr-defined]
        found = await road.customer_calls(minji, "receipt.get", {"receiptId": receipt["receiptId"]})
        return str(found["receipt"]["state"])

    news = mall.order_webhook(90024, order["orderId"], road.world.secrets.webhook_key)
    await road.client.post("/cafe24/webhooks", content=news.body, headers=news.headers)
    await road.drain_jobs()
    assert await now() == "requested"
    if accepts:
        await mall_tells(road, mall.accept_request(order["orderId"]))
    else:
        await mall_tells(road, mall.reject_request(order["orderId"]))

    async def settled() -> bool:
        return await now() == state

    await until(settled)


@pytest.mark.parametrize("holder", [" ", "\u200b"])
async def test_a_refund_account_of_nobody_is_refused(road: Road, minji: User, holder: str) -> None:
    order = await order_of_several(road, minji)
    account = {"bankCode": "bank_04", "accountNumber": "110222333", "holder": holder}
    failure = await failing(road, minji, "cancel.preview", wish(order, refundAccount=account))
    assert failure.kind == "invalidParams"
