"""A confirmed claim carried out: filed once, kept for a manager, approved, lost, refused, and what the shop decides."""

from dataclasses import replace
from typing import Any

import pytest

from commands.exchange_return.act import act, approve
from commands.exchange_return.follow import follow
from commands.exchange_return.previewing import preview
from commands.exchange_return.wire import PreviewParams
from commands.kernel.plan import Receipt, ReceiptState, Settled, WentStale
from commands.kernel.ports import AUTO_PICKUP_ON, MallRefused, OutcomeUnknown
from commands.kernel.spec import Ask
from tests.commands.kept_steps import KeptSteps

from .world import (
    AT_ONCE,
    FIRST,
    MALL,
    NOW,
    ORDER,
    SECOND,
    Mall,
    asking,
    item,
    order,
    under,
    variant,
    wanting,
)

PHOTO = {"evidence": ["photo1"]}
OF_THREE = order(item(quantity=3))


async def planned(ask: Ask, mall: Mall, **wish: Any) -> Any:
    result = await preview(ask, PreviewParams.model_validate(wanting(**wish)))
    assert result.plan_token, (result.decision, result.missing)
    return mall.drafts[-1]


async def test_a_return_by_fault_of_the_buyer_is_filed_at_once() -> None:
    mall = Mall(order(), (under(order(), "R00"), None))
    ask = asking(mall)
    draft = await planned(ask, mall)
    end = await act(ask, draft.payload, draft.seen, KeptSteps())
    assert isinstance(end, Settled)
    assert end.state is ReceiptState.REQUESTED
    (call,) = mall.calls
    assert (call.reason_type, call.lines, call.pickup.receiver_name) == ("A", ((FIRST, 1),), "김민지")


async def test_a_return_that_the_mall_accepts_at_once_is_done() -> None:
    mall = Mall(order(), (under(order(), "R10"), None))
    ask = asking(mall)
    draft = await planned(ask, mall)
    assert (await act(ask, draft.payload, draft.seen, KeptSteps())).state is ReceiptState.DONE


async def test_an_exchange_names_the_variant_and_reads_its_stock_anew() -> None:
    mall = Mall(order(), (under(order(), "E00"), None))
    ask = asking(mall)
    draft = await planned(ask, mall, kind="exchange")
    assert mall.read_fresh == [False]
    end = await act(ask, draft.payload, draft.seen, KeptSteps())
    assert end.state is ReceiptState.REQUESTED
    assert mall.read_fresh[-1] is True
    (target,) = mall.calls[0].targets
    assert (target.variant_code, target.product_no, target.quantity) == ("P1L", 11, 1)


@pytest.mark.parametrize(
    "now",
    [
        (variant("P1M"), variant("P1L", stock=0)),
        (variant("P1M"), variant("P1L", extra=1000)),
        (variant("P1M"), variant("P1L", on_sale=False)),
        (variant("P1M"),),
    ],
    ids=["sold out", "dearer", "not on sale", "gone"],
)
async def test_a_target_that_changed_since_makes_the_plan_stale(now: Any) -> None:
    mall = Mall(order())
    ask = asking(mall)
    draft = await planned(ask, mall, kind="exchange")
    mall.variants_now = now
    assert isinstance(await act(ask, draft.payload, draft.seen, KeptSteps()), WentStale)
    assert mall.calls == []


async def test_less_stock_that_still_suffices_is_no_change() -> None:
    mall = Mall(order(), (under(order(), "E00"), None))
    ask = asking(mall)
    draft = await planned(ask, mall, kind="exchange")
    mall.variants_now = (variant("P1M"), variant("P1L", stock=1))
    assert (await act(ask, draft.payload, draft.seen, KeptSteps())).state is ReceiptState.REQUESTED


async def test_by_fault_of_the_mall_it_waits_and_the_mall_hears_nothing() -> None:
    mall = Mall(order())
    ask = asking(mall)
    draft = await planned(ask, mall, reason="defective", **PHOTO)
    end = await act(ask, draft.payload, draft.seen, KeptSteps())
    assert isinstance(end, Settled)
    assert (end.state, end.kind) == (ReceiptState.PENDING, "return:defective")
    assert mall.calls == []
    assert draft.shown["photos"] == ["photo1"]
    assert "01012345678" not in str(draft.shown).replace("-", "")


async def test_a_claim_that_was_to_wait_is_not_filed_when_the_setting_changed_meanwhile() -> None:
    mall = Mall(order())
    draft = await planned(asking(mall), mall, reason="defective", **PHOTO)
    end = await act(asking(mall, AT_ONCE), draft.payload, draft.seen, KeptSteps())
    assert isinstance(end, WentStale)
    assert mall.calls == []


