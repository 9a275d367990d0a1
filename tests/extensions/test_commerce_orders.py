"""`commerce` reads: the customer's own orders as the platform wants them, and nobody else's."""

from pathlib import Path
from typing import Any

import pytest

from app.sandbox.channel.functions import SYSTEM, Caller
from app.sandbox.channel.people import User
from tests.scenario.verbs import guest_enters, orders_of, refused
from tests.world import HandClock, Road, fresh_database

from .places import (
    CONFIGS,
    DELIVERED,
    NEXT,
    ORDERS,
    PREPARING,
    SHIPPED,
    SNAPSHOT,
    commerce,
    official,
    problems,
    published,
    shop_is_live,
)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is read here does not depend on the database."""
    return fresh_database(tmp_path)


@pytest.fixture
async def minji(road: Road) -> User:
    await shop_is_live(road)
    return road.user("u-minji", "minji")


async def all_pages(road: Road, user: User, **params: Any) -> list[dict[str, Any]]:
    found, since = [], None
    for _ in range(30):
        page = await commerce(road, user, "getOrders", params | ({"since": since} if since else {}))
        found += page["orders"]
        since = page.get("next")
        if since is None:
            return found
    raise AssertionError("the pages never end")


async def test_orders_say_what_may_be_done_and_why_not(road: Road, minji: User) -> None:
    page = await commerce(road, minji, "getOrders", {})
    orders = {order["id"]: order for order in page["orders"]}
    assert list(orders) == await orders_of(road, minji)
    preparing = orders[PREPARING]
    for item in preparing["items"]:
        may = item["claimability"]
        assert may["cancelable"] is True
        assert "nonCancelableReason" not in may
        assert may["returnable"] is False
        assert "배송" in may["nonReturnableReason"] or "발송" in may["nonReturnableReason"]
        assert item["state"] == "preparing"
        assert item["statusCode"] == "N10"
    assert preparing["payment"]["pointAmount"] == 3000
    parts = preparing["payment"]
    assert parts["totalAmount"] == parts["itemsAmount"] + parts["shippingAmount"] - parts["discountAmount"]
    assert sum(item["amount"] for item in preparing["items"]) == parts["itemsAmount"]
    shipped = orders[SHIPPED]
    for item in shipped["items"]:
        assert item["claimability"]["cancelable"] is False
        assert item["claimability"]["nonCancelableReason"]
        assert item["claimability"]["returnable"] is True
        assert item["claimability"]["shippingAddressChangeable"] is False
    assert [f["trackingNumber"] for f in shipped["fulfillments"]] == ["600000001001"]
    assert shipped["fulfillments"][0]["itemIds"] == [item["id"] for item in shipped["items"]]
    assert "*" in shipped["shippingAddress"]["lastName"]


async def test_a_mixed_order_is_judged_line_by_line(road: Road, minji: User) -> None:
    found = await commerce(road, minji, "getOrders", {"searchFilter": {"orderId": "20261031-0000105"}})
    by_state = {item["statusCode"]: item["claimability"] for item in found["orders"][0]["items"]}
    assert by_state["N30"]["cancelable"] is False
    assert by_state["N30"]["nonCancelableReason"]
    assert by_state["N30"]["nonCancelableReason"] != by_state["N22"].get("nonCancelableReason")


async def test_the_same_decision_as_the_command_gives(road: Road, minji: User) -> None:
    """One decision, every face (promise 1)."""
    page = await commerce(road, minji, "getOrders", {})
    for order in page["orders"]:
        detail = await road.customer_calls(minji, "orderList.detail", {"orderId": order["id"]})
        verdicts = {a["command"]: a["decision"] for a in detail["actions"]}
        may = [item["claimability"] for item in order["items"]]
        assert any(m["cancelable"] for m in may) is (verdicts["cancel"]["verdict"] == "allowed"), order["id"]
        assert all(m["shippingAddressChangeable"] for m in may) is (
            verdicts["addressChange"]["verdict"] == "allowed"
        )
        either = any(m["returnable"] or m["exchangeable"] for m in may)
        assert either is (verdicts["exchangeReturn"]["verdict"] == "allowed")
        if verdicts["cancel"]["verdict"] != "allowed":
            decisive = next(f for f in verdicts["cancel"]["findings"] if f["decisive"])
            assert may[0]["nonCancelableReason"] == decisive["customerText"]


@pytest.mark.parametrize("member", ["minji", "sora", "doyun"])
async def test_what_is_said_of_a_line_is_what_a_request_for_it_would_meet(road: Road, member: str) -> None:
    await shop_is_live(road)
    user = road.user(f"u-{member}", member)
    for order in await all_pages(road, user, limit=20):
        for item in order["items"]:
            line = {"orderItemCode": item["id"], "quantity": item["quantity"]}
            asked = {"orderId": order["id"], "items": [line], "reason": {"type": "other"}}
            cancel = await road.customer_calls(user, "cancel.preview", asked)
            back = await road.customer_calls(
                user, "exchangeReturn.preview", asked | {"kind": "return", "pickup": {"sameAsOrder": True}}
            )
            may = item["claimability"]
            assert may["cancelable"] is (cancel["decision"]["verdict"] == "allowed"), item["id"]
            assert may["returnable"] is (back["decision"]["verdict"] == "allowed"), item["id"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_bring_every_order_once_newest_first(road: Road, minji: User, limit: int) -> None:
    found = await all_pages(road, minji, limit=limit)
    ids = [order["id"] for order in found]
    assert len(ids) == len(set(ids)) >= 8
    assert ids == [order["id"] for order in await all_pages(road, minji, limit=20)]
    assert [o["orderedAt"] for o in found] == sorted((o["orderedAt"] for o in found), reverse=True)


@pytest.mark.parametrize(
    "search_filter",
    [
        {"orderId": DELIVERED},
        {"orderId": [DELIVERED]},
        {"orderId": {"$eq": [DELIVERED]}},
        {"orderId": {"operator": "$eq", "values": [DELIVERED]}},
        [{"key": "orderId", "operator": "$eq", "values": [DELIVERED]}],
        {"orderId": DELIVERED, "state": "delivered"},
    ],
)
async def test_filters_in_every_form_that_is_known(road: Road, minji: User, search_filter: Any) -> None:
    page = await commerce(road, minji, "getOrders", {"searchFilter": search_filter})
    assert [order["id"] for order in page["orders"]] == [DELIVERED]


@pytest.mark.parametrize(
    "params",
    [
        {"searchFilter": {"buyerPhone": "010"}},
        {"searchFilter": {"state": "flying"}},
        {"searchFilter": {"orderId": {"operator": "$ne", "values": ["x"]}}},
        {"searchFilter": {"orderId": {"deep": {"deeper": 1}}}},
        {"searchFilter": "20261111-0000104"},
        {"since": "nonsense"},
        {"since": "MHwwfA=="},
    ],
)
async def test_what_was_not_advertised_is_refused(road: Road, minji: User, params: dict[str, Any]) -> None:
    failed = await refused(commerce(road, minji, "getOrders", params))
    assert (failed.code, failed.kind) == (2, "invalidParams")


async def test_an_identifier_opens_nothing(road: Road, minji: User) -> None:
    """The signed context says who asks; what the params say may only agree."""
    seo = road.user("u-sora", "sora")
    of_seo = set(await orders_of(road, seo))
    for identifier in ({"type": "membership", "value": "sora"}, {"type": "membership", "value": ""}):
        failed = await refused(commerce(road, minji, "getOrders", {"identifier": identifier}))
        assert (failed.code, failed.kind) == (4, "forbidden")
    agreeing = {"type": "membership", "value": "minji"}
    elsewhere = {"type": "email", "value": "sora@example.com"}
    for identifier in (agreeing, elsewhere):
        page = await commerce(road, minji, "getOrders", {"identifier": identifier})
        assert {o["id"] for o in page["orders"]}.isdisjoint(of_seo)
        assert page["orders"]
    foreign = min(of_seo)
    page = await commerce(road, minji, "getOrders", {"searchFilter": {"orderId": foreign}})
    assert page["orders"] == []
    nobody = road.user("u-nobody")
    failed = await refused(commerce(road, nobody, "getOrders", {"identifier": agreeing}))
    assert failed.kind == "notIdentified"


async def test_a_guest_is_who_holds_the_number(road: Road) -> None:
    await shop_is_live(road)
    guest = road.user("u-guest")
    await guest_enters(road, guest)
    own = {"type": "phone", "value": "01000002001"}
    page = await commerce(road, guest, "getOrders", {"identifier": own})
    assert len(page["orders"]) == 2
    assert all("buyer" not in order for order in page["orders"])
    for other in ({"type": "phone", "value": "010-2345-6789"}, {"type": "membership", "value": "minji"}):
        assert (await refused(commerce(road, guest, "getOrders", {"identifier": other}))).kind == "forbidden"


async def test_another_app_may_know_what_is_served_and_nothing_of_anybody(road: Road, minji: User) -> None:
    call = road.world.talk.call_function
    assert (await call(CONFIGS, {}, caller=Caller("app", "app-other")))["appCapabilities"]
    named = {"identifier": {"type": "membership", "value": "minji"}, "orderId": PREPARING}
    for name in ("getOrders", "requestCancelOrder", "getExchangeableItems"):
        failed = await refused(call(ORDERS + name, named, caller=Caller("app", "app-other")))
        assert (failed.code, failed.kind) == (4, "forbidden")
    failed = await refused(call(f"{ORDERS}getOrders", named, caller=SYSTEM))
    assert failed.kind == "notIdentified"


async def test_a_manager_asks_for_the_customer_of_the_chat_only(road: Road, minji: User) -> None:
    talk = road.world.talk
    manager = {"type": "manager", "id": "mgr-jiwoo"}
    context = {"caller": manager, "channel": {"id": talk.channel_id}, "language": "ko"}
    in_chat = context | {"userChat": {"id": road.chat_ids["u-minji"]}}
    page = await talk.endpoint.call(f"{ORDERS}getOrders", {}, in_chat)
    assert [o["id"] for o in page["orders"]] == await orders_of(road, minji)
    failed = await refused(talk.endpoint.call(f"{ORDERS}getOrders", {}, context))
    assert failed.kind == "notIdentified"


async def test_only_what_is_served_is_advertised(road: Road, minji: User) -> None:
    async def served(channel_id: str) -> dict[str, Any]:
        answer = await road.world.talk.call_function(CONFIGS, {}, caller=SYSTEM, channel_id=channel_id)
        capabilities: dict[str, Any] = answer["appCapabilities"]
        return capabilities

    channel = road.world.talk.channel_id
    everything = await served("")
    assert set(everything) == set(await served(channel))
    reasons = everything["requestReturnOrderOptions"]["fieldConfigs"]["reason.type"]["allowedValues"]
    assert {r["value"]: r["label"] for r in reasons}["defective"] == "상품 불량"
    assert "getProductsOptions" not in everything
    await road.manager_calls("settings.update", {"patch": {"commands": {"exchangeReturn": False}}})
    assert set(everything) - set(await served(channel)) == {
        "requestReturnOrderOptions",
        "acceptReturnOrderOptions",
        "requestExchangeOrderOptions",
    }
    page = await commerce(road, minji, "getOrders", {})
    assert all(not i["claimability"]["returnable"] for o in page["orders"] for i in o["items"])
    assert "사용하지 않고" in page["orders"][0]["items"][0]["claimability"]["nonReturnableReason"]


async def test_items_may_be_exchanged_for_what_the_command_offers(road: Road, minji: User) -> None:
    found = await commerce(road, minji, "getExchangeableItems", {"orderId": SHIPPED})
    pouch = next(i for i in found["exchangeableItems"] if i["productId"] == "21")
    assert {o["value"] for v in pouch["variants"] for o in v["options"]} >= {"매화", "모란"}
    page = await all_pages(road, minji, limit=20)
    for order in page:
        free = [item["id"] for item in order["items"] if item["claimability"]["exchangeable"]]
        offered = await commerce(road, minji, "getExchangeableItems", {"orderId": order["id"]})
        assert [item["id"] for item in offered["exchangeableItems"]] == free
    assert not all(item["claimability"]["exchangeable"] for order in page for item in order["items"])
    failed = await refused(commerce(road, minji, "getExchangeableItems", {"orderId": "20261111-9999999"}))
    assert failed.kind == "notFound"


@pytest.mark.parametrize("file", [SNAPSHOT, NEXT])
async def test_answers_fit_both_revisions_of_the_official_schemas(
    road: Road, minji: User, file: str, clock: HandClock
) -> None:
    schemas = official(file)
    ours = await published(road)
    answers = {
        CONFIGS: await road.customer_calls(minji, CONFIGS),
        f"{ORDERS}getOrders": await commerce(road, minji, "getOrders", {"limit": 20}),
    }
    if file == NEXT:  # the snapshot's form of this one was withdrawn
        name = f"{ORDERS}getExchangeableItems"
        answers[name] = await commerce(road, minji, "getExchangeableItems", {"orderId": SHIPPED})
    for name, answer in answers.items():
        known = answer if file == NEXT else as_known_to(schemas[name]["outputSchema"], answer)
        assert problems(schemas[name]["outputSchema"], known) == [], name
        assert problems(ours[name]["outputSchema"], answer) == [], name


async def test_our_inputs_take_whatever_the_official_ones_do(road: Road) -> None:
    schemas, ours = official(NEXT), await published(road)
    for name, entry in schemas.items():
        if name.startswith("extension.commerce.order."):
            mine = ours[name]["inputSchema"]
            assert set(mine["properties"]) == set(entry["inputSchema"]["properties"]), name
            assert set(mine.get("required", ())) == set(entry["inputSchema"].get("required", ())), name
            _same_members(mine, entry["inputSchema"], name)


def as_known_to(schema: Any, value: Any) -> Any:
    """Without the members that only the later revision has: what the earlier one requires must still be there."""
    if isinstance(value, list):
        return [as_known_to(schema["items"], one) for one in value]
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        return {k: as_known_to(known[k], v) for k, v in value.items() if k in known}
    return value


def _same_members(mine: Any, theirs: Any, where: str) -> None:
    if isinstance(theirs, dict) and "properties" in theirs:
        assert set(mine["properties"]) == set(theirs["properties"]), where
        for member, schema in theirs["properties"].items():
            _same_members(mine["properties"][member], schema, f"{where}.{member}")
    elif isinstance(theirs, dict) and theirs.get("type") == "array":
        _same_members(mine["items"], theirs["items"], f"{where}[]")
