"""Whatever is called in whatever order: no money beyond the payment, no line twice, nothing lost."""

import asyncio
from collections import Counter
from contextlib import suppress
from decimal import Decimal

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from app.sandbox.cafe24.back_office import ActImpossible
from app.sandbox.cafe24.order import Order
from app.sandbox.cafe24.routes import cafe24_app
from app.sandbox.cafe24.state import Mall, Malls, load_shop
from tests.sandbox.claims import Writer, find
from tests.sandbox.conftest import SCOPES, SHOPS, Clock

NUMBERS = (101, 206, 208, 302, 310, 311, 313, 404, 405, 407, 421, 501, 502, 505, 514)
FLAG = st.sampled_from(["T", "F"])
STEP = st.fixed_dictionaries(
    {
        "do": st.sampled_from(
            [
                "cancel",
                "ask",
                "reject",
                "advance",
                "withdraw",
                "complete",
                "accept",
                "refuse",
                "refund",
                "ship",
                "deliver",
                "collect",
                "end",
                "ask_back",
                "take_back",
                "move",
                "give_up",
            ]
        ),
        "no": st.sampled_from(NUMBERS),
        "status": st.sampled_from(["accepted", "canceling", "canceled"]),
        "lines": st.none() | st.dictionaries(st.integers(0, 4), st.integers(-1, 3), max_size=3),
        "claim": st.integers(0, 4),
        "gateway": FLAG,
        "kind": st.sampled_from(["return", "exchange"]),
        "stock": FLAG,
        "fault": st.sampled_from([None, None, None, "timeout_after_effect", "503", "429"]),
    }
)
MALL_SETTING = st.fixed_dictionaries(
    {"claim_request_auto_accept": FLAG, "refund_processing_setting": st.sampled_from("SD")}
)


def body_lines(order: Order, lines: dict[int, int] | None) -> dict[str, object]:
    if lines is None:
        return {}
    code = [item.code for item in order.items]
    rows = [{"order_item_code": code[n % len(code)], "quantity": quantity} for n, quantity in lines.items()]
    return {"items": rows}


async def calls(write: Writer, order: Order, claim: str, step: dict) -> None:
    """What comes over the wire."""
    rows = body_lines(order, step["lines"])
    match step["do"]:
        case "cancel":
            await write.cancels(order, step["status"], payment_gateway_cancel=step["gateway"], **rows)
        case "ask":
            await write.asks(order, **rows)
        case "reject":
            await write.rejects(order, order.items[0].code)
        case "advance":
            await write.advances(order, claim, refund_method_code=["M"])
        case "withdraw":
            await write.withdraws(order, claim)
        case "complete":
            await write.completes(order, claim, payment_gateway_cancel=step["gateway"])
        case _:
            await goods_calls(write, order, claim, step, rows)


async def goods_calls(write: Writer, order: Order, claim: str, step: dict, rows: dict) -> None:
    """What comes over the wire about goods that come back."""
    kind, status = step["kind"], step["status"]
    ends = {"canceling": "processing", "canceled": "returned" if kind == "return" else "exchanged"}
    match step["do"]:
        case "ask_back":
            await write.asks_back(order, kind, **rows)
        case "take_back":
            more = (
                {"same_product": "T"} if kind == "exchange" else {"payment_gateway_cancel": step["gateway"]}
            )
            status = ends.get(status, status)
            await write.takes_back(order, status, kind, recover_inventory=step["stock"], **more, **rows)
        case "move":
            status = ends.get(status)
            here = {"pickup_completed": step["gateway"], "recover_inventory": step["stock"]}
            await write.moves(order, claim, kind, status=status, **here)
        case "give_up":
            await write.moves(order, claim, kind, undone="T")


def people(mall: Mall, order: Order, claim: str, step: dict) -> None:
    """What is done in the back office."""
    match step["do"]:
        case "accept":
            mall.accept_request(order.order_id)
        case "refuse":
            mall.reject_request(order.order_id)
        case "refund":
            mall.complete_refund(order.order_id, claim)
        case "ship":
            mall.ship(order.order_id)
        case "deliver":
            mall.deliver(order.order_id)
        case "collect":
            mall.collect(order.order_id, stock=step["stock"] == "T")
        case "end":
            mall.complete(order.order_id)


