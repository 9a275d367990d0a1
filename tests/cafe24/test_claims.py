"""Cancelling: what is sent, what each answer means, and that nothing is ever sent twice after an unclear one."""

import json
from dataclasses import replace

import httpx
import pytest

from app.cafe24.claim_words import LONGEST_REASON, clean
from app.cafe24.claims import Cafe24Claims
from app.errors import OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable
from commands.kernel import ports as kernel
from commands.kernel.order import ItemState, OrderId, OrderItemCode
from commands.kernel.ports import CancelCall, RefundAccount
from commands.kernel.who import Member
from tests.cafe24.doubles import ALL_SCOPES, HANOK, pair, scripted, simulated

MINJI = Member("minji")
PAID_BY_CARD = OrderId("20261119-0000102")
LINE = OrderItemCode("20261119-0000102-01")
CALL = CancelCall(PAID_BY_CARD, ((LINE, 1),), "A", "단순 변심", complete=True, refund_now=True)
REQUEST = replace(CALL, complete=False, refund_now=False)
NEW_PAIR = {"access_token": "access-2", "refresh_token": "refresh-2", "mall_id": "hanokmall", "scopes": []}
REFUSED_INSIDE = [{"order_id": "20261119-0000102", "error": {"code": 422, "message": "no"}}]
CLAIM = {"order_id": PAID_BY_CARD, "claim_code": "C20261121-0000007"}


def cancel(rig, call=CALL):
    return Cafe24Claims(rig.client, rig.orders).cancel(HANOK, call)


def done(row=None, status=201):
    return httpx.Response(status, json={"cancellation": CLAIM if row is None else row})


def error(status, message="no"):
    return httpx.Response(status, json={"error": {"code": status, "message": message}})


def renewal():
    return httpx.Response(200, json=NEW_PAIR)


def writes(pages):
    return [request for request in pages.requests if "/admin/" in request.url.path]


def body(request):
    return json.loads(request.read())


async def sent(call):
    rig, pages = scripted(done() if call.complete else httpx.Response(201, json={"cancellationrequests": []}))
    await cancel(rig, call)
    (request,) = pages.requests
    return request.url.path.removeprefix("/api/v2/admin"), body(request)


# ── what is sent ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("_case", "more", "status", "gateway"),
    [
        ("whole, by card", {"refund_now": True, "gateway_cancel": True}, "canceled", "T"),
        ("whole, by points", {"refund_now": True}, "canceled", "F"),
        ("by hand", {"refund_now": False}, "canceling", "F"),
        (
            "the gateway is never asked while the refund waits",
            {"refund_now": False, "gateway_cancel": True},
            "canceling",
            "F",
        ),
    ],
)
async def test_a_cancellation(_case, more, status, gateway):
    path, sent_body = await sent(replace(CALL, **more))
    assert path == f"/orders/{PAID_BY_CARD}/cancellation"
    assert sent_body == {
        "shop_no": 1,
        "request": {
            "status": status,
            "payment_gateway_cancel": gateway,
            "recover_inventory": "F",
            "recover_coupon": "F",
            "claim_reason_type": "A",
            "reason": "단순 변심",
            "items": [{"order_item_code": LINE, "quantity": 1}],
        },
    }


@pytest.mark.parametrize(("stock", "coupon"), [(True, False), (False, True)])
async def test_what_is_restored_is_said_in_so_many_words(stock, coupon):
    _, sent_body = await sent(replace(CALL, restore_stock=stock, restore_coupon=coupon))
    found = sent_body["request"]["recover_inventory"], sent_body["request"]["recover_coupon"]
    assert found == ("T" if stock else "F", "T" if coupon else "F")


async def test_a_request():
    path, sent_body = await sent(replace(REQUEST, reason_type="G", gateway_cancel=True, restore_stock=True))
    assert path == "/cancellationrequests"
    items = [{"order_item_code": LINE, "quantity": 1}]
    request = {"order_id": PAID_BY_CARD, "reason_type": "G", "reason": "단순 변심", "items": items}
    assert sent_body == {"shop_no": 1, "requests": [request]}


@pytest.mark.parametrize("call", [CALL, REQUEST])
async def test_the_account_is_sent_when_there_is_one(call):
    _, sent_body = await sent(replace(call, account=RefundAccount("bank_04", "00000000000000", "김하늘")))
    inner = sent_body["request"] if call.complete else sent_body["requests"][0]
    assert {key: value for key, value in inner.items() if key.startswith("refund_")} == {
        "refund_bank_code": "bank_04",
        "refund_bank_account_no": "00000000000000",
        "refund_bank_account_holder": "김하늘",
    }


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  사이즈가\r\n\t작아요 ", "사이즈가 작아요"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("a\u202eb\u200bc\ufeff", "abc"),
        ("\ud800깨진 글자", "깨진 글자"),
        ("<b>{{ 7*7 }}</b>", "<b>{{ 7*7 }}</b>"),
        ("가" * 3000, "가" * LONGEST_REASON),
        ("\u2028\x00 ", ""),
    ],
)
def test_a_reason_is_one_clean_line(given, kept):
    assert clean(given) == kept


