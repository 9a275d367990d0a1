"""The simulated Sellmate and Fassto themselves, written from the sheet: what a client may rely on, and troubles."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from app.sandbox.faults import Faults
from app.sandbox.wms import NOT_SIMULATED
from app.sandbox.wms.depot import Depot, DepotRefused, Goods, ShopLine, ShopOrder
from app.sandbox.wms.fassto import FasstoServer
from app.sandbox.wms.sellmate import SellmateServer

NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
ONE, TWO, SHIPPED = "20261123-0000001", "20261123-0000002", "20261123-0000003"


class Place:
    def __init__(self) -> None:
        self.at = NOON
        self.mall = {id_: self.order(id_) for id_ in (ONE, TWO)} | {SHIPPED: self.order(SHIPPED, "N30")}
        self.depot = Depot(self.mall.values, lambda: [Goods(f"P{n:04d}000A", "이름", n) for n in range(23)])
        self.faults = Faults()
        self.sellmate = SellmateServer(
            self.depot, now=lambda: self.at, domain="hanok", clients={"id": "secret"}, faults=self.faults
        )
        self.fassto = FasstoServer(
            self.depot,
            now=lambda: self.at,
            api_code="API",
            api_key="KEY",
            customer="94001",
            faults=self.faults,
        )

    @staticmethod
    def order(order_id: str, status: str = "N20") -> ShopOrder:
        lines = (ShopLine(f"{order_id}-01", "P0001000A", "이름", 2, status),)
        return ShopOrder(order_id, NOON, lines, {"name": "김민지"})


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
async def http(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[Mount("/s", place.sellmate.app()), Mount("/f", place.fassto.app())])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://wms.test") as client:
        yield client


async def bearer(http: httpx.AsyncClient) -> dict[str, str]:
    got = await http.post("/s/external/hanok/auth", json={"client_id": "id", "client_secret": "secret"})
    return {"authorization": f"Bearer {got.json()['access_token']}"}


async def access(http: httpx.AsyncClient) -> dict[str, str]:
    got = await http.post("/f/api/v1/auth/connect?apiCd=API&apiKey=KEY")
    assert len(got.json()["data"]["expreDatetime"]) == 14
    return {"accessToken": got.json()["data"]["accessToken"]}


async def test_sellmate_shows_ten_rows_unless_told_and_says_how_many_pages(http: httpx.AsyncClient) -> None:
    headers = await bearer(http)
    first = (await http.get("/s/external/hanok/productVariants", headers=headers)).json()
    assert (len(first["data"]), first["meta"]["last_page"], first["meta"]["total"]) == (10, "3", 23)
    assert "availability_info" not in first["data"][0]
    last = await http.get("/s/external/hanok/productVariants?page=3&per_page=10", headers=headers)
    assert len(last.json()["data"]) == 3


@pytest.mark.parametrize("query", ["f[]=color,in,x,and", "f[]=barcode1,like,x,and", "f[]=barcode1"])
async def test_sellmate_refuses_a_filter_that_it_does_not_know(http: httpx.AsyncClient, query: str) -> None:
    got = await http.get(f"/s/external/hanok/productVariants?{query}", headers=await bearer(http))
    assert got.status_code == 422


async def test_who_may_come_in(http: httpx.AsyncClient, place: Place) -> None:
    wrong = {"client_id": "id", "client_secret": "x"}
    assert (await http.post("/s/external/hanok/auth", json=wrong)).status_code == 401
    assert (await http.post("/s/external/other/auth", json=wrong)).status_code == 404
    assert (await http.get("/s/external/hanok/orders")).status_code == 401
    headers = await bearer(http)
    assert (await http.get("/s/external/hanok/orders", headers=headers)).status_code == 200
    place.at += timedelta(hours=2)
    assert (await http.get("/s/external/hanok/orders", headers=headers)).status_code == 401
    refused = await http.get("/f/api/v1/stock/list/94001")
    assert (refused.status_code, refused.json()["errorInfo"]["errorCode"]) == (200, "INVALID_ACCESS")
    other = await http.get("/f/api/v1/stock/list/1", headers=await access(http))
    assert other.json()["errorInfo"]["errorCode"] == "INVALID_CST_CD"


async def test_orders_are_collected_when_asked_and_only_before_shipping(
    http: httpx.AsyncClient, place: Place
) -> None:
    headers = await bearer(http)
    numbers = [
        o["order_number"]
        for o in (await http.get("/s/external/hanok/orders", headers=headers)).json()["data"]
    ]
    assert numbers == [ONE, TWO]
    place.mall["20261123-0000004"] = place.order("20261123-0000004", "N22")
    shown = (await http.get("/s/external/hanok/orders", headers=headers)).json()["data"]
    assert shown[-1]["items"][0]["status"] == "보류"
    place.depot.collecting = False
    place.mall["20261123-0000005"] = place.order("20261123-0000005")
    assert len(place.depot.parcels) == 3


async def test_one_truth_behind_both_servers(http: httpx.AsyncClient, place: Place) -> None:
    headers = await bearer(http)
    marked = await http.post(
        "/s/external/hanok/orders/1/cancel", json={"item_ids": ["101"], "reason": ""}, headers=headers
    )
    assert marked.status_code == 200
    path = f"/f/api/v1/delivery/94001/2026-11-01/2026-11-23/ALL/1?ordNo={ONE}"
    rows = (await http.get(path, headers=await access(http))).json()["data"]
    assert [(row["slipNo"], row["crgStNm"]) for row in rows] == [("TEST00000001", "출고취소")]


async def test_a_package_leaves_with_one_label(place: Place) -> None:
    place.depot.combine(ONE, TWO)
    number = place.depot.print_label(ONE)
    assert {parcel.tracking for parcel in place.depot.parcels.values()} == {number}
    for act in (lambda: place.depot.combine(ONE, TWO), lambda: place.depot.print_label(TWO),
                lambda: place.depot.mark(place.depot.parcel(ONE), "cancel", {101})):  # fmt: skip
        with pytest.raises(DepotRefused):
            act()


async def test_inbound_slips_hold_what_is_to_come(http: httpx.AsyncClient, place: Place) -> None:
    place.depot.restock = {"P0001000A": date(2026, 11, 27), "P0002000A": date(2027, 3, 1)}
    headers = await access(http)
    listed = (await http.get("/f/api/v1/warehousing/94001/20261123/20270122", headers=headers)).json()["data"]
    assert [(row["slipNo"], row["wrkStat"]) for row in listed] == [("IN00000000", "4"), ("IN20261127", "1")]
    detail = (await http.get("/f/api/v1/warehousing/detail/94001/IN20261127", headers=headers)).json()["data"]
    assert [goods["cstGodCd"] for goods in detail[0]["goods"]] == ["P0001000A"]


@pytest.mark.parametrize(
    ("fault", "status"), [("500", 500), ("429", 429), ("401_expired", 401), ("html_error", 502)]
)
async def test_a_fault_is_met_once(http: httpx.AsyncClient, place: Place, fault: str, status: int) -> None:
    headers = await bearer(http)
    place.faults.inject(fault)
    got = [(await http.get("/s/external/hanok/orders", headers=headers)).status_code for _ in range(2)]
    assert got == [status, 200]


async def test_a_lost_answer_has_had_its_effect(http: httpx.AsyncClient, place: Place) -> None:
    headers = await bearer(http)
    place.faults.inject("timeout_after_effect", path="POST /external")
    body = {"item_ids": [101], "reason": ""}
    assert (await http.post("/s/external/hanok/orders/1/hold", json=body, headers=headers)).status_code == 504
    assert place.depot.parcel(ONE).lines[0].stage == "held"


def test_what_is_not_simulated_is_said() -> None:
    assert any("가정" in sentence for sentence in NOT_SIMULATED)
