"""Accepted claims: on to the refund, withdrawn, refunded; and what a lost answer leaves behind."""

import asyncio
import socket

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from app.sandbox.cafe24.claim_money import NO_GATEWAY_CANCEL
from app.sandbox.cafe24.resources import cancellations
from app.sandbox.cafe24.routes import cafe24_app
from tests.sandbox.claims import Writer, find, of, states


async def accepted(write, order, **fields) -> str:
    answer = await write.cancels(order, "accepted", **fields)
    return answer.json()["cancellation"]["claim_code"]


async def test_two_steps_to_the_refund(write, mall, get):
    """Accept, advance, find the row by its day of acceptance, complete, read back."""
    order = find(mall, 102)
    code = await accepted(write, order)
    advanced = (await write.advances(order, code)).json()["cancellation"][0]
    assert (advanced["claim_code"], advanced["status"], advanced["undone"]) == (code, "canceling", None)
    window = {"start_date": "2026-11-21", "end_date": "2026-11-21", "date_type": "accepted_refund_date"}
    rows = (await get("/refunds", **window, order_id=order.order_id, refund_status="F")).json()["refunds"]
    assert [(row["refund_code"], row["refund_date"]) for row in rows] == [(code, None)]
    assert mall.refunds == []
    done = await write.completes(order, code, payment_gateway_cancel="T", send_sms="F", reason="취소 환불")
    assert done.json()["refund"] == {
        "shop_no": 1,
        "refund_code": code,
        "status": "complete",
        "reason": "취소 환불",
    }
    row = (await write.sees(order))["refunds"][0]
    assert (row["status"], row["payment_gateway_cancel_statuses"][0]["cancel_status"]) == ("T", "T")
    assert [(entry.claim_code, entry.automatic) for entry in mall.refunds] == [(code, True)]
    again = await write.completes(order, code, payment_gateway_cancel="T")
    assert (again.status_code, again.json()["error"]["message"]) == (422, cancellations.REFUNDED)
    assert len(mall.refunds) == 1


async def test_a_cash_refund_carries_its_account(write, mall):
    order = find(mall, 206)
    account = {"refund_bank_account_no": "0000000000", "refund_bank_account_holder": "최도윤"}
    await write.cancels(order, "canceling", refund_method_code=["T"], refund_bank_code="bank_04", **account)
    row = (await write.sees(order))["refunds"][0]
    assert account.items() <= row.items()
    assert (row["refund_payment_methods"], row["refund_methods"]) == (["cash"], ["현금 환불"])
    code = row["refund_code"]
    assert (await write.completes(order, code, payment_gateway_cancel="T")).json()["error"]["message"] == (
        NO_GATEWAY_CANCEL
    )
    assert (await write.completes(order, code)).status_code == 200
    assert mall.refunds[0].automatic is False


@pytest.mark.parametrize("status", ["accepted", "canceling"])
async def test_a_withdrawn_claim_gives_the_line_back(write, mall, status):
    order = find(mall, 102)
    code = (await write.cancels(order, status)).json()["cancellation"]["claim_code"]
    answer = await write.withdraws(order, code, undone_reason="고객 요청")
    assert answer.json()["cancellation"]["items"] == [{"order_item_code": order.items[0].code}]
    seen = await write.sees(order)
    assert (seen["items"][0]["order_status"], seen["items"][0]["claim_code"]) == ("N20", None)
    assert (seen["cancellation"][0]["undone"], seen["cancellation"][0]["undone_reason"]) == ("T", "고객 요청")
    assert seen["refunds"] == []
    assert (await write.withdraws(order, code)).json()["error"]["message"] == cancellations.WITHDRAWN
    assert (await write.cancels(order, payment_gateway_cancel="T")).status_code == 201
    assert [entry.amount for entry in mall.refunds] == [order.payable]


async def test_the_bulk_call_withdraws_too(write, mall):
    order = find(mall, 102)
    code = await accepted(write, order)
    undo = {"status": None, "undone": "T", "undone_reason_type": "A", "expose_order_detail": "F"}
    assert (await write.advances(order, code, **undo)).status_code == 200
    assert states(order) == ["N20"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"refund_method_code": None}, "A mandatory field is missing. (parameter.refund_method_code)"),
        ({"recover_inventory": None}, "A mandatory field is missing. (parameter.recover_inventory)"),
        ({"add_memo_too": None}, "A mandatory field is missing. (parameter.add_memo_too)"),
        ({"status": None}, "A mandatory field is missing. (parameter.status)"),
        ({"status": "canceled"}, "It is not a valid value. (parameter.status)"),
        ({"claim_code": "C20261121-9999999"}, "The claim does not exist. (parameter.claim_code)"),
    ],
)
async def test_an_update_wants_its_fields(write, mall, fields, text):
    order = find(mall, 102)
    code = await accepted(write, order)
    answer = await write.advances(order, **({"claim_code": code} | fields))
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, text)
    assert states(order) == ["C10"]


