"""A manager connects a warehouse, looks at it, and removes it: the whole road, and the sandbox's own levers."""

import pytest

from app.ports.wms import WmsState
from app.store.store import open_store
from app.wms.connection import TEXTS
from commands.kernel.who import Language
from tests.scenario.verbs import refused
from tests.world import MALL, HandClock, Road, fresh_database, opened_road


@pytest.fixture
async def road(tmp_path):
    async with opened_road(fresh_database(tmp_path), HandClock()) as opened:
        yield opened


async def update(road: Road, wms: object) -> dict:
    return await road.manager_calls("settings.update", {"patch": {"wms": wms}})


async def use(road: Road, provider: str) -> dict:
    return await update(road, road.world.warehouse.settings_of(provider))


async def test_without_a_warehouse_nothing_is_checked(road: Road) -> None:
    checked = await road.manager_calls("wms.check")
    assert (checked["provider"], checked.get("state")) == ("none", None)
    for name in ("wms.shops", "wms.mapping"):
        assert (await refused(road.manager_calls(name))).kind == "upstreamUnavailable"
    settings = (await road.manager_calls("settings.get"))["settings"]
    assert settings["wms"]["provider"] == "none"
    assert settings["commands"].get("shipDate", False) is False


@pytest.mark.parametrize("provider", ["sellmate", "fassto"])
async def test_a_warehouse_is_connected_and_looked_at(road: Road, provider: str) -> None:
    shown = (await use(road, provider))["settings"]["wms"]
    assert shown["apiKey"] == {"set": provider == "fassto"}
    checked = await road.manager_calls("wms.check")
    assert (checked["state"], checked["missing"]) == ("ok", [])
    assert {"orders", "stock", "restockDate", "cancel"} <= set(checked["capabilities"])
    shops = await road.manager_calls("wms.shops")
    assert shops["commerceKey"].startswith("hanokmall-1-")
    assert shops["suggestions"][0]["matches"] == shops["asked"]
    mapping = await road.manager_calls("wms.mapping")
    assert (mapping["complete"], mapping["unmapped"]) == (True, [])
    assert mapping["mapped"] > 30


async def test_the_mapping_names_what_has_no_partner_and_what_never_can(road: Road) -> None:
    await use(road, "fassto")
    products = road.world.malls[MALL].products
    lonely, linked = products[12].variants[0], products[17]
    road.world.warehouse.depot.unknown_skus.add(lonely.variant_code)
    linked.wire["option_type"] = "E"
    mapping = await road.manager_calls("wms.mapping")
    assert [v["variantCode"] for v in mapping["unmapped"]] == [lonely.variant_code]
    assert {v["productNo"] for v in mapping["unmappable"]} == {17}
    assert mapping["unmappableCount"] == len(linked.variants)
    assert "상품 연동형" in mapping["text"]
    await use(road, "sellmate")
    assert (await road.manager_calls("wms.mapping"))["unmappable"] == []


async def test_only_admins_look(road: Road) -> None:
    for name in ("wms.check", "wms.shops", "wms.mapping"):
        assert (await refused(road.manager_calls(name, manager="mgr-doyun"))).kind == "forbidden"


async def test_removal_wipes_secrets_and_rows_and_the_ship_date(road: Road) -> None:
    await use(road, "fassto")
    store = open_store(road.settings.database_url, road.settings.keys, road.clock)
    try:
        connection = await store.connections.of_channel(road.world.talk.channel_id)
        assert connection.secrets.keys() == {"wms.apiCd", "wms.apiKey"}
        await store.wms_marks.begin(connection.shop, "key-1", "asked", road.clock())
        await update(road, {"provider": "none"})
        connection = await store.connections.of_channel(road.world.talk.channel_id)
        assert connection.secrets == {}
        assert "wms" not in connection.settings
        assert await store.database.read("SELECT * FROM wms_mark") == []
    finally:
        await store.close()
    assert (await road.manager_calls("wms.check"))["provider"] == "none"


async def test_another_warehouse_inherits_no_key_and_no_shop(road: Road) -> None:
    await use(road, "fassto")
    shown = (await update(road, {"provider": "sellmate", "domain": "https://Hanok.sellmate.co.kr/"}))[
        "settings"
    ]
    assert shown["wms"]["domain"] == "hanok"
    assert shown["wms"]["apiKey"] == {"set": False}
    await update(road, {"shopId": "7"})
    moved = await update(road, {"domain": "other-mall"})
    assert moved["settings"]["wms"]["shopId"] is None
    assert (await road.manager_calls("wms.check"))["state"] == "badDomain"


