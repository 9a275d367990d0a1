"""The adapter on the real store, SQLite and PostgreSQL: what the doubles promise must hold there too."""

import asyncio

import pytest

from app.cafe24.limiter import Limiter
from app.cafe24.oauth import InvalidGrant
from app.cafe24.tokens import LEASE, TokenSource
from app.keys import KeyRing
from app.ports import ConnectionState
from app.store.rates import SqlRates
from app.store.store import store_on
from commands.kernel.who import ChannelId, MallId
from tests.cafe24.doubles import Time, simulated
from tests.cafe24.places import Place

MALL = MallId("hanokmall")
CHANNEL = ChannelId("channel-1")


@pytest.fixture
async def place(database):
    time = Time()
    kept = store_on(database, KeyRing([b"k" * 32]), time.now)
    made = Place(simulated(time, kept), kept=kept)
    assert (await made.connects()).status_code == 200
    made.rig.mall.reset_calls()
    return made


def another_worker(place):
    async def sleep(seconds):
        place.rig.time.passes(seconds=seconds)
        await asyncio.sleep(0.01)

    return TokenSource(
        store=place.rig.store,
        oauth=place.rig.oauth,
        connections=place.rig.connections,
        clock=place.rig.time.now,
        sleep=sleep,
    )


def refreshes(place):
    return [call for call in place.rig.mall.calls if call.path == "/oauth/token"]


async def state(place):
    connection = await place.rig.connections.of_channel(CHANNEL)
    return connection.state if connection else None


async def test_connected_bound_and_signed_for(place):
    connection = await place.rig.connections.of_channel(CHANNEL)
    assert (connection.state, connection.settings["admins"]) == (ConnectionState.CONNECTED, ["manager-1"])
    assert [line.act for line in await place.audit.newest(CHANNEL, 5)] == ["connection.bind"]


async def test_two_workers_at_once_make_one_refresh(place):
    place.rig.time.passes(hours=3)
    workers = [another_worker(place) for _ in range(3)]
    pairs = await asyncio.gather(*(worker.access(MALL) for worker in workers for _ in range(2)))
    assert len({pair.access for pair in pairs}) == 1
    assert len(refreshes(place)) == 1


async def test_a_crash_between_answer_and_commit_is_reported_never_looped(place):
    pair = await place.rig.store.get(MALL)
    now = place.rig.time.now()
    assert await place.rig.store.take_refresh(MALL, pair.generation, now + LEASE, now) == 1
    await place.rig.oauth.refresh(MALL, pair.refresh)
    place.rig.time.passes(hours=3)
    with pytest.raises(InvalidGrant):
        await another_worker(place).access(MALL)
    assert await state(place) is ConnectionState.RECONNECT
    count = len(refreshes(place))
    for _ in range(3):
        with pytest.raises(Exception, match="consent again"):
            await another_worker(place).access(MALL)
    assert len(refreshes(place)) == count == 2


async def test_a_new_consent_mends_it(place):
    pair = await place.rig.tokens.access(MALL)
    await place.rig.tokens.give_up(MALL, pair)
    assert await state(place) is ConnectionState.RECONNECT
    assert (await place.connects()).status_code == 200
    assert await state(place) is ConnectionState.CONNECTED
    assert (await place.rig.tokens.access(MALL)).generation > pair.generation


async def test_a_removed_app_ends_the_connection(place):
    resource = {"mall_id": "hanokmall", "client_id": "x", "deleted_date": "2026-11-21T12:10:00+09:00"}
    place.rig.time.passes(minutes=11)
    for _ in range(2):
        await place.cafe24_sends({"event_no": 90077, "resource": resource})
    assert await state(place) is ConnectionState.SUSPENDED
    place.rig.mall.remove_app()
    await place.drain_jobs()
    assert await state(place) is None
    assert await place.rig.store.get(MALL) is None


async def test_an_unconfirmed_consent_is_revoked(place):
    await place.connecting.remove(CHANNEL, "manager:manager-1")
    page = await place.operator_returns(await place.operator_consents(await place.manager_starts()))
    assert page.status_code == 200
    await place.manager_starts()
    assert await place.connecting.revoke_lapsed(place.rig.time.now()) == 1
    assert (await place.operator_answers(page)).status_code == 400


async def test_workers_at_once_get_different_numbers(database):
    """Each draws the same first one: the row in the database decides who has it."""
    time = Time()
    workers = [
        Limiter(SqlRates(database), time=time.seconds, sleep=time.sleep, jitter=lambda: 0.0) for _ in range(2)
    ]
    draws = (
        one.unused("hanokmall", "fresh:1:20261121-0000101", of=1000, seconds=65.0) for one in workers * 5
    )
    assert sorted(await asyncio.gather(*draws)) == list(range(1, 11))
