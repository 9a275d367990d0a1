"""Return and exchange requests: what is sent and what never is, and that an unclear answer is never followed by another
request. The discipline of each answer is that of a cancellation (`test_claims`).
"""

import json
from dataclasses import replace

import httpx
import pytest

from app.cafe24.claim_words import LONGEST_COURIER, refusal_code
from app.cafe24.claims import Cafe24Claims
from app.errors import OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable
from app.sandbox.cafe24.goods_lines import AUTO_PICKUP
from commands.kernel import ports as kernel
from commands.kernel.address import Address, SelfSend
from commands.kernel.order import ItemState, OrderId, OrderItemCode
from commands.kernel.ports import AUTO_PICKUP_ON, ExchangeCall, ExchangeTarget, MallRefused, ReturnCall
from commands.kernel.who import Member
from tests.cafe24.doubles import HANOK, scripted, simulated

GAEUN = Member("gaeun")
ORDER = OrderId("20261116-0000501")
FIRST, SECOND = OrderItemCode(f"{ORDER}-01"), OrderItemCode(f"{ORDER}-02")
HOME = Address("정가은", "+821000001011", "04524", "서울특별시 중구 세종대로 000", "8층")
RETURN = ReturnCall(ORDER, ((FIRST, 1),), "K", "올이 풀려 있어요", pickup=HOME)
WANTED = ExchangeTarget(FIRST, 11, "P00000AL000B", 1)
EXCHANGE = ExchangeCall(ORDER, ((FIRST, 1),), "A", "색상 변경", (WANTED,), pickup=HOME)
BOTH = pytest.mark.parametrize("call", [RETURN, EXCHANGE], ids=["return", "exchange"])


def files(rig, call):
    claims = Cafe24Claims(rig.client, rig.orders)
    return (
        claims.request_return(HANOK, call)
        if isinstance(call, ReturnCall)
        else claims.request_exchange(HANOK, call)
    )


def done(call, status=201):
    row = {"order_id": ORDER, "exchange_request_no": 8}
    return httpx.Response(status, json={"returnrequests": [row], "exchangerequests": [row]})


def error(status, message="no"):
    return httpx.Response(status, json={"error": {"code": status, "message": message}})


async def sent(call):
    rig, pages = scripted(done(call))
    await files(rig, call)
    (request,) = pages.requests
    (row,) = json.loads(request.read())["requests"]
    return row


# ── what is sent ────────────────────────────────────────────────────────────────────────────────────────────
@BOTH
async def test_the_courier_is_told_where(call):
    row = await sent(replace(call, pickup=replace(HOME, address2=" ", phone="02-000-0000")))
    assert row["request_pickup"] == "T"
    assert row["pickup"] == {
        "name": "정가은",
        "phone": "02-000-0000",
        "cellphone": "010-0000-1011",
        "zipcode": "04524",
        "address1": "서울특별시 중구 세종대로 000",
        "address2": "-",
    }


@BOTH
@pytest.mark.parametrize(
    ("own", "said"),
    [
        (SelfSend(), {}),
        (
            SelfSend("우체국택배", "6000 1234"),
            {"tracking_no": "6000 1234", "shipping_company_name": "우체국택배"},
        ),
        (SelfSend("가" * 99, None), {"shipping_company_name": "가" * LONGEST_COURIER}),
    ],
)
async def test_an_own_parcel_tells_what_is_known_of_it(call, own, said):
    row = await sent(replace(call, pickup=None, self_send=own))
    assert row["request_pickup"] == "F"
    assert {k: v for k, v in row.items() if k in {"pickup", "tracking_no", "shipping_company_name"}} == said


async def test_what_was_never_shipped_has_no_way_back():
    row = await sent(replace(EXCHANGE, pickup=None))
    assert not {"request_pickup", "pickup", "tracking_no"} & row.keys()


async def test_targets_stand_in_the_order_of_the_lines():
    other = ExchangeTarget(SECOND, 13, "P00000AN000A", 2)
    row = await sent(replace(EXCHANGE, lines=((FIRST, 1), (SECOND, 2)), targets=(other, WANTED)))
    assert [item["order_item_code"] for item in row["items"]] == [FIRST, SECOND]
    assert row["exchange_items"] == [
        {"product_no": 11, "variant_code": "P00000AL000B", "quantity": 1},
        {"product_no": 13, "variant_code": "P00000AN000A", "quantity": 2},
    ]


@pytest.mark.parametrize(
    ("letter", "words"),
    [("A", "단순 변심"), ("E", "상품 불만족"), ("K", "상품 불량"), ("J", "오배송"), ("I", "기타")],
)
@BOTH
async def test_a_reason_without_words_gets_those_of_its_letter(call, letter, words):
    row = await sent(replace(call, reason_type=letter, reason="\u200b"))
    assert (row["reason_type"], row["reason"]) == (letter, words)


@pytest.mark.parametrize(
    "strange",
    [
        replace(RETURN, lines=()),
        replace(RETURN, lines=((FIRST, 0),)),
        replace(RETURN, lines=((FIRST, 1), (FIRST, 1))),
        replace(RETURN, order_id=OrderId("20261116-0000501/../x")),
        replace(RETURN, pickup=None),
        replace(RETURN, self_send=SelfSend()),
        replace(RETURN, pickup=None, self_send=SelfSend("우체국", "1" * 41)),
        replace(EXCHANGE, lines=(), targets=()),
        replace(EXCHANGE, targets=()),
        replace(EXCHANGE, targets=(WANTED, WANTED)),
        replace(EXCHANGE, targets=(replace(WANTED, quantity=2),)),
        replace(EXCHANGE, targets=(replace(WANTED, code=SECOND),)),
        replace(EXCHANGE, lines=((FIRST, 1), (SECOND, 2))),
        replace(EXCHANGE, self_send=SelfSend()),
    ],
)
async def test_a_call_that_might_mean_something_else_is_never_sent(strange):
    rig, pages = scripted()
    with pytest.raises(ValueError, match=r"return|exchange|tracking"):
        await files(rig, strange)
    assert pages.requests == []


