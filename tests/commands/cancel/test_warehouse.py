"""A cancel with a warehouse: whatever is refused, lost or killed, and in whatever order, either both have cancelled, or
neither has, or a manager is told what stands where.
"""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from commands.cancel.act import act
from commands.cancel.command import facts_of, seen_by
from commands.cancel.follow import follow
from commands.cancel.packing import packing_of
from commands.cancel.rules import decide_cancellation
from commands.cancel.stopping import ship_again
from commands.cancel.wish import Wish
from commands.kernel.mall import CancelChoices, Choices
from commands.kernel.order import ItemState
from commands.kernel.plan import Receipt, ReceiptState, Settled, WentStale
from commands.kernel.ports import MallRefused, OutcomeUnknown, Unavailable
from commands.kernel.spec import Ask, Ports
from commands.kernel.warehouse import Capability, MarkResult, Stage, WarehouseItem, WarehouseOrder
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop
from tests.commands.kept_steps import KeptSteps

from .facts import FIRST, MALL, REQUEST, SECOND, STATES, item, order

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
COMPLETE = CancelChoices(mode="complete")
CAN = frozenset(Capability)
STOPPED = Stage.CANCEL_MARKED


class Killed(BaseException):
    """The process dies."""


class Outside:
    """Mall and warehouse of one order. `faults`: by call, in order: what happens instead of, or after, its effect."""

    def __init__(self, of=None, *, held=True, served=CAN, auto_accept=False, **faults):
        self.order = of or order()
        self.stages = {i.code: Stage.RECEIVED for i in self.order.items} if held else {}
        self.served = served
        self.auto_accept = auto_accept
        self.faults = {name: list(answers) for name, answers in faults.items()}
        self.calls, self.marks, self.notes = [], [], []

    def _fault(self, name):
        left = self.faults.get(name)
        fault = left.pop(0) if left else None
        if fault == "down":
            raise Unavailable
        return fault

    async def one(self, _shop, _customer, _order_id):
        self._fault("read")
        return self.order

    async def rules(self, _shop, *, fresh):
        return replace(MALL, auto_accept=self.auto_accept, refunds_with_acceptance=self.auto_accept)

    async def capabilities(self, _shop):
        return self.served

    async def orders(self, _shop, ids, *, fresh=False):
        self._fault("look")
        items = tuple(
            WarehouseItem(f"w-{c}", c, None, 1, stage)
            for c, stage in self.stages.items()
            if stage is not None
        )
        return {i: WarehouseOrder("w1", i, items) for i in ids} if items else {}

    async def mark(self, _shop, mark, _order_id, codes, _reason, key, *, whole=False):
        return self._written("mark", (mark, sorted(codes), whole), dict.fromkeys(codes, STOPPED))

    async def restore(self, _shop, mark, _order_id, codes, key):
        return self._written("restore", (f"un-{mark}", sorted(codes)), dict.fromkeys(codes, Stage.RECEIVED))

    def _written(self, name, said, stages):
        fault = self._fault(name)
        if fault == "refused":
            return MarkResult("refused")
        if fault != "lost before":
            self.stages |= stages
            self.marks.append(said)
        if fault == "killed after":
            raise Killed
        return MarkResult("unknown" if fault in {"lost before", "lost after"} else "done")

    async def cancel(self, _shop, call):
        fault = self._fault("mall")
        if fault == "refused":
            raise MallRefused("no")
        if fault == "lost before":
            raise OutcomeUnknown
        self.calls.append(call)
        status = "C40" if call.complete or self.auto_accept else "C00"
        self.order = under(self.order, status, *(code for code, _ in call.lines))
        if fault == "lost after":
            raise OutcomeUnknown
        if fault == "killed after":
            raise Killed
        return "C1"

    async def note(self, _shop, _order_id, text):
        self._fault("memo")
        self.notes.append(text)

    @property
    def stand(self):
        """Of the first line: is it cancelled in the mall, is it stopped in the warehouse."""
        state = self.order.items[0].state
        return (state is ItemState.CANCELLED, self.stages.get(FIRST) is STOPPED)


