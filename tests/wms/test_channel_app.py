"""A WMS app of Channel as the shop's warehouse: what it names it does, and nothing is guessed (CHANNEL.md §10)."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.clock import Clock
from app.errors import OffContract, OutcomeUnknown, Unauthorized, Unavailable
from app.sandbox.channel.wms_app import WmsApp
from app.sandbox.wms.depot import Depot, ShopLine, ShopOrder
from app.sandbox.wms.levers import WMS_APP as APP_ID
from app.wms.account import Account
from app.wms.channel_app import ChannelApp
from app.wms.channel_app_wire import MARKS, ORDERS, RESTORES, SHOP_ID, stage_of
from commands.kernel.address import Address
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import Capability, Stage
from commands.kernel.who import ChannelId
from tests.world import HandClock, Road, fresh_database, opened_road

KEY = "hanokmall-1-%ED%95%9C%EC%98%A5"
ONE, TWO = OrderId("20261120-0000001"), OrderId("20261120-0000002")
ADDRESS = Address("김민지", "010-1111-2222", "06236", "서울특별시 강남구 테헤란로 10", "1203호")


def account(shop_id: str | None = None) -> Account:
    return Account("channelApp", ChannelId("ch"), shop_id=shop_id, app_id=APP_ID, commerce_key=KEY)


def code(order_id: OrderId, number: int) -> OrderItemCode:
    return OrderItemCode(f"{order_id}-0{number}")


class Apps:
    """Calls the simulated app; `broken` meets the next call."""

    def __init__(self, app: WmsApp) -> None:
        self.app = app
        self.broken: Exception | None = None
        self.lost: str | None = None

    async def call_app(self, channel_id: str, app_id: str, method: str, **params: Any) -> dict[str, Any]:
        assert (channel_id, app_id) == ("ch", APP_ID)
        if self.broken:
            raise self.broken
        answer: dict[str, Any] = self.app.answer(method, params)
        if method == self.lost:
            raise OutcomeUnknown("channel", method, note="no answer")
        return answer


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def app(clock: Clock) -> WmsApp:
    def order(order_id: OrderId, lines: int) -> ShopOrder:
        rows = tuple(
            ShopLine(code(order_id, n), f"SKU{n}", f"상품 {n}", 1, "N20") for n in range(1, lines + 1)
        )
        return ShopOrder(order_id, clock(), rows, {})

    return WmsApp(Depot(lambda: [order(ONE, 2), order(TWO, 1)], list))


@pytest.fixture
def apps(app: WmsApp) -> Apps:
    return Apps(app)


@pytest.fixture
def wms(apps: Apps, clock: HandClock) -> ChannelApp:
    return ChannelApp(apps, clock)


async def test_only_what_the_app_names_is_served(wms: ChannelApp, app: WmsApp, clock: HandClock) -> None:
    assert wms.capabilities(account()) == frozenset()
    await wms.learn(account())
    assert wms.capabilities(account()) >= {Capability.ORDERS, Capability.CANCEL, Capability.RESTORE}
    assert not wms.capabilities(account()) & {Capability.STOCK, Capability.HOLD, Capability.PACKAGES}
    app.serves = {"getOrders"}
    await wms.learn(account())
    assert Capability.CANCEL in wms.capabilities(account()), "known for ten minutes"
    clock.forward(minutes=11)
    await wms.learn(account())
    assert wms.capabilities(account()) == {Capability.ORDERS, Capability.SHIP_DATE}


async def test_the_app_says_which_shop_this_is(wms: ChannelApp, app: WmsApp) -> None:
    await wms.learn(account())
    await wms.orders(account(), [ONE])
    asked = dict(app.asked)
    assert asked[SHOP_ID] == {"commerceType": "appCafe24", "commerceKey": KEY}
    assert asked[ORDERS]["shopId"] == "S-100"
    app.linked = {"another-1-shop"}
    other = account(shop_id=None)
    wms.forget(other)
    await wms.learn(other)
    assert wms.capabilities(other) == frozenset(), "not linked: nothing is served"
    with pytest.raises(Unauthorized):
        await wms.check(other)
    app.linked, app.commerces = None, ["appNaverSmartStore"]
    with pytest.raises(Unauthorized):
        await wms.check(account())
    assert wms.capabilities(account()) == frozenset(), "what was known before holds no longer"


async def test_an_app_that_cannot_be_asked_can_do_nothing_and_is_asked_again(
    wms: ChannelApp, apps: Apps, clock: HandClock
) -> None:
    apps.broken = Unavailable("channel", "x")
    await wms.learn(account())
    assert wms.capabilities(account()) == frozenset()
    apps.broken = None
    await wms.learn(account())
    assert wms.capabilities(account()) == frozenset()
    clock.forward(minutes=2)
    await wms.learn(account())
    assert Capability.ORDERS in wms.capabilities(account())


async def test_an_order_field_by_field(wms: ChannelApp, app: WmsApp) -> None:
    app.ship_dates[code(ONE, 1)] = "2026-11-26"
    parcel = app._depot.parcel(ONE)
    app._depot.print_label(ONE)
    order = (await wms.orders(account(), [ONE]))[ONE]
    first = order.items[0]
    assert order.id == f"W{parcel.number}"
    assert (first.order_item_code, first.quantity, first.stage) == (code(ONE, 1), 1, Stage.LABEL_PRINTED)
    assert (first.tracking_number, first.courier) == (parcel.tracking, "CJ대한통운")
    assert (first.expected_ship_date, order.items[1].expected_ship_date) == (date(2026, 11, 26), None)
    assert first.package_id == parcel.package
    assert set(order.deliveries[0]) == {item.id for item in order.items}


@pytest.mark.parametrize("word", ["", "뭔가 새로운 상태", "PROCESSING", "???"])
def test_a_word_that_nobody_knows_is_no_stage(word: str) -> None:
    assert stage_of(word) is Stage.UNKNOWN


async def test_foreign_rows_of_an_app_that_ignores_filters_are_left_out(wms: ChannelApp, app: WmsApp) -> None:
    app.ignores_filters, app.page_size = True, 1
    assert set(await wms.orders(account(), [TWO])) == {TWO}
    assert await wms.orders(account(), [OrderId("20261120-0000009")]) == {}


async def test_what_was_not_read_to_its_end_is_not_taken_for_not_held() -> None:
    async def endless(*_args: Any, **_params: Any) -> dict[str, Any]:
        return {"orders": [], "next": "1"}

    class Endless:
        call_app = staticmethod(endless)

    with pytest.raises(OffContract):
        await ChannelApp(Endless(), HandClock()).orders(account(), [ONE])


async def test_marks_stop_whole_orders_once_and_are_taken_back(wms: ChannelApp, app: WmsApp) -> None:
    both = [code(ONE, 1), code(ONE, 2)]
    partly = await wms.mark(account(), "cancel", ONE, both[:1], "변심", whole=False)
    assert (partly.outcome, partly.message) == ("refused", "part_of_an_order")
    for _ in range(2):
        assert (await wms.mark(account(), "cancel", ONE, both, "변심", whole=True)).outcome == "done"
    assert [m for m, _ in app.asked].count(MARKS["cancel"]) == 1
    assert {i.stage for i in (await wms.orders(account(), [ONE]))[ONE].items} == {Stage.CANCEL_MARKED}
    for _ in range(2):
        assert (await wms.restore(account(), "cancel", ONE, both)).outcome == "done"
    assert [m for m, _ in app.asked].count(RESTORES["cancel"]) == 1
    assert {i.stage for i in (await wms.orders(account(), [ONE]))[ONE].items} == {Stage.RECEIVED}
    assert (await wms.mark(account(), "hold", ONE, both, "", whole=True)).message == "not_served"
    missing = await wms.mark(account(), "cancel", OrderId("20261120-0000009"), both, "", whole=True)
    assert missing.message == "not_held"


async def test_nothing_with_a_label_is_stopped_or_sent_elsewhere(wms: ChannelApp, app: WmsApp) -> None:
    app._depot.print_label(TWO)
    stopped = await wms.mark(account(), "cancel", TWO, [code(TWO, 1)], "변심", whole=True)
    assert (stopped.outcome, stopped.message) == ("refused", "label_printed")
    assert (await wms.change_address(account(), TWO, ADDRESS)).message == "label_printed"
    assert not [m for m, _ in app.asked if m != ORDERS]
    assert (await wms.change_address(account(), ONE, ADDRESS)).outcome == "done"
    assert app._depot.parcel(ONE).receiver["receiver_name"] == "김민지"


async def test_a_lost_answer_is_unknown_and_found_out_by_reading(wms: ChannelApp, apps: Apps) -> None:
    apps.lost = MARKS["cancel"]
    with pytest.raises(OutcomeUnknown):
        await wms.mark(account(), "cancel", TWO, [code(TWO, 1)], "변심", whole=True)
    apps.lost = None
    assert (await wms.mark(account(), "cancel", TWO, [code(TWO, 1)], "변심", whole=True)).outcome == "done"
    assert [m for m, _ in apps.app.asked].count(MARKS["cancel"]) == 1
    apps.lost = ORDERS
    with pytest.raises(Unavailable):
        await wms.orders(account(), [ONE])


async def test_an_answer_without_a_plain_yes_or_no_is_no_answer(wms: ChannelApp, app: WmsApp) -> None:
    class Vague(Apps):
        async def call_app(self, channel_id: str, app_id: str, method: str, **params: Any) -> dict[str, Any]:
            answer = await super().call_app(channel_id, app_id, method, **params)
            return {"result": {"success": "yes"}} if method == MARKS["cancel"] else answer

    with pytest.raises(OutcomeUnknown):
        await ChannelApp(Vague(app), HandClock()).mark(
            account(), "cancel", TWO, [code(TWO, 1)], "변심", whole=True
        )


# ── over the whole road ─────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with opened_road(fresh_database(tmp_path), HandClock()) as opened:
        yield opened


async def test_a_shop_connects_its_app_and_looks_at_it(road: Road) -> None:
    patch = {"wms": {"provider": "channelApp", "appId": APP_ID}}
    await road.manager_calls("settings.update", {"patch": patch})
    checked = await road.manager_calls("wms.check")
    assert (checked["provider"], checked["state"]) == ("channelApp", "ok")
    shops = await road.manager_calls("wms.shops")
    assert [s["shopId"] for s in shops["suggestions"]] == ["S-100"]
    wrong = {"wms": {"provider": "channelApp", "appId": "no-such-app"}}
    await road.manager_calls("settings.update", {"patch": wrong})
    assert (await road.manager_calls("wms.check"))["state"] == "badDomain"
    road.world.wms_app.linked = set()
    await road.manager_calls("settings.update", {"patch": patch})
    checked = await road.manager_calls("wms.check")
    assert checked["state"] == "notEnabled"
    assert "쇼핑몰을 연결했는지" in checked["text"]


async def test_a_cancel_stops_the_app_s_order_first(road: Road) -> None:
    order_id = "20261118-0000102"
    live = {"mode": "live", "identity": {"memberHashConfirmed": True}, "cancel": {"mode": "complete"}}
    patch = live | {"wms": {"provider": "channelApp", "appId": APP_ID}}
    await road.manager_calls("settings.update", {"patch": patch})
    minji = road.user("u-minji", "minji")
    asked = {"orderId": order_id, "reason": {"type": "changeOfMind"}}
    said = await road.customer_calls(minji, "extension.commerce.order.requestCancelOrder", asked)
    assert said == {"result": {"success": True}}
    methods = [method for method, _ in road.world.wms_app.asked]
    assert methods.count(MARKS["cancel"]) == 1


async def test_the_app_s_own_ship_dates_are_told(road: Road) -> None:
    """WMS.md §6.2 r: the warehouse's own day, without any stock; where it gives none nothing is guessed."""
    order_id = "20261120-0000101"
    patch = {
        "mode": "live",
        "identity": {"memberHashConfirmed": True},
        "wms": {"provider": "channelApp", "appId": APP_ID},
    }
    await road.manager_calls("settings.update", {"patch": patch})
    minji = road.user("u-minji", "minji")
    road.world.wms_app.ship_dates[f"{order_id}-01"] = "2026-11-26"
    seen = await road.customer_calls(minji, "shipDate.view", {"orderId": order_id})
    groups = seen["orders"][0]["groups"]
    dates = {i["orderItemCode"]: g.get("expectedShipDate") for g in groups for i in g["items"]}
    assert dates[f"{order_id}-01"] == "2026-11-26"
    assert dates[f"{order_id}-02"] is None
    page = await road.customer_calls(
        minji, "extension.commerce.order.getOrders", {"searchFilter": {"orderId": order_id}}
    )
    items = {item["id"]: item.get("estimatedShipDate") for item in page["orders"][0]["items"]}
    assert items == {f"{order_id}-01": 1795618800000, f"{order_id}-02": None}