def left_in_the_house(mall: Mall) -> Counter:
    """What every variant would have on its shelf without claims: the same after any step."""
    left = Counter({v.variant_code: v.quantity for p in mall.products.values() for v in p.variants})
    for order in mall.orders.values():
        for item in order.items:
            left[item.variant_code] += item.quantity if item.replacement else 0
        for claim in order.claims:
            for item in order.items:
                back = claim.restored_stock and item.code in claim.item_codes
                left[item.variant_code] -= item.quantity if back else 0
    return left


def check(mall: Mall, bought: dict[str, Counter]) -> None:
    for number in NUMBERS:
        order = find(mall, number)
        own = [entry for entry in mall.refunds if entry.order_id == order.order_id]
        assert sum((e.amount for e in own), Decimal(0)) <= order.payable
        assert sum((e.points for e in own), Decimal(0)) <= order.points_spent
        assert sum((e.credits for e in own), Decimal(0)) <= order.credits_spent
        assert all(e.amount >= 0 for e in own)
        assert all(count == 1 for count in Counter(code for e in own for code, _ in e.items).values())
        living = Counter(code for claim in order.claims if not claim.undone for code in claim.item_codes)
        assert all(count == 1 for count in living.values())
        assert pieces(order) == bought[order.order_id]
        assert len({item.code for item in order.items}) == len(order.items)
        if order.cancelled == "T" and order.paid_at:
            assert sum((e.amount for e in own), Decimal(0)) == order.payable
            assert sum((e.points for e in own), Decimal(0)) == order.points_spent
            assert sum((e.credits for e in own), Decimal(0)) == order.credits_spent


def pieces(order: Order) -> Counter:
    counted: Counter = Counter()
    for item in order.items:
        counted[item.variant_code] += 0 if item.replacement else item.quantity
    return counted


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(setting=MALL_SETTING, steps=st.lists(STEP, min_size=1, max_size=30))
def test_the_money_is_right_after_every_step(setting, steps):
    clock = Clock()
    mall = load_shop(SHOPS / "hanok", clock)
    mall.settings[1].order |= setting
    malls = Malls([mall], now=clock, client_id="demo", client_secret="demo", scopes=SCOPES)
    bought = {order_id: pieces(order) for order_id, order in mall.orders.items()}
    for variant in mall.products[19].variants:
        variant.counted = True
    in_the_house = left_in_the_house(mall)

    async def walk() -> None:
        app = Starlette(routes=[Mount("/cafe24", cafe24_app(malls))])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mall.test/cafe24") as http:
            write = Writer(http, mall)
            for step in steps:
                malls.faults.clear()
                if step["fault"]:
                    malls.faults.inject(step["fault"])
                order = find(mall, step["no"])
                claim = order.claims[step["claim"] % len(order.claims)].code if order.claims else "C0"
                await calls(write, order, claim, step)
                with suppress(ActImpossible):
                    people(mall, order, claim, step)
                check(mall, bought)
                assert left_in_the_house(mall) == in_the_house

    asyncio.run(walk())


@settings(max_examples=60, deadline=None)
@given(quantities=st.permutations([(0, 1), (1, 1), (1, 1)]), step=st.sampled_from(["canceling", "canceled"]))
def test_every_way_of_cancelling_piece_by_piece_gives_back_the_payment(quantities, step):
    """Order 101 has three pieces in two lines, points, and a shipping fee or none."""
    clock = Clock()
    mall = load_shop(SHOPS / "hanok", clock)
    malls = Malls([mall], now=clock, client_id="demo", client_secret="demo", scopes=SCOPES)
    order = find(mall, 101)
    order.shipping_fee = Decimal(3000)
    first_two = [item.code for item in order.items]

    async def walk() -> None:
        app = Starlette(routes=[Mount("/cafe24", cafe24_app(malls))])
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://mall.test/cafe24"
        ) as http:
            write = Writer(http, mall)
            for line, quantity in quantities:
                rows = [{"order_item_code": first_two[line], "quantity": quantity}]
                answer = await write.cancels(order, step, items=rows)
                assert answer.status_code == 201
                if step == "canceling":
                    done = await write.completes(order, answer.json()["cancellation"]["claim_code"])
                    assert done.status_code == 200

    asyncio.run(walk())
    assert sum(entry.amount for entry in mall.refunds) == order.payable
    assert sum(entry.points for entry in mall.refunds) == order.points_spent
