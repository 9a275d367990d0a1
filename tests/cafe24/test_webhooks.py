"""What the mall tells us, twice, late and forged."""

import json

import pytest

from app.cafe24.events import Unreadable, read_event
from app.errors import Unavailable
from app.ports import ConnectionState
from commands.kernel.who import MallId, Member
from tests.cafe24.doubles import CLIENT_ID, HANOK, NOON
from tests.cafe24.places import KEY, Place

MALL = MallId("hanokmall")


@pytest.fixture
async def place():
    made = Place()
    await made.connects()
    made.changed.clear()
    made.rig.mall.reset_calls()
    made.rig.time.passes(minutes=2)
    return made


def app_event(number, at="2026-11-21T12:10:00+09:00", mall="hanokmall"):
    date = {90077: "deleted_date", 90078: "expired_date", 90079: "updated_date"}[number]
    return {"event_no": number, "resource": {"mall_id": mall, "client_id": CLIENT_ID, date: at}}


def shop_event(number, shop_no=1):
    return {"event_no": number, "resource": {"mall_id": "hanokmall", "event_shop_no": str(shop_no)}}


def order_event(number, order_id):
    return {
        "event_no": number,
        "resource": {"mall_id": "hanokmall", "event_shop_no": "1", "order_id": order_id},
    }


# ── receiving ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("key", [None, "", "wrong", KEY + "x", KEY[:-1]])
async def test_a_forged_webhook_changes_nothing(place, key):
    assert (await place.cafe24_sends(app_event(90077), key)).status_code == 403
    assert place.deliveries.bodies == {}
    assert place.connection.state is ConnectionState.CONNECTED


async def test_without_a_configured_key_nothing_is_accepted():
    place = Place(keys=("",))
    for key in (None, ""):
        assert (await place.cafe24_sends(app_event(90077), key)).status_code == 403


async def test_either_key_of_a_rotation_is_accepted(place):
    assert (await place.cafe24_sends(order_event(90024, "1"), "older-key")).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b'{"event_no": "x"}', 400),
        (b'{"event_no": 1, "resource": 3}', 400),
        (b"x" * 300_000, 413),
    ],
)
async def test_what_is_no_event_is_refused(place, body, status):
    answer = await place.browser.post("/cafe24/webhooks", content=body, headers={"X-API-Key": KEY})
    assert answer.status_code == status
    assert place.deliveries.bodies == {}


@pytest.mark.parametrize("mall", ["othermall", "../evil", "", None])
async def test_events_of_malls_that_we_do_not_serve_are_dropped(place, mall):
    assert (await place.cafe24_sends(app_event(90077, mall=mall))).status_code == 200
    assert place.deliveries.bodies == {}
    assert place.jobs.waiting == []


async def test_a_delivery_that_comes_twice_is_worked_once(place):
    for _ in range(3):
        assert (await place.cafe24_sends(order_event(90024, "20261121-0000101"))).status_code == 200
    assert await place.drain_jobs() == 1
    assert len(place.deliveries.settled) == 1


async def test_a_crash_after_keeping_is_repaired_by_the_next_delivery(place):
    event = order_event(90024, "20261121-0000101")
    await place.cafe24_sends(event)
    place.jobs.waiting.clear()
    place.jobs.known.clear()
    await place.cafe24_sends(event)
    assert await place.drain_jobs() == 1


async def test_receiving_asks_the_mall_nothing(place):
    for number in (90077, 90078, 90110, 90023):
        await place.cafe24_sends({"event_no": number, "resource": {"mall_id": "hanokmall"}})
    assert place.rig.mall.calls == []


def test_both_envelopes_and_the_nested_sample():
    flat = read_event(b'{"event_no": "90023", "mall_id": "m1", "order_id": "a,b"}')
    assert (flat.number, flat.mall_id, flat.order_ids) == (90023, "m1", ["a", "b"])
    nested = {
        "event_no": 90167,
        "resource": {"trigger_name": "x", "sample": {"event_shop_no": "2", "mall_id": "m1"}},
    }
    assert read_event(json.dumps(nested).encode()).shop_no == 2
    with pytest.raises(Unreadable):
        read_event(b"null")


def test_the_same_switch_an_hour_later_is_another_event():
    event = read_event(json.dumps(shop_event(90167)).encode())
    assert event.dedupe_key(NOON) == event.dedupe_key(NOON)
    assert event.dedupe_key(NOON) != event.dedupe_key(NOON.replace(hour=13))


# ── orders ──────────────────────────────────────────────────────────────────────────────────────────────────
async def test_an_order_event_makes_the_next_list_fresh(place):
    first = (await place.rig.orders.recent(HANOK, Member("minji"), at_most=5, months=12)).orders[0]
    place.rig.mall.orders[first.order_id].items[0].status = "N30"
    await place.cafe24_sends(order_event(90071, f"20200101-0000001,{first.order_id}"))
    await place.drain_jobs()
    again = (await place.rig.orders.recent(HANOK, Member("minji"), at_most=5, months=12)).orders[0]
    assert again.items[0].status_code == "N30"


