"""What Channel and the mall tell us about the app and the shop: removed, closed, opened again (DESIGN §7)."""

from app.sandbox.cafe24.webhooks import Webhook
from tests.world import MALL, HandClock, Road, opened_road

from .verbs import guest_enters, on_sqlite, orders_of, refused, until


async def told(road: Road, webhook: Webhook) -> int:
    answer = await road.client.post("/cafe24/webhooks", content=webhook.body, headers=webhook.headers)
    return answer.status_code


async def mall_switches_shop(road: Road, clock: HandClock, *, active: bool) -> None:
    """More than a minute after anything else: the mall answers an exact repeat from a cache of 60 seconds."""
    clock.forward(seconds=61)
    mall = road.world.malls[MALL]
    shop = mall.shop(1)
    assert shop
    shop["active"] = "T" if active else "F"
    assert await told(road, mall.shop_webhook(90111, 1, road.world.secrets.webhook_key)) == 200


async def state(road: Road) -> str:
    return (await road.manager_calls("connection.status"))["state"]


async def becomes(road: Road, wanted: str) -> None:
    async def true() -> bool:
        return await state(road) == wanted

    await until(true)


async def test_removing_the_app_from_the_channel_ends_sessions_and_a_return_resumes(road: Road) -> None:
    minji, guest = road.user("u-minji", "minji"), road.user("u-guest")
    await guest_enters(road, guest)
    assert await road.world.talk.uninstall() is None
    assert await state(road) == "suspended"
    for user in (minji, guest):
        failure = await refused(road.customer_calls(user, "orderList.view"))
        assert (failure.kind, failure.data) == ("notConnected", {"state": "suspended"})
    assert await road.world.talk.install() is None
    assert len(await orders_of(road, minji)) == 5
    assert (await refused(road.customer_calls(guest, "orderList.view"))).kind == "notIdentified"


@on_sqlite
async def test_native_calls_work_again_right_after_a_return(road: Road) -> None:
    """What the removed app was refused before must not pause it now."""
    await road.world.talk.uninstall()
    road.world.talk.context_names_user = False
    minji = road.user("u-minji", "minji")
    await refused(road.customer_calls(minji, "orderList.open", {"chat": {"type": "userChat", "id": "c"}}))
    await road.world.talk.install()
    assert len(await orders_of(road, minji)) == 5


@on_sqlite
async def test_hooks_of_a_channel_without_a_shop(road: Road, database_url: str, clock: HandClock) -> None:
    async with opened_road(database_url, clock, mall=None, channel_id="ch-new") as new:
        for act in (new.world.talk.uninstall, new.world.talk.install, new.world.talk.install):
            assert await act() is None
        assert await state(new) == "none"
    assert await state(road) == "connected"


async def test_a_disabled_shop_stops_from_then_on_and_works_again_when_enabled(
    road: Road, clock: HandClock
) -> None:
    minji = road.user("u-minji", "minji")
    assert len(await orders_of(road, minji)) == 5
    await mall_switches_shop(road, clock, active=False)
    await becomes(road, "suspended")
    assert (await refused(road.customer_calls(minji, "orderList.view"))).kind == "notConnected"
    opened = await refused(road.customer_calls(minji, "orderList.open"))
    assert opened.kind == "notConnected"
    await mall_switches_shop(road, clock, active=True)
    await becomes(road, "connected")
    assert len(await orders_of(road, minji)) == 5


async def test_a_late_hook_of_channel_wakes_no_shop_that_the_mall_closed(
    road: Road, clock: HandClock
) -> None:
    """`app.installed` comes twice and late; only what the removal put to sleep may wake."""
    await road.world.talk.uninstall()
    await road.world.talk.install()
    assert await state(road) == "connected"
    await mall_switches_shop(road, clock, active=False)
    await becomes(road, "suspended")
    for _ in range(2):
        assert await road.world.talk.install() is None
    assert await state(road) == "suspended"


@on_sqlite
async def test_an_app_that_the_mall_removed_is_silent_at_once(road: Road) -> None:
    mall = road.world.malls[MALL]
    minji = road.user("u-minji", "minji")
    mall.remove_app()
    key = road.world.secrets.webhook_key
    assert await told(road, mall.app_webhook(90077, road.world.secrets.client_id, key)) == 200
    assert (await refused(road.customer_calls(minji, "orderList.view"))).kind == "notConnected"
    await becomes(road, "none")
    assert await road.world.talk.install() is None
    assert await state(road) == "none"


@on_sqlite
async def test_webhooks_need_the_key_and_are_never_trusted(road: Road) -> None:
    mall = road.world.malls[MALL]
    for key in (b"", b"wrong", "한글".encode()):
        forged = mall.app_webhook(90077, road.world.secrets.client_id, "x")
        headers: list[tuple[bytes, bytes]] = [(b"x-api-key", key)]
        answer = await road.client.post("/cafe24/webhooks", content=forged.body, headers=headers)
        assert answer.status_code == 403
    # The right key with news that the mall does not confirm: it is read again, and nothing changes.
    untrue = mall.shop_webhook(90112, 1, road.world.secrets.webhook_key)
    assert await told(road, untrue) == 200
    await road.client.post("/cafe24/webhooks", content=untrue.body, headers=untrue.headers)
    assert len(await orders_of(road, road.user("u-minji", "minji"))) == 5
    assert await state(road) == "connected"


@on_sqlite
async def test_an_order_event_shows_in_the_next_list(road: Road) -> None:
    mall = road.world.malls[MALL]
    minji = road.user("u-minji", "minji")
    newest = (await orders_of(road, minji))[0]
    road.forget_mall_calls()
    webhook = mall.order_webhook(90026, newest, road.world.secrets.webhook_key)
    assert await told(road, webhook) == 200

    async def read_again() -> bool:
        await orders_of(road, minji)
        return "/admin/orders" in road.mall_calls

    await until(read_again)


@on_sqlite
async def test_tokens_that_died_are_said_as_reconnect(road: Road, clock: HandClock) -> None:
    """Never a loop: one refused refresh, then only a new consent helps."""
    minji = road.user("u-minji", "minji")
    road.world.malls[MALL].tokens.clear()
    clock.forward(hours=3)
    for _ in range(3):
        failure = await refused(road.customer_calls(minji, "orderList.view"))
        assert failure.kind in {"upstreamUnavailable", "notConnected"}
        clock.forward(seconds=5)
    assert await state(road) == "reconnect"
    await road.world.connect(MALL)
    clock.forward(seconds=3)
    assert len(await orders_of(road, minji)) == 5


@on_sqlite
async def test_a_shop_that_closes_within_the_minute_is_seen_when_the_cache_is_old(
    road: Road, clock: HandClock
) -> None:
    """L5: another look at the shops a moment ago makes the mall repeat itself; the second look is after that."""
    mall = road.world.malls[MALL]
    key = road.world.secrets.webhook_key
    clock.forward(seconds=61)
    await told(road, mall.shop_webhook(90110, 1, key))
    await road.drain_jobs()
    clock.forward(seconds=5)
    shop = mall.shop(1)
    assert shop
    shop["active"] = "F"
    await told(road, mall.shop_webhook(90111, 1, key))
    await road.drain_jobs()
    clock.forward(seconds=66)
    await road.drain_jobs()
    await becomes(road, "suspended")
