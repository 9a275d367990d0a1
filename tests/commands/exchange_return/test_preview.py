"""`exchangeReturn.candidates` and `.preview`: who may ask for what, what is still missing, and what a plan holds."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from commands.claiming import CandidatesParams
from commands.exchange_return.command import candidates
from commands.exchange_return.previewing import preview
from commands.exchange_return.wire import PreviewParams, PreviewResult
from commands.exchange_return.wish import Wish, params_of
from commands.kernel.failures import Failure
from commands.kernel.plan import Receipt, ReceiptState

from .world import (
    CHOICES,
    FIRST,
    MALL,
    NOW,
    ORDER,
    SECOND,
    TWO,
    Mall,
    asking,
    item,
    order,
    under,
    wanting,
)


async def previewed(mall: Mall, *, choices: Any = CHOICES, proven: bool = True, **wish: Any) -> PreviewResult:
    return await preview(asking(mall, choices, proven=proven), PreviewParams.model_validate(wanting(**wish)))


async def test_candidates_say_what_may_be_asked_for_each_line() -> None:
    mall = Mall(order(item(), item(SECOND, status="N20")))
    found = await candidates(asking(mall), CandidatesParams())
    kinds = {line.order_item_code: line.kinds for line in found.orders[0].items}
    assert kinds == {FIRST: ["exchange", "return"], SECOND: ["exchange"]}
    assert found.why is None


async def test_an_empty_list_says_why() -> None:
    found = await candidates(asking(Mall(None)), CandidatesParams())
    assert found.orders == []
    assert found.why is not None
    assert found.why.findings[0].code == "nothing_to_claim"


async def test_orders_that_need_a_manager_are_hidden_with_their_decision() -> None:
    found = await candidates(asking(Mall(under(order(), "N50"))), CandidatesParams())
    assert found.orders == []
    assert found.hidden[0].decision.verdict == "needsManager"


@pytest.mark.parametrize(
    ("wish", "missing"),
    [
        ({"reason": "defective"}, ["evidence"]),
        ({"kind": "exchange", "exchangeFor": []}, ["exchangeFor"]),
        ({"pickup": None}, ["pickup"]),
        ({"kind": "exchange", "reason": "deliveryError", "exchangeFor": [], "pickup": None},
         ["evidence", "exchangeFor", "pickup"]),
    ],
)  # fmt: skip
async def test_what_is_missing_is_named_and_no_plan_is_made(wish: dict[str, Any], missing: list[str]) -> None:
    mall = Mall(order())
    result = await previewed(mall, **wish)
    assert result.missing == missing
    assert result.plan_token is None
    assert mall.drafts == []


async def test_a_refund_account_is_asked_for_where_the_mall_wants_one() -> None:
    mall = Mall(order())
    mall.rules_now = replace(MALL, refund_account_required=True)
    assert (await previewed(mall)).missing == ["refundAccount"]
    assert (await previewed(mall, kind="exchange")).missing is None


async def test_a_member_not_yet_proven_gives_the_phone_code_before_anything_else() -> None:
    result = await previewed(Mall(order()), proven=False, pickup=None)
    assert result.missing == ["phoneCode", "pickup"]


async def test_nobody_is_asked_in_vain() -> None:
    """No photos for an order that goes to a manager anyhow."""
    result = await previewed(Mall(under(order(), "N50")), reason="defective", pickup=None)
    assert result.missing is None
    assert result.decision.verdict in {"blocked", "needsManager"}


async def test_what_has_not_been_shipped_needs_no_way_back() -> None:
    result = await previewed(Mall(under(order(), "N20")), kind="exchange", pickup=None)
    assert result.plan_token
    assert result.shipping_fee is None


async def test_an_order_that_tells_no_address_asks_for_one() -> None:
    assert (await previewed(Mall(order(receivers=())))).missing == ["pickup"]


async def test_the_fee_is_told_where_the_mall_tells_it_and_the_buyer_pays() -> None:
    assert (await previewed(Mall(order()))).shipping_fee == "3000"
    at_fault = await previewed(Mall(order()), reason="defective", evidence=["photo1"])
    assert (at_fault.shipping_payer, at_fault.shipping_fee, at_fault.outcome) == ("mall", None, "pending")


async def test_targets_are_shown_with_stock_and_price() -> None:
    result = await previewed(Mall(order()), kind="exchange", exchangeFor=[])
    assert result.targets is not None
    (line,) = result.targets
    seen = {v.variant_code: (v.available, v.stock, v.extra_price, v.same_price) for v in line.variants}
    assert seen == {
        "P1M": (True, 5, "0", True),
        "P1L": (True, 5, "0", True),
        "P1X": (True, 5, "2000", False),
        "P1S": (False, 0, "0", True),
    }


async def test_a_claim_that_waits_holds_its_lines_and_no_others() -> None:
    mall = Mall(TWO)
    lines = {"items": [{"orderItemCode": FIRST}]}
    mall.open = {ORDER: Receipt("r9", "exchangeReturn", ReceiptState.PENDING, ORDER, lines, "user", NOW)}
    held = await previewed(mall)
    assert [f.code for f in held.decision.findings if f.decisive] == ["receipt_open"]
    assert held.decision.findings[0].facts["receiptId"] == "r9"
    assert (await previewed(mall, items=[{"orderItemCode": SECOND, "quantity": 1}])).plan_token


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": [{"orderItemCode": FIRST, "quantity": 2}]},
        {"items": [{"orderItemCode": "20990101-0000001-01", "quantity": 1}]},
        {"items": [{"orderItemCode": FIRST, "quantity": 1}] * 2},
        {"kind": "exchange", "exchangeFor": [{"orderItemCode": SECOND, "variantCode": "P1L", "quantity": 1}]},
        {"reason": "defective", "evidence": ["photo-of-somebody-else"]},
        {"orderId": "20990101-0000001"},
    ],
    ids=["too many", "foreign line", "twice", "target of another line", "foreign photo", "foreign order"],
)
async def test_what_is_not_theirs_is_refused(wrong: dict[str, Any]) -> None:
    mall = Mall(order())
    with pytest.raises(Failure):
        await previewed(mall, **wrong)
    assert mall.drafts == []


@pytest.mark.parametrize(
    "wrong",
    [
        {
            "pickup": {
                "receiverName": "김민지",
                "cellphone": "02-123-4567",
                "zipcode": "06236",
                "address1": "a",
            }
        },
        {
            "pickup": {
                "receiverName": "김민지",
                "cellphone": "01012345678",
                "zipcode": "0623",
                "address1": "a",
            }
        },
        {"pickup": {"receiverName": " ", "cellphone": "01012345678", "zipcode": "06236", "address1": "a"}},
        {"pickup": {"sameAsOrder": True}, "selfSend": {}},
        {"pickup": None, "selfSend": {"trackingNumber": "<script>"}},
        {"evidence": ["a"] * 6},
        {"kind": "refund"},
        {"reason": "theft"},
    ],
)
def test_params_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PreviewParams.model_validate(wanting(**wrong))


ELSEWHERE = {
    "receiverName": "이수진",
    "cellphone": "010-9876-5432",
    "zipcode": "04524",
    "address1": "서울 중구 세종대로 110",
    "address2": "",
}


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "exchange"},
        {"pickup": ELSEWHERE, "reason": "defective", "evidence": ["photo1", "photo2"]},
        {"pickup": None, "selfSend": {"courier": "우체국택배", "trackingNumber": "6012345678901"}},
        {"refundAccount": {"bankCode": "bank_04", "accountNumber": "12345678", "holder": "김민지"}},
    ],
)
async def test_a_plan_can_be_asked_for_again(wish: dict[str, Any]) -> None:
    mall = Mall(order())
    assert (await previewed(mall, **wish)).plan_token
    payload = mall.drafts[-1].payload
    again = PreviewParams.model_validate(params_of(payload))
    assert Wish.of(again, order()).to_json() == payload
    assert Wish.from_json(payload).to_json() == payload
