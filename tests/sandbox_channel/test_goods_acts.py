"""카페24 관리자 in the page: returns and exchanges from the request to the end, each with its webhook."""

import pytest

from .world import World


def order_of(world: World, number: int):
    return next(o for o in world.panel.mall.orders.values() if o.order_id.endswith(f"-{number:07d}"))


async def does(world: World, what: str, order) -> dict:
    return await world.post("panel", act="backOffice", do=what, orderId=order.order_id)


@pytest.mark.parametrize(
    ("kind", "words", "steps", "event"),
    [
        ("return", "반품", ["R10", "R34", "R40"], b"90027"),
        ("exchange", "교환", ["E10", "E31", "E40"], b"90028"),
    ],
)
async def test_from_the_request_to_the_end(world: World, kind, words, steps, event):
    order = order_of(world, 502)
    assert "refused" in await does(world, "collect", order)
    world.panel.mall.file_request(order.order_id, kind=kind)
    assert f"{words} 신청을 접수했습니다." in (await does(world, "accept", order))["said"]
    seen = [order.items[0].status]
    for act in ("collect", "complete"):
        assert "HTTP 200" in (await does(world, act, order))["said"]
        seen.append(order.items[0].status)
    assert seen == steps
    assert "refused" in await does(world, "complete", order)
    assert event in world.stub.webhooks[0][1]
    assert len(world.stub.webhooks) == 3


async def test_a_rejected_return_and_a_parcel_that_arrives(world: World):
    order = order_of(world, 504)
    assert "배송" in (await does(world, "deliver", order))["said"]
    assert "refused" in await does(world, "deliver", order)
    world.panel.mall.file_request(order.order_id, kind="return")
    assert "반품 신청을 거절했습니다." in (await does(world, "reject", order))["said"]
    assert order.items[0].status == "R11"


async def test_asking_couriers_automatically_is_a_switch(world: World):
    assert "켰" in (await world.post("panel", act="switch", name="autoPickup", on=True))["said"]
    assert world.panel.mall.auto_pickup is True
    panel = (await world.client.get("/sandbox/api/panel")).json()
    assert panel["switches"]["autoPickup"] is True