@pytest.mark.parametrize(
    ("letter", "words"), [("A", "단순 변심"), ("B", "배송 지연"), ("G", "서비스 불만족"), ("I", "기타")]
)
async def test_a_reason_without_words_gets_those_of_its_letter(letter, words):
    _, sent_body = await sent(replace(REQUEST, reason_type=letter, reason="\u200b"))
    assert sent_body["requests"][0]["reason"] == words


@pytest.mark.parametrize(
    "strange",
    [
        replace(CALL, lines=()),
        replace(REQUEST, lines=()),
        replace(CALL, lines=((LINE, 0),)),
        replace(CALL, lines=((LINE, -1),)),
        replace(CALL, lines=((LINE, 1), (LINE, 1))),
        replace(CALL, order_id=OrderId("20261119-0000102/../orders")),
        replace(CALL, order_id=OrderId("")),
    ],
)
async def test_a_call_that_might_mean_another_order_or_all_of_it_is_never_sent(strange):
    rig, pages = scripted()
    with pytest.raises(ValueError, match="cancellation"):
        await cancel(rig, strange)
    assert pages.requests == []


# ── what comes back ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (done(), CLAIM["claim_code"]),
        (done([CLAIM]), CLAIM["claim_code"]),
        (done({"claim_code": "C1"}), "C1"),
        (done({"order_id": PAID_BY_CARD, "claim_code": None}), None),
        (done([{"order_id": "20261119-0000999", "claim_code": "C9"}]), None),
        (done([]), None),
        (done("strange"), None),
        (httpx.Response(201, json={}), None),
        (httpx.Response(204), None),
        (httpx.Response(202, json={"cancellation": None}), None),
    ],
)
async def test_the_claim_code_in_whatever_shape(answer, code):
    rig, pages = scripted(answer)
    assert await cancel(rig) == code
    assert len(pages.requests) == 1


@pytest.mark.parametrize(
    ("_case", "answers", "raised", "sent_times"),
    [
        ("400: our fault, refused", [error(400)], Rejected, 1),
        ("404", [error(404)], Rejected, 1),
        ("422: every rule of the mall", [error(422)], Rejected, 1),
        ("403 closed API", [error(403, "Invalid API")], Rejected, 1),
        ("403 scope", [error(403, "insufficient_scope")], Unauthorized, 1),
        ("403 app removed", [error(403, "The app is not installed.")], Unauthorized, 1),
        ("409: already so, says the mall", [error(409)], OutcomeUnknown, 1),
        ("408", [httpx.Response(408)], OutcomeUnknown, 1),
        ("500", [httpx.Response(500)], OutcomeUnknown, 1),
        ("502 page", [httpx.Response(502, html="<p>")], OutcomeUnknown, 1),
        ("503", [httpx.Response(503)], OutcomeUnknown, 1),
        ("504 after the effect", [httpx.Response(504)], OutcomeUnknown, 1),
        ("a redirect", [httpx.Response(302, headers={"Location": "/"})], OutcomeUnknown, 1),
        ("a page in a success", [httpx.Response(200, html="<p>")], OutcomeUnknown, 1),
        (
            "207 with a refusal inside",
            [
                httpx.Response(
                    207, json=dict.fromkeys(("cancellation", "cancellationrequests"), REFUSED_INSIDE)
                )
            ],
            OutcomeUnknown,
            1,
        ),
        ("no answer", [httpx.ReadTimeout("slow")], OutcomeUnknown, 1),
        ("cut while reading", [httpx.ReadError("cut")], OutcomeUnknown, 1),
        ("cut while writing", [httpx.WriteError("cut")], OutcomeUnknown, 1),
        ("half an answer", [httpx.RemoteProtocolError("half")], OutcomeUnknown, 1),
        ("429 twice", [error(429), error(429)], Throttled, 2),
        ("never connected", [httpx.ConnectError("no"), httpx.ConnectTimeout("no")], Unavailable, 2),
        ("401 twice", [error(401), renewal(), error(401)], Unauthorized, 2),
        ("401, then no answer", [error(401), renewal(), httpx.ReadTimeout("slow")], OutcomeUnknown, 2),
        ("429, then no answer", [error(429), httpx.ReadTimeout("slow")], OutcomeUnknown, 2),
        ("never connected, then 504", [httpx.ConnectError("no"), httpx.Response(504)], OutcomeUnknown, 2),
        ("401, then refused", [error(401), renewal(), error(422)], Rejected, 2),
    ],
)
@pytest.mark.parametrize("call", [CALL, REQUEST])
async def test_what_went_wrong(_case, answers, raised, sent_times, call):
    """The scripted mall has nothing more to say: a further call would end the test."""
    rig, pages = scripted(*answers)
    with pytest.raises(raised) as failed:
        await cancel(rig, call)
    assert type(failed.value).__mro__.index(raised) <= 1
    assert isinstance(failed.value, (kernel.Unavailable, kernel.MallRefused, kernel.OutcomeUnknown))
    assert len(writes(pages)) == sent_times
    assert pages.answers == []


