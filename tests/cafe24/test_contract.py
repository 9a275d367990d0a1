"""Each recorded exchange three ways: our client sends the request, our models read the answer, and the simulated
mall answers alike. Fixtures: fixtures/wire/cafe24.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.cafe24.carriers import Carriers
from app.cafe24.claims import Cafe24Claims
from app.cafe24.events import read_event
from app.cafe24.mall_settings import Cafe24Settings
from app.cafe24.members import Cafe24Members
from app.cafe24.oauth import InvalidGrant
from app.cafe24.pictures import Cafe24Pictures
from app.cafe24.rules import Cafe24Rules
from app.errors import Throttled, Unauthorized, Unavailable
from app.sandbox.cafe24.webhooks import app_event, shop_event
from commands.kernel.mall import Restore
from commands.kernel.order import ItemState, OrderId, OrderItemCode
from commands.kernel.ports import CancelCall, MallRefused, RefundAccount
from commands.kernel.who import Guest, MallId, Member
from tests.cafe24 import exchanges
from tests.cafe24.doubles import CLIENT_ID, HANOK, NOON, Rig, scripted, simulated
from tests.cafe24.exchanges import Exchange

FOLDER = Path(__file__).parents[2] / "fixtures" / "wire" / "cafe24"
MALL = MallId("hanokmall")
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def fixture(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


async def _coupon_setting(rig: Rig):
    return await rig.client.get(MALL, "coupons/setting", shop_no=1)


async def _shops(rig: Rig):
    return await rig.client.get(MALL, "shops", access="access-1", within=0.5)


async def _list(rig: Rig, customer):
    return (await rig.orders.recent(HANOK, customer, at_most=5, months=3)).orders


async def _customers(rig: Rig):
    return await rig.client.get(MALL, "customers", {"cellphone": "01023456789"}, shop_no=1)


async def _privacy(rig: Rig):
    members = Cafe24Members(rig.client, rig.tokens, clock=rig.time.now)
    return await members._by_whole_number(HANOK, "010-2345-6789")


async def _rules(rig: Rig):
    """The order setting is asked first: the scripted mall gives its answer to the coupon setting too."""
    return await Cafe24Rules(Cafe24Settings(rig.client, clock=rig.time.now)).rules(HANOK, fresh=True)


def cancelling(order_id: str, *quantities: int, **more: Any) -> Callable[[Rig], Awaitable[str | None]]:
    lines = tuple(
        (OrderItemCode(f"{order_id}-{index:02d}"), quantity) for index, quantity in enumerate(quantities, 1)
    )
    call = CancelCall(OrderId(order_id), lines, **more)
    return lambda rig: Cafe24Claims(rig.client, rig.orders).cancel(HANOK, call)


ACCOUNT = RefundAccount("bank_04", "00000000000000", "김하늘")


def fault(name: str) -> Callable[[Rig], None]:
    return lambda rig: rig.malls.faults.inject(name, path="/admin/shops")


def _exists(rig: Rig):
    return Cafe24Members(rig.client, rig.tokens, clock=rig.time.now).exists(HANOK, "minji")


def _pictures(rig: Rig):
    return Cafe24Pictures(rig.client, clock=rig.time.now).pictures(HANOK, [11, 12])


async def _tracking(rig: Rig):
    return (await Carriers(rig.client, clock=rig.time.now).tracking_url(HANOK))("0006", "1 2")


EXCHANGES: dict[str, Exchange] = {
    "orders.member": Exchange(
        lambda rig: _list(rig, Member("minji")),
        lambda found: found[0].items[0].state is ItemState.PREPARING and found[0].total.plain() == "100000",
    ),
    "orders.guest": Exchange(lambda rig: _list(rig, Guest("+821000002001")), lambda found: len(found) == 1),
    "orders.none": Exchange(lambda rig: _list(rig, Member("nobody")), lambda found: found == ()),
    "orders.one": Exchange(
        lambda rig: rig.orders.one(HANOK, Member("minji"), OrderId("20261119-0000102")),
        lambda order: order.order_id == "20261119-0000102",
    ),
    "carriers.list": Exchange(_tracking, lambda url: url == "https://carrier.example/track?no=1%202"),
    "customers.by_cellphone": Exchange(_customers, lambda body: body["customers"][0]["member_id"] == "sora"),
    "customers.by_id": Exchange(_exists, lambda exists: exists is True),
    "customersprivacy.by_number": Exchange(_privacy, lambda members: members == {"sora"}),
    "products.pictures": Exchange(_pictures, lambda urls: urls == {11: "https://pictures.example/11.jpg"}),
    "shops.list": Exchange(_shops, lambda body: body["shops"][0]["shop_no"] == 1),
    "orders_setting.read": Exchange(
        _rules,
        lambda rules: rules.claims_open and rules.stock_after_payment is Restore.AUTOMATIC,
    ),
    "cancellation.canceled": Exchange(
        cancelling(
            "20261121-0000101",
            1,
            2,
            reason_type="A",
            reason="단순 변심",
            complete=True,
            refund_now=True,
            gateway_cancel=True,
            restore_stock=True,
            restore_coupon=True,
        ),
        lambda claim_code: claim_code == "C20261121-0000007",
    ),
    "cancellation.canceling": Exchange(
        cancelling(
            "20261118-0000206",
            2,
            reason_type="B",
            reason="늦어져서요",
            complete=True,
            restore_stock=True,
            account=ACCOUNT,
        ),
        lambda claim_code: claim_code == "C20261121-0000008",
    ),
    "cancellation.refused": Exchange(
        cancelling("20261117-0000103", 1, reason_type="I", reason="", complete=True, refund_now=True),
        raises=MallRefused,
    ),
    "cancellationrequests.created": Exchange(
        cancelling("20261119-0000102", 1, reason_type="G", reason="응대가 아쉬워요", complete=False),
        lambda claim_code: claim_code is None,
    ),
    "coupons_setting.read": Exchange(_coupon_setting),
    "token.exchange": Exchange(
        lambda rig: rig.oauth.exchange(MALL, "code-1"), lambda pair: pair.access == "access-2"
    ),
    "token.refresh": Exchange(
        lambda rig: rig.oauth.refresh(MALL, "refresh-1"), lambda pair: pair.refresh == "refresh-2"
    ),
    "token.invalid_grant": Exchange(lambda rig: rig.oauth.refresh(MALL, "used-up"), raises=InvalidGrant),
    "revoke.access": Exchange(lambda rig: rig.oauth.revoke(MALL, "access-1")),
    "shops.token_expired": Exchange(_shops, raises=Unauthorized, prepare=fault("401_expired")),
    "shops.scope_missing": Exchange(_shops, raises=Unauthorized, prepare=fault("403_scope")),
    "shops.bucket_full": Exchange(_shops, raises=Throttled, prepare=fault("429")),
    "shops.quota_spent": Exchange(_shops, raises=Throttled, prepare=fault("quota")),
    "shops.gateway_page": Exchange(_shops, raises=Unavailable, prepare=fault("html_error")),
    **exchanges.EXCHANGES,
}
EVENTS = [name for name in NAMES if name.startswith("webhook.")]


def answer(recorded: dict[str, Any]) -> httpx.Response:
    content = {key: recorded[key] for key in ("json", "text") if key in recorded}
    return httpx.Response(recorded["status"], headers=recorded.get("headers"), **content)


def sent(request: httpx.Request) -> dict[str, Any]:
    """The request as a fixture writes it."""
    content_type = request.headers.get("content-type", "")
    found: dict[str, Any] = {"method": request.method, "path": request.url.path}
    if request.method == "GET":
        found["query"] = dict(request.url.params)
    elif "urlencoded" in content_type:
        found["form"] = dict(httpx.QueryParams(request.read().decode()))
    else:
        found["json"] = json.loads(request.read())
    return found


def test_every_fixture_is_walked_and_says_whence_it_comes():
    assert set(NAMES) == EXCHANGES.keys() | set(EVENTS)
    for name in NAMES:
        one = fixture(name)
        assert one.keys() == {"source", "seen_on", "confidence", "request", "response"}
        assert one["confidence"] in {"documented", "observed", "assumed"}


@pytest.mark.parametrize("name", EXCHANGES)
async def test_our_client_sends_the_request_and_reads_the_answer(name):
    recorded, exchange = fixture(name), EXCHANGES[name]
    rig, pages = scripted(*(answer(recorded["response"]) for _ in range(2)))
    if exchange.raises:
        with pytest.raises(exchange.raises) as failed:
            await exchange.ask(rig)
        assert getattr(failed.value, "code", None) == exchange.code
    else:
        assert exchange.holds(await exchange.ask(rig))
    request, wanted = sent(pages.requests[0]), dict(recorded["request"])
    for header, value in wanted.pop("headers").items():
        assert pages.requests[0].headers[header] == value
    if wanted.get("query", {}).get("limit") == "FRESH":
        assert 1 <= int(request["query"].pop("limit")) <= 1000
        del wanted["query"]["limit"]
    assert request == wanted


@pytest.mark.parametrize("name", EXCHANGES)
async def test_the_simulated_mall_answers_alike(name):
    recorded, exchange = fixture(name), EXCHANGES[name]
    rig = simulated()
    grant = rig.mall.tokens.issue("hanokmall", tuple(sorted(rig.malls.scopes)))
    exchange.prepare(rig)
    request = recorded["request"]
    form = dict(request.get("form", {}))
    if form.get("code"):
        redirect = form["redirect_uri"]
        form["code"] = rig.mall.tokens.code("hanokmall", ("mall.read_order",), redirect, None)
    if form.get("refresh_token") == "refresh-1":
        form["refresh_token"] = grant.refresh_token
    headers = dict(request["headers"])
    if headers["authorization"] == "Bearer access-1":
        headers["authorization"] = f"Bearer {grant.access_token}"
    query = {k: "7" if v == "FRESH" else v for k, v in request.get("query", {}).items()}
    url = f"http://127.0.0.1/hanokmall{request['path']}"
    content = {"json": request["json"]} if "json" in request else {"data": form or None}
    got = await rig.http.request(request["method"], url, params=query, headers=headers, **content)
    response = recorded["response"]
    assert got.status_code == response["status"]
    assert {name.lower() for name in response.get("headers", {})} <= {name.lower() for name in got.headers}
    if "json" in response:
        assert list(differences(response["json"], got.json())) == []
    else:
        assert not got.content.startswith(b"{")


@pytest.mark.parametrize("name", EVENTS)
async def test_events_are_read_and_sent_alike(name):
    body = fixture(name)["request"]["json"]
    event = read_event(json.dumps(body).encode())
    assert (event.number, event.mall_id) == (body["event_no"], "hanokmall")
    rig = simulated()
    match event.number:
        case 90077 | 90078:
            made = app_event("hanokmall", event.number, CLIENT_ID, "webhook-key", NOON)
        case 90111:
            made = shop_event("hanokmall", event.number, rig.mall.shop(1), "webhook-key")
        case _:
            made = rig.mall.order_webhook(event.number, "20261119-0000102", "webhook-key", "shipping_start")
    assert list(differences(body, json.loads(made.body))) == []


def differences(wanted: Any, got: Any, where: str = "$"):
    """Keys that are missing, and values of another kind; an empty value on either side is any kind."""
    if wanted in (None, "", []) or got in (None, "", []):
        return
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key, value in wanted.items():
            if key not in got:
                yield f"{where}.{key} is missing"
            else:
                yield from differences(value, got[key], f"{where}.{key}")
    elif isinstance(wanted, list) and isinstance(got, list):
        yield from differences(wanted[0], got[0], f"{where}[0]")
    elif type(wanted) is not type(got):
        yield f"{where}: {type(wanted).__name__} is {type(got).__name__}"
