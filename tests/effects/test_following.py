"""What the shop decides later on a request."""

import pytest

from commands.kernel.order import OrderId
from commands.kernel.plan import ReceiptState, Settled

from .given import SHOP, Process
from .mall import command

ORDER = OrderId("o1")
ACCEPTED = Settled(ReceiptState.DONE, claim_code="C-9")
REFUSED = Settled(ReceiptState.FAILED, decision={"verdict": "blocked", "findings": []})


@pytest.fixture
async def requested(database_url, clock, mall, talk):
    async with Process(
        database_url, clock, mall, talk, specs=[command(mall, ends=ReceiptState.REQUESTED)]
    ) as one:
        await one.opens_shop()
        receipt = await one.confirms(await one.plans("o1"))
        assert receipt.state is ReceiptState.REQUESTED
        await one.works()
        yield one


async def receipt(process):
    (row,) = await process.rows("intent")
    return await process.keeper.receipt(process.ask(), row["id"])


async def test_nothing_yet(requested, talk):
    assert await requested.work.following.follow(SHOP.mall_id, ORDER) == 0
    assert talk.texts() == ["신청했어요 o1"]


async def test_accepted_is_told_once(requested, mall, talk, clock):
    mall.decided["o1"] = ACCEPTED
    clock.pass_(days=3)
    assert await requested.work.following.follow(SHOP.mall_id, ORDER) == 1
    assert await requested.work.following.follow(SHOP.mall_id, ORDER) == 0
    await requested.works(2)
    assert ((await receipt(requested)).state, (await receipt(requested)).claim_code) == ("done", "C-9")
    assert talk.texts() == ["신청했어요 o1", "승인됐어요 o1"]
    assert await requested.acts("o1") == ["confirmed", "requested", "done"]


async def test_refused(requested, mall, talk):
    mall.decided["o1"] = REFUSED
    await requested.work.following.changed(SHOP.mall_id, ["x", ORDER, ORDER])
    await requested.works(2)
    assert (await receipt(requested)).state is ReceiptState.FAILED
    assert len(talk.texts()) == 2
    assert talk.notes() == []


async def test_not_told_where_the_shop_does_not_want_it(requested, mall, talk):
    await requested.store.connections.change_settings(
        SHOP.channel_id, seen=0, settings={"mode": "live", "notify": {"claimResults": False}}, secrets={}
    )
    mall.decided["o1"] = ACCEPTED
    assert await requested.work.following.follow(SHOP.mall_id, ORDER) == 1
    await requested.works(2)
    assert (await receipt(requested)).state is ReceiptState.DONE
    assert talk.texts() == ["신청했어요 o1"]


async def test_of_another_mall_or_order(requested, mall):
    mall.decided["o1"] = ACCEPTED
    assert await requested.work.following.follow(SHOP.mall_id, OrderId("o2")) == 0
    assert await requested.work.following.follow("other", ORDER) == 0
