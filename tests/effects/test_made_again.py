"""A write that is simply made again: while nobody knows whether the first one came through, giving up says so."""

from dataclasses import replace

import pytest

from app.errors import OutcomeUnknown, Unavailable
from commands.kernel.plan import ReceiptState, Settled
from commands.kernel.warehouse_writes import step_again

from .given import Process
from .mall import command

UNKNOWN, AWAY = OutcomeUnknown("wms", "address"), Unavailable("wms", "address")
STORIES = [
    ("never reached", [AWAY] * 99, "mall_unavailable"),
    ("lost, then nobody can be asked", [UNKNOWN] + [AWAY] * 99, "outcome_unknown"),
    ("lost again and again", [UNKNOWN] * 99, "outcome_unknown"),
    ("lost, away, then made again", [UNKNOWN, AWAY, AWAY], None),
    ("away, lost, then made again", [AWAY, UNKNOWN], None),
]


@pytest.mark.parametrize(("_case", "troubles", "code"), STORIES, ids=[row[0] for row in STORIES])
async def test_what_may_have_been_written(database_url, clock, mall, talk, _case, troubles, code):
    left, made = list(troubles), []

    async def act(_ask, _payload, _seen, step):
        async def write():
            if left:
                raise left.pop(0)
            made.append("written")
            return "done"

        assert await step_again(step, "warehouse", write) == "done"
        return Settled(ReceiptState.DONE)

    specs = [replace(command(mall), act=act)]
    async with Process(database_url, clock, mall, talk, specs=specs) as process:
        await process.opens_shop()
        receipt = await process.confirms(await process.plans("o1"))
        await process.works(30, minutes=11)
        end = await process.keeper.receipt(process.ask(), receipt.receipt_id)
    codes = [finding["code"] for finding in (end.decision or {}).get("findings", ())]
    assert (end.state, codes) == ((ReceiptState.FAILED, [code]) if code else (ReceiptState.DONE, []))
    assert len(made) == (code is None)
