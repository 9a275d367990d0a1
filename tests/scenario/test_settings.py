"""What a merchant may choose, and who may choose it (DESIGN §6)."""

import asyncio

from app.store.store import Store, open_store
from tests.world import Road

from .verbs import on_sqlite, orders_of, refused


async def update(road: Road, patch: dict, *, manager: str = "mgr-jiwoo", **more: object) -> dict:
    return await road.manager_calls("settings.update", {"patch": patch, **more}, manager=manager)


def store_of(road: Road) -> Store:
    return open_store(road.settings.database_url, road.settings.keys, road.clock)


async def test_an_admin_reads_and_changes_with_the_version_that_was_seen(road: Road) -> None:
    first = await road.manager_calls("settings.get")
    assert first["settings"]["orders"] == {"lookbackMonths": 12}
    assert first["settings"]["admins"] == ["mgr-jiwoo"]
    assert {f["code"] for f in first["findings"]} >= {"member_hash_unconfirmed"}
    changed = await update(road, {"orders": {"lookbackMonths": 3}}, version=first["version"])
    assert changed["version"] == first["version"] + 1
    assert changed["settings"] == first["settings"] | {"orders": {"lookbackMonths": 3}}
    late = await refused(update(road, {"language": "en"}, version=first["version"]))
    assert (late.code, late.kind, late.data) == (1, "conflict", {"version": changed["version"]})
    assert (await road.manager_calls("settings.get"))["settings"]["language"] == "ko"
    merged = await update(road, {"language": "en"})
    assert merged["settings"]["orders"] == {"lookbackMonths": 3}


@on_sqlite
async def test_a_setting_works_from_the_next_call_on(road: Road) -> None:
    byeol = road.user("u-byeol", "byeol")
    await update(road, {"orders": {"lookbackMonths": 6}})
    why = (await road.customer_calls(byeol, "orderList.view"))["why"]
    assert "6개월" in why["findings"][0]["customerText"]


async def test_only_admins_and_at_least_one_of_them(road: Road) -> None:
    for act in (update(road, {"language": "en"}, manager="mgr-doyun"),
                road.manager_calls("settings.get", manager="mgr-doyun"),
                road.manager_calls("connection.start", {"mallId": "hanokmall"}, manager="mgr-doyun")):  # fmt: skip
        failure = await refused(act)
        assert (failure.code, failure.kind) == (4, "forbidden")
    for patch in ({"admins": []}, {"admins": None}):
        assert (await refused(update(road, patch))).kind == "invalidParams"
    await update(road, {"admins": ["mgr-jiwoo", "mgr-doyun", "mgr-doyun"]})
    handed_over = await update(road, {"admins": ["mgr-doyun"]}, manager="mgr-doyun")
    assert handed_over["settings"]["admins"] == ["mgr-doyun"]
    assert (await refused(update(road, {"language": "en"}))).kind == "forbidden"
    assert (await road.manager_calls("connection.status"))["state"] == "connected"


@on_sqlite
async def test_null_means_the_default(road: Road) -> None:
    """RFC 7396."""
    await update(road, {"orders": {"lookbackMonths": 3}, "sms": {"provider": "off", "dailyBudget": 5}})
    one = await update(road, {"sms": {"provider": None}})
    assert one["settings"]["sms"]["provider"] == "operator"
    assert one["settings"]["sms"]["dailyBudget"] == 5
    group = await update(road, {"orders": None, "sms": None})
    assert group["settings"]["orders"]["lookbackMonths"] == 12
    assert group["settings"]["sms"]["dailyBudget"] == 1000


WRONG_PATCHES: list[dict] = [
    {"unknown": 1},
    {"orders": {"lookBackMonths": 3}},
    {"orders": {"lookbackMonths": 0}},
    {"orders": {"lookbackMonths": "many"}},
    {"orders": 3},
    {"orders": []},
    {"language": "fr"},
    {"commands": {"cancelEverything": True}},
    {"commands": {"orderList": "maybe"}},
    {"admins": ["mgr-jiwoo", ""]},
    {"admins": "mgr-jiwoo"},
    {"sms": {"apiKey": ""}},
    {"sms": {"apiKey": 5}},
    {"sms": {"apiKey": {"set": True}}},
    {"sms": {"sender": "010; DROP"}},
    {"identity": {"memberTrust": "everybody"}},
]