async def test_photos_that_are_gone_make_it_stale() -> None:
    mall = Mall(order())
    ask = asking(mall, AT_ONCE)
    draft = await planned(ask, mall, reason="defective", **PHOTO)
    mall.photos_kept = set()
    assert isinstance(await act(ask, draft.payload, draft.seen, KeptSteps()), WentStale)


async def test_a_second_claim_on_lines_that_wait_is_stale() -> None:
    """Both were looked at before either was confirmed."""
    mall = Mall(order())
    ask = asking(mall)
    draft = await planned(ask, mall, reason="defective", **PHOTO)
    shown = draft.shown | {"waiting": [{"orderItemCode": FIRST}]}
    mall.open = {ORDER: Receipt("r9", "exchangeReturn", ReceiptState.CHECKING, ORDER, shown, "user", NOW)}
    assert isinstance(await act(ask, draft.payload, draft.seen, KeptSteps()), WentStale)


async def test_our_own_open_receipt_is_in_nobody_s_way() -> None:
    mall = Mall(order(), (under(order(), "R00"), None))
    ask = asking(mall)
    draft = await planned(ask, mall)
    mall.open = {
        ORDER: Receipt("r1", "exchangeReturn", ReceiptState.CHECKING, ORDER, draft.shown, "user", NOW)
    }
    assert (await act(ask, draft.payload, draft.seen, KeptSteps())).state is ReceiptState.REQUESTED


async def waiting(mall: Mall, **wish: Any) -> tuple[Ask, Any]:
    ask = asking(mall)
    return ask, await planned(ask, mall, reason="defective", **PHOTO, **wish)


async def test_an_approved_claim_is_filed_once_without_looking_at_photos_and_period_again() -> None:
    mall = Mall(order(), (under(order(), "R00"), None))
    ask, draft = await waiting(mall)
    steps = KeptSteps()
    assert (await act(ask, draft.payload, draft.seen, steps)).state is ReceiptState.PENDING
    mall.photos_kept = set()
    for _ in range(2):
        end = await approve(ask, draft.payload, draft.seen, steps)
        assert end.state is ReceiptState.REQUESTED
    assert [call.reason_type for call in mall.calls] == ["K"]


@pytest.mark.parametrize(
    ("status", "code"), [("R00", "claim_open"), ("C40", "claim_closed"), ("N50", "purchase_confirmed")]
)
async def test_an_approved_claim_that_the_order_no_longer_allows_fails_with_the_reason(
    status: str, code: str
) -> None:
    mall = Mall(order())
    ask, draft = await waiting(mall)
    mall.order = under(order(), status)
    end = await approve(ask, draft.payload, draft.seen, KeptSteps())
    assert end.state is ReceiptState.FAILED
    assert [f["code"] for f in end.decision["findings"] if f["decisive"]] == [code]
    assert mall.calls == []


async def test_an_approved_claim_never_asks_for_more_than_the_line_still_has() -> None:
    mall = Mall(OF_THREE)
    ask, draft = await waiting(mall, items=[{"orderItemCode": FIRST, "quantity": 3}])
    mall.order = order(item(quantity=1))
    end = await approve(ask, draft.payload, draft.seen, KeptSteps())
    assert [f["code"] for f in end.decision["findings"] if f["decisive"]] == ["line_changed"]
    assert mall.calls == []


async def test_an_approved_order_that_is_gone_fails_with_a_word() -> None:
    mall = Mall(order())
    ask, draft = await waiting(mall)
    mall.order = None
    end = await approve(ask, draft.payload, draft.seen, KeptSteps())
    assert end.decision["findings"][0]["code"] == "order_gone"


async def test_an_answer_that_is_lost_is_found_by_reading_and_not_asked_for_again() -> None:
    mall = Mall(order(), (under(order(), "R00"), OutcomeUnknown()))
    ask = asking(mall)
    draft = await planned(ask, mall)
    steps = KeptSteps()
    with pytest.raises(OutcomeUnknown):
        await act(ask, draft.payload, draft.seen, steps)
    end = await act(ask, draft.payload, draft.seen, steps)
    assert (end.state, len(mall.calls)) == (ReceiptState.REQUESTED, 1)


async def test_a_call_that_surely_never_arrived_is_made_again() -> None:
    mall = Mall(order(), (None, OutcomeUnknown()), (under(order(), "R00"), None))
    ask = asking(mall)
    draft = await planned(ask, mall)
    steps = KeptSteps()
    with pytest.raises(OutcomeUnknown):
        await act(ask, draft.payload, draft.seen, steps)
    end = await act(ask, draft.payload, draft.seen, steps)
    assert (end.state, len(mall.calls)) == (ReceiptState.REQUESTED, 2)


