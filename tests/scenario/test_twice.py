"""The protocol has no nonce: the very same bytes may arrive twice, and have one effect (issue 2)."""

from contextlib import contextmanager

import pytest

from app.sandbox.channel.errors import FunctionFailed
from tests.world import Road

from .verbs import GUEST_PHONE, newest_code, on_sqlite, orders_of


@contextmanager
def twice(road: Road):
    """Every call is delivered twice; the client sees the second answer."""
    road.world.talk.endpoint.deliver_twice = True
    try:
        yield
    finally:
        road.world.talk.endpoint.deliver_twice = False


async def test_a_guest_gets_in_with_every_call_delivered_twice(road: Road) -> None:
    guest = road.user("u-guest")
    with twice(road):
        await road.customer_calls(guest, "identity.screen", {"screen": "phone"})
        with pytest.raises(FunctionFailed) as caught:
            await road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE})
        assert caught.value.kind == "tooMany"
        assert len(road.outbox.messages) == 1
    # The first answer is what the client would have kept; a resend finds the same road open.
    road.clock.forward(seconds=60)
    sent = await road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE})
    assert len(road.outbox.messages) == 2
    right = {"verificationId": sent["verificationId"], "code": newest_code(road)}
    with twice(road):
        with pytest.raises(FunctionFailed) as caught:
            await road.customer_calls(guest, "identity.verifyCode", right)
        assert caught.value.kind == "expiredCode"
        chosen = await road.customer_calls(guest, "identity.choose", {"guest": True})
        assert chosen["state"] == "guest"
        assert len(await orders_of(road, guest)) == 2


@on_sqlite
async def test_a_wrong_code_costs_a_try_each_time_it_arrives(road: Road) -> None:
    """Guessing must not become cheaper by sending the same bytes again."""
    guest = road.user("u-guest")
    await road.customer_calls(guest, "identity.screen", {"screen": "phone"})
    sent = await road.customer_calls(guest, "identity.sendCode", {"phone": GUEST_PHONE})
    wrong = f"{(int(newest_code(road)) + 7) % 1_000_000:06d}"
    with twice(road), pytest.raises(FunctionFailed) as caught:
        await road.customer_calls(
            guest, "identity.verifyCode", {"verificationId": sent["verificationId"], "code": wrong}
        )
    assert caught.value.data == {"left": 3}


async def test_settings_change_once_and_the_repeat_is_no_conflict(road: Road) -> None:
    seen = (await road.manager_calls("settings.get"))["version"]
    with twice(road):
        answer = await road.manager_calls(
            "settings.update", {"patch": {"orders": {"lookbackMonths": 6}}, "version": seen}
        )
    assert answer["version"] == seen + 1
    assert answer["settings"]["orders"]["lookbackMonths"] == 6


@on_sqlite
async def test_a_manager_is_called_once(road: Road) -> None:
    minji = road.user("u-minji", "minji")
    with twice(road):
        await road.customer_calls(minji, "manager.call", {"code": "notFound"})
    assert len(road.world.talk.chats["chat-u-minji"].messages) == 1


@on_sqlite
async def test_connecting_started_twice_leaves_one_link_that_works(road: Road) -> None:
    """The second link ends the first: one state is alive."""
    with twice(road):
        started = await road.manager_calls("connection.start", {"mallId": "hanokmall"})
    assert started["authorizeUrl"].startswith(road.world.origin)
    consent = {"operator": "hanokmall", "decision": "agree"}
    back = await road.client.post(started["authorizeUrl"], data=consent)
    page = await road.client.get(back.headers["location"])
    assert page.status_code == 200
    again = await road.client.get(back.headers["location"])
    assert again.status_code >= 400


async def test_hooks_twice(road: Road) -> None:
    with twice(road):
        assert await road.world.talk.uninstall() is None
        assert (await road.manager_calls("connection.status"))["state"] == "suspended"
        assert await road.world.talk.install() is None
    assert (await road.manager_calls("connection.status"))["state"] == "connected"


@on_sqlite
async def test_the_versionless_address_is_the_same_door(road: Road) -> None:
    road.world.talk.endpoint.versionless = True
    assert len(await orders_of(road, road.user("u-minji", "minji"))) == 5