@on_sqlite
async def test_a_wrong_patch_names_the_key_and_changes_nothing(road: Road) -> None:
    before = await road.manager_calls("settings.get")
    for patch in WRONG_PATCHES:
        failure = await refused(update(road, patch))
        assert (failure.code, failure.kind) == (2, "invalidParams"), patch
        assert next(iter(patch)) in failure.message, patch
    assert await road.manager_calls("settings.get") == before


@on_sqlite
async def test_a_patch_of_endless_depth_is_a_wrong_patch(road: Road) -> None:
    for depth in (20, 200):
        patch: dict = {}
        for _ in range(depth):
            patch = {"a": patch}
        assert (await refused(update(road, patch))).kind == "invalidParams"


@on_sqlite
async def test_wrong_params(road: Road) -> None:
    for params in ({}, {"patch": None}, {"patch": []}, {"patch": {}, "version": "x"}):
        assert (await refused(road.manager_calls("settings.update", params))).kind == "invalidParams", params


@on_sqlite
async def test_secrets_are_written_and_never_read_back(road: Road) -> None:
    secret = "solapi-secret-9f3a"
    answer = await update(road, {"sms": {"apiKey": "solapi-key-77", "apiSecret": secret}})
    for shown in (answer, await road.manager_calls("settings.get")):
        assert shown["settings"]["sms"]["apiKey"] == {"set": True}
        assert shown["settings"]["sms"]["apiSecret"] == {"set": True}
        assert secret not in str(shown)
    assert (await update(road, {}))["version"] == answer["version"]
    same = await update(road, {"sms": answer["settings"]["sms"]})
    assert same["version"] == answer["version"]
    gone = await update(road, {"sms": {"apiSecret": None}})
    assert gone["settings"]["sms"]["apiSecret"] == {"set": False}
    assert gone["settings"]["sms"]["apiKey"] == {"set": True}
    emptied = await update(road, {"sms": None})
    assert emptied["settings"]["sms"]["apiKey"] == {"set": False}


@on_sqlite
async def test_the_audit_holds_names_of_keys_and_no_values(road: Road) -> None:
    await update(
        road, {"sms": {"apiKey": "key-value-1", "sender": "0212345678"}, "admins": ["mgr-jiwoo", "mgr-x"]}
    )
    store = store_of(road)
    try:
        lines = await store.audit.newest(road.world.talk.channel_id, 10)
    finally:
        await store.close()
    (line,) = [line for line in lines if line.act == "settings.update"]
    assert line.by == "manager:mgr-jiwoo"
    assert set(line.facts["changed"].split(", ")) == {"admins", "sms.sender", "sms.apiKey"}
    for value in ("key-value-1", "0212345678", "mgr-x"):
        assert value not in str(line)


@on_sqlite
async def test_the_shops_language_is_used_where_channel_says_none(road: Road) -> None:
    await update(road, {"language": "en"})
    minji = road.user("u-minji", "minji")
    order = (await road.customer_calls(minji, "orderList.view", language="fr"))["orders"][0]
    assert order["statusText"].isascii()
    order = (await road.customer_calls(minji, "orderList.view", language="ja"))["orders"][0]
    assert not order["statusText"].isascii()


@on_sqlite
async def test_a_switched_off_command_offers_the_manager_still(road: Road) -> None:
    """H49: the refusal is a screen with a way on, and the way on works."""
    await update(road, {"commands": {"orderList": False}})
    minji = road.user("u-minji", "minji")
    html = (await road.customer_calls(minji, "orderList.screen"))["html"]
    assert "manager.call" in html
    await road.customer_calls(minji, "manager.call", {"code": "commandOff"})
    assert len(road.world.talk.chats["chat-u-minji"].messages) == 1
    await update(road, {"commands": {"orderList": True}})
    assert len(await orders_of(road, minji)) == 5


async def test_two_admins_at_once_lose_no_change(road: Road) -> None:
    await update(road, {"admins": ["mgr-jiwoo", "mgr-doyun"]})
    await asyncio.gather(
        update(road, {"orders": {"lookbackMonths": 5}}),
        update(road, {"sms": {"dailyBudget": 7}}, manager="mgr-doyun"),
    )
    shown = (await road.manager_calls("settings.get"))["settings"]
    assert (shown["orders"]["lookbackMonths"], shown["sms"]["dailyBudget"]) == (5, 7)