async def test_a_lost_request_that_the_shop_refused_since_is_not_filed_again() -> None:
    mall = Mall(order(), (under(order(), "R11"), OutcomeUnknown()))
    ask = asking(mall)
    draft = await planned(ask, mall)
    steps = KeptSteps()
    with pytest.raises(OutcomeUnknown):
        await act(ask, draft.payload, draft.seen, steps)
    end = await act(ask, draft.payload, draft.seen, steps)
    assert (end.state, len(mall.calls)) == (ReceiptState.REQUESTED, 1)


async def test_a_lost_request_for_part_of_a_line_goes_to_a_person() -> None:
    mall = Mall(OF_THREE, (None, OutcomeUnknown()))
    ask = asking(mall)
    draft = await planned(ask, mall)
    steps = KeptSteps()
    with pytest.raises(OutcomeUnknown):
        await act(ask, draft.payload, draft.seen, steps)
    end = await act(ask, draft.payload, draft.seen, steps)
    assert end.decision["verdict"] == "needsManager"
    assert len(mall.calls) == 1


async def test_a_refused_repetition_of_a_call_that_came_through_late_is_no_failure() -> None:
    late = under(order(), "R00")
    mall = Mall(order(), (None, OutcomeUnknown()), (late, MallRefused("already")))
    ask = asking(mall)
    draft = await planned(ask, mall)
    steps = KeptSteps()
    with pytest.raises(OutcomeUnknown):
        await act(ask, draft.payload, draft.seen, steps)
    assert (await act(ask, draft.payload, draft.seen, steps)).state is ReceiptState.REQUESTED


async def test_a_refusal_because_of_the_automatic_pickup_says_so() -> None:
    """H23."""
    mall = Mall(order(), (None, MallRefused("수거신청 자동접수", AUTO_PICKUP_ON)))
    ask = asking(mall)
    draft = await planned(ask, mall)
    end = await act(ask, draft.payload, draft.seen, KeptSteps())
    assert end.state is ReceiptState.FAILED
    (finding,) = end.decision["findings"]
    assert finding["code"] == AUTO_PICKUP_ON
    assert finding["settingPath"] == "exchangeReturn.autoPickupOff"


async def test_another_refusal_stays_one() -> None:
    mall = Mall(order(), (None, MallRefused("no")))
    ask = asking(mall)
    draft = await planned(ask, mall)
    with pytest.raises(MallRefused):
        await act(ask, draft.payload, draft.seen, KeptSteps())


def asked_for(quantity: int = 1, kind: str = "return", **shown: Any) -> Receipt:
    line = {"orderItemCode": FIRST, "productName": "린넨 셔츠", "optionText": "M", "quantity": quantity}
    whole = {"kind": kind, "items": [line], **shown}
    return Receipt("r1", "exchangeReturn", ReceiptState.REQUESTED, ORDER, whole, "user", NOW)


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        ("return", "R00", None),
        ("return", "R10", ReceiptState.DONE),
        ("return", "R40", ReceiptState.DONE),
        ("return", "R11", ReceiptState.FAILED),
        ("return", "N40", ReceiptState.FAILED),
        ("exchange", "E00", None),
        ("exchange", "E10", ReceiptState.DONE),
        ("exchange", "E11", ReceiptState.FAILED),
    ],
)
async def test_what_the_shop_decided_is_read_off_the_lines(kind: str, status: str, state: Any) -> None:
    """H67."""
    end = await follow(asking(Mall(under(order(), status))), asked_for(kind=kind))
    assert (end and end.state) is state
    if state is ReceiptState.FAILED:
        assert end.decision["findings"][0]["code"] == "request_rejected"


async def test_a_request_for_part_of_a_line_is_followed_on_the_line_that_was_cut_off() -> None:
    cut = order(item(quantity=2), item(SECOND, status="R10"))
    end = await follow(asking(Mall(cut)), asked_for(parts=[FIRST], codes=[FIRST]))
    assert end is not None
    assert end.state is ReceiptState.DONE


async def test_an_order_that_is_not_to_be_found_any_more_ends_nothing() -> None:
    assert await follow(asking(Mall(None)), asked_for()) is None


async def test_settings_that_closed_meanwhile_make_it_stale() -> None:
    mall = Mall(order())
    ask = asking(mall)
    draft = await planned(ask, mall)
    mall.rules_now = replace(MALL, claims_open=False)
    assert isinstance(await act(ask, draft.payload, draft.seen, KeptSteps()), WentStale)
