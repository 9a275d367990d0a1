"""Connecting a mall from the desk, and the way into the console (DESIGN §7)."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from app.sandbox.channel.functions import Caller
from tests.world import EMPTY_MALL, MALL, HandClock, Road, opened_road

from .verbs import on_sqlite, orders_of, refused

OTHER = Caller("manager", "mgr-other")


async def test_from_nothing_to_connected(database_url: str, clock: HandClock) -> None:
    async with opened_road(database_url, clock, mall=None) as road:
        minji = road.user("u-minji", "minji")
        assert await road.manager_calls("connection.status") == {
            "state": "none",
            "scopes": [],
            "findings": [],
        }
        failure = await refused(road.customer_calls(minji, "orderList.view"))
        assert (failure.code, failure.kind) == (1, "notConnected")
        assert (await refused(road.manager_calls("settings.get"))).kind == "notConnected"
        started = await road.manager_calls("connection.start", {"mallId": " HanokMall "})
        assert urlsplit(started["authorizeUrl"]).path.endswith("/oauth/authorize")
        assert (await road.manager_calls("connection.status"))["state"] == "connecting"
        await road.world.connect(MALL)
        status = await road.manager_calls("connection.status")
        assert (status["state"], status["mallId"], status["shopNo"]) == ("connected", MALL, 1)
        assert "mall.read_order" in status["scopes"]
        assert status["operator"] == MALL
        clock.forward(seconds=2)
        assert len(await orders_of(road, minji)) == 5


@on_sqlite
async def test_an_unfinished_connection_is_forgotten_after_half_an_hour(
    database_url: str, clock: HandClock
) -> None:
    async with opened_road(database_url, clock, mall=None) as road:
        await road.manager_calls("connection.start", {"mallId": MALL})
        clock.forward(minutes=30)
        assert (await road.manager_calls("connection.status"))["state"] == "none"


@on_sqlite
async def test_a_mall_id_that_cannot_exist_is_refused_before_anything_is_asked(
    database_url: str, clock: HandClock
) -> None:
    async with opened_road(database_url, clock, mall=None) as road:
        road.world.malls.faults.inject("500", times=50)
        for mall_id in ("", "a", "한옥", "mall.evil.com", "mall/..", "mall:80@x", "-mall", "a b", "x" * 64):
            failure = await refused(road.manager_calls("connection.start", {"mallId": mall_id}))
            assert (failure.code, failure.kind) == (2, "invalidParams"), mall_id
        for params in ({}, {"mallId": None}, {"mallId": 5}, {"mallId": MALL, "shopNo": 0}):
            failure = await refused(road.manager_calls("connection.start", params))
            assert failure.kind == "invalidParams", params
        assert (await road.manager_calls("connection.status"))["state"] == "none"


@on_sqlite
async def test_a_mall_that_does_not_exist_is_refused(database_url: str, clock: HandClock) -> None:
    async with opened_road(database_url, clock, mall=None) as road:
        failure = await refused(road.manager_calls("connection.start", {"mallId": "nosuchmall"}))
        assert (failure.code, failure.kind) == (3, "notFound")
        assert (await road.manager_calls("connection.status"))["state"] == "none"


@on_sqlite
async def test_one_mall_for_a_channel(road: Road) -> None:
    failure = await refused(road.manager_calls("connection.start", {"mallId": EMPTY_MALL}))
    assert (failure.code, failure.kind) == (1, "conflict")
    assert len(await orders_of(road, road.user("u-minji", "minji"))) == 5


async def test_one_channel_for_a_shop_and_the_first_keeps_working(road: Road, clock: HandClock) -> None:
    """A second channel of the same Channel account is refused by the desk and by the consent alike."""
    talk = road.world.talk
    failure = await refused(
        talk.call_function(
            "connection.start",
            {"mallId": MALL, "shopNo": 1},
            caller=OTHER,
            channel_id="ch-other",
        )
    )
    assert (failure.code, failure.kind) == (1, "conflict")
    assert len(await orders_of(road, road.user("u-minji", "minji"))) == 5


async def test_a_consent_of_another_channel_cannot_take_the_shop(road: Road) -> None:
    """The shop was not named at the start, so it is the second yes that finds it taken."""
    talk, client = road.world.talk, road.client
    started = await talk.call_function(
        "connection.start", {"mallId": MALL}, caller=OTHER, channel_id="ch-other"
    )
    consent = {"operator": MALL, "decision": "agree"}
    back = await client.post(started["authorizeUrl"], data=consent)
    page = await client.get(back.headers["location"])
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
    action = re.search(r'<form[^>]*action="([^"]*)"', page.text)
    if action:
        path, form = unescape(action[1]), {**fields, "answer": "yes"}
        await client.post(road.world.origin + path, data=form, headers={"origin": road.world.origin})
    other = await talk.call_function("connection.status", {}, caller=OTHER, channel_id="ch-other")
    assert other["state"] in {"none", "connecting"}
    assert (await road.manager_calls("connection.status"))["state"] == "connected"
    assert len(await orders_of(road, road.user("u-minji", "minji"))) == 5


@on_sqlite
async def test_a_forged_state_connects_nothing(database_url: str, clock: HandClock) -> None:
    async with opened_road(database_url, clock, mall=None) as road:
        started = await road.manager_calls("connection.start", {"mallId": MALL})
        back = await road.client.post(started["authorizeUrl"], data={"operator": MALL, "decision": "agree"})
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        for state in ("", "forged", "x" * 500):
            page = await road.client.get("/cafe24/callback", params={"code": code, "state": state})
            assert page.status_code >= 400
            assert code not in page.text
        assert (await road.manager_calls("connection.status"))["state"] == "connecting"


@on_sqlite
async def test_the_console_link_works_once(road: Road, clock: HandClock) -> None:
    link = await road.manager_calls("console.link")
    url = link["url"]
    assert url.startswith(f"{road.world.origin}/console/enter?token=")
    page = await road.client.get(url)
    assert (await road.client.get(url)).status_code == 200  # a preview does not use it up
    fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', page.text))
    sent = {"data": {k: unescape(v) for k, v in fields.items()}, "headers": {"origin": road.world.origin}}
    entered = await road.client.post("/console/enter", **sent)
    assert entered.status_code == 303
    assert "jumun" in entered.headers["set-cookie"]
    assert (await road.client.get("/console/connection")).status_code == 200
    assert (await road.client.post("/console/enter", **sent)).status_code >= 400
    assert (await road.client.get(url)).status_code == 410


@on_sqlite
async def test_the_console_link_lives_a_minute(road: Road, clock: HandClock) -> None:
    link = await road.manager_calls("console.link")
    clock.forward(seconds=60)
    assert (await road.client.get(link["url"])).status_code == 410
