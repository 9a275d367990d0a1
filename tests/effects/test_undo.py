"""Second thoughts: until the window closes nothing reaches the mall, and then only one of the two wins."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest

from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import ReceiptState, StalePlan

from .given import MANAGER, SUJIN


@pytest.fixture
async def scheduled(process):
    process.undo = 5
    receipt = await process.confirms(await process.plans("o1"))
    assert receipt.state is ReceiptState.SCHEDULED
    assert receipt.undo_until == process.clock() + timedelta(minutes=5)
    return receipt


async def too_late(process, receipt):
    with pytest.raises(Failure) as caught:
        await process.keeper.undo(process.ask(), receipt.receipt_id)
    assert caught.value.type is FailureType.TOO_LATE


async def test_nothing_reaches_the_mall_before_the_window_closes(process, scheduled, clock, mall, talk):
    await process.works(5, seconds=59)
    assert (mall.reads, mall.effects("o1"), talk.texts()) == (0, [], [])
    clock.pass_(seconds=5)
    await process.works(2)
    done = await process.keeper.receipt(process.ask(), scheduled.receipt_id)
    assert (done.state, len(mall.effects("o1"))) == (ReceiptState.DONE, 1)
    assert talk.texts() == ["취소했어요 o1 C-o1"]
    await too_late(process, scheduled)


@pytest.mark.parametrize("caller", [{}, {"caller": MANAGER}], ids=["customer", "manager"])
async def test_taken_back(process, scheduled, clock, mall, talk, caller):
    undone = await process.keeper.undo(process.ask(**caller), scheduled.receipt_id)
    assert undone.state is ReceiptState.WITHDRAWN
    assert await process.keeper.undo(process.ask(), scheduled.receipt_id) == undone
    clock.pass_(minutes=6)
    await process.works(3)
    assert (mall.reads, mall.effects("o1"), talk.texts()) == (0, [], [])
    assert await process.keeper.receipt(process.ask(), scheduled.receipt_id) == undone
    assert await process.acts("o1") == ["confirmed", "withdrawn"]


async def test_a_member_who_is_not_proven_takes_nothing_back(process, scheduled):
    unproven = process.ask(customer=dataclasses.replace(SUJIN, proven=False))
    with pytest.raises(Failure) as caught:
        await process.keeper.undo(unproven, scheduled.receipt_id)
    assert caught.value.type is FailureType.NOT_IDENTIFIED
    assert (await process.keeper.receipt(process.ask(), scheduled.receipt_id)).state is ReceiptState.SCHEDULED
    vouched = dataclasses.replace(unproven, caller=MANAGER)
    assert (await process.keeper.undo(vouched, scheduled.receipt_id)).state is ReceiptState.WITHDRAWN


async def test_the_window_closes_even_if_no_worker_came(process, scheduled, clock):
    clock.pass_(minutes=5)
    await too_late(process, scheduled)


async def test_the_order_waits_with_its_plan(process, scheduled):
    with pytest.raises(StalePlan):
        await process.confirms(await process.plans("o1"))
    await process.keeper.undo(process.ask(), scheduled.receipt_id)
    assert (await process.confirms(await process.plans("o1"))).state is ReceiptState.SCHEDULED


async def test_undo_against_the_start_one_wins(process, clock, mall):
    """The last moment: the customer's clock says open, the worker's says due."""
    process.undo = 5
    for n in range(12):
        receipt = await process.confirms(await process.plans(f"o{n}"))
        last_moment = process.ask()
        clock.pass_(minutes=5)
        undone, _ = await asyncio.gather(
            process.keeper.undo(last_moment, receipt.receipt_id),
            process.worker.run_once("mall"),
            return_exceptions=True,
        )
        kept = await process.keeper.receipt(process.ask(), receipt.receipt_id)
        if isinstance(undone, Failure):
            assert undone.type is FailureType.TOO_LATE
            assert (kept.state, len(mall.effects(f"o{n}"))) == (ReceiptState.DONE, 1)
        else:
            assert kept == undone
            assert (kept.state, mall.effects(f"o{n}")) == (ReceiptState.WITHDRAWN, [])


async def test_stale_when_the_window_closes(process, scheduled, clock, mall, talk):
    mall.versions["o1"] = "v2"
    clock.pass_(minutes=5)
    await process.works(3)
    kept = await process.keeper.receipt(process.ask(), scheduled.receipt_id)
    assert (kept.state, mall.effects("o1")) == (ReceiptState.FAILED, [])
    assert len(talk.texts("못 했어요 o1")) == 1