@pytest.mark.parametrize(
    "answers",
    [[error(429), done()], [httpx.ConnectError("no"), done()], [error(401), renewal(), done()]],
    ids=["429", "never connected", "401"],
)
async def test_what_surely_had_no_effect_is_sent_once_more(answers):
    rig, pages = scripted(*answers)
    assert await cancel(rig) == CLAIM["claim_code"]
    first, second = writes(pages)
    assert body(first) == body(second)


async def test_the_malls_own_words_come_with_the_refusal_and_stay_out_of_the_log_text():
    rig, _ = scripted(error(422, "Partial cancellation is unavailable for NAVER Pay orders."))
    with pytest.raises(kernel.MallRefused) as refused:
        await cancel(rig)
    assert refused.value.message == "Partial cancellation is unavailable for NAVER Pay orders."
    assert "NAVER" not in str(refused.value)


async def test_a_mall_whose_consent_ended_is_asked_nothing():
    rig, pages = scripted()
    rig.store.pairs.clear()
    with pytest.raises(kernel.MallRefused):
        await cancel(rig)
    assert pages.requests == []


async def test_no_account_number_and_no_reason_stand_in_an_error():
    account = RefundAccount("bank_04", "110-222-333333", "김하늘")
    rig, _ = scripted(httpx.Response(504))
    with pytest.raises(OutcomeUnknown) as failed:
        await cancel(rig, replace(CALL, account=account, reason="비밀 사유"))
    assert not {word for word in ("110-222", "김하늘", "비밀") if word in str(failed.value)}


# ── on the simulated mall ───────────────────────────────────────────────────────────────────────────────────
async def test_a_cancelled_order_is_seen_as_such_at_once():
    """A list from before would be remembered for half a minute, and by the mall itself for a whole one."""
    rig = simulated()
    before = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    assert ItemState.CANCELLED not in {i.state for o in before.orders for i in o.items}
    rig.mall.reset_calls()
    claim_code = await cancel(rig, replace(CALL, gateway_cancel=True))
    after = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    line = next(o for o in after.orders if o.order_id == PAID_BY_CARD).items[0]
    assert (line.state, line.status_code, line.claim_code) == (ItemState.CANCELLED, "C40", claim_code)
    assert [call.method for call in rig.mall.calls] == ["POST", "GET"]


async def test_read_write_read_back_are_three_calls():
    rig = simulated()
    await rig.orders.one(HANOK, MINJI, PAID_BY_CARD)
    rig.mall.reset_calls()
    assert (await rig.orders.one(HANOK, MINJI, PAID_BY_CARD)).items[0].state is ItemState.PREPARING
    await cancel(rig, REQUEST)
    assert (await rig.orders.one(HANOK, MINJI, PAID_BY_CARD)).items[0].state is ItemState.CANCEL_REQUESTED
    assert [call.method for call in rig.mall.calls] == ["GET", "POST", "GET"]


@pytest.mark.parametrize("fault", ["timeout_after_effect", "500", "503", "html_error"])
async def test_after_an_unclear_answer_reading_tells(fault):
    rig = simulated()
    listed = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    rig.malls.faults.inject(fault, path="/admin/orders/")
    rig.mall.reset_calls()
    with pytest.raises(OutcomeUnknown):
        await cancel(rig)
    assert [call.method for call in rig.mall.calls].count("POST") <= 1
    took_effect = fault == "timeout_after_effect"
    wanted = ItemState.CANCELLED if took_effect else ItemState.PREPARING
    assert (await rig.orders.one(HANOK, MINJI, PAID_BY_CARD)).items[0].state is wanted
    again = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    assert again is not listed
    assert next(o for o in again.orders if o.order_id == PAID_BY_CARD).items[0].state is wanted


async def test_cancelling_twice_is_refused_by_the_mall():
    rig = simulated()
    await cancel(rig)
    with pytest.raises(kernel.MallRefused):
        await cancel(rig)
    assert len(rig.mall.orders[PAID_BY_CARD].claims) == 1


async def test_without_the_scope_nothing_happens():
    rig = simulated()
    grant = rig.mall.tokens.issue("hanokmall", tuple(ALL_SCOPES - {"mall.write_order"}))
    await rig.store.put("hanokmall", pair(rig.time, grant.access_token, grant.refresh_token))
    rig.tokens.forget("hanokmall")
    with pytest.raises(Unauthorized, match=r"mall\.write_order"):
        await cancel(rig)
    assert rig.mall.orders[PAID_BY_CARD].items[0].status == "N20"
