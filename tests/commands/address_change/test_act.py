"""A confirmed change of address carried out: whatever is refused, lost or killed, mall and warehouse agree at the end,
or a manager is told that they may not.
"""

from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import product

import pytest

from commands.address_change.act import act
from commands.address_change.command import seen_by
from commands.address_change.finding_out import facts_for
from commands.address_change.rules import decide_address_change
from commands.address_change.wish import Wish
from commands.kernel.mall import Choices
from commands.kernel.order import Tracking, TrackingNumber
from commands.kernel.plan import ReceiptState, Settled, WentStale
from commands.kernel.ports import MallRefused, OutcomeUnknown, Unavailable
from commands.kernel.spec import Ask, Ports
from commands.kernel.warehouse import Capability, MarkResult, Stage, WarehouseItem, WarehouseOrder
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop
from tests.commands.kept_steps import KeptSteps

from .facts import FIRST, MALL, NONE, ORDER_ID, SEOUL, SHIPMENT, SUWON, item, order, receiver

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
SECOND_SHIPMENT = "D-2"
TRACKED = Tracking("CJ대한통운", TrackingNumber("651234567890"))


class Killed(BaseException):
    """The process dies."""


class Outside:
    """Mall and warehouse of one order. `faults`: by write, in order: what happens instead of, or after, its effect."""

    def __init__(self, *shipments, held=True, **faults):
        self.order = order(receivers=tuple(receiver(SEOUL, code) for code in shipments or (SHIPMENT,)))
        self.address_in_warehouse = SEOUL if held else None
        self.stage = Stage.RECEIVED
        self.faults = {name: list(answers) for name, answers in faults.items()}
        self.notes = []

    def _fault(self, name):
        left = self.faults.get(name)
        return left.pop(0) if left else None

    async def one(self, _shop, _customer, _order_id):
        if self._fault("read") == "down":
            raise Unavailable
        return self.order

    async def rules(self, _shop, *, fresh):
        return MALL

    async def surcharges(self, _shop, *, fresh):
        return NONE

    async def open_receipts(self, _ask, _ids):
        return {}

    async def capabilities(self, _shop):
        return frozenset(Capability)

    async def orders(self, _shop, ids, *, fresh=False):
        if self.address_in_warehouse is None:
            return {}
        held = WarehouseItem("w1-1", FIRST, None, 1, self.stage)
        return {i: WarehouseOrder("w1", i, (held,)) for i in ids}

    async def change_address(self, _shop, _order_id, address, _key):
        match self._fault("warehouse"):
            case "refused":
                return MarkResult("refused")
            case "down":
                raise Unavailable
            case "lost before":
                return MarkResult("unknown")
            case "lost after":
                self.address_in_warehouse = address
                return MarkResult("unknown")
            case "killed after":
                self.address_in_warehouse = address
                raise Killed
        self.address_in_warehouse = address
        return MarkResult("done")

    async def change(self, _shop, _order_id, shipment, address):
        fault = self._fault("mall")
        match fault:
            case "refused":
                raise MallRefused("no")
            case "down":
                raise Unavailable
            case "lost before":
                raise OutcomeUnknown
        self.order = replace(
            self.order,
            receivers=tuple(
                receiver(address, r.shipment_code) if r.shipment_code == shipment else r
                for r in self.order.receivers
            ),
        )
        if fault == "lost after":
            raise OutcomeUnknown
        if fault == "killed after":
            raise Killed

    async def note(self, _shop, _order_id, text):
        self.notes.append(text)

    @property
    def addresses(self):
        return {r.address1 for r in self.order.receivers}


def asked(outside) -> Ask:
    nobody = dict.fromkeys(field.name for field in fields(Ports))
    names = ("orders", "rules", "surcharges", "effects", "warehouse", "receivers")
    return Ask(
        shop=Shop(MallId("mall"), 1, ChannelId("c1"), name="가게"),
        customer=Member("sujin", proven=True),
        caller=Caller(CallerKind.USER, "u1"),
        language=Language.KO,
        now=NOW,
        choices=Choices(version=1, commands_on=frozenset({"addressChange"})),
        ports=Ports(**nobody | dict.fromkeys(names, outside)),
    )


