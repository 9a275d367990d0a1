"""A process dies between any two of its awaits: the next one comes to the same end, with one effect."""

from contextlib import suppress

import pytest

from app.errors import OutcomeUnknown
from commands.kernel.plan import ReceiptState

from .given import Process
from .mall import nothing
from .watched import Killed, Watch

UNKNOWN = OutcomeUnknown("cafe24", "cancel")
STORIES = {
    "beside the confirm": ([], 0, True),
    "plainly": ([], 0, False),
    "unknown after the effect": ([(True, UNKNOWN)], 0, False),
    "unknown without effect": ([(False, UNKNOWN)], 0, False),
    "after an undo window": ([], 5, False),
}
STRIDE = {"sqlite": 1, "postgresql": 9}
"""PostgreSQL takes its time: there every ninth place."""


async def dies(url, clock, mall, talk, token, watch, undo, inline):
    """Confirms, works and tells until death; answers the receipt that it gave out, if it came so far."""
    given = None
    process = Process(
        url,
        clock,
        mall,
        talk,
        watch=watch,
        worker_id="dying",
        undo=undo,
        works=inline,
        budget=5 if inline else 0,
    )
    mall.watch = watch
    with suppress(Killed):
        given = await process.confirms(token)
        clock.pass_(minutes=undo)
        for _ in range(3):
            await process.works(seconds=20)
    mall.watch = nothing
    with suppress(Killed):
        await process.keeper.close()
    await process.database.close()
    return given


async def inherits(url, clock, mall, talk, token, undo):
    """A new process after the lease has run out: works, and the customer asks again."""
    async with Process(url, clock, mall, talk, worker_id="heir", undo=undo, works=False, budget=0) as heir:
        clock.pass_(seconds=31)
        await heir.confirms(token)
        clock.pass_(minutes=undo)
        await heir.works(4, seconds=20)
        return await heir.confirms(token)


@pytest.mark.parametrize("story", STORIES)
async def test_between_any_two_awaits(process, database_url, clock, mall, talk, story):
    troubles, undo, inline = STORIES[story]
    places, n, died = [], 0, True
    stride = STRIDE[database_url.split(":")[0]]
    while died:
        order, watch = f"o{n:03}", Watch(dies_at=n)
        mall.troubles = list(troubles)
        token = await process.plans(order)
        given = await dies(database_url, clock, mall, talk, token, watch, undo, inline)
        died = len(watch.places) > n
        receipt = await inherits(database_url, clock, mall, talk, token, undo)
        where = watch.places[n : n + 1]
        assert receipt.state is ReceiptState.DONE, where
        assert given is None or given.receipt_id == receipt.receipt_id, where
        assert mall.effects(order) == [f"{order} cancelled"], where
        assert [t for t in talk.texts(order) if "취소" in t] == [f"취소했어요 {order} C-{order}"], where
        assert await process.acts(order) == ["confirmed", "done"], where
        assert len(await process.rows("intent", f"order_id = '{order}'")) == 1, where
        places += where
        n += stride
    assert n > 40
    if stride == 1:
        met = {"before commit", "after commit", "before mall.cancel", "after mall.cancel"}
        assert met <= set(places)
    assert {row["state"] for row in await process.rows("job")} == {"done"}
