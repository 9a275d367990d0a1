"""A confirmed cancel carried out: what an interrupted, refused or lost call leaves, and what the shop decides later."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from commands.cancel.act import act
from commands.cancel.command import facts_of, seen_by
from commands.cancel.follow import follow
from commands.cancel.rules import decide_cancellation
from commands.cancel.wish import Wish
from commands.kernel.mall import CancelChoices, Choices
from commands.kernel.plan import Receipt, ReceiptState, Settled
from commands.kernel.ports import MallRefused, OutcomeUnknown
from commands.kernel.spec import Ask, Ports
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop
from tests.commands.kept_steps import KeptSteps

from .facts import COMPLETE, FIRST, MALL, REQUEST, SECOND, STATES, item, order

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
OF_THREE = item(quantity=3)


class Mall:
    """Answers reads with its order, and calls as `answers` say: a change of the order, an error, or both."""

    def __init__(self, first, *answers):
        self.order = first
        self.answers = list(answers)
        self.calls = []

    async def one(self, _shop, _customer, _order_id):
        return self.order

    async def rules(self, _shop, *, fresh):
        return MALL

    async def capabilities(self, _shop):
        return None

    async def cancel(self, _shop, call):
        self.calls.append(call)
        changed, error = self.answers.pop(0)
        self.order = changed or self.order
        if error is not None:
            raise error


def asked(mall, cancel: CancelChoices) -> Ask:
    nobody = dict.fromkeys(field.name for field in fields(Ports))
    ports = Ports(**nobody | {"orders": mall, "rules": mall, "claims": mall, "warehouse": mall})
    return Ask(
        shop=Shop(MallId("mall"), 1, ChannelId("c1"), name="가게"),
        customer=Member("sujin", proven=True),
        caller=Caller(CallerKind.USER, "u1"),
        language=Language.KO,
        now=NOW,
        choices=Choices(version=1, commands_on=frozenset({"cancel"}), cancel=cancel),
        ports=ports,
    )


def wished(of, lines) -> Wish:
    before = {i.code: (i.status_code, i.quantity) for i in of.items if i.code in lines}
    return Wish(of.order_id, lines, "changeOfMind", "", None, before)


def seen_in(ask, of, wish) -> str:
    decision = decide_cancellation(facts_of(ask, of, MALL, wish))
    return seen_by(of, decision, "complete" if decision.plan.outcome_complete else "request")


def under(of, status, *codes):
    """The order with these lines, or all, in another state."""
    changed = (
        replace(i, status_code=status, state=STATES[status]) if i.code in codes or not codes else i
        for i in of.items
    )
    return replace(of, items=tuple(changed))


async def carried_out(mall, lines, cancel, times=1):
    ask, of, step = asked(mall, cancel), mall.order, KeptSteps()
    wish = wished(of, lines)
    seen = seen_in(ask, of, wish)
    for _ in range(times - 1):
        with pytest.raises(OutcomeUnknown):
            await act(ask, wish.to_json(), seen, step)
    return await act(ask, wish.to_json(), seen, step)


async def test_a_refused_repetition_of_a_call_that_came_through_late_is_no_failure():
    """The first call is on its way for longer than we wait: read as not done, made again, and refused as done."""
    before = order()
    late = under(before, "C40")
    mall = Mall(before, (None, OutcomeUnknown()), (late, MallRefused("already canceled")))
    end = await carried_out(mall, {FIRST: 1}, COMPLETE, times=2)
    assert end.state is ReceiptState.DONE


async def test_a_refusal_that_left_the_lines_as_they_were_stays_a_refusal():
    mall = Mall(order(), (None, MallRefused("no")))
    with pytest.raises(MallRefused):
        await carried_out(mall, {FIRST: 1}, COMPLETE)


async def test_a_lost_request_for_part_of_a_line_is_a_request_and_not_done():
    before = order(OF_THREE)
    cut = replace(before, items=(replace(OF_THREE, quantity=2), item(SECOND, status="C00")))
    mall = Mall(before, (cut, OutcomeUnknown()))
    end = await carried_out(mall, {FIRST: 1}, REQUEST, times=2)
    assert end.state is ReceiptState.REQUESTED
    assert len(mall.calls) == 1


async def test_a_lost_request_that_the_shop_has_refused_since_was_a_request():
    """It is neither done nor stale, and not asked for again; what the shop decided follows."""
    before = order()
    mall = Mall(before, (under(before, "C11"), OutcomeUnknown()))
    end = await carried_out(mall, {FIRST: 1}, REQUEST, times=2)
    assert end.state is ReceiptState.REQUESTED
    assert len(mall.calls) == 1
    asked_for = replace(receipt(before, 1), shown={"items": [{"orderItemCode": FIRST, "quantity": 1}]})
    refused = await follow(asked(mall, REQUEST), asked_for)
    assert refused.state is ReceiptState.FAILED


async def test_a_line_that_somebody_else_made_smaller_is_not_our_cancel():
    before = order(OF_THREE)
    smaller = replace(before, items=(replace(OF_THREE, quantity=2), item(SECOND, status="C40")))
    mall = Mall(before, (smaller, OutcomeUnknown()))
    end = await carried_out(mall, {FIRST: 3}, COMPLETE, times=2)
    assert not isinstance(end, Settled)
    assert len(mall.calls) == 1


def receipt(of, quantity, **shown) -> Receipt:
    line = {"orderItemCode": FIRST, "productName": "린넨 셔츠", "optionText": "M", "quantity": quantity}
    return Receipt(
        "r1", "cancel", ReceiptState.REQUESTED, of.order_id, {"items": [line], **shown}, "user", NOW
    )


PART = {"parts": [FIRST], "codes": [FIRST]}


@pytest.mark.parametrize(
    ("cut_off", "state"), [("C00", None), ("C40", ReceiptState.DONE), ("N20", ReceiptState.FAILED)]
)
async def test_a_request_for_part_of_a_line_is_followed_on_the_line_that_was_cut_off(cut_off, state):
    cut = order(replace(OF_THREE, quantity=2), item(SECOND, status=cut_off))
    end = await follow(asked(Mall(cut), REQUEST), receipt(cut, 1, **PART))
    assert (end and end.state) is state


async def test_a_part_that_left_no_trace_is_not_called_rejected():
    same = order(OF_THREE)
    assert await follow(asked(Mall(same), REQUEST), receipt(same, 1, **PART)) is None


async def test_an_order_that_is_not_to_be_found_any_more_ends_nothing():
    """A guest's order after three months, a member who left: news of it must not fail for the orders beside it."""
    assert await follow(asked(Mall(None), REQUEST), receipt(order(), 1)) is None
