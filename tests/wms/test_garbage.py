"""Whatever a provider answers: a value of ours, or an error of the tree; never a crash, never "not printed"."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Upstream
from app.http import new_client
from app.wms.account import Account
from app.wms.calls import Caller
from app.wms.fassto import Fassto
from app.wms.sellmate import Sellmate
from commands.kernel.order import OrderItemCode
from commands.kernel.warehouse import WarehouseOrder

from .rig import ALL, ONE, SHOP, SKUS, HandClock

WORDS = st.sampled_from(
    [
        ONE,
        "7",
        "",
        "1",
        "접수",
        "출고요청",
        "운송장 등록",
        SKUS[0],
        f"{ONE}-01",
        "2026-11-27",
        "20261127",
        "P1",
    ]
)
FIELDS = (
    "data meta last_page id order_number shop_id items receiver order_item_number status qty package_id invoice_no "
    "option_has_code_by_shop option_code availability_info available_qty stock expected_input_at barcode1 slipNo ordNo "
    "ordDt wrkStat wrkStatNm crgStNm mapSlipNo goods cstGodCd ordQty inQty canStockQty godBarcd code"
)
NAMES = st.sampled_from(FIELDS.split())
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-2, 10**13), st.floats(), WORDS)
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=8)
)
ROW = st.dictionaries(NAMES, JSON, max_size=12)


class Says(httpx.AsyncBaseTransport):
    def __init__(self, body: Any) -> None:
        self.body = body

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(("/auth", "/connect")):
            data = {"accessToken": "t", "expreDatetime": None}
            return httpx.Response(200, json={"access_token": "t", "header": {"code": 200}, "data": data})
        import json

        return httpx.Response(200, content=json.dumps(self.body).encode())


def adapters(body: Any) -> list[tuple[Any, Account]]:
    async def at_once(_seconds: float) -> None:
        return None

    caller = Caller(new_client(transport=Says(body)), time=lambda: 0.0, sleep=at_once)
    return [
        (
            Sellmate(caller, HandClock(), url="http://127.0.0.1/{domain}", assumed=ALL),
            Account("sellmate", SHOP.channel_id, domain="hanok", shop_id="7"),
        ),
        (
            Fassto(caller, HandClock(), url="http://127.0.0.1"),
            Account("fassto", SHOP.channel_id, customer_code="94001"),
        ),
    ]


async def look(adapter: Any, account: Account) -> None:
    asks = [
        lambda: adapter.orders(account, [ONE]),
        lambda: adapter.stock(account, SKUS),
        lambda: adapter.package_orders(account, "P1"),
        lambda: adapter.shops_with(account, SKUS),
        lambda: adapter.mark(account, "cancel", ONE, [OrderItemCode(f"{ONE}-01")], "", whole=True),
    ]
    for ask in asks:
        try:
            found = await ask()
        except Upstream:
            continue
        for order in found.values() if isinstance(found, dict) else ():
            if isinstance(order, WarehouseOrder):
                assert order.order_id == ONE
                assert order.items
                assert all(item.label_printed is not False or item.stage != "unknown" for item in order.items)


@pytest.mark.parametrize("wrapped", [True, False])
@settings(max_examples=60, deadline=None)
@given(data=st.one_of(JSON, ROW, st.lists(ROW, max_size=4)), meta=JSON)
def test_any_answer_is_read_or_refused(wrapped: bool, data: Any, meta: Any) -> None:
    body = {"header": {"code": "200"}, "errorInfo": None, "data": data, "meta": meta} if wrapped else data
    for adapter, account in adapters(body):
        asyncio.run(look(adapter, account))
