"""The recorded exchanges about claims (fixtures/wire/cafe24/claims): the simulated mall answers alike."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.cafe24.claim_book import Why
from app.sandbox.cafe24.claim_lines import Wanted, pick
from app.sandbox.cafe24.resources.receivers import past_row
from tests.sandbox.claims import WRITING, find

FOLDER = Path(__file__).parents[2] / "fixtures" / "wire" / "cafe24" / "claims"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def _asked(mall, malls):
    order = find(mall, 102)
    mall.claims.request(order, pick(order, None), Why("A", "단순 변심"), {})


def _accepted(mall, malls):
    order = find(mall, 102)
    return order, mall.claims.accept(order, pick(order, None), Why("A", "단순 변심"))


def _in_progress(mall, malls):
    order, claim = _accepted(mall, malls)
    return order, claim, mall.claims.receive_refund(order, claim, ["F"], {})


def _over(mall, malls):
    mall.claims.complete(*_in_progress(mall, malls), at_gateway=True)


def _in_cash(mall, malls):
    find(mall, 102).payment_methods = ["cash"]


def _at_naver(mall, malls):
    find(mall, 312).wire["naverpay_payment_information"] = "N"


def _lost(mall, malls):
    malls.faults.inject("timeout_after_effect", path="POST /admin/orders")


def _goods(kind, accepts):
    """Line 1 of the delivered order, requested or accepted."""

    def before(mall, malls):
        order = find(mall, 501)
        picks = pick(order, [Wanted(order.items[0].code, 1)])
        if accepts:
            mall.claims.accept(order, picks, Why("A", ""), kind)
        else:
            mall.claims.request(order, picks, Why("A", "단순 변심"), {}, kind)

    return before


def _two_lines_at_naver(mall, malls):
    order = find(mall, 511)
    order.items.append(replace(order.items[0], code=f"{order.order_id}-02", item_no=2))


def _moved(mall, malls):
    order = find(mall, 102)
    order.past_receivers.append(past_row(mall, order, order.receivers[0]))


# What has to have happened before; nothing, where a name is absent.
BEFORE: dict[str, Callable[..., object]] = {
    "cancellationrequests.open_claim": _asked,
    "cancellationrequests.rejected": _asked,
    "cancellation.twice": _over,
    "cancellation.shipped": lambda mall, malls: mall.ship(find(mall, 102).order_id),
    "cancellation.no_gateway": _in_cash,
    "cancellation.naver_partial": _at_naver,
    "cancellation.answer_lost": _lost,
    "cancellation.advanced": _accepted,
    "cancellation.withdrawn": _accepted,
    "cancellation.read": _in_progress,
    "refunds.waiting": _in_progress,
    "refunds.completed": _in_progress,
    "returnrequests.rejected": _goods("return", accepts=False),
    "exchangerequests.rejected": _goods("exchange", accepts=False),
    "return.collected": _goods("return", accepts=True),
    "return.stock_not_said": _goods("return", accepts=True),
    "exchange.collected": _goods("exchange", accepts=True),
    "return.naver_partial": _two_lines_at_naver,
    "receivers.history": _moved,
}


def fixture(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def test_every_fixture_says_whence_it_comes():
    assert BEFORE.keys() <= set(NAMES)
    for name in NAMES:
        one = fixture(name)
        assert one.keys() == {"source", "seen_on", "confidence", "request", "response"}
        assert one["confidence"] in {"documented", "observed", "assumed"}


@pytest.mark.parametrize("name", NAMES)
async def test_the_simulated_mall_answers_alike(name, mall, malls, http):
    one = fixture(name)
    BEFORE.get(name, lambda mall, malls: None)(mall, malls)
    request, wanted = one["request"], one["response"]
    token = mall.tokens.issue("hanokmall", tuple(sorted(WRITING))).access_token
    headers = request["headers"] | {"authorization": f"Bearer {token}"}
    got = await http.request(
        request["method"],
        f"/hanokmall{request['path']}",
        params=request.get("query"),
        content=json.dumps(request["json"]) if "json" in request else None,
        headers=headers,
    )
    assert got.status_code == wanted["status"]
    assert {header.lower() for header in wanted["headers"]} <= set(got.headers)
    if "json" in wanted:
        assert list(differences(wanted["json"], got.json())) == []
    else:
        assert got.text == wanted["text"]


def differences(wanted: Any, got: Any, where: str = "$"):
    """Keys that are missing and values that differ; of dates only the presence counts, as the clocks differ."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key, value in wanted.items():
            if key not in got:
                yield f"{where}.{key} is missing"
            elif not (key.endswith("_date") and value and got[key]):
                yield from differences(value, got[key], f"{where}.{key}")
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for number, pair in enumerate(zip(wanted, got, strict=True)):
            yield from differences(*pair, f"{where}[{number}]")
    elif wanted != got:
        yield f"{where}: {wanted!r} is {got!r}"