def under(of, status, *codes):
    changed = (
        replace(i, status_code=status, state=STATES[status]) if i.code in codes else i for i in of.items
    )
    return replace(of, items=tuple(changed))


def asked(outside, cancel=COMPLETE) -> Ask:
    nobody = dict.fromkeys(field.name for field in fields(Ports))
    names = ("orders", "rules", "claims", "warehouse", "receivers")
    return Ask(
        shop=Shop(MallId("mall"), 1, ChannelId("c1"), name="가게"),
        customer=Member("sujin", proven=True),
        caller=Caller(CallerKind.USER, "u1"),
        language=Language.KO,
        now=NOW,
        choices=Choices(version=1, commands_on=frozenset({"cancel"}), cancel=cancel),
        ports=Ports(**nobody | dict.fromkeys(names, outside)),
    )


async def carried_out(
    outside, lines=None, cancel=COMPLETE, *, meanwhile=None, pause=timedelta(seconds=5), runs=9
):
    """Runs the job until it ends, as the worker would; `meanwhile` happens after the first run that broke off."""
    ask, step = asked(outside, cancel), KeptSteps()
    lines = lines or {FIRST: 1}
    of, mall = outside.order, await outside.rules(None, fresh=True)
    faults, outside.faults = outside.faults, {}
    before = {i.code: (i.status_code, i.quantity) for i in of.items if i.code in lines}
    wish = Wish(of.order_id, lines, "changeOfMind", "", None, before, tuple(i.code for i in of.items))
    packing = await packing_of(ask, of.order_id)
    decision = decide_cancellation(facts_of(ask, of, mall, wish, packing=packing))
    plan = decision.plan
    wish = replace(wish, key="k1", stops=plan.stops, tells=plan.tells)
    seen = seen_by(of, decision, "complete" if plan.outcome_complete else "request")
    outside.faults = faults
    for _ in range(runs):
        try:
            return await act(ask, wish.to_json(), seen, step)
        except (Killed, OutcomeUnknown, Unavailable):
            if meanwhile:
                meanwhile(outside)
                meanwhile = None
            ask = replace(ask, now=ask.now + pause)
    return "still at it"


def finding(end):
    (found,) = (end.decision or {}).get("findings", ())
    return found


async def test_the_warehouse_is_stopped_before_the_mall_cancels():
    outside = Outside()
    assert (await carried_out(outside)).state is ReceiptState.DONE
    assert outside.stand == (True, True)
    assert outside.marks == [("cancel", [FIRST], True)]


async def test_a_warehouse_that_says_no_leaves_the_mall_alone():
    outside = Outside(mark=["refused"])
    end = await carried_out(outside)
    assert (end.state, finding(end)["code"]) == (ReceiptState.FAILED, "warehouse_refused")
    assert outside.stand == (False, False)
    assert outside.calls == []


async def test_a_mall_that_says_no_starts_the_warehouse_again():
    outside = Outside(mall=["refused"])
    end = await carried_out(outside)
    assert (end.state, finding(end)["code"]) == (ReceiptState.FAILED, "mall_refused")
    assert end.decision["verdict"] == "blocked"
    assert outside.stand == (False, False)


async def test_a_warehouse_that_cannot_be_started_again_is_told_with_what_stands_where():
    outside = Outside(mall=["refused"], restore=["refused"])
    end = await carried_out(outside)
    found = finding(end)
    assert (end.state, end.decision["verdict"]) == (ReceiptState.FAILED, "needsManager")
    assert (found["code"], found["facts"]) == (
        "warehouse_still_stopped",
        {"mall": "open", "warehouse": "stopped"},
    )
    assert "출고 중지" in found["managerText"]
    assert outside.stand == (False, True)


FAULTS = [None, "down", "lost before", "lost after", "killed after"]
ENDS = [None, "refused", *FAULTS[1:]]