async def carried_out(outside, *, meanwhile=None, step=None):
    """Runs the job until it ends, as the worker would; `meanwhile` happens after the first run that broke off."""
    ask, step = asked(outside), step or KeptSteps()
    facts = await facts_for(ask, outside.order, SUWON)
    seen = seen_by(outside.order, decide_address_change(facts))
    shipments = tuple(r.shipment_code for r in outside.order.receivers)
    wish = Wish(ORDER_ID, SUWON, SEOUL, shipments, outside.address_in_warehouse is not None, "k1")
    for _ in range(6):
        try:
            return await act(ask, wish.to_json(), seen, step)
        except (Killed, OutcomeUnknown, Unavailable):
            if meanwhile:
                meanwhile(outside)
                meanwhile = None
    return "still at it"


def codes(end):
    return [f["code"] for f in (end.decision or {}).get("findings", ())]


async def test_the_warehouse_first_then_each_shipment_then_a_memo():
    outside = Outside(SHIPMENT, SECOND_SHIPMENT)
    assert await carried_out(outside) == Settled(ReceiptState.DONE)
    assert outside.addresses == {SUWON.address1}
    assert outside.address_in_warehouse == SUWON
    assert outside.notes == ["고객이 채널톡에서 배송지를 변경했습니다."]


async def test_a_refusal_of_the_warehouse_leaves_the_mall_alone():
    outside = Outside(warehouse=["refused"])
    end = await carried_out(outside)
    assert (end.state, codes(end)) == (ReceiptState.FAILED, ["warehouse_refused_address"])
    assert outside.addresses == {SEOUL.address1}


async def test_a_refusal_of_the_mall_leads_the_warehouse_back():
    outside = Outside(mall=["refused"])
    end = await carried_out(outside)
    assert (end.state, codes(end)) == (ReceiptState.FAILED, ["mall_refused_address"])
    assert (outside.addresses, outside.address_in_warehouse) == ({SEOUL.address1}, SEOUL)


async def test_a_refused_second_shipment_leads_the_first_back():
    outside = Outside(SHIPMENT, SECOND_SHIPMENT, mall=[None, "refused"])
    end = await carried_out(outside)
    assert codes(end) == ["mall_refused_address"]
    assert (outside.addresses, outside.address_in_warehouse) == ({SEOUL.address1}, SEOUL)


async def test_what_cannot_be_led_back_is_told_to_a_manager_with_what_stands_where():
    outside = Outside(
        SHIPMENT, SECOND_SHIPMENT, mall=[None, "refused", "refused"], warehouse=[None, "refused"]
    )
    end = await carried_out(outside)
    (finding,) = end.decision["findings"]
    assert (end.decision["verdict"], finding["code"]) == ("needsManager", "addresses_disagree")
    assert finding["facts"] == {"mall": "mixed", "warehouse": "new"}


FAULTS = [None, "down", "lost before", "lost after", "killed after"]


@pytest.mark.parametrize("faults", list(product(FAULTS, FAULTS, FAULTS)), ids=str)
async def test_whatever_is_lost_or_killed_everything_stands_at_the_new_address(faults):
    in_warehouse, first, second = faults
    outside = Outside(SHIPMENT, SECOND_SHIPMENT, warehouse=[in_warehouse], mall=[first, second])
    assert await carried_out(outside) == Settled(ReceiptState.DONE)
    assert (outside.addresses, outside.address_in_warehouse) == ({SUWON.address1}, SUWON)


def a_label_is_printed(outside):
    outside.order = replace(outside.order, items=(item(tracking=TRACKED),))


ELSEWHERE = replace(SEOUL, zipcode="04524", address1="서울특별시 중구 세종대로 110")


def somebody_else_changes_the_address(outside):
    places = tuple(receiver(ELSEWHERE, r.shipment_code) for r in outside.order.receivers)
    outside.order = replace(outside.order, receivers=places)


@pytest.mark.parametrize("fault", ["lost before", "lost after", "killed after"])
async def test_a_label_printed_during_a_pause_ends_the_change_and_leads_the_warehouse_back(fault):
    outside = Outside(warehouse=[fault])
    assert await carried_out(outside, meanwhile=a_label_is_printed) == WentStale()
    assert outside.address_in_warehouse == SEOUL
    assert SUWON.address1 not in outside.addresses


