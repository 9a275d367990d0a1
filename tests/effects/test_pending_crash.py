"""A process dies between any two of its awaits while a claim is decided: the next one comes to one end, once."""

from contextlib import suppress

import pytest

from app.errors import OutcomeUnknown
from commands.kernel.failures import Failure
from commands.kernel.plan import ReceiptState

from .given import SHOP
from .mall import nothing
from .waiting import GROUP, HOURS, Desk
from .watched import Killed, Watch

UNKNOWN = OutcomeUnknown("cafe24", "return")
STORIES = {
    "approved": ("approve", []),
    "approved, no answer after the effect": ("approve", [(True, UNKNOWN)]),
    "approved, no answer and no effect": ("approve", [(False, UNKNOWN)]),
    "approved by the deadline": ("deadline", []),
    "rejected": ("reject", []),
    "taken back": ("withdraw", []),
}
STRIDE = {"sqlite": 1, "postgresql": 12}
"""PostgreSQL takes its time: there every twelfth place."""
ENDS = {"reject": ReceiptState.FAILED, "withdraw": ReceiptState.WITHDRAWN}


@pytest.fixture
async def desk(database_url, clock, mall, talk):
    async with Desk(database_url, clock, mall, talk, worker_id="first") as one:
        await one.opens_shop(**GROUP, exchangeReturn={"atDeadline": "approve"})
        yield one


async def decides(desk, deed, receipt_id):
    match deed:
        case "approve":
            await desk.approves(receipt_id)
        case "reject":
            await desk.rejects(receipt_id)
        case "withdraw":
            await desk.withdraws(receipt_id)
        case "deadline":
            await desk.work.handlers["claims_due"](None)
    for _ in range(3):
        await desk.works(seconds=20)


async def dies(url, clock, mall, talk, watch, deed, receipt_id):
    process = Desk(url, clock, mall, talk, watch=watch, worker_id="dying", works=False, budget=0)
    mall.watch = watch
    with suppress(Killed):
        await decides(process, deed, receipt_id)
    mall.watch = nothing
    with suppress(Killed):
        await process.keeper.close()
    await process.database.close()


@pytest.mark.parametrize("story", STORIES)
async def test_between_any_two_awaits(desk, database_url, clock, mall, talk, story):
    deed, troubles = STORIES[story]
    n, died = 0, True
    end = ENDS.get(deed, ReceiptState.REQUESTED)
    while died:
        order, watch = f"o{n:03}", Watch(dies_at=n)
        receipt = await desk.waits(order)
        clock.pass_(hours=HOURS)
        mall.troubles = list(troubles)
        await dies(database_url, clock, mall, talk, watch, deed, receipt.receipt_id)
        died = len(watch.places) > n
        where = watch.places[n : n + 1]
        clock.pass_(seconds=31)
        async with Desk(database_url, clock, mall, talk, worker_id="heir", works=False, budget=0) as heir:
            await decides(heir, deed, receipt.receipt_id)
            await heir.works(4, seconds=20)
        assert await desk.state(receipt.receipt_id) is end, where
        asked = [f"{order} cancelled"] if end is ReceiptState.REQUESTED else []
        assert mall.effects(order) == asked, where
        told = {
            ReceiptState.REQUESTED: [f"승인되어 신청했어요 {order}"],
            ReceiptState.FAILED: [text for text in talk.texts(order) if "사유" in text][:1],
            ReceiptState.WITHDRAWN: [],
        }[end]
        assert talk.texts(order) == [f"접수했어요 {order}", *told], where
        assert len(await desk.acts(order)) == (4 if end is ReceiptState.REQUESTED else 3), where
        n += STRIDE[database_url.split(":")[0]]
    assert n > 10
    assert {row["state"] for row in await desk.rows("job")} == {"done"}


async def test_rejected_while_the_approval_dies_halfway(desk, database_url, clock, mall, talk):
    """Between the mall's request and our row: whoever comes next finds the yes, and the mall is asked no more."""
    receipt = await desk.waits()
    watch = Watch()

    def closes(place):
        watch(place)
        if place == "after mall.cancel":
            watch.dies_at = len(watch.places)

    process = Desk(database_url, clock, mall, talk, watch=closes, worker_id="dying", works=False, budget=0)
    mall.watch = closes
    with suppress(Killed):
        await decides(process, "approve", receipt.receipt_id)
    mall.watch = nothing
    with suppress(Killed):
        await process.keeper.close()
    await process.database.close()
    assert mall.effects("o1") == ["o1 cancelled"]
    with pytest.raises(Failure) as caught:
        await desk.rejects(receipt.receipt_id)
    assert caught.value.data["decidedBy"] == "manager:mgr-jiwoo"
    with pytest.raises(Failure):
        await desk.withdraws(receipt.receipt_id)
    clock.pass_(minutes=2)
    await desk.works(3)
    assert await desk.state(receipt.receipt_id) is ReceiptState.REQUESTED
    assert mall.effects("o1") == ["o1 cancelled"]
    assert (await desk.store.intents.get(SHOP.mall_id, receipt.receipt_id)).claim_code == "C-o1"
