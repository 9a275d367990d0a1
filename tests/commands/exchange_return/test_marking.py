"""The mark in the warehouse that follows a filed claim: made once, never waited for, told when it cannot be made."""

from dataclasses import replace

import pytest

from commands.exchange_return.marking import mark_in_warehouse
from commands.kernel.ports import OutcomeUnknown, Unavailable
from commands.kernel.warehouse import Capability, MarkResult, Stage, WarehouseItem, WarehouseOrder
from tests.commands.kept_steps import KeptSteps

from .world import FIRST, ORDER, SECOND, asking

CAN = frozenset(Capability)
PAYLOAD = {
    "kind": "return",
    "orderId": ORDER,
    "lines": {FIRST: 1},
    "reasonType": "changeOfMind",
    "reasonText": "",
    "photos": [],
    "pickup": None,
    "selfSend": None,
    "targets": {},
    "account": None,
    "before": {FIRST: ["N40", 1]},
}


class Depot:
    def __init__(self, *answers, served=CAN, codes=(FIRST, SECOND)):
        self.answers = list(answers)
        self.served = served
        self.codes = codes
        self.marks = []

    async def capabilities(self, _shop):
        return self.served

    async def orders(self, _shop, ids, *, fresh=False):
        assert fresh
        items = tuple(WarehouseItem(f"w-{c}", c, None, 1, Stage.SHIPPED) for c in self.codes)
        return {i: WarehouseOrder("w1", i, items) for i in ids} if items else {}

    async def mark(self, _shop, mark, _order_id, codes, _reason, key, *, whole=False):
        self.marks.append((mark, list(codes), key))
        answer = self.answers.pop(0) if self.answers else "done"
        if answer == "down":
            raise Unavailable
        return MarkResult(answer)


class Remembered:
    """The receipt's memory. `refused`: the shop has said no meanwhile."""

    def __init__(self, *, refused=False):
        self.refused = refused
        self.kept = []

    async def __call__(self, kept):
        self.kept.append(kept)
        return not self.refused


async def marked(depot, step=None, keep=None, **different):
    ask = asking(None)
    ask = replace(ask, ports=replace(ask.ports, warehouse=depot))
    return await mark_in_warehouse(ask, PAYLOAD | different, "r1", step or KeptSteps(), keep or Remembered())


@pytest.mark.parametrize("kind", ["return", "exchange"])
async def test_the_chosen_line_is_marked_with_a_key_of_the_receipt(kind):
    depot = Depot()
    assert await marked(depot, kind=kind) is True
    assert depot.marks == [(kind, [FIRST], f"r1:{kind}")]


async def test_a_refusal_is_told_and_no_mark_remembered():
    keep = Remembered()
    assert await marked(Depot("refused"), keep=keep) is False
    assert keep.kept == [{"mark": "return", "codes": [FIRST]}, None]


async def test_a_mark_is_remembered_before_it_is_made():
    keep = Remembered()
    with pytest.raises(Unavailable):
        await marked(Depot("down"), keep=keep)
    assert keep.kept == [{"mark": "return", "codes": [FIRST]}]


async def test_what_the_shop_has_refused_meanwhile_is_not_marked():
    depot = Depot()
    assert await marked(depot, keep=Remembered(refused=True)) is True
    assert depot.marks == []


async def test_an_unknown_outcome_is_asked_for_again_with_the_same_key():
    depot, step = Depot("unknown", "done"), KeptSteps()
    with pytest.raises(OutcomeUnknown):
        await marked(depot, step)
    assert await marked(depot, step) is True
    assert depot.marks == [("return", [FIRST], "r1:return")] * 2


async def test_a_warehouse_that_is_down_is_asked_again_later():
    with pytest.raises(Unavailable):
        await marked(Depot("down"))


@pytest.mark.parametrize(
    "depot",
    [Depot(served=None), Depot(served=CAN - {Capability.RETURN}), Depot(codes=()), Depot(codes=(SECOND,))],
)
async def test_what_it_cannot_do_or_does_not_hold_is_not_asked(depot):
    assert await marked(depot) is True
    assert depot.marks == []


async def test_some_pieces_of_a_line_are_left_to_a_person():
    depot = Depot()
    assert await marked(depot, before={FIRST: ["N40", 3]}) is False
    assert depot.marks == []