async def test_what_is_over_stays_over(write, mall):
    order = find(mall, 102)
    code = await accepted(write, order)
    assert (await write.completes(order, code)).json()["error"]["message"] == cancellations.NO_REFUND
    await write.advances(order, code)
    assert (await write.advances(order, code)).json()["error"]["message"] == cancellations.NOT_ACCEPTED
    await write.completes(order, code)
    assert (await write.advances(order, code)).json()["error"]["message"] == cancellations.OVER
    assert (await write.withdraws(order, code)).json()["error"]["message"] == cancellations.OVER
    assert (await write.completes(order, "C1")).json()["error"]["message"] == cancellations.NO_REFUND
    exchanged = find(mall, 432)
    answer = await write.completes(exchanged, exchanged.claims[0].code)
    assert answer.json()["error"]["message"] == cancellations.NO_REFUND


async def test_the_claim_of_another_order_is_not_found(write, mall):
    code = await accepted(write, find(mall, 102))
    other = find(mall, 101)
    assert (await write.withdraws(other, code)).status_code == 422
    assert (await write.completes(other, code)).status_code == 422


@pytest.mark.parametrize("fault", ["503", "500", "429", "quota", "html_error", "401_expired"])
async def test_a_fault_before_the_effect_leaves_no_effect(write, mall, malls, fault):
    order = find(mall, 102)
    malls.faults.inject(fault, path="POST /admin/orders", times=2)
    await write.sees(order)
    for _ in range(2):
        assert (await write.cancels(order)).status_code >= 400
    assert (states(order), mall.refunds) == (["N20"], [])
    assert (await write.cancels(order)).status_code == 201


async def test_a_lost_answer_is_an_effect_all_the_same(write, mall, malls):
    first, second = find(mall, 102), find(mall, 101)
    malls.faults.inject("timeout_after_effect", path="POST /admin/orders")
    assert (await write.cancels(first)).status_code == 504
    malls.faults.inject("timeout_after_effect:closed", path="POST /admin/cancellationrequests")
    with pytest.raises(httpx.RemoteProtocolError):
        await write.asks(second)
    assert (states(first), states(second)) == (["C40"], ["C00", "C00"])
    assert (len(mall.refunds), len(mall.requests)) == (1, 1)


async def test_a_closed_connection_is_one_over_loopback_too(mall, malls):
    """Through a real server the client meets the very same error."""
    config = uvicorn.Config(
        Starlette(routes=[Mount("/cafe24", cafe24_app(malls))]), log_level="critical", ws="none"
    )
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        base = f"http://127.0.0.1:{listening.getsockname()[1]}/cafe24"
        async with httpx.AsyncClient(base_url=base) as http:
            malls.faults.inject("timeout_after_effect:closed")
            with pytest.raises(httpx.RemoteProtocolError):
                await Writer(http, mall).cancels(find(mall, 102), items=of(find(mall, 102), 1))
        server.should_exit = True
        await serving
    assert len(mall.refunds) == 1


async def test_a_discount_larger_than_the_rest_is_never_paid_out(write, mall):
    """Lines are summed without discounts, so the first part may want more than was paid."""
    order = find(mall, 101)
    order.coupon_discount = order.items[1].amount
    for part in (of(order, 2), of(order, 1)):
        await write.cancels(order, items=part)
    assert [entry.amount for entry in mall.refunds] == [order.payable, 0]


async def test_points_come_back_once_though_a_claim_was_withdrawn_between(write, mall):
    order = find(mall, 101)
    first = (await write.cancels(order, "canceling", items=of(order, 1))).json()["cancellation"]["claim_code"]
    await write.cancels(order, items=of(order, 2))
    await write.withdraws(order, first)
    await write.cancels(order, items=of(order, 1))
    assert sum(entry.points for entry in mall.refunds) == order.points_spent
    assert sum(entry.amount for entry in mall.refunds) == order.payable