@pytest.mark.parametrize(
    "wms",
    [
        {"provider": "ezadmin"},
        {"provider": "sellmate"},
        {"provider": "fassto"},
        {"provider": "sellmate", "domain": "a.b/../c"},
        {"provider": "sellmate", "domain": "-"},
        {"provider": "fassto", "cstCd": "94001/../../auth"},
        {"provider": "sellmate", "domain": "hanok", "shopId": "7,or"},
        {"provider": "sellmate", "domain": "hanok", "credential": "anything"},
        {"provider": "sellmate", "domain": "hanok", "clientSecret": 5},
        3,
    ],
)
async def test_a_wrong_setting_names_itself_and_changes_nothing(road: Road, wms: object) -> None:
    before = await road.manager_calls("settings.get")
    failure = await refused(update(road, wms))
    assert failure.kind == "invalidParams"
    assert "wms" in failure.message
    assert await road.manager_calls("settings.get") == before


async def test_the_doctor_says_what_is_refused_until_it_is_put_right(road: Road) -> None:
    await use(road, "fassto")
    road.world.warehouse.fassto.api_key = "another-key"
    road.world.warehouse.fassto.forget_tokens()
    assert (await road.manager_calls("wms.check"))["state"] == "badCredentials"
    codes = {f["code"] for f in (await road.manager_calls("settings.get"))["findings"]}
    assert {"wms_bad_credentials", "wms_address_not_served"} <= codes
    renewed = await update(road, {"apiKey": "another-key"})
    assert "wms_bad_credentials" not in {f["code"] for f in renewed["findings"]}
    assert (await road.manager_calls("wms.check"))["state"] == "ok"


async def test_a_visitor_switches_it_on_prints_a_label_and_sets_a_restock_date(road: Road) -> None:
    panel, depot = road.world.panel, road.world.warehouse.depot
    assert "잘 연결" in await panel.act({"act": "wmsUse", "value": "sellmate"})
    order_id = next(iter(depot.parcels))
    sku = depot.parcels[order_id].lines[0].sku
    assert "송장" in await panel.act({"act": "wmsPrint", "orderId": order_id})
    assert "등록" in await panel.act({"act": "wmsRestock", "sku": sku, "days": 3})
    await panel.act({"act": "wmsStock", "sku": sku, "quantity": 0})
    assert panel.warehouse.view()["provider"] == "sellmate"
    assert {stage.stage for stage in depot.parcels[order_id].lines} == {"printed"}
    assert "없습니다" in await panel.act({"act": "wmsUse", "value": "none"})


@pytest.mark.parametrize(("provider", "beside", "each"), [("sellmate", 2, 0), ("fassto", 2, 2)])
async def test_a_customer_asks_for_ship_dates(road: Road, provider: str, beside: int, each: int) -> None:
    """One call to the mall; to the warehouse no more than its contract allows, with a warm token."""
    minji = road.user("u-minji", "minji")
    assert (await refused(road.customer_calls(minji, "shipDate.view"))).kind == "commandOff"
    await use(road, provider)
    await road.manager_calls("wms.check")
    await road.manager_calls("settings.update", {"patch": {"orders": {"lookbackMonths": 3}}})
    await road.customer_calls(minji, "orderList.view")
    wms = road.world.warehouse
    servers = (wms.sellmate.meeting, wms.fassto.meeting)
    for meeting in servers:
        meeting.calls.clear()
    road.forget_mall_calls()
    orders = (await road.customer_calls(minji, "shipDate.view"))["orders"]
    assert orders
    assert any(group.get("expectedShipDate") for order in orders for group in order["groups"])
    calls = [call for meeting in servers for call in meeting.calls]
    assert len(calls) <= beside + each * len(orders)
    assert len(road.mall_calls) <= 1


def test_words_are_the_same_in_three_languages() -> None:
    first, *others = [TEXTS.keys(language) for language in Language]
    assert all(keys == first for keys in others)
    kinds, states = ("sellmate", "sellmate.own", "fassto"), [state.value for state in WmsState]
    assert {f"check.{state}.{kind}" for state in states for kind in kinds} <= first