@pytest.mark.parametrize("number", [90026, 90072, 90023])
async def test_who_follows_orders_hears_of_each_once(place, number):
    await place.cafe24_sends(
        order_event(number, "20261121-0000101,20261119-0000102,20261121-0000101,x,20261119-0000102/..")
    )
    assert place.heard == []
    await place.drain_jobs()
    assert place.heard == [(MALL, ("20261121-0000101", "20261119-0000102"))]


async def test_an_event_without_an_order_is_nobodys_news(place):
    await place.cafe24_sends({"event_no": 90072, "resource": {"mall_id": "hanokmall"}})
    await place.drain_jobs()
    assert place.heard == []
    assert len(place.deliveries.settled) == 1


async def test_the_news_is_kept_until_it_was_heard(place):
    place.deaf = True
    await place.cafe24_sends(order_event(90072, "20261121-0000101"))
    ((_, job),) = place.jobs.waiting
    with pytest.raises(Unavailable):
        await place.drain_jobs()
    assert place.deliveries.settled == set()
    place.deaf = False
    await place.webhooks.handle_delivery(job)
    assert place.heard == [(MALL, ("20261121-0000101",))]


async def test_a_second_request_on_the_same_order_is_news_again(place):
    """Requested, rejected, requested: the events of the two requests are the same, word by word."""
    for _ in range(2):
        await place.cafe24_sends(order_event(90072, "20261121-0000101"))
        await place.drain_jobs()
        place.rig.time.passes(minutes=5)
    assert len(place.heard) == 2


async def test_unknown_events_are_settled(place):
    await place.cafe24_sends({"event_no": 99999, "resource": {"mall_id": "hanokmall"}})
    await place.drain_jobs()
    assert len(place.deliveries.settled) == 1
    assert place.connection.state is ConnectionState.CONNECTED


# ── the app ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", [90077, 90078])
async def test_a_removed_or_expired_app_is_suspended_before_the_answer(place, number):
    await place.cafe24_sends(app_event(number))
    assert place.connection.state is ConnectionState.SUSPENDED
    assert place.changed == ["channel-1"]


async def test_a_removed_app_whose_mall_confirms_is_wiped(place):
    await place.cafe24_sends(app_event(90077))
    place.rig.mall.remove_app()
    await place.drain_jobs()
    assert await place.rig.store.get(MALL) is None
    assert place.rig.connections.rows == []


async def test_a_removed_app_whose_mall_still_answers_is_wiped_after_a_day(place):
    await place.cafe24_sends(app_event(90077))
    await place.drain_jobs()
    assert await place.rig.store.get(MALL) is not None
    assert place.connection.state is ConnectionState.SUSPENDED
    place.rig.time.passes(hours=23)
    assert await place.drain_jobs() == 0
    place.rig.time.passes(hours=1, minutes=1)
    await place.drain_jobs()
    assert await place.rig.store.get(MALL) is None
    assert place.rig.connections.rows == []


async def test_a_missing_scope_is_no_confirmation(place):
    place.rig.malls.faults.inject("403_scope", path="/admin/shops")
    await place.cafe24_sends(app_event(90077))
    await place.drain_jobs()
    assert await place.rig.store.get(MALL) is not None


async def test_a_new_consent_stops_the_wipe(place):
    await place.cafe24_sends(app_event(90077))
    await place.drain_jobs()
    place.rig.time.passes(hours=2)
    await place.connects()
    assert place.connection.state is ConnectionState.CONNECTED
    place.rig.time.passes(hours=23)
    await place.drain_jobs()
    assert place.connection.state is ConnectionState.CONNECTED
    assert await place.rig.store.get(MALL) is not None


async def test_late_news_of_a_removal_before_the_present_consent_is_ignored(place):
    await place.cafe24_sends(app_event(90077, at="2026-11-21T11:00:00+09:00"))
    assert place.connection.state is ConnectionState.CONNECTED
    await place.drain_jobs()
    assert place.connection.state is ConnectionState.CONNECTED


async def test_an_extended_app_works_again(place):
    await place.cafe24_sends(app_event(90078))
    await place.drain_jobs()
    await place.cafe24_sends(app_event(90079, at="2026-11-21T12:20:00+09:00"))
    await place.drain_jobs()
    assert place.connection.state is ConnectionState.CONNECTED
    place.rig.time.passes(hours=25)
    await place.drain_jobs()
    assert await place.rig.store.get(MALL) is not None


async def test_an_app_extended_after_the_wipe_must_consent_again(place):
    await place.cafe24_sends(app_event(90078))
    await place.drain_jobs()
    place.rig.time.passes(hours=25)
    await place.drain_jobs()
    assert place.connection.state is ConnectionState.SUSPENDED
    await place.cafe24_sends(app_event(90079, at="2026-11-22T14:00:00+09:00"))
    await place.drain_jobs()
    assert place.connection.state is ConnectionState.RECONNECT