@pytest.mark.parametrize("in_warehouse_too", [True, False])
@pytest.mark.parametrize(
    "faults",
    [
        {"warehouse": ["lost before"]},
        {"warehouse": ["killed after"]},
        {"mall": ["lost before"]},
        {"mall": ["lost after"]},
        {"mall": [None, "killed after"]},
        {"mall": [None, "lost before"]},
    ],
    ids=repr,
)
async def test_what_somebody_else_changed_during_a_pause_is_left_alone_and_told(faults, in_warehouse_too):
    """Neither our new address nor the old one may overwrite theirs, and nobody says that all is as it was."""
    outside = Outside(SHIPMENT, SECOND_SHIPMENT, **faults)
    theirs = []

    def meanwhile(seen):
        somebody_else_changes_the_address(seen)
        seen.address_in_warehouse = ELSEWHERE if in_warehouse_too else seen.address_in_warehouse
        theirs.append(seen.address_in_warehouse)

    end = await carried_out(outside, meanwhile=meanwhile)
    assert codes(end) == ["addresses_disagree"]
    assert end.decision["findings"][0]["facts"] == {"mall": "other", "warehouse": "unknown"}
    assert (outside.addresses, outside.address_in_warehouse) == ({ELSEWHERE.address1}, theirs[0])


ONE_WRITE = [
    {name: [fault]}
    for name in ("warehouse", "mall")
    for fault in ("down", "lost before", "lost after", "killed after")
]


@pytest.mark.parametrize("silent", [1, 2, 3])
@pytest.mark.parametrize("faults", ONE_WRITE, ids=repr)
async def test_a_mall_that_cannot_be_read_after_a_pause_is_read_later(faults, silent):
    outside = Outside(SHIPMENT, SECOND_SHIPMENT, read=[None] + ["down"] * silent, **faults)
    assert await carried_out(outside) == Settled(ReceiptState.DONE)
    assert (outside.addresses, outside.address_in_warehouse) == ({SUWON.address1}, SUWON)


@pytest.mark.parametrize("faults", ONE_WRITE, ids=repr)
async def test_what_may_have_been_written_is_never_forgotten_while_the_mall_is_silent(faults):
    """Giving up says `outcome_unknown` as long as a mark stands, answered or not."""
    step, outside = KeptSteps(), Outside(read=[None] + ["down"] * 20, **faults)
    assert await carried_out(outside, step=step) == "still at it"
    written = step.marks | (set(step.answers) - {"judge"})
    assert bool(written) is (faults != {"warehouse": ["down"]})


async def test_a_label_printed_between_warehouse_and_mall_leads_the_warehouse_back():
    outside = Outside(mall=["lost before"])
    end = await carried_out(outside, meanwhile=a_label_is_printed)
    assert codes(end) == ["mall_refused_address"]
    assert outside.address_in_warehouse == SEOUL


async def test_an_order_that_changed_before_the_first_write_is_stale():
    outside = Outside()
    ask, step = asked(outside), KeptSteps()
    wish = Wish(ORDER_ID, SUWON, SEOUL, (SHIPMENT,), held=True, key="k1")
    assert await act(ask, wish.to_json(), "seen otherwise", step) == WentStale()
    assert (outside.addresses, outside.address_in_warehouse) == ({SEOUL.address1}, SEOUL)


async def test_an_order_collected_meanwhile_is_changed_in_the_warehouse_too():
    outside = Outside(held=False, mall=["lost after"])

    def collected(seen):
        seen.address_in_warehouse = SEOUL

    assert await carried_out(outside, meanwhile=collected) == Settled(ReceiptState.DONE)
    assert outside.address_in_warehouse == SUWON


async def test_a_mall_that_says_yes_and_changes_nothing_is_told_to_a_manager():
    outside = Outside()

    async def nothing(*_args):
        return None

    outside.change = nothing
    end = await carried_out(outside)
    assert codes(end) == ["addresses_disagree"]
    assert end.decision["findings"][0]["facts"] == {"mall": "unknown", "warehouse": "new"}
