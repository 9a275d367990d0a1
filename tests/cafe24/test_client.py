"""One call: headers, errors, repeating, time."""

import httpx
import pytest

from app.cafe24.limiter import Priority
from app.errors import OffContract, OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable
from app.ports import Connection, ConnectionState
from commands.kernel.who import MallId
from tests.cafe24.doubles import HANOK, scripted

MALL = MallId("hanokmall")
SHOPS_OK = {"shops": []}
NEW_PAIR = {"access_token": "access-2", "refresh_token": "refresh-2", "mall_id": "hanokmall", "scopes": []}


def ok(body=None, **headers):
    return httpx.Response(200, json=SHOPS_OK if body is None else body, headers=headers)


def error(status, message="", **headers):
    return httpx.Response(status, json={"error": {"code": status, "message": message}}, headers=headers)


async def get(rig, path="shops", params=None, **more):
    return await rig.client.get(MALL, path, params, **more)


async def cancel(rig):
    return await rig.client.post(MALL, "cancellationrequests", {"requests": [{"order_id": "x"}]}, shop_no=1)


async def test_what_a_call_looks_like():
    rig, pages = scripted(ok({"orders": []}))
    await get(rig, "orders", {"member_id": "minji", "embed": "items,buyer"}, shop_no=2)
    (request,) = pages.requests
    assert request.url.host == "hanokmall.cafe24api.com"
    assert request.url.path == "/api/v2/admin/orders"
    assert dict(request.url.params) == {"member_id": "minji", "embed": "items,buyer", "shop_no": "2"}
    assert request.headers["Authorization"] == "Bearer access-1"
    assert request.headers["X-Cafe24-Api-Version"] == "2026-03-01"
    assert request.headers["Content-Type"] == "application/json"


async def test_a_write_wears_its_envelope():
    rig, pages = scripted(httpx.Response(201, json={}), httpx.Response(200))
    await cancel(rig)
    await rig.client.put(
        MALL, "orders/{order_id}/receivers/{shipping_code}", {"name": "a"}, shop_no=3,
        ids={"order_id": "20261121-0000001", "shipping_code": "D/1"},
    )  # fmt: skip
    assert pages.requests[0].read() == b'{"shop_no":1,"requests":[{"order_id":"x"}]}'
    assert pages.requests[1].read() == b'{"shop_no":3,"request":{"name":"a"}}'
    assert pages.requests[1].url.raw_path.endswith(b"/orders/20261121-0000001/receivers/D%2F1")


@pytest.mark.parametrize("name", ["receiver_cellphone", "buyer_name", "fields"])
async def test_a_parameter_that_is_not_listed_is_never_sent(name):
    rig, pages = scripted()
    with pytest.raises(ValueError, match=name):
        await get(rig, "orders", {name: "x"})
    assert pages.requests == []


@pytest.mark.parametrize("mall", ["evil.example/", "UPPER", "a", "-a", "x" * 70, "a.b", ""])
async def test_a_mall_id_that_cannot_be_a_host_is_never_called(mall):
    rig, pages = scripted()
    with pytest.raises(Exception, match="mall_id"):
        await rig.client.get(MallId(mall), "shops", access="t")
    assert pages.requests == []


@pytest.mark.parametrize(
    ("answer", "raised", "code"),
    [
        (error(400, "Please enter the Request parameter."), Rejected, "400"),
        (error(404), Rejected, "404"),
        (error(409), Rejected, "409"),
        (error(422, "x is a required field. (parameter.x)"), Rejected, "422"),
        (error(403, "insufficient_scope"), Unauthorized, "insufficient_scope"),
        (httpx.Response(403, json={"error_code": "INSUFFICIENT_SCOPE"}), Unauthorized, "insufficient_scope"),
        (error(403, "Invalid API"), Rejected, "closed_api"),
        (error(403, "The app is not installed."), Unauthorized, "forbidden"),
        (httpx.Response(403, html="<h1>no</h1>"), Unauthorized, "forbidden"),
        (httpx.Response(302, headers={"Location": "https://evil.example"}), OffContract, None),
        (httpx.Response(200, html="<h1>hello</h1>"), OffContract, None),
        (httpx.Response(200), OffContract, None),
        (httpx.Response(200, json=[1]), OffContract, None),
    ],
)
async def test_each_status_is_its_own_error(answer, raised, code):
    answer.headers["X-Trace-ID"] = "trace-7"
    rig, pages = scripted(answer)
    with pytest.raises(raised) as failed:
        await get(rig)
    assert failed.value.request_id == "trace-7"
    assert failed.value.wire_code == code
    assert len(pages.requests) == 1


async def test_a_missing_scope_is_named():
    rig, _ = scripted(error(403, "(insufficient_scope)"))
    with pytest.raises(Unauthorized, match=r"mall\.read_store"):
        await get(rig)


