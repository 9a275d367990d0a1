"""Reading a customer's orders: from the simulated mall, and from malls that misbehave."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from app.cafe24.carriers import Carriers
from app.cafe24.client import Cafe24Client, ClientSettings
from app.cafe24.gateway import LIST_SECONDS, Cafe24Orders
from app.cafe24.limiter import Limiter, MemoryRates
from app.cafe24.mall_settings import Cafe24Settings
from app.cafe24.members import Cafe24Members
from app.cafe24.pictures import Cafe24Pictures
from app.errors import Unavailable
from commands.kernel.order import ItemState, OrderId
from commands.kernel.who import Guest, Member
from tests.cafe24.doubles import ALL_SCOPES, HANOK, scripted, simulated

MINJI = Member("minji")
JIWOO = Guest("+821000002001")


def order_calls(rig):
    return [call for call in rig.mall.calls if call.path == "/admin/orders"]


async def recent(rig, customer=MINJI, *, at_most=5, months=12):
    return await rig.orders.recent(HANOK, customer, at_most=at_most, months=months)


def worker(rig, rates):
    """Another process before the same mall: only the rates are shared."""
    time = rig.time
    limiter = Limiter(rates, time=time.seconds, sleep=time.sleep, jitter=lambda: 0.0)
    client = Cafe24Client(
        rig.http,
        rig.tokens,
        limiter,
        ClientSettings(api_url="http://127.0.0.1/{mall_id}"),
        time=time.seconds,
        sleep=time.sleep,
    )
    return Cafe24Orders(client, Carriers(client, clock=time.now), limiter, clock=time.now, time=time.seconds)


def wire_order(number, member="minji", phone="010-0000-1001", day="2026-11-20", **more):
    return {
        "order_id": f"20261120-{number:07d}",
        "shop_no": 1,
        "member_id": member,
        "order_date": f"{day}T10:00:00+09:00",
        "market_id": "self",
        "buyer": {"member_id": member, "cellphone": phone},
        "items": [{"order_item_code": f"20261120-{number:07d}-01", "order_status": "N10"}],
        **more,
    }


def orders(*rows):
    return httpx.Response(200, json={"orders": list(rows)})


# ── the simulated mall ──────────────────────────────────────────────────────────────────────────────────────
async def test_five_newest_orders_cost_one_call():
    rig = simulated()
    await recent(rig)
    rig.mall.reset_calls()
    rig.time.passes(minutes=2)
    found = await recent(rig)
    assert len(found.orders) == 5
    assert [o.ordered_at for o in found.orders] == sorted((o.ordered_at for o in found.orders), reverse=True)
    assert [call.path for call in rig.mall.calls] == ["/admin/orders"]
    assert {o.member_id for o in found.orders} == {"minji"}


async def test_each_further_window_adds_one_call():
    rig = simulated()
    found = await recent(rig, Member("nobody-here"), months=12)
    assert (found.orders, found.months_searched) == ((), 12)
    assert len(order_calls(rig)) == 4
    windows = [(c.query["start_date"], c.query["end_date"]) for c in order_calls(rig)]
    assert windows[0] == ("2026-08-22", "2026-11-21")
    assert windows == sorted(windows, reverse=True)


async def test_an_empty_answer_and_a_list_are_remembered_thirty_seconds():
    rig = simulated()
    for customer in (MINJI, Member("nobody-here")):
        await recent(rig, customer)
        rig.mall.reset_calls()
        rig.time.passes(seconds=LIST_SECONDS - 1)
        await recent(rig, customer)
        assert rig.mall.calls == []
        rig.time.passes(seconds=2)
        await recent(rig, customer)
        assert order_calls(rig)


async def test_a_guest_sees_orders_without_a_member_of_three_months():
    rig = simulated()
    found = await recent(rig, JIWOO, months=24)
    assert found.orders
    assert found.months_searched == 3
    assert all(order.member_id is None for order in found.orders)
    (call,) = order_calls(rig)
    assert call.query["buyer_cellphone"] == "010-0000-2001"


async def test_a_guest_does_not_see_the_orders_of_a_member_with_the_same_number():
    """guest_doyun and the member doyun share 010-0000-1005."""
    rig = simulated()
    found = await recent(rig, Guest("+821000001005"))
    assert found.orders
    assert all(order.member_id is None for order in found.orders)
    assert rig.orders.strangers["hanokmall"] == 0


async def test_orders_in_a_state_are_looked_for_beyond_the_newest_five():
    rows = [
        wire_order(n, day=f"2026-11-{n:02d}", items=[{"order_status": "N20" if n == 1 else "N40"}])
        for n in range(1, 9)
    ]
    rig, pages = scripted(orders(*rows), *(orders() for _ in range(3)), orders(*rows))
    wanted = frozenset({ItemState.PREPARING})
    for _ in range(2):
        found = await rig.orders.recent(HANOK, MINJI, at_most=5, months=12, states=wanted)
        assert [order.order_id for order in found.orders] == ["20261120-0000001"]
    assert len(pages.requests) == 4
    all_states = await rig.orders.recent(HANOK, MINJI, at_most=5, months=12)
    assert len(all_states.orders) == 5


async def test_an_order_without_readable_lines_stands_in_no_state():
    rows = [
        wire_order(n, items=items) for n, items in enumerate((None, "x", [None], [{}], [{"order_status": 7}]))
    ]
    rig, _ = scripted(orders(*rows))
    found = await rig.orders.recent(
        HANOK, MINJI, at_most=5, months=3, states=frozenset({ItemState.PREPARING})
    )
    assert found.orders == ()


async def test_one_order_is_fresh_and_one_call():
    rig = simulated()
    order_id = (await recent(rig)).orders[0].order_id
    rig.mall.reset_calls()
    urls = []
    for customer in (MINJI, MINJI, Member("sora"), JIWOO):
        found = await rig.orders.one(HANOK, customer, order_id)
        assert (found is not None) == (customer is MINJI)
    urls = [tuple(sorted(call.query.items())) for call in order_calls(rig)]
    assert len(urls) == len(set(urls)) == 4
    assert all(call.query["order_id"] == order_id for call in order_calls(rig))


async def test_two_workers_never_send_the_same_url_within_a_minute():
    """What one worker read before a write must not be what the other is told after it."""
    rig = simulated()
    order_id = (await recent(rig)).orders[0].order_id
    rates = MemoryRates()
    workers = [worker(rig, rates) for _ in range(2)]
    rig.mall.reset_calls()
    for _ in range(15):
        for one in workers:
            assert await one.one(HANOK, MINJI, order_id)
    limits = [call.query["limit"] for call in order_calls(rig)]
    assert len(set(limits)) == len(limits) == 30


async def test_an_order_of_another_shop_number_or_mall_has_its_own_urls():
    rig, pages = scripted(*(orders() for _ in range(2)))
    for shop in (HANOK, replace(HANOK, shop_no=2)):
        await rig.orders.one(shop, MINJI, OrderId("20261120-0000001"))
    assert [request.url.params["limit"] for request in pages.requests] == ["1", "1"]


async def test_absent_and_foreign_cost_the_same():
    rig = simulated()
    foreign = (await recent(rig, Member("sora"))).orders[0].order_id
    counts = []
    for order_id in (foreign, OrderId("20200101-0000001")):
        rig.mall.reset_calls()
        assert await rig.orders.one(HANOK, MINJI, order_id) is None
        counts.append(len(rig.mall.calls))
    assert counts == [1, 1]


@pytest.mark.parametrize(
    "strange", ["", "x", "20261121-0000101,20261119-0000102", "20261121-0000101\n", "' or 1=1"]
)
async def test_an_order_number_that_is_none_asks_nobody(strange):
    rig = simulated()
    assert await rig.orders.one(HANOK, MINJI, OrderId(strange)) is None
    assert rig.mall.calls == []


async def test_a_change_in_the_mall_is_read_at_once_afterwards():
    """The mall repeats its answer for a minute to the same URL; after `forget` ours is another."""
    rig = simulated()
    first = (await recent(rig)).orders[0]
    rig.mall.orders[first.order_id].items[0].status = "N30"
    rig.orders.forget("hanokmall", first.order_id)
    again = (await recent(rig)).orders[0]
    assert again.items[0].status_code == "N30"
    rig.mall.orders[first.order_id].items[0].status = "N40"
    fresh = await rig.orders.one(HANOK, MINJI, first.order_id)
    assert fresh.items[0].status_code == "N40"


async def test_an_old_guest_order_is_not_shown_by_its_number_either():
    old, young = (wire_order(1, None, "010-0000-2001", day=day) for day in ("2026-08-21", "2026-08-22"))
    rig, _ = scripted(orders(old), orders(young))
    assert await rig.orders.one(HANOK, JIWOO, OrderId("20261120-0000001")) is None
    assert await rig.orders.one(HANOK, JIWOO, OrderId("20261120-0000001")) is not None


async def test_every_state_of_the_shop_is_read_without_a_crash():
    rig = simulated()
    seen = 0
    for member in {order.buyer.member_id for order in rig.mall.orders.values()} - {None, ""}:
        rig.time.passes(seconds=30)
        seen += len((await recent(rig, Member(member), at_most=100)).orders)
    assert seen >= 20


async def test_a_field_that_is_missing_everywhere_is_no_crash():
    rig = simulated()
    for field in ("order_status", "items", "payment_method", "order_date", "currency"):
        rig.malls.faults.inject(f"drop_field:{field}", path="/admin/orders")
        rig.orders.forget("hanokmall")
        rig.time.passes(minutes=2)
        assert (await recent(rig)).orders


async def test_without_the_field_that_proves_the_owner_nothing_is_shown():
    rig = simulated()
    rig.malls.faults.inject("drop_field:member_id", path="/admin/orders")
    found = await recent(rig, months=3)
    assert found.orders == ()


# ── malls that misbehave ────────────────────────────────────────────────────────────────────────────────────
async def test_a_mall_that_ignores_the_filter_shows_nobody_elses_order():
    rig, pages = scripted(orders(*(wire_order(n, "stranger", "010-9999-9999") for n in range(100))))
    found = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    assert found.orders == ()
    assert rig.orders.strangers["hanokmall"] == 100
    assert len(pages.requests) == 1


async def test_ones_own_orders_among_strangers_are_kept():
    rig, _ = scripted(orders(wire_order(1, "stranger"), wire_order(2), wire_order(3, None)))
    found = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    assert [order.order_id for order in found.orders] == ["20261120-0000002"]
    assert rig.orders.strangers["hanokmall"] == 2


async def test_a_filtered_answer_by_number_is_checked_too():
    rig, _ = scripted(orders(wire_order(7), wire_order(8, "stranger")), orders(wire_order(7), wire_order(8)))
    wanted = OrderId("20261120-0000008")
    assert await rig.orders.one(HANOK, MINJI, wanted) is None
    assert (await rig.orders.one(HANOK, MINJI, wanted)).order_id == wanted


async def test_orders_of_another_shop_of_the_mall_stay_there():
    rig, _ = scripted(orders(wire_order(1, shop_no=2), wire_order(2)))
    found = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    assert [order.order_id for order in found.orders] == ["20261120-0000002"]


async def test_a_window_of_more_than_a_hundred_is_paged_to_its_end():
    """The order of rows is not documented: here the newest stands on the second page."""
    old = [wire_order(n, day="2026-10-01") for n in range(100)]
    rig, pages = scripted(orders(*old), orders(wire_order(500, day="2026-11-21")))
    found = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    assert found.orders[0].order_id == "20261120-0000500"
    assert [request.url.params.get("offset") for request in pages.requests] == [None, "100"]


@pytest.mark.parametrize(
    "customer", [Member(""), Member("  "), Member("a,b"), Guest(""), Guest("+15550100"), Guest("02-123-4567")]
)
async def test_a_customer_that_no_filter_can_name_asks_nobody(customer):
    rig, pages = scripted()
    assert (await rig.orders.recent(HANOK, customer, at_most=5, months=12)).orders == ()
    assert await rig.orders.one(HANOK, customer, OrderId("20261120-0000001")) is None
    assert pages.requests == []


async def test_rows_that_are_no_orders_are_dropped():
    rig, _ = scripted(orders("x", None, 7, {}, {"order_id": ""}, wire_order(1)))
    found = await rig.orders.recent(HANOK, MINJI, at_most=5, months=3)
    assert len(found.orders) == 1


async def test_lists_have_an_end():
    rig, _ = scripted(*(orders(wire_order(n, f"m{n}")) for n in range(1100)))
    for number in range(1100):
        await rig.orders.recent(HANOK, Member(f"m{number}"), at_most=5, months=3)
        rig.time.passes(milliseconds=1)
    assert len(rig.orders._lists) <= 1000


async def test_a_slow_mall_costs_a_customer_three_seconds_at_most():
    rig, pages = scripted()

    async def slow(request):
        pages.requests.append(request)
        rig.time.passes(seconds=1.2)
        return orders()

    rig.http._transport = httpx.MockTransport(slow)
    began = rig.time.now()
    with pytest.raises(Unavailable):
        await rig.orders.recent(HANOK, MINJI, at_most=5, months=12)
    assert rig.time.now() - began < timedelta(seconds=4)


# ── beside the orders ───────────────────────────────────────────────────────────────────────────────────────
async def test_without_carriers_the_order_is_shown_without_its_link():
    rig = simulated()
    rig.malls.faults.inject("403_scope", path="/admin/carriers")
    parcels = [p for order in (await recent(rig)).orders for p in order.parcels]
    assert parcels
    assert all("carrier-cj.example" not in (p.url or "") for p in parcels)


async def test_pictures_of_many_products_are_one_call_a_day():
    rig = simulated()
    pictures = Cafe24Pictures(rig.client, clock=rig.time.now)
    found = await pictures.pictures(HANOK, [11, 12, 13, 11, 99999])
    assert set(found) == {11, 12, 13}
    assert pictures.known(HANOK, 11) == found[11]
    assert await pictures.pictures(HANOK, [13, 99999]) == {13: found[13]}
    assert len(rig.mall.calls) == 1
    rig.time.passes(hours=25)
    assert pictures.known(HANOK, 11) is None


async def test_members_by_number_and_by_id():
    rig = simulated()
    members = Cafe24Members(rig.client, rig.tokens, clock=rig.time.now)
    accounts = await members.by_cellphone(HANOK, "+821023456789")
    assert {(a.member_id, a.full_match) for a in accounts} == {("sora", True), ("sora2", True)}
    assert await members.by_cellphone(HANOK, "+821099998888") == []
    assert await members.by_cellphone(HANOK, "+15550100") == []
    assert await members.exists(HANOK, "minji")
    assert not await members.exists(HANOK, "minji,sora")
    assert not await members.exists(HANOK, "nobody")
    rig.mall.reset_calls()
    assert await members.exists(HANOK, "minji")
    assert rig.mall.calls == []


@pytest.mark.parametrize("form", ["digits", "hyphens"])
async def test_members_are_found_in_either_form_of_the_number(form):
    rig = simulated()
    rig.mall.customer_phone_form = form
    members = Cafe24Members(rig.client, rig.tokens, clock=rig.time.now)
    assert {a.member_id for a in await members.by_cellphone(HANOK, "+821023456789")} == {"sora", "sora2"}


async def test_without_the_scope_the_exact_filter_is_trusted():
    rig = simulated()
    grant = rig.mall.tokens.issue("hanokmall", tuple(ALL_SCOPES - {"mall.read_privacy"}))
    await rig.store.put("hanokmall", (await rig.store.get("hanokmall")).__class__(
        grant.access_token, grant.refresh_token, rig.time.now() + timedelta(hours=2),
        rig.time.now() + timedelta(days=14), frozenset(grant.scopes), "hanokmall",
    ))  # fmt: skip
    members = Cafe24Members(rig.client, rig.tokens, clock=rig.time.now)
    accounts = await members.by_cellphone(HANOK, "+821023456789")
    assert {a.full_match for a in accounts} == {False}
    assert all(call.path == "/admin/customers" for call in rig.mall.calls)


async def test_settings_are_warm_for_five_minutes_and_fresh_for_one():
    rig = simulated()
    settings = Cafe24Settings(rig.client, clock=rig.time.now)
    assert (await settings.warm(HANOK)).order.claim_request is not None
    rig.time.passes(seconds=61)
    await settings.warm(HANOK)
    assert len(rig.mall.calls) == 2
    await settings.fresh(HANOK)
    assert len(rig.mall.calls) == 4