@pytest.mark.parametrize("faults", list(product(ENDS, ENDS, ENDS)), ids=str)
async def test_the_two_agree_or_somebody_is_told(faults):
    marking, mall, restoring = faults
    outside = Outside(mark=[marking], mall=[mall], restore=[restoring])
    end = await carried_out(outside)
    if isinstance(end, WentStale):
        assert outside.stand == (False, False)
    elif end.state is ReceiptState.DONE:
        assert (outside.stand, end.decision) == ((True, True), None)
    elif outside.stand != (False, False):
        assert end.decision["verdict"] == "needsManager"
        assert finding(end)["code"] == "warehouse_still_stopped"
    assert len(outside.calls) <= 1
    refused = "refused" in {marking, mall if marking != "refused" else None}
    assert refused is (end.state is ReceiptState.FAILED)


@pytest.mark.parametrize("look", range(4))
@pytest.mark.parametrize("mall", FAULTS)
async def test_a_warehouse_that_goes_down_at_any_look(mall, look):
    """Before anything was written: stale, and nothing happened. Later nothing more depends on a look."""
    outside = Outside(look=[None] * look + ["down"], mall=[mall])
    end = await carried_out(outside)
    if isinstance(end, WentStale):
        assert outside.stand == (False, False)
    else:
        assert (end.state, outside.stand) == (ReceiptState.DONE, (True, True))


@pytest.mark.parametrize("reads", range(6))
@pytest.mark.parametrize("mall", FAULTS)
async def test_a_mall_that_goes_down_at_any_read(mall, reads):
    outside = Outside(read=[None] * reads + ["down"], mall=[mall])
    end = await carried_out(outside)
    assert (end.state, outside.stand, len(outside.calls)) == (ReceiptState.DONE, (True, True), 1)


async def test_a_mall_that_is_away_for_long_does_not_keep_the_warehouse_waiting():
    outside = Outside(mall=["down"] * 9)
    end = await carried_out(outside, pause=timedelta(minutes=11))
    assert (end.state, finding(end)["code"]) == (ReceiptState.FAILED, "mall_silent")
    assert outside.stand == (False, False)


async def test_the_mall_is_not_called_again_after_the_warehouse_was_started_again():
    outside = Outside(mall=["down"] * 4, restore=["killed after"])
    end = await carried_out(outside, pause=timedelta(minutes=11))
    assert (finding(end)["code"], outside.calls) == ("mall_silent", [])
    assert outside.stand == (False, False)


def a_manager_cancels(outside):
    outside.order = under(outside.order, "C40", FIRST)


def the_receiver_changes(outside):
    outside.order = replace(
        outside.order, total=replace(outside.order.total, amount=outside.order.total.amount + 1)
    )


@pytest.mark.parametrize("fault", ["lost before", "lost after", "killed after"])
async def test_what_somebody_else_cancelled_meanwhile_stays_stopped(fault):
    outside = Outside(mark=[fault])
    assert await carried_out(outside, meanwhile=a_manager_cancels) == WentStale()
    assert outside.stand == (True, True)
    assert outside.calls == []


@pytest.mark.parametrize("fault", ["lost before", "lost after", "killed after"])
async def test_an_order_that_changed_meanwhile_is_shipped_again(fault):
    outside = Outside(mark=[fault])
    assert await carried_out(outside, meanwhile=the_receiver_changes) == WentStale()
    assert outside.stand == (False, False)


def the_warehouse_collects(outside):
    outside.stages[FIRST] = Stage.RECEIVED


@pytest.mark.parametrize("fault", ["lost before", "lost after", "killed after"])
async def test_an_order_collected_meanwhile_is_stopped_afterwards(fault):
    outside = Outside(held=False, mall=[fault])
    end = await carried_out(outside, meanwhile=the_warehouse_collects)
    assert (end.state, end.decision, outside.stand) == (ReceiptState.DONE, None, (True, True))


@pytest.mark.parametrize("mark", ["refused", "down", "lost before", "lost after"])
async def test_what_was_collected_meanwhile_and_cannot_be_stopped_is_told(mark):
    outside = Outside(held=False, mall=["killed after"], mark=[mark])
    end = await carried_out(outside, meanwhile=the_warehouse_collects)
    assert (end.state, end.decision["verdict"]) == (ReceiptState.DONE, "needsManager")
    assert finding(end)["code"] == "warehouse_still_ships"
    assert finding(end)["facts"]["mall"] == "cancelled"


