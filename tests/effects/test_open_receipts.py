"""What is under way for an order: told in full to whoever began it, and to everybody else only that it is."""

import pytest

from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import OrderId
from commands.kernel.plan import Receipt, ReceiptState, StalePlan

from .given import GUEST, MANAGER, OTHER

O1, O2, O3 = OrderId("o1"), OrderId("o2"), OrderId("o3")


@pytest.fixture
async def scheduled(process):
    process.undo = 5
    return await process.confirms(await process.plans(O1))


async def test_ones_own_receipts_of_the_orders_asked_for(process, scheduled):
    second = await process.confirms(await process.plans(O2))
    found = await process.keeper.open_receipts(process.ask(), [O1, O3])
    assert found == {O1: scheduled}
    assert await process.keeper.open_receipts(process.ask(), [O1, O2, O3]) == {O1: scheduled, O2: second}
    assert await process.keeper.open_receipts(process.ask(), []) == {}


@pytest.mark.parametrize("customer", [OTHER, GUEST], ids=["member", "guest"])
async def test_somebody_elses_only_that_there_is_one(process, scheduled, customer):
    (seen,) = (await process.keeper.open_receipts(process.ask(customer), [O1])).values()
    assert seen == Receipt("", "", ReceiptState.SCHEDULED, O1, {}, "", scheduled.at)


async def test_a_managers_is_the_managers_to_tell_of(process):
    process.undo = 5
    receipt = await process.confirms(await process.plans(O1), caller=MANAGER)
    (seen,) = (await process.keeper.open_receipts(process.ask(), [O1])).values()
    assert (seen.receipt_id, seen.by, seen.shown) == ("", "", {})
    assert await process.keeper.open_receipts(process.ask(caller=MANAGER), [O1]) == {O1: receipt}


async def test_what_has_ended_is_not_under_way(process, scheduled):
    await process.keeper.undo(process.ask(), scheduled.receipt_id)
    assert await process.keeper.open_receipts(process.ask(), [O1]) == {}
    process.undo = 0
    done = await process.confirms(await process.plans(O1))
    assert done.state is ReceiptState.DONE
    assert await process.keeper.open_receipts(process.ask(), [O1]) == {}


async def test_a_second_plan_is_stale_and_one_whose_wish_is_gone_is_expired(process, scheduled):
    """A plan without its payload cannot be previewed again: nothing malformed may reach the command."""
    token = await process.plans(O1)
    with pytest.raises(StalePlan) as stale:
        await process.confirms(token)
    assert stale.value.payload["order"] == O1
    await process.database.write("UPDATE plan SET payload_enc = NULL")
    with pytest.raises(Failure) as caught:
        await process.confirms(token)
    assert caught.value.type is FailureType.PLAN_EXPIRED