async def test_expiry_that_arrives_after_its_extension_is_ignored(place):
    await place.cafe24_sends(app_event(90079, at="2026-11-21T12:20:00+09:00"))
    await place.drain_jobs()
    await place.cafe24_sends(app_event(90078, at="2026-11-21T12:15:00+09:00"))
    assert place.connection.state is ConnectionState.CONNECTED


async def test_removal_after_expiry_still_ends_the_connection(place):
    await place.cafe24_sends(app_event(90078))
    await place.drain_jobs()
    await place.cafe24_sends(app_event(90077, at="2026-11-21T12:30:00+09:00"))
    await place.drain_jobs()
    place.rig.time.passes(hours=25)
    await place.drain_jobs()
    assert place.rig.connections.rows == []


async def test_a_silent_mall_leaves_the_job_to_be_tried_again(place):
    place.rig.malls.faults.inject("503", path="/admin/shops", times=2)
    await place.cafe24_sends(app_event(90077))
    ((_, job),) = place.jobs.waiting
    with pytest.raises(Unavailable):
        await place.drain_jobs()
    assert place.connection.state is ConnectionState.SUSPENDED
    await place.webhooks.handle_delivery(job)
    assert len(place.deliveries.settled) == 1


# ── shops ───────────────────────────────────────────────────────────────────────────────────────────────────
async def test_a_disabled_shop_stops_and_works_again(place):
    for active, state in (("F", ConnectionState.SUSPENDED), ("T", ConnectionState.CONNECTED)):
        place.rig.mall.shops[0]["active"] = active
        await place.cafe24_sends(
            {"event_no": 90111, "resource": {"mall_id": "hanokmall", "shop_no": "1", "is_active": active}}
        )
        await place.drain_jobs()
        assert place.connection.state is state
        place.rig.time.passes(minutes=2)


async def test_the_mall_is_believed_not_the_payload(place):
    await place.cafe24_sends(shop_event(90167))
    await place.drain_jobs()
    assert place.connection.state is ConnectionState.CONNECTED


async def test_where_the_mall_lets_nobody_ask_the_event_is_believed(place):
    place.rig.mall.remove_app()
    await place.cafe24_sends(shop_event(90169))
    await place.drain_jobs()
    assert place.connection.state is ConnectionState.SUSPENDED


async def test_a_shop_event_does_not_wake_a_mall_whose_app_is_gone(place):
    await place.cafe24_sends(app_event(90078))
    await place.cafe24_sends(shop_event(90168))
    await place.drain_jobs()
    assert place.connection.state is ConnectionState.SUSPENDED


# ── the audit ───────────────────────────────────────────────────────────────────────────────────────────────
def noted(place):
    """The bind of the fixture aside."""
    return [(line.act, line.facts["event_no"]) for line in place.audit.lines if line.by == "cafe24"]


async def test_a_removal_is_noted_when_it_suspends_and_when_it_ends(place):
    for _ in range(2):
        await place.cafe24_sends(app_event(90077))
    place.rig.mall.remove_app()
    await place.drain_jobs()
    assert noted(place) == [("connection.suspend", 90077), ("connection.remove", 90077)]
    line = place.audit.lines[-1]
    assert (line.channel_id, line.subject, line.mall_id) == ("channel-1", "shop:1", MALL)
    assert line.at == place.rig.time.now()


async def test_an_expiry_and_its_extension_are_noted(place):
    await place.cafe24_sends(app_event(90078))
    await place.drain_jobs()
    await place.cafe24_sends(app_event(90079, at="2026-11-21T12:20:00+09:00"))
    await place.drain_jobs()
    assert noted(place) == [("connection.suspend", 90078), ("connection.resume", 90079)]


async def test_an_extension_after_the_wipe_is_noted_as_what_it_leaves(place):
    await place.cafe24_sends(app_event(90078))
    await place.drain_jobs()
    place.rig.time.passes(hours=25)
    await place.drain_jobs()
    await place.cafe24_sends(app_event(90079, at="2026-11-22T14:00:00+09:00"))
    await place.drain_jobs()
    assert noted(place) == [("connection.suspend", 90078), ("connection.reconnect", 90079)]


async def test_a_shop_that_closes_is_noted_once_and_one_that_did_not_is_not(place):
    await place.cafe24_sends(shop_event(90167))
    await place.drain_jobs()
    assert noted(place) == []
    place.rig.mall.shops[0]["active"] = "F"
    for _ in range(2):
        place.rig.time.passes(minutes=2)
        await place.cafe24_sends(shop_event(90167))
        await place.drain_jobs()
    assert noted(place) == [("connection.suspend", 90167)]
