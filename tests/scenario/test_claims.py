"""The queue of claims over the whole road: managers only, and the settings that steer it."""

import pytest

from tests.world import Road

from .verbs import on_sqlite, refused

pytestmark = on_sqlite  # what differs below the store is shown by the other roads

NOWHERE = "00000000-0000-7000-8000-000000000000"


async def test_a_customer_reaches_neither_the_queue_nor_a_decision(road: Road) -> None:
    minji = road.user("u-minji", "minji")
    for method, params in (
        ("claims.pending", {}),
        ("claims.decide", {"pendingId": NOWHERE, "action": "approve"}),
        ("claims.decide", {"pendingId": NOWHERE, "action": "reject", "message": "x"}),
    ):
        failed = await refused(road.customer_calls(minji, method, params))
        assert (failed.code, failed.kind) == (4, "forbidden"), method


async def test_a_manager_reads_an_empty_queue_and_decides_on_nothing(road: Road) -> None:
    assert await road.manager_calls("claims.pending") == {"claims": []}
    assert await road.manager_calls("claims.pending", {"decided": True}) == {"claims": []}
    for id_ in (NOWHERE, "x", "\x00"):
        decide = road.manager_calls("claims.decide", {"pendingId": id_, "action": "approve"})
        assert (await refused(decide)).kind == "notFound"
    reject = road.manager_calls("claims.decide", {"pendingId": NOWHERE, "action": "reject"})
    failed = await refused(reject)
    assert (failed.code, failed.kind) == (2, "invalidParams")
    assert "거절 사유" in failed.message


GOOD = {
    "sellerFault": "request",
    "returnAddress": "  서울 마포구\n월드컵로 1 ",
    "deadlineHours": 720,
    "atDeadline": "handOver",
    "evidenceDays": 1,
    "samePriceOnly": False,
    "autoPickupOff": True,
}


async def test_the_choices_of_exchange_and_return(road: Road) -> None:
    before = (await road.manager_calls("settings.get"))["settings"]
    assert before["exchangeReturn"] == {
        "sellerFault": "pending",
        "deadlineHours": 48,
        "atDeadline": "remind",
        "evidenceDays": 90,
        "samePriceOnly": True,
        "autoPickupOff": False,
    } | ({"returnAddress": None} if "returnAddress" in before["exchangeReturn"] else {})
    assert before["commands"]["exchangeReturn"] is True
    changed = await road.manager_calls("settings.update", {"patch": {"exchangeReturn": GOOD}})
    assert changed["settings"]["exchangeReturn"] == GOOD | {"returnAddress": "서울 마포구 월드컵로 1"}
    back = await road.manager_calls("settings.update", {"patch": {"exchangeReturn": None}})
    assert back["settings"]["exchangeReturn"] == before["exchangeReturn"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sellerFault": "complete"},
        {"deadlineHours": 0},
        {"deadlineHours": 721},
        {"atDeadline": "reject"},
        {"evidenceDays": 0},
        {"returnAddress": "x" * 301},
        {"returnAddress": "서울\x00"},
        {"autoApprove": True},
    ],
    ids=str,
)
async def test_what_cannot_be_chosen(road: Road, wrong: dict[str, object]) -> None:
    failed = await refused(road.manager_calls("settings.update", {"patch": {"exchangeReturn": wrong}}))
    assert (failed.code, failed.kind) == (2, "invalidParams")