@pytest.mark.parametrize(
    "bad",
    [
        httpx.Response(500),
        httpx.Response(503, html="<p>"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("no"),
    ],
)
async def test_a_read_is_repeated_once(bad):
    rig, pages = scripted(bad, ok())
    assert await get(rig) == SHOPS_OK
    assert len(pages.requests) == 2


async def test_a_read_is_not_repeated_twice():
    rig, pages = scripted(httpx.Response(502), httpx.Response(504), ok())
    with pytest.raises(Unavailable):
        await get(rig)
    assert len(pages.requests) == 2


async def test_no_repetition_when_the_time_is_up():
    rig, pages = scripted(httpx.Response(502), ok())
    with pytest.raises(Unavailable):
        await get(rig, within=0.25)
    assert len(pages.requests) == 1


@pytest.mark.parametrize(
    "bad",
    [
        httpx.Response(500),
        httpx.Response(504),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("cut"),
        httpx.Response(200, html="<p>"),
    ],
)
async def test_a_write_without_a_clear_answer_is_unknown(bad):
    rig, pages = scripted(bad)
    with pytest.raises(OutcomeUnknown):
        await cancel(rig)
    assert len(pages.requests) == 1


async def test_a_write_that_never_left_may_be_repeated():
    rig, pages = scripted(httpx.ConnectError("no"), httpx.Response(201, json={"done": 1}))
    assert await cancel(rig) == {"done": 1}
    assert len(pages.requests) == 2


async def test_a_refused_token_is_renewed_and_the_call_repeated_once():
    rig, pages = scripted(
        error(401, "access_token time expired. (invalid_token)"), httpx.Response(200, json=NEW_PAIR), ok()
    )
    assert await get(rig) == SHOPS_OK
    assert [request.url.path.rsplit("/", 1)[1] for request in pages.requests] == ["shops", "token", "shops"]
    assert pages.requests[2].headers["Authorization"] == "Bearer access-2"


async def test_refused_again_means_reconnect():
    rig, pages = scripted(error(401), httpx.Response(200, json=NEW_PAIR), error(401))
    rig.connections.rows.append(connection())
    with pytest.raises(Unauthorized):
        await get(rig)
    assert len(pages.requests) == 3
    assert await rig.store.get(MALL) is None
    assert rig.connections.rows[0].state is ConnectionState.RECONNECT


async def test_an_unbound_token_is_not_renewed():
    rig, pages = scripted(error(401))
    with pytest.raises(Unauthorized):
        await get(rig, access="unbound")
    assert [request.headers["Authorization"] for request in pages.requests] == ["Bearer unbound"]
    assert await rig.store.get(MALL) is not None


async def test_a_short_throttle_is_waited_for():
    rig, pages = scripted(error(429), ok())
    assert await get(rig) == SHOPS_OK
    assert len(pages.requests) == 2
    assert sum(rig.time.slept) >= 1


async def test_a_long_throttle_is_an_error_and_the_next_call_does_not_prolong_it():
    spent = {"X-Cafe24-Call-Usage": "120", "X-Cafe24-Call-Remain": "32"}
    rig, pages = scripted(error(429, **spent))
    with pytest.raises(Throttled) as refused:
        await get(rig)
    assert refused.value.retry_after == 32
    with pytest.raises(Throttled):
        await get(rig, "apps")
    assert len(pages.requests) == 1


async def test_a_customer_waits_three_seconds_at_most():
    rig, _ = scripted(ok(**{"X-Api-Call-Limit": "40/40"}), ok())
    for _ in range(2):
        await get(rig)
    assert sum(rig.time.slept) < 3
    with pytest.raises(Throttled):
        await get(rig, within=0.05, priority=Priority.BACKGROUND)


async def test_a_write_is_given_its_time_or_not_sent():
    """Six calls a second: the fourth waits, and what is left for it would cut it short."""
    rig, pages = scripted(*(httpx.Response(201, json={}) for _ in range(4)))
    requests = {"requests": [{"order_id": "x"}]}
    for _ in range(3):
        await rig.client.post(MALL, "cancellationrequests", requests, shop_no=1, within=2.1)
    with pytest.raises(Throttled):
        await rig.client.post(MALL, "cancellationrequests", requests, shop_no=1, within=2.1)
    assert len(pages.requests) == 3
    assert all(request.extensions["timeout"]["read"] >= 2.0 for request in pages.requests)


async def test_a_throttled_write_is_not_repeated_into_too_little_time():
    rig, pages = scripted(error(429), httpx.Response(201, json={}))
    with pytest.raises(Throttled):
        await rig.client.post(MALL, "cancellationrequests", {"requests": [{}]}, shop_no=1, within=2.9)
    assert len(pages.requests) == 1


async def test_calls_are_counted_by_template_without_ids():
    rig, _ = scripted(ok({"orders": []}), httpx.Response(404))
    await get(rig, "orders", {"member_id": "minji"}, shop_no=1)
    with pytest.raises(Rejected):
        await get(rig)
    assert [(c.method, c.path, c.status) for c in rig.called] == [
        ("GET", "orders", 200),
        ("GET", "shops", 404),
    ]


async def test_no_secret_stands_in_an_error():
    rig, _ = scripted(error(422, "member minji 010-0000-1001"))
    with pytest.raises(Rejected) as failed:
        await get(rig, "orders", {"member_id": "minji"}, shop_no=1)
    for secret in ("minji", "access-1", "010-0000"):
        assert secret not in str(failed.value)


def connection():
    return Connection(shop=HANOK, state=ConnectionState.CONNECTED, operator="hanokmall")
