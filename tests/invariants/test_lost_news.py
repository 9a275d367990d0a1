"""A webhook that never came, over the whole road: the slow sweep finds the shop's decision with one call."""

import pytest

from app.sandbox.channel.people import User
from tests.scenario.conftest import clock, road
from tests.scenario.verbs import on_sqlite
from tests.world import MALL, Road

from .test_found import ORDER, asks_for, become, taeho

__all__ = ["clock", "road", "taeho"]


@on_sqlite
@pytest.mark.parametrize(("accepts", "state"), [(True, "done"), (False, "failed")])
async def test_a_lost_delivery(road: Road, taeho: User, *, accepts: bool, state: str) -> None:
    mall = road.world.malls[MALL]
    receipt = await asks_for(road, taeho, 1)
    _never_sent = mall.accept_request(ORDER) if accepts else mall.reject_request(ORDER)
    road.clock.forward(hours=22)  # type: ignore[attr-defined]
    await become(road, taeho, {receipt: "requested"})
    road.forget_mall_calls()
    road.clock.forward(hours=3)  # type: ignore[attr-defined]
    await become(road, taeho, {receipt: state})
    assert [path for path in road.mall_calls if "orders" in path] == ["/admin/orders"]