async def test_a_warehouse_that_goes_down_before_the_last_look_is_told():
    end = await carried_out(Outside(held=False, look=[None, "down"]))
    assert (end.state, finding(end)["facts"]) == (
        ReceiptState.DONE,
        {"mall": "cancelled", "warehouse": "unknown"},
    )


async def test_a_label_printed_meanwhile_ends_it_before_the_mall_is_asked():
    def printed(outside):
        outside.stages[FIRST] = Stage.LABEL_PRINTED

    outside = Outside(held=False, mall=["lost before"])
    assert await carried_out(outside, meanwhile=printed) == WentStale()
    assert outside.calls == []


async def test_only_the_chosen_line_is_stopped():
    outside = Outside(order(item(), item(SECOND)))
    assert (await carried_out(outside)).state is ReceiptState.DONE
    assert outside.marks == [("cancel", [FIRST], False)]
    assert outside.stages[SECOND] is Stage.RECEIVED


async def test_what_the_shop_had_stopped_itself_is_not_started_again():
    outside = Outside(mall=["refused"])
    outside.stages[FIRST] = STOPPED
    with pytest.raises(MallRefused):
        await carried_out(outside)
    assert outside.marks == []
    assert outside.stand == (False, True)


async def test_a_warehouse_that_can_only_hold_is_held():
    outside = Outside(served=CAN - {Capability.CANCEL})
    assert (await carried_out(outside)).state is ReceiptState.DONE
    assert [mark for mark, *_ in outside.marks] == ["hold"]


@pytest.mark.parametrize("cancel", [COMPLETE, REQUEST])
async def test_a_warehouse_that_cannot_be_stopped_gets_a_request_and_the_shop_a_memo(cancel):
    outside = Outside(served=frozenset({Capability.STOCK}))
    end = await carried_out(outside, cancel=cancel)
    assert (end.state, end.decision) == (ReceiptState.REQUESTED, None)
    assert outside.marks == []
    assert len(outside.notes) == 1
    assert "출고를 직접 멈춰" in outside.notes[0]


@pytest.mark.parametrize("memo", ["down"])
async def test_a_memo_that_cannot_be_written_is_told_to_the_team(memo):
    end = await carried_out(Outside(served=frozenset({Capability.STOCK}), memo=[memo]))
    assert (end.state, end.decision["verdict"]) == (ReceiptState.REQUESTED, "needsManager")
    assert finding(end)["code"] == "warehouse_must_be_told"


async def test_a_request_leaves_the_warehouse_alone():
    outside = Outside()
    end = await carried_out(outside, cancel=REQUEST)
    assert (end.state, outside.marks, outside.notes) == (ReceiptState.REQUESTED, [], [])


async def test_a_request_that_the_mall_accepts_at_once_stops_the_warehouse():
    outside = Outside(auto_accept=True)
    end = await carried_out(outside, cancel=REQUEST)
    assert (end.state, end.decision, outside.stand) == (ReceiptState.DONE, None, (True, True))


def followed(outside, **shown):
    line = {"orderItemCode": FIRST, "productName": "린넨 셔츠", "optionText": "M", "quantity": 1}
    shown = {"items": [line], **shown}
    receipt = Receipt("r1", "cancel", ReceiptState.REQUESTED, outside.order.order_id, shown, "user", NOW)
    return follow(asked(outside), receipt)


async def test_a_request_that_the_shop_accepts_stops_the_warehouse():
    outside = Outside(under(order(), "C40", FIRST))
    end = await followed(outside)
    assert end == Settled(ReceiptState.DONE)
    assert outside.stand == (True, True)


