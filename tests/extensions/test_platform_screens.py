"""`config`, `customtab` and `userAuthorization`: what the platform's own screens show, and what they may change."""

from pathlib import Path
from typing import Any

import pytest

from app.extensions.authorization import GET_CONFIG
from app.extensions.config_fields import FIELDS, patch_of
from app.extensions.config_screen import GET_SCHEMA, VALIDATE
from app.extensions.custom_tab import GET_TABS
from app.sandbox.channel.functions import SYSTEM, Caller
from app.sandbox.channel.people import User
from app.shops.settings import ShopSettings
from commands.kernel.who import Language
from tests.scenario.verbs import refused
from tests.world import Road, fresh_database

from .places import ORDERS, SNAPSHOT, official, problems, published, shop_is_live

GOOD = {"cancel_mode": "complete", "cancel_undoMinutes": "10", "exchangeReturn_samePriceOnly": "off"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is read here does not depend on the database."""
    return fresh_database(tmp_path)


async def asked(road: Road, method: str, channel_id: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = await road.world.talk.call_function(
        method, {}, caller=SYSTEM, channel_id=channel_id
    )
    return answer


async def saved(road: Road, config: Any, *, by: dict[str, str] | None = None, **params: Any) -> Any:
    context = {
        "caller": by or {"type": "system", "id": "system"},
        "channel": {"id": road.world.talk.channel_id},
        "config": config,
    }
    return await road.world.talk.endpoint.call("hooks.configSaved", params, context)


async def judged(road: Road, config: Any) -> dict[str, Any]:
    context = {
        "caller": {"type": "system", "id": "system"},
        "channel": {"id": road.world.talk.channel_id},
        "config": config,
    }
    answer: dict[str, Any] = await road.world.talk.endpoint.call(VALIDATE, {}, context)
    return answer


async def settings(road: Road) -> dict[str, Any]:
    found: dict[str, Any] = (await road.manager_calls("settings.get"))["settings"]
    return found


async def test_what_was_saved_on_the_platform_s_screen_holds_with_us(road: Road) -> None:
    before = (await road.manager_calls("settings.get"))["version"]
    for _ in range(2):
        assert await saved(road, GOOD) == {}
    after = await settings(road)
    assert after["cancel"] | {} == after["cancel"]
    assert (after["cancel"]["mode"], after["cancel"]["undoMinutes"]) == ("complete", 10)
    assert after["exchangeReturn"]["samePriceOnly"] is False
    assert (await road.manager_calls("settings.get"))["version"] == before + 1


async def test_blanks_and_strangers_change_nothing(road: Road) -> None:
    await saved(road, GOOD)
    before = await settings(road)
    blank = {"cancel_mode": "", "cancel_undoMinutes": None, "admins": ["mgr-evil"], "mode": "live", "x": {}}
    await saved(road, blank)
    await saved(
        road, {"identity_memberHashConfirmed": True, "testMembers": ["a"], "wms_provider": "sellmate"}
    )
    await saved(road, None)
    assert await settings(road) == before


@pytest.mark.parametrize(
    "config",
    [
        {"cancel_mode": "complete", "cancel_undoMinutes": 9000},
        {"cancel_mode": "whatever"},
        {"shipping_cutoff": "25시"},
        {"cancel_mode": ["complete"]},
    ],
)
async def test_what_is_wrong_is_named_and_changes_nothing_at_all(road: Road, config: Any) -> None:
    before = await settings(road)
    verdict = await judged(road, config)
    assert verdict["valid"] is False
    assert verdict["errors"][0]["fieldKey"] in config
    assert verdict["errors"][0]["message"]
    assert (await refused(saved(road, config))).kind == "invalidParams"
    assert await settings(road) == before
    assert (await judged(road, GOOD))["valid"] is True


async def test_only_the_platform_says_that_something_was_saved(road: Road) -> None:
    before = await settings(road)
    for by in (
        {"type": "user", "id": "u"},
        {"type": "manager", "id": "mgr-jiwoo"},
        {"type": "app", "id": "a"},
    ):
        assert (await refused(saved(road, GOOD, by=by))).kind == "forbidden"
    assert await settings(road) == before


def test_every_field_is_a_setting_with_these_choices_and_no_question_of_power() -> None:
    defaults = ShopSettings().model_dump(by_alias=True)
    for field in FIELDS:
        group, _, name = field.path.rpartition(".")
        assert name in (defaults[group] if group else defaults), field.path
        assert group not in {"identity", "wms", "sms"}
        assert name not in {"admins", "mode", "testMembers"} or group
        samples: list[Any] = list(field.options) or [field.low if field.kind == "number" else "14:00"]
        for value in samples:
            ShopSettings.model_validate(patch_of({field.key: value}))
        if field.high is not None:
            ShopSettings.model_validate(patch_of({field.key: field.high}))
            with pytest.raises(ValueError, match=name):
                ShopSettings.model_validate(patch_of({field.key: field.high + 1}))


async def test_tabs_open_the_customer_s_orders_or_the_claims(road: Road) -> None:
    await shop_is_live(road)
    road.user("u-minji", "minji")
    tabs = (await asked(road, GET_TABS))["customTabs"]
    assert [t["nameI18nMap"]["ko"]["name"] for t in tabs] == ["고객 주문", "승인 대기"]
    known = await published(road)
    assert {t["actionFunctionName"] for t in tabs} <= set(known)
    chat = {"wamArgs": {"chatId": road.chat_ids["u-minji"]}}
    opened = await road.manager_calls("customtab.orders", chat)
    assert opened["attributes"]["name"] == "orderList"
    token = opened["attributes"]["wamArgs"]["chatToken"]
    seen = await road.manager_calls("orderList.view", {"chatToken": token})
    assert seen["orders"]
    foreign = road.manager_calls("orderList.view", {"chatToken": token}, manager="mgr-doyun")
    assert (await refused(foreign)).kind == "notIdentified"
    for name, params in (("customtab.orders", {}), ("customtab.claims", chat)):
        assert (await road.manager_calls(name, params))["attributes"]["name"] == "claims"
    minji = User("u-minji", "u-minji", "minji", {})
    assert (await refused(road.customer_calls(minji, "customtab.orders", chat))).kind == "forbidden"


async def test_order_functions_are_declared_for_the_customer_in_person(road: Road) -> None:
    guarded = (await asked(road, GET_CONFIG))["functions"]
    served = {name for name in await published(road) if name.startswith(ORDERS)}
    assert {entry["functionName"] for entry in guarded} == served
    for entry in guarded:
        assert entry["identifier"] == {
            "type": {"path": "identifier.type"},
            "value": {"path": "identifier.value"},
        }
        members = (await published(road))[entry["functionName"]]["inputSchema"]["properties"]
        assert {"type", "value"} <= set(members["identifier"]["properties"])


async def test_all_of_it_is_registered(road: Road) -> None:
    wanted = {"command", "hook", "commerce", "userAuthorization", "config", "customtab"}
    assert wanted <= set(road.world.talk.registered.extensions)


async def test_metadata_needs_no_shop_and_fits_the_official_schemas(road: Road) -> None:
    schemas = official(SNAPSHOT)
    for method in (GET_SCHEMA, GET_TABS):
        assert problems(schemas[method]["outputSchema"], await asked(road, method)) == [], method
    for config in (GOOD, {"cancel_mode": "x"}):
        assert problems(schemas[VALIDATE]["outputSchema"], await judged(road, config)) == []
    action = await road.manager_calls("customtab.claims")
    assert problems(schemas["extension.customtab.customtab.action"]["outputSchema"], action) == []


async def test_every_label_is_there_in_three_languages(road: Road) -> None:
    blocks = (await asked(road, GET_SCHEMA))["blocks"]
    fields = [block for block in blocks if "key" in block]
    assert len(fields) == len(FIELDS)
    for block in fields:
        assert set(block["i18nMap"]) == set(Language)
        assert all(words["label"] for words in block["i18nMap"].values())
        assert block["storageClass"] == "config"


async def test_another_app_is_told_nothing_by_a_context_of_its_making(road: Road) -> None:
    await shop_is_live(road)
    context = {
        "caller": {"type": "app", "id": "app-other"},
        "channel": {"id": road.world.talk.channel_id},
        "user": {"id": "u-minji", "type": "member", "member": True, "memberId": "minji"},
    }
    failed = await refused(road.world.talk.endpoint.call(f"{ORDERS}getOrders", {}, context))
    assert failed.kind == "forbidden"
    by_platform = context | {"caller": {"type": "system", "id": "system"}}
    page = await road.world.talk.endpoint.call(f"{ORDERS}getOrders", {}, by_platform)
    assert page["orders"]
    assert Caller("system", "system") == SYSTEM
