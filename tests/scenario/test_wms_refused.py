"""A return or a cancel that lies in the mall, marked in the simulated Sellmate, and refused by the shop later: the
warehouse goes on as before, or the team reads that somebody has to see to it.
"""

from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.world import MALL, Road

from .test_cancel import mall_tells
from .test_exchange_return import SHIPPED, confirmed, lines_of, minji, statuses, wish
from .test_wms_cancel import at_the_end, notes
from .verbs import on_sqlite

__all__ = ["minji"]
pytestmark = on_sqlite


def lines(road: Road) -> list[Any]:
    return road.world.warehouse.depot.parcels[SHIPPED].lines


@pytest.fixture
async def returned(road: Road, minji: User) -> dict[str, Any]:
    """A vest on its way; the warehouse had collected and shipped both lines."""
    depot = road.world.warehouse.depot
    items = road.world.malls[MALL].orders[SHIPPED].items
    on_their_way = [item.status for item in items]
    for item in items:
        item.status = "N20"
    await road.world.warehouse.use("sellmate")
    assert SHIPPED in depot.parcels
    for item, status in zip(items, on_their_way, strict=True):
        item.status = status
    for line in depot.parcels[SHIPPED].lines:
        line.stage = "shipped"
    vest, _pouches = await lines_of(road, minji, SHIPPED)
    receipt = await confirmed(road, minji, wish(SHIPPED, vest))
    assert receipt["state"] == "requested"
    return receipt


def stages(road: Road) -> list[str]:
    return [line.stage for line in lines(road)]


async def refuses(road: Road, user: User, receipt: dict[str, Any]) -> None:
    await mall_tells(road, road.world.malls[MALL].reject_request(SHIPPED))
    end = await at_the_end(road, user, receipt, minutes=20)
    assert end["state"] == "failed"


def asks_for_a_hand(road: Road) -> list[str]:
    return [note for note in notes(road) if "되돌리지 못했습니다" in note and SHIPPED in note]


@pytest.mark.parametrize("fault", [None, "timeout_after_effect", "500"])
async def test_the_mark_comes_off_once(
    road: Road, minji: User, returned: dict[str, Any], fault: str | None
) -> None:
    await at_the_end(road, minji, returned, minutes=1)
    assert (statuses(road, SHIPPED), stages(road)) == (["R00", "N30"], ["return_marked", "shipped"])
    if fault:
        road.world.warehouse.faults.inject(fault, path="POST /external/hanok/orders")
    await refuses(road, minji, returned)
    assert stages(road) == ["shipped", "shipped"]
    assert road.world.warehouse.depot.parcels[SHIPPED].marks == [("return", "on"), ("return", "off")]
    assert asks_for_a_hand(road) == []


async def test_a_warehouse_that_stays_down_is_left_to_the_team(
    road: Road, minji: User, returned: dict[str, Any]
) -> None:
    await at_the_end(road, minji, returned, minutes=1)
    road.world.warehouse.faults.inject("503", times=500)
    await refuses(road, minji, returned)
    assert stages(road) == ["return_marked", "shipped"]
    assert len(asks_for_a_hand(road)) == 1


async def test_a_refusal_that_comes_before_the_mark_leaves_nothing_to_take_back(
    road: Road, minji: User, returned: dict[str, Any]
) -> None:
    road.world.warehouse.faults.inject("503", times=4)
    await refuses(road, minji, returned)
    # The worker beside us may have been as quick as the shop: then the mark came off again.
    marks = road.world.warehouse.depot.parcels[SHIPPED].marks
    assert (stages(road), marks) in (
        (["shipped", "shipped"], []),
        (["shipped", "shipped"], [("return", "on"), ("return", "off")]),
    )
    assert asks_for_a_hand(road) == []
