"""Cancellations that the mall refuses: each in its words, and nothing has changed."""

import pytest

from app.sandbox.cafe24 import claim_lines, claim_money
from tests.sandbox.claims import find, of, states

LONG = "가" * 2001
METHOD_UNAVAILABLE = (
    "The refund amount exceeds the available amount for this refund method. Select an additional "
    "payment method for refund. The available method is [T, M, G]"
)


@pytest.mark.parametrize(
    ("no", "fields", "text"),
    [
        (103, {}, claim_lines.SHIPPED),
        (104, {}, claim_lines.SHIPPED),
        (106, {}, claim_lines.SHIPPED),
        (105, {}, claim_lines.SHIPPED),
        (407, {}, claim_lines.OPEN_CLAIM),
        (421, {}, claim_lines.OPEN_CLAIM),
        (431, {}, claim_lines.OPEN_CLAIM),
        (405, {"status": "accepted"}, claim_lines.OPEN_CLAIM),
        (405, {}, claim_lines.OPEN_CLAIM),
        (406, {}, claim_lines.REFUSED_BEFORE),
        (410, {}, claim_lines.ALREADY_CANCELLED),
        (412, {}, claim_lines.ALREADY_CANCELLED),
        (316, {}, claim_lines.UNKNOWN_STATUS),
        (401, {"status": "canceling"}, claim_lines.UNPAID),
        (302, {}, claim_lines.OTHER_CHANNEL),
        (303, {}, claim_lines.OTHER_CHANNEL),
        (304, {}, claim_lines.OTHER_CHANNEL),
        (206, {"payment_gateway_cancel": "T"}, claim_money.NO_GATEWAY_CANCEL),
        (310, {"payment_gateway_cancel": "T"}, claim_money.NO_GATEWAY_CANCEL),
        (311, {"payment_gateway_cancel": "T"}, claim_money.NO_GATEWAY_CANCEL),
        (313, {"payment_gateway_cancel": "T"}, claim_money.SEVERAL_PAYMENTS),
        (402, {"payment_gateway_cancel": "T"}, claim_money.NO_GATEWAY_CANCEL),
        (102, {"payment_gateway_cancel": "T", "status": "canceling"}, claim_money.GATEWAY_NEEDS_END),
        (102, {"status": "cancelled"}, "It is not a valid value. (parameter.status)"),
        (102, {"status": None}, "A mandatory field is missing. (parameter.status)"),
        (102, {"reason": LONG}, "The maximum length is 2000. (parameter.reason)"),
        (102, {"reason": 7}, "It is not a valid value. (parameter.reason)"),
        (102, {"claim_reason_type": "K"}, "It is not a valid value. (parameter.claim_reason_type)"),
        (102, {"claim_reason_type": "a"}, "It is not a valid value. (parameter.claim_reason_type)"),
        (102, {"recover_inventory": True}, "It is not a valid value. (parameter.recover_inventory)"),
        (102, {"refund_method_code": ["X"]}, "It is not a valid value. (parameter.refund_method_code)"),
        (102, {"refund_method_code": ["T"]}, "A mandatory field is missing. (parameter.refund_bank_code)"),
        (
            102,
            {"refund_method_code": "T", "refund_bank_code": "bank_04"},
            "A mandatory field is missing. (parameter.refund_bank_account_no)",
        ),
        (
            102,
            {"refund_bank_account_holder": "김" * 16},
            "The maximum length is 15. (parameter.refund_bank_account_holder)",
        ),
        (
            301,
            {"refund_method_code": ["F"]},
            METHOD_UNAVAILABLE,
        ),
        (102, {"items": []}, "A mandatory field is missing. (parameter.items)"),
        (102, {"items": "all"}, "A mandatory field is missing. (parameter.items)"),
        (102, {"items": [7]}, "It is not a valid object. (parameter.request)"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(write, mall, no, fields, text):
    order = find(mall, no)
    before = (states(order), len(order.claims))
    answer = await write.cancels(order, **({"status": "canceled"} | fields))
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, text)
    assert (states(order), len(order.claims), mall.refunds) == (*before, [])


@pytest.mark.parametrize("quantity", [0, -1, 3, 10**9])
async def test_a_quantity_that_the_line_does_not_have_is_refused(write, mall, quantity):
    order = find(mall, 101)
    answer = await write.cancels(order, items=of(order, 2, quantity=quantity))
    assert answer.json()["error"]["message"] == (
        "[quantity] must be a number between 1 and 2. (parameter.quantity)"
    )


@pytest.mark.parametrize("quantity", [1.5, True, "1", None, [1]])
async def test_a_quantity_is_a_whole_number(write, mall, quantity):
    order = find(mall, 101)
    line = {"order_item_code": order.items[0].code, "quantity": quantity}
    assert (await write.cancels(order, items=[line])).status_code == 422
    assert states(order) == ["N10", "N10"]


async def test_lines_of_others_and_lines_twice_are_refused(write, mall):
    order, other = find(mall, 101), find(mall, 102)
    foreign = await write.cancels(order, items=of(order, 1) + of(other, 1))
    assert foreign.json()["error"]["message"] == (
        "The item does not exist in this order. (parameter.order_item_code)"
    )
    twice = await write.cancels(order, items=of(order, 1) * 2)
    assert twice.json()["error"]["message"] == "The same item is listed twice. (parameter.items)"
    assert (states(order), states(other), mall.refunds) == (["N10", "N10"], ["N20"], [])


async def test_a_part_of_a_naver_order_is_refused_in_the_observed_words(write, mall):
    order = find(mall, 312)
    order.wire["naverpay_payment_information"] = "N"
    answer = await write.cancels(order, items=of(order, 1, quantity=1))
    assert answer.json()["error"]["message"] == "Partial cancellation is unavailable for NAVER Pay orders."


@pytest.mark.parametrize("no", [404, 405])
async def test_a_claim_that_exists_is_taken_whole_or_not_at_all(write, mall, no):
    order = find(mall, no)
    order.items[0].quantity = 2
    answer = await write.cancels(order, items=of(order, 1, quantity=1))
    assert (answer.status_code, len(order.items)) == (422, 1 if no == 404 else 2)


async def test_a_replacement_is_not_cancelled(write, mall):
    order = find(mall, 432)
    answer = await write.cancels(order, items=of(order, 5))
    assert answer.json()["error"]["message"] == claim_lines.OPEN_CLAIM
