"""A mark happens once: repeated, at once, its answer lost, its worker killed (WMS.md §4.2)."""

import asyncio

import pytest

from commands.kernel.ports import Unavailable

from .rig import FASSTO, ONE, SELLMATE, SHOP, TWO, Rig, code, codes

BOTH = pytest.mark.parametrize("wms", [SELLMATE, FASSTO], ids=["sellmate", "fassto"])


async def cancel(rig: Rig, key: str = "key-1"):
    return await rig.gateway.mark(SHOP, "cancel", ONE, codes(ONE), "변심", key, whole=True)


def writes(rig: Rig) -> list[str]:
    return [call for call in rig.calls if "cancel" in call]


@BOTH
async def test_the_same_key_answers_what_the_first_did_and_asks_nobody(wms: dict) -> None:
    rig = Rig(wms)
    assert (await cancel(rig)).outcome == "done"
    rig.forget_calls()
    assert (await cancel(rig)).outcome == "done"
    assert rig.calls == []


@BOTH
async def test_at_once_one_call_is_made(wms: dict) -> None:
    rig = Rig(wms)
    rig.faults.slow_seconds = 0.1
    await rig.look.check(rig.connection)
    rig.faults.inject("slow", path="POST /external" if wms is SELLMATE else "PATCH /api")
    outcomes = sorted([r.outcome for r in await asyncio.gather(*(cancel(rig) for _ in range(5)))])
    assert outcomes == ["done", *["unknown"] * 4]
    assert len(writes(rig)) == 1
    assert (await cancel(rig)).outcome == "done"


@BOTH
async def test_a_lost_answer_is_unknown_and_a_repeat_reads_before_it_writes(wms: dict) -> None:
    rig = Rig(wms)
    await rig.gateway.orders(SHOP, [ONE])
    path = "POST /external" if wms is SELLMATE else "PATCH /api"
    rig.faults.inject("timeout_after_effect", path=path)
    assert (await cancel(rig)).outcome == "unknown"
    assert (await cancel(rig)).outcome == "done"
    assert len(writes(rig)) == 1
    assert rig.depot.parcel(ONE).marks == [("cancel", "on")]


async def test_a_lost_answer_without_effect_is_written_at_the_repeat() -> None:
    rig = Rig()
    await rig.gateway.orders(SHOP, [ONE])
    rig.faults.inject("500", path="POST /external")
    assert (await cancel(rig)).outcome == "unknown"
    assert rig.depot.parcel(ONE).marks == []
    assert (await cancel(rig)).outcome == "done"
    assert len(writes(rig)) == 2


async def test_a_slow_write_is_cut_and_unknown() -> None:
    rig = Rig(write_seconds=0.2)
    await rig.gateway.orders(SHOP, [ONE])
    rig.faults.slow_seconds = 5
    rig.faults.inject("slow", path="POST /external")
    assert (await cancel(rig)).outcome == "unknown"
    assert rig.statuses[-1] == ("sellmate", "none")


async def test_a_refusal_stays_one_even_if_it_would_go_well_now() -> None:
    rig = Rig()
    rig.depot.print_label(ONE)
    assert (await cancel(rig)).message == "label_printed"
    for line in rig.depot.parcel(ONE).lines:
        line.stage = "received"
    rig.depot.parcel(ONE).tracking = ""
    assert (await cancel(rig)).message == "label_printed"
    assert (await cancel(rig, "key-2")).outcome == "done"


async def test_a_key_of_another_request_does_nothing() -> None:
    rig = Rig()
    assert (await cancel(rig)).outcome == "done"
    other = await rig.gateway.mark(SHOP, "cancel", TWO, codes(TWO), "변심", "key-1")
    assert (other.outcome, other.message) == ("refused", "key_of_another_request")
    part = await rig.gateway.mark(SHOP, "cancel", ONE, [code(ONE)], "변심", "key-1")
    assert part.message == "key_of_another_request"
    assert rig.depot.parcel(TWO).marks == []


async def test_a_worker_that_died_in_the_call_leaves_it_to_the_next_after_a_while() -> None:
    rig = Rig()
    await rig.gateway.orders(SHOP, [ONE])
    rig.faults.slow_seconds = 30
    rig.faults.inject("slow", path="POST /external")
    dying = asyncio.create_task(cancel(rig))
    await asyncio.sleep(0.1)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert (await cancel(rig)).message == "under_way"
    rig.clock.forward(seconds=21)
    assert (await cancel(rig)).outcome == "done"
    assert rig.depot.parcel(ONE).marks == [("cancel", "on")]


async def test_what_surely_had_no_effect_is_unavailable_and_may_be_asked_again() -> None:
    rig = Rig()
    rig.faults.inject("429", path="/external/hanok/orders", times=9)
    with pytest.raises(Unavailable):
        await cancel(rig)
    assert rig.book.rows == {}
    rig.faults.clear()
    assert (await cancel(rig)).outcome == "done"


async def test_a_write_is_never_repeated_by_itself() -> None:
    rig = Rig()
    await rig.gateway.orders(SHOP, [ONE])
    rig.faults.inject("503", path="POST /external", times=5)
    assert (await cancel(rig)).outcome == "unknown"
    assert len(writes(rig)) == 1


async def test_after_a_mark_the_order_is_read_anew() -> None:
    rig = Rig()
    before = await rig.gateway.orders(SHOP, [ONE])
    await cancel(rig)
    after = await rig.gateway.orders(SHOP, [ONE])
    assert before[ONE].items[0].stage != after[ONE].items[0].stage
