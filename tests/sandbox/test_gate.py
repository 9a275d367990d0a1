"""What every Admin API call passes: token, scope, shop, version, bucket, cache."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from app.sandbox.cafe24.endpoint import Endpoint
from app.sandbox.cafe24.gate import Gate


async def test_401_comes_in_the_captured_envelope(http, mall, clock):
    """Missing, wrong and expired tokens; the body has no more_info."""
    shops = "/hanokmall/api/v2/admin/shops"
    expired = mall.tokens.issue("hanokmall", ("mall.read_store",)).access_token
    clock.waits(hours=2)
    for header in (None, "Basic eDp5", "Bearer ", "Bearer wrong", f"Bearer {expired}"):
        answer = await http.get(shops, headers={"Authorization": header} if header else {})
        assert answer.status_code == 401
        assert set(answer.json()["error"]) == {"code", "message"}
    assert answer.json()["error"]["message"] == "access_token time expired. (invalid_token)"


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/orders", "mall.read_order"),
        ("/orders/setting", "mall.read_store"),
        ("/coupons/setting", "mall.read_store"),
        ("/shops", "mall.read_store"),
        ("/users", "mall.read_store"),
        ("/customers?member_id=minji", "mall.read_customer"),
        ("/customersprivacy", "mall.read_privacy"),
        ("/products", "mall.read_product"),
        ("/carriers", "mall.read_shipping"),
        ("/regionalsurcharges", "mall.read_shipping"),
        ("/shipping", "mall.read_shipping"),
        ("/apps", "mall.read_application"),
        ("/webhooks/setting", "mall.read_application"),
    ],
)
async def test_each_endpoint_wants_its_own_scope(get, http, mall, path, scope):
    """Settings of orders are read with mall.read_store, not with mall.read_order."""
    path, _, query = path.partition("?")
    parameters = dict([query.split("=")]) if query else {}
    assert (await get(path, scopes=frozenset({scope}), **parameters)).status_code == 200
    refused = await get(path, scopes=frozenset({"mall.read_category"}), **parameters)
    assert refused.status_code == 403
    assert "insufficient_scope" in refused.json()["error"]["message"]


async def test_unknown_paths_and_malls_are_404_in_json(get, http):
    assert (await get("/nothing")).json()["error"] == {
        "code": 404,
        "message": "No API found.",
        "more_info": {},
    }
    assert (await http.get("/nomall/api/v2/admin/shops")).status_code == 404
    assert (await http.put("/hanokmall/api/v2/admin/orders")).status_code == 404


async def test_every_answer_has_a_trace_id_of_its_own(get, http):
    answers = [await get("/shops"), await get("/nothing"), await http.get("/hanokmall/api/v2/admin/shops")]
    assert len({answer.headers["x-trace-id"] for answer in answers}) == 3


@pytest.mark.parametrize(("version", "status"), [("2026-03-01", 200), ("2019-01-01", 200), ("latest", 400)])
async def test_any_date_is_a_version(get, version, status):
    """An expired version silently acts as the oldest living one."""
    assert (await get("/shops", headers={"X-Cafe24-Api-Version": version})).status_code == status


async def test_the_bucket_holds_forty_calls_and_drains_two_a_second(get, clock):
    """Forty at once, then 429 without Retry-After; half a second later one more fits."""
    for level in range(1, 41):
        assert (await get("/carriers", fields=f"f{level}")).headers["x-api-call-limit"] == f"{level}/40"
    full = await get("/carriers")
    assert full.status_code == 429
    assert full.json()["error"]["message"] == "Too much requests occur. (40/40)"
    assert full.headers["x-api-call-limit"] == "40/40"
    assert "retry-after" not in full.headers
    clock.waits(seconds=0.5)
    assert (await get("/carriers")).status_code == 200
    assert (await get("/carriers")).status_code == 429
    clock.waits(seconds=20)
    assert (await get("/carriers")).headers["x-api-call-limit"] == "1/40"


async def test_buckets_are_per_mall_and_path_template(get, mall, empty_mall):
    """Two orders share the bucket of /orders/{order_id}; the list and another mall have their own."""
    first, second = list(mall.orders)[:2]
    await get(f"/orders/{first}")
    assert (await get(f"/orders/{second}")).headers["x-api-call-limit"] == "2/40"
    assert (await get("/orders")).headers["x-api-call-limit"] == "1/40"
    await get("/shops")
    assert (await get("/shops", at=empty_mall)).headers["x-api-call-limit"] == "1/40"


async def test_usage_headers_come_without_remain_below_the_limit(get):
    headers = (await get("/shops")).headers
    assert float(headers["x-cafe24-call-usage"]) < 100
    assert float(headers["x-cafe24-time-usage"]) < 100
    assert "x-cafe24-call-remain" not in headers


async def test_an_exact_repeat_is_answered_from_the_cache_for_a_minute(get, mall, clock):
    """The trap of reading back: a change within sixty seconds of the first answer stays unseen."""
    order = next(iter(mall.orders.values()))

    async def read(**query):
        answer = await get("/orders", order_id=order.order_id, embed="items", **query)
        return answer, answer.json()["orders"][0]["items"][0]["order_status"]

    first, before = await read()
    order.items[0].status = "C40"
    second, cached = await read()
    assert "cache-control" not in first.headers
    assert second.headers["cache-control"] == "max-age=60"
    assert cached == before
    assert (await read(limit=11))[1] == "C40"  # a changed limit is a new URL
    assert (await read(nonsense=1))[1] == before  # an unknown parameter is not
    clock.waits(seconds=59)
    assert (await read())[1] == before
    clock.waits(seconds=1)
    assert (await read())[1] == "C40"


async def test_settings_are_cached_like_everything_else(get, mall, empty_mall, clock):
    await get("/orders/setting")
    await get("/orders/setting", at=empty_mall)
    mall.settings[1].order["claim_request"] = "F"
    assert (await get("/orders/setting")).json()["order"]["claim_request"] == "T"
    assert (await get("/orders/setting", at=empty_mall)).json()["order"]["claim_request"] == "F"
    clock.waits(seconds=60)
    assert (await get("/orders/setting")).json()["order"]["claim_request"] == "F"


async def test_errors_are_not_cached(get, mall, malls, clock):
    malls.faults.inject("500")
    assert (await get("/shops")).status_code == 500
    assert (await get("/shops")).status_code == 200


async def test_a_disabled_shop_answers_unless_told_otherwise(get, empty_mall):
    """Unknown in the real mall, so both behaviours can be had."""
    assert (await get("/orders/setting", at=empty_mall, shop_no=2)).json()["order"]["shop_no"] == 2
    empty_mall.refuse_disabled_shops = True
    assert (await get("/coupons/setting", at=empty_mall, shop_no=2)).status_code == 403
    assert (await get("/coupons/setting", at=empty_mall, shop_no=1)).status_code == 200


@pytest.mark.parametrize("shop_no", ["9", "0", "x"])
async def test_a_shop_that_does_not_exist_is_422(get, shop_no):
    assert (await get("/orders", shop_no=shop_no)).status_code == 422


async def test_calls_are_counted_with_path_and_query(get, mall):
    """Tests of the app count mall calls; the path is what follows /api/v2."""
    await get("/orders", member_id="minji")
    assert [(call.method, call.path, call.query) for call in mall.calls] == [
        ("GET", "/admin/orders", {"member_id": "minji"})
    ]
    mall.reset_calls()
    assert mall.calls == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"shop_no": 1, "request": {"content": "x"}}', 201),
        (b'{"requests": []}', 201),
        (b'{"content": "x"}', 400),
        (b"[]", 400),
        (b"not json", 400),
        (b'{"shop_no": 9, "request": {}}', 422),
    ],
)
async def test_a_write_needs_its_envelope(malls, mall, body, status):
    """Writes come with `request` or `requests`; without either the mall answers in its known words."""
    endpoint = Endpoint("/memos", "mall.write_order", lambda ask: ask.body, method="POST", status=201)
    app = Starlette(routes=[Route("/{mall_id}/memos", Gate(malls).handler(endpoint), methods=["POST"])])
    token = mall.tokens.issue("hanokmall", ("mall.write_order",)).access_token
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mall.test") as client:
        answer = await client.post(
            "/hanokmall/memos", content=body, headers={"Authorization": f"Bearer {token}"}
        )
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["error"]["message"] == "Please enter the Request parameter."
