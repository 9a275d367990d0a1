"""Each recorded exchange three ways: our client sends the request, reads the answer, and the simulated servers answer
alike. Fixtures: fixtures/wire/sellmate and fassto.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.http import new_client
from app.wms.calls import Caller
from app.wms.fassto import Fassto
from app.wms.sellmate import Sellmate
from commands.kernel.order import OrderId
from commands.kernel.warehouse import MarkResult

from .rig import ALL, FASSTO, ONE, SELLMATE, SKUS, HandClock, Rig, codes

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures" / "wire"
NAMES = sorted(
    f"{path.parent.name}/{path.stem}" for s in ("sellmate", "fassto") for path in (FOLDER / s).glob("*.json")
)


def fixture(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


class Script(httpx.AsyncBaseTransport):
    """Answers from fixtures, by method and path; what is not recorded answers 404."""

    def __init__(self, system: str, first: str) -> None:
        others = [n for n in NAMES if n.startswith(system) and n != first and "refused" not in n]
        self.recorded = [fixture(n) for n in (first, *others)]
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        for one in self.recorded:
            if (one["request"]["method"], one["request"]["path"]) == (request.method, request.url.path):
                return httpx.Response(one["response"]["status"], json=one["response"]["json"])
        return httpx.Response(404, json={})


@dataclass(frozen=True)
class Exchange:
    ask: Callable[[Any, Any], Awaitable[Any]]
    holds: Callable[[Any], bool] = lambda _: True
    raises: str | None = None
    secret: str | None = None


async def orders(adapter, account):
    return await adapter.orders(account, [ONE])


async def stock(adapter, account):
    return await adapter.stock(account, SKUS[:1])


async def by_barcode(adapter, account):
    return await adapter._filtered(
        account, "variants", ["barcode1,in,{values},and"], ["8800000500001"], INCLUDES
    )


async def cancel(adapter, account):
    return await adapter.mark(account, "cancel", OrderId(ONE), codes(ONE), "변심", whole=True)


INCLUDES = (("c[]", "optionHasCodeByShop"), ("c[]", "availabilityInfo"))
DONE = MarkResult("done")
EXCHANGES = {
    "sellmate/auth.issued": Exchange(stock),
    "sellmate/auth.refused": Exchange(stock, raises="Unauthorized", secret="wrong"),
    "sellmate/productVariants.by_code": Exchange(stock, lambda found: found[SKUS[0]].available == 5),
    "sellmate/productVariants.by_barcode": Exchange(by_barcode, lambda found: found[0]["id"] == 500001),
    "sellmate/orders.one": Exchange(orders, lambda found: len(found[ONE].items) == 2),
    "sellmate/cancel.marked": Exchange(cancel, lambda found: found == DONE),
    "fassto/connect.issued": Exchange(stock),
    "fassto/connect.refused": Exchange(stock, raises="Unauthorized", secret="wrong"),
    "fassto/stock.list": Exchange(stock, lambda found: found[SKUS[0]].available == 5),
    "fassto/inbounds.open": Exchange(stock, lambda found: found[SKUS[0]].restock_date == date(2026, 11, 28)),
    "fassto/inbound.detail": Exchange(stock, lambda found: found[SKUS[0]].restock_date == date(2026, 11, 28)),
    "fassto/releases.of_order": Exchange(orders, lambda found: found[ONE].id == "TEST00000001"),
    "fassto/release.detail": Exchange(orders, lambda found: found[ONE].items[0].sku == SKUS[0]),
    "fassto/cancel.done": Exchange(cancel, lambda found: found == DONE),
}


def account_of(name: str, secret: str | None):
    if name.startswith("sellmate"):
        rig = Rig(SELLMATE, sellmate_secret=secret or "sellmate-secret-value")
    else:
        rig = Rig(FASSTO, secrets={"wms.apiKey": secret} if secret else None)
    return rig.gateway.account_of(rig.connection)


def test_every_fixture_is_used_and_says_whence_it_is() -> None:
    assert set(NAMES) == EXCHANGES.keys()
    for name in NAMES:
        one = fixture(name)
        assert one["source"].startswith("contracts/wms/WMS.md")
        assert one["confidence"] in {"documented", "observed", "assumed"}


def test_the_readme_lists_what_is_assumed() -> None:
    listed = (ROOT / "README.md").read_text("utf-8")
    assert [n for n in NAMES if fixture(n)["confidence"] == "assumed" and f"`{n}.json`" not in listed] == []


@pytest.mark.parametrize("name", NAMES)
async def test_our_client_sends_the_request_and_reads_the_answer(name: str) -> None:
    exchange, recorded = EXCHANGES[name], fixture(name)
    system = name.partition("/")[0]
    script = Script(system, name)
    caller = Caller(new_client(transport=script), time=lambda: 0.0)
    adapter: Any = (
        Sellmate(caller, HandClock(), url="http://127.0.0.1/external/{domain}", assumed=ALL)
        if system == "sellmate"
        else Fassto(caller, HandClock(), url="http://127.0.0.1")
    )
    account = account_of(name, exchange.secret)
    if exchange.raises:
        with pytest.raises(Exception, match=r"401|INVALID") as failed:
            await exchange.ask(adapter, account)
        assert type(failed.value).__name__ == exchange.raises
    else:
        assert exchange.holds(await exchange.ask(adapter, account))
    wanted = recorded["request"]
    (sent,) = [r for r in script.requests if (r.method, r.url.path) == (wanted["method"], wanted["path"])][:1]
    assert [list(pair) for pair in sent.url.params.multi_items()] == wanted.get("query", [])
    assert (json.loads(sent.content) if sent.content else None) == wanted.get("json")
    for header, value in wanted["headers"].items():
        assert sent.headers[header] == value


@pytest.mark.parametrize("name", NAMES)
async def test_the_simulated_server_answers_alike(name: str) -> None:
    recorded, system = fixture(name), name.partition("/")[0]
    rig = Rig(SELLMATE if system == "sellmate" else FASSTO)
    rig.depot.restock[SKUS[0]] = date(2026, 11, 27)
    server: Any = rig.sellmate if system == "sellmate" else rig.fassto
    server._tokens["access-1"] = rig.clock.now.replace(year=2027)
    wanted, answer = recorded["request"], recorded["response"]
    got = await rig.client.request(
        wanted["method"],
        f"http://127.0.0.1/{system}{wanted['path']}",
        params=[tuple(pair) for pair in wanted.get("query", [])] or None,
        json=wanted.get("json"),
        headers=wanted["headers"],
    )
    assert got.status_code == answer["status"]
    assert list(differences(answer["json"], got.json())) == []


def differences(wanted: Any, got: Any, where: str = "$"):
    """Keys that are missing, and values of another kind; an empty value on either side is any kind."""
    if wanted in (None, "", []) or got in (None, "", []):
        return
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key, value in wanted.items():
            if key in got:
                yield from differences(value, got[key], f"{where}.{key}")
            else:
                yield f"{where}.{key} is missing"
    elif isinstance(wanted, list) and isinstance(got, list):
        yield from differences(wanted[0], got[-1], f"{where}[]")
    elif type(wanted) is not type(got):
        yield f"{where}: {type(wanted).__name__} is {type(got).__name__}"