# ── what comes back ─────────────────────────────────────────────────────────────────────────────────────────
async def test_only_an_exchange_gets_a_number():
    rig, _ = scripted(done(RETURN), done(EXCHANGE))
    assert (await files(rig, RETURN), await files(rig, EXCHANGE)) == (None, "8")


@pytest.mark.parametrize(
    ("_case", "answers", "raised", "sent_times"),
    [
        ("422: every rule of the mall", [error(422)], Rejected, 1),
        ("403 scope", [error(403, "insufficient_scope")], Unauthorized, 1),
        ("409: already so, says the mall", [error(409)], OutcomeUnknown, 1),
        ("504 after the effect", [httpx.Response(504)], OutcomeUnknown, 1),
        ("no answer", [httpx.ReadTimeout("slow")], OutcomeUnknown, 1),
        ("half an answer", [httpx.RemoteProtocolError("half")], OutcomeUnknown, 1),
        (
            "207 with a refusal inside",
            [
                httpx.Response(
                    207,
                    json={key: [{"error": {"code": 422}}] for key in ("returnrequests", "exchangerequests")},
                )
            ],
            OutcomeUnknown,
            1,
        ),
        ("429 twice", [error(429), error(429)], Throttled, 2),
        ("never connected", [httpx.ConnectError("no"), httpx.ConnectTimeout("no")], Unavailable, 2),
        ("429, then no answer", [error(429), httpx.ReadTimeout("slow")], OutcomeUnknown, 2),
    ],
)
@BOTH
async def test_what_went_wrong(_case, answers, raised, sent_times, call):
    rig, pages = scripted(*answers)
    with pytest.raises(raised) as failed:
        await files(rig, call)
    assert isinstance(failed.value, (kernel.Unavailable, kernel.MallRefused, kernel.OutcomeUnknown))
    assert (len(pages.requests), pages.answers) == (sent_times, [])


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (AUTO_PICKUP, AUTO_PICKUP_ON),
        ("택배사 수거신청 자동접수 설정 시 이용할 수 없습니다.", AUTO_PICKUP_ON),
        ("Automatic Pickup is on.", AUTO_PICKUP_ON),
        ("Items that have not been shipped cannot be returned.", None),
        ("수거지 주소가 올바르지 않습니다.", None),
        ("", None),
    ],
)
async def test_a_refusal_whose_reason_is_known_has_a_code(message, code):
    assert refusal_code(message) == code
    rig, _ = scripted(error(422, message))
    with pytest.raises(MallRefused) as refused:
        await files(rig, RETURN)
    assert (refused.value.code, refused.value.message) == (code, message)


async def test_refused_credentials_have_no_words_of_the_mall():
    rig, _ = scripted(error(403, "insufficient_scope"))
    with pytest.raises(MallRefused) as refused:
        await files(rig, RETURN)
    assert (refused.value.message, refused.value.code) == ("", None)


async def test_neither_address_nor_account_stands_in_an_error():
    rig, _ = scripted(httpx.Response(504))
    with pytest.raises(OutcomeUnknown) as failed:
        await files(rig, RETURN)
    assert not {word for word in ("정가은", "세종대로", "1011") if word in str(failed.value)}


# ── on the simulated mall ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("call", "state", "code"),
    [(RETURN, ItemState.RETURNING, "R00"), (EXCHANGE, ItemState.EXCHANGING, "E00")],
)
async def test_a_filed_request_is_seen_at_once(call, state, code):
    rig = simulated()
    await rig.orders.recent(HANOK, GAEUN, at_most=5, months=3)
    await files(rig, call)
    after = await rig.orders.recent(HANOK, GAEUN, at_most=5, months=3)
    line = next(o for o in after.orders if o.order_id == ORDER).items[0]
    assert (line.state, line.status_code, line.claim_code) == (state, code, None)
    (entry,) = rig.mall.requests
    assert (entry.way_back.fetched, entry.way_back.pickup["cellphone"]) == (True, "010-0000-1011")


@pytest.mark.parametrize(
    "fault", ["timeout_after_effect", "timeout_after_effect:closed", "500", "html_error"]
)
@BOTH
async def test_after_an_unclear_answer_reading_tells(fault, call):
    rig = simulated()
    path = "returnrequests" if call is RETURN else "exchangerequests"
    rig.malls.faults.inject(fault, path=f"POST /admin/{path}")
    with pytest.raises(OutcomeUnknown):
        await files(rig, call)
    assert [made.method for made in rig.mall.calls] == ["POST"]
    line = (await rig.orders.one(HANOK, GAEUN, ORDER)).items[0]
    assert (line.status_code != "N40") == fault.startswith("timeout") == bool(rig.mall.requests)


@BOTH
async def test_filing_twice_is_refused_by_the_mall(call):
    rig = simulated()
    await files(rig, call)
    with pytest.raises(MallRefused):
        await files(rig, call)
    assert len(rig.mall.requests) == 1


async def test_a_line_tells_which_variant_it_is_of():
    rig = simulated()
    first, second = (await rig.orders.one(HANOK, GAEUN, ORDER)).items
    assert (first.variant_code, second.variant_code) == ("P00000AL000E", "P00000AN000F")
    assert first.custom_variant_code == "HO-11-000E"