@pytest.mark.parametrize("mark", ["refused", "down", "lost before"])
async def test_an_accepted_request_that_the_warehouse_would_ship_is_told(mark):
    end = await followed(Outside(under(order(), "C40", FIRST), mark=[mark]))
    assert (end.state, end.decision["verdict"]) == (ReceiptState.DONE, "needsManager")


async def test_a_part_of_a_line_is_left_to_a_person():
    """A warehouse that marks whole lines would keep back what the customer still wants."""
    cut = order(replace(item(quantity=3), quantity=2), item(SECOND, status="C40"))
    outside = Outside(cut)
    del outside.stages[SECOND]
    end = await followed(outside, parts=[FIRST], codes=[FIRST])
    assert (end.state, finding(end)["code"]) == (ReceiptState.DONE, "warehouse_still_ships")
    assert outside.marks == []


async def requested_after_all(**different):
    """The mall makes a request of what was to be cancelled at once: the line has been stopped by then."""
    outside = Outside(**different)

    async def cancel(_shop, call):
        outside.order = under(outside.order, "C00", *(code for code, _ in call.lines))
        return "C1"

    outside.cancel = cancel
    end = await carried_out(outside)
    assert (end.state, outside.stages[FIRST]) == (ReceiptState.REQUESTED, STOPPED)
    assert end.shown == {"marked": {"mark": "cancel", "codes": [FIRST]}}
    shown = {"items": [{"orderItemCode": FIRST, "quantity": 1}], **end.shown}
    receipt = Receipt("r1", "cancel", ReceiptState.FAILED, outside.order.order_id, shown, "user", NOW)
    return outside, receipt


async def shipped_again(outside, receipt):
    ask, step = asked(outside), KeptSteps()
    for _ in range(9):
        try:
            return await ship_again(ask, receipt, step)
        except (Killed, OutcomeUnknown, Unavailable):
            continue
    return "still at it"


@pytest.mark.parametrize("refused_as", ["C11", "N20"])
@pytest.mark.parametrize("restore", FAULTS)
async def test_a_refused_request_lets_the_warehouse_ship_again(restore, refused_as):
    outside, receipt = await requested_after_all(restore=[restore])
    outside.order = under(outside.order, refused_as, FIRST)
    assert await shipped_again(outside, receipt) is True
    assert outside.stages[FIRST] is Stage.RECEIVED


async def test_a_warehouse_that_does_not_start_again_is_left_to_a_person():
    outside, receipt = await requested_after_all(restore=["refused"])
    outside.order = under(outside.order, "C11", FIRST)
    assert await shipped_again(outside, receipt) is False


@pytest.mark.parametrize("served", [CAN - {Capability.RESTORE}, None])
async def test_a_warehouse_that_cannot_start_again_any_more_is_left_to_a_person(served):
    outside, receipt = await requested_after_all()
    outside.order, outside.served = under(outside.order, "C11", FIRST), served
    assert await shipped_again(outside, receipt) is False
    assert outside.stages[FIRST] is STOPPED


async def test_only_the_line_that_we_stopped_is_started_again():
    outside, receipt = await requested_after_all(of=order(item(), item(SECOND)))
    outside.order = under(outside.order, "C11", FIRST)
    outside.stages[SECOND] = STOPPED
    assert await shipped_again(outside, receipt) is True
    assert outside.stages == {FIRST: Stage.RECEIVED, SECOND: STOPPED}


@pytest.mark.parametrize(("status", "done"), [("C40", True), ("C00", False)])
async def test_what_is_claimed_all_the_same_stays_stopped(status, done):
    """Asked for anew, a person hears of it: nobody would start the line again after a second refusal."""
    outside, receipt = await requested_after_all()
    outside.order = under(outside.order, status, FIRST)
    assert await shipped_again(outside, receipt) is done
    assert outside.stages[FIRST] is STOPPED


async def test_nothing_is_started_that_we_did_not_stop():
    outside, receipt = await requested_after_all()
    outside.order = under(outside.order, "C11", FIRST)
    receipt = replace(receipt, shown={"items": receipt.shown["items"]})
    assert await shipped_again(outside, receipt) is True
    assert outside.stages[FIRST] is STOPPED
