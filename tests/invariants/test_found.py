"""The smallest stories that led the machine to a fault, kept."""

from typing import Any

import pytest

from app.sandbox.channel.people import User
from tests.scenario.conftest import clock, road
from tests.scenario.test_cancel import LIVE, mall_cancels_as, mall_tells
from tests.scenario.verbs import on_sqlite, until
from tests.world import MALL, HandClock, Road

__all__ = ["clock", "road"]
ORDER, LINE = "20261117-0000314", "20261117-0000314-01"
"""Three pieces of one line."""


@pytest.fixture
async def taeho(road: Road) -> User:
    await road.manager_calls("settings.update", {"patch": LIVE | {"cancel": {"mode": "request"}}})
    mall_cancels_as(road, claim_request_auto_accept="F")
    return road.user("u-taeho", "taeho")


async def confirms(road: Road, user: User, pieces: int) -> dict[str, Any]:
    """The receipt."""
    road.clock.forward(seconds=66)  # type: ignore[attr-defined]
    wanted: dict[str, Any] = {
        "orderId": ORDER,
        "items": [{"orderItemCode": LINE, "quantity": pieces}],
        "reason": {"type": "changeOfMind"},
    }
    preview = await road.customer_calls(user, "cancel.preview", wanted)
    answer = await road.customer_calls(user, "cancel.confirm", {"planToken": preview["planToken"]})
    return dict(answer["receipt"])


async def asks_for(road: Road, user: User, pieces: int) -> str:
    """The id of the receipt of a request."""
    receipt = await confirms(road, user, pieces)
    assert receipt["state"] == "requested"
    return str(receipt["receiptId"])


async def become(road: Road, user: User, wanted: dict[str, str]) -> None:
    """Receipts by their states, once the jobs are through."""

    async def found() -> dict[str, str]:
        answers = [await road.customer_calls(user, "receipt.get", {"receiptId": one}) for one in wanted]
        return {answer["receipt"]["receiptId"]: answer["receipt"]["state"] for answer in answers}

    async def settled() -> bool:
        await road.drain_jobs()
        return await found() == wanted

    await until(settled)


@on_sqlite
@pytest.mark.parametrize(("_case", "second"), [("another piece", 1), ("all that is left", 2)])
async def test_what_is_asked_for_later_decides_nothing_about_a_piece(
    road: Road, taeho: User, clock: HandClock, _case: str, second: int
) -> None:
    """The shop accepted a piece of a line; its news comes when more of the line has been asked for."""
    mall = road.world.malls[MALL]
    first = await asks_for(road, taeho, 1)
    accepted = mall.accept_request(ORDER)
    later = await asks_for(road, taeho, second)
    clock.forward(seconds=66)
    await mall_tells(road, accepted)
    await become(road, taeho, {first: "done", later: "requested"})
    clock.forward(seconds=66)
    await mall_tells(road, mall.reject_request(ORDER))
    await become(road, taeho, {first: "done", later: "failed"})


@on_sqlite
@pytest.mark.parametrize(
    ("_case", "fault"), [("answered", None), ("the answer is lost", "timeout_after_effect")]
)
async def test_part_of_a_line_that_the_mall_accepts_at_once_is_done(
    road: Road, taeho: User, _case: str, fault: str | None
) -> None:
    """The accepted piece stands on a line of its own: read-back looked at what was left, and waited for the shop for
    ever, since its news had come before the receipt was a request.
    """
    mall_cancels_as(road, claim_request_auto_accept="T")
    if fault:
        road.world.malls.faults.inject(fault, path="POST /admin/", times=1)
    receipt = await confirms(road, taeho, 1)
    road.clock.forward(seconds=66)  # type: ignore[attr-defined]
    await become(road, taeho, {receipt["receiptId"]: "done"})
    found = await road.customer_calls(taeho, "receipt.get", {"receiptId": receipt["receiptId"]})
    (claim,) = road.world.malls[MALL].orders[ORDER].claims
    assert found["receipt"]["claimCode"] == claim.code


@on_sqlite
async def test_news_that_meet_a_mall_that_is_away_are_not_lost(road: Road, taeho: User) -> None:
    """The shop rejected a request; while its news were worked, the mall did not answer."""
    mall = road.world.malls[MALL]
    receipt = await asks_for(road, taeho, 3)
    rejected = mall.reject_request(ORDER)
    road.world.malls.faults.inject("500", path="GET /admin/orders", times=9)
    road.clock.forward(seconds=66)  # type: ignore[attr-defined]
    await mall_tells(road, rejected)
    await become(road, taeho, {receipt: "requested"})
    for _ in range(4):
        road.clock.forward(seconds=30)  # type: ignore[attr-defined]
        await road.drain_jobs()
    await become(road, taeho, {receipt: "failed"})


@on_sqlite
async def test_a_request_whose_answer_was_lost_and_that_the_shop_refused_is_a_refused_request(
    road: Road, taeho: User
) -> None:
    """Read-back took it for a plan that had gone stale: nothing asked for, look again."""
    mall = road.world.malls[MALL]
    road.world.malls.faults.inject("timeout_after_effect", path="POST /admin/", times=1)
    receipt = await confirms(road, taeho, 3)
    assert receipt["state"] == "checking"
    mall.reject_request(ORDER)
    calls = len(mall.calls)
    for _ in range(6):
        road.clock.forward(hours=6)  # type: ignore[attr-defined]
        await road.drain_jobs()
    await become(road, taeho, {receipt["receiptId"]: "failed"})
    written = [call.path for call in mall.calls[calls:] if call.method != "GET" and "/admin/" in call.path]
    assert written == []
    found = await road.customer_calls(taeho, "receipt.get", {"receiptId": receipt["receiptId"]})
    (finding,) = found["receipt"]["decision"]["findings"]
    assert finding["code"] == "request_rejected"
