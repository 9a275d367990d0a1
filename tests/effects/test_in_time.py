"""A confirm answers within three seconds, whatever the mall does."""

import time
from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.scenario.conftest import clock, road
from tests.scenario.test_cancel import COMPLETE, failing, first_candidate, shop_is_live, wish
from tests.scenario.verbs import on_sqlite
from tests.world import MALL, Road

__all__ = ["clock", "road"]
pytestmark = on_sqlite


@pytest.fixture
async def stale(road: Road) -> tuple[User, dict[str, Any]]:
    """A customer, and a plan for an order that was shipped meanwhile."""
    await shop_is_live(road, **COMPLETE)
    minji = road.user("u-minji", "minji")
    order = await first_candidate(road, minji)
    preview = await road.customer_calls(minji, "cancel.preview", wish(order))
    road.world.malls[MALL].ship(order["orderId"])
    return minji, {"planToken": preview["planToken"], "orderId": order["orderId"]}


async def test_a_stale_plan_whose_new_preview_is_slow(road: Road, stale: tuple[User, dict[str, Any]]) -> None:
    minji, plan = stale
    faults = road.world.malls.faults
    faults.slow_seconds = 1.6
    faults.inject("slow", path="GET /admin/orders", times=2)
    began = time.monotonic()
    failure = await failing(road, minji, "cancel.confirm", {"planToken": plan["planToken"]})
    assert time.monotonic() - began < 3
    assert failure.kind == "planStale"
    assert failure.data is None


async def test_a_stale_plan_while_the_mall_goes_away(road: Road, stale: tuple[User, dict[str, Any]]) -> None:
    """That the plan is stale is the answer; that it cannot be shown anew is no other one."""
    minji, plan = stale
    kept = {"planToken": plan["planToken"]}
    assert "preview" in (await failing(road, minji, "cancel.confirm", kept)).data
    road.world.malls.faults.inject("503", path="GET /admin/orders", times=5)
    failure = await failing(road, minji, "cancel.confirm", kept)
    assert failure.kind == "planStale"
    assert failure.data is None


async def test_the_screen_of_a_stale_plan_leads_to_another_look(
    road: Road, stale: tuple[User, dict[str, Any]]
) -> None:
    minji, plan = stale
    road.world.malls.faults.slow_seconds = 1.6
    road.world.malls.faults.inject("slow", path="GET /admin/orders", times=2)
    shown = await road.customer_calls(minji, "cancel.screen", {"screen": "confirm", "input": plan})
    assert "다시 확인하기" in shown["html"]
    assert plan["orderId"] in shown["html"]
