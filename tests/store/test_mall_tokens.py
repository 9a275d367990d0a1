import asyncio
from datetime import timedelta

from commands.kernel.who import MallId

from .given import NOON, pair

MALL = MallId("mall")
LEASE = NOON + timedelta(seconds=60)


async def test_kept_and_sealed(store):
    assert await store.mall_tokens.get(MALL) is None
    await store.mall_tokens.put(MALL, pair())
    assert await store.mall_tokens.get(MALL) == pair()
    stored = repr(await store.database.read("SELECT * FROM mall_token"))
    assert "access-one" not in stored
    assert "refresh-one" not in stored


async def test_one_refresher_of_many(store):
    await store.mall_tokens.put(MALL, pair())
    take = store.mall_tokens.take_refresh
    taken = await asyncio.gather(*(take(MALL, 0, LEASE, NOON) for _ in range(8)))
    assert sorted(taken) == [0] * 7 + [1]


async def test_a_holder_who_vanished_is_seen(store):
    await store.mall_tokens.put(MALL, pair())
    take = store.mall_tokens.take_refresh
    assert await take(MALL, 0, LEASE, NOON) == 1
    assert await take(MALL, 0, LEASE, LEASE - timedelta(milliseconds=1)) == 0
    assert await take(MALL, 0, LEASE + timedelta(seconds=60), LEASE) == 2


async def test_giving_back_is_no_vanishing(store):
    await store.mall_tokens.put(MALL, pair())
    tokens = store.mall_tokens
    assert await tokens.take_refresh(MALL, 0, LEASE, NOON) == 1
    await tokens.release_refresh(MALL, 0, 1)
    await tokens.release_refresh(MALL, 0, 1)  # a second time changes nothing
    assert await tokens.take_refresh(MALL, 0, LEASE, NOON) == 1
    assert await tokens.take_refresh(MALL, 0, LEASE + timedelta(seconds=60), LEASE) == 2
    await tokens.release_refresh(MALL, 0, 2)
    assert await tokens.take_refresh(MALL, 0, LEASE, NOON) == 2


async def test_a_late_release_leaves_the_next_holder_its_lease(store):
    await store.mall_tokens.put(MALL, pair())
    tokens = store.mall_tokens
    assert await tokens.take_refresh(MALL, 0, LEASE, NOON) == 1
    later = LEASE + timedelta(seconds=60)
    assert await tokens.take_refresh(MALL, 0, later, LEASE) == 2
    await tokens.release_refresh(MALL, 0, 1)
    assert await tokens.take_refresh(MALL, 0, later, LEASE) == 0
    assert await tokens.take_refresh(MALL, 0, later + timedelta(seconds=60), later) == 3


async def test_rotation_wins_once(store):
    tokens = store.mall_tokens
    await tokens.put(MALL, pair())
    await tokens.take_refresh(MALL, 0, LEASE, NOON)
    assert await tokens.rotate(MALL, 0, pair("two")) is True
    assert await tokens.rotate(MALL, 0, pair("three")) is False
    found = await tokens.get(MALL)
    assert (found.access, found.generation) == ("access-two", 1)
    assert await tokens.take_refresh(MALL, 0, LEASE, NOON) == 0
    assert await tokens.take_refresh(MALL, 1, LEASE, NOON) == 1


async def test_a_new_consent_beats_a_refresh_on_its_way(store):
    tokens = store.mall_tokens
    await tokens.put(MALL, pair())
    await tokens.take_refresh(MALL, 0, LEASE, NOON)
    await tokens.put(MALL, pair("consented"))
    assert await tokens.rotate(MALL, 0, pair("late")) is False
    found = await tokens.get(MALL)
    assert (found.access, found.generation) == ("access-consented", 1)
    assert await tokens.take_refresh(MALL, 1, LEASE, NOON) == 1


async def test_dead_until_a_new_consent(store):
    tokens = store.mall_tokens
    await tokens.put(MALL, pair())
    await tokens.kill(MALL, 5)
    assert await tokens.get(MALL) is not None
    await tokens.kill(MALL, 0)
    assert await tokens.get(MALL) is None
    assert await tokens.take_refresh(MALL, 0, LEASE, NOON) == 0
    assert await tokens.rotate(MALL, 0, pair("late")) is False
    await tokens.put(MALL, pair("again"))
    assert (await tokens.get(MALL)).access == "access-again"
    await tokens.kill(MALL)
    assert await tokens.get(MALL) is None


async def test_idle_malls(store, clock):
    tokens = store.mall_tokens
    await tokens.put(MallId("old"), pair())
    await tokens.put(MallId("dead"), pair())
    await tokens.kill(MallId("dead"))
    clock.pass_(days=7)
    await tokens.put(MallId("new"), pair())
    assert await tokens.idle_since(clock.now) == ["old"]
    await tokens.rotate(MallId("old"), 0, pair("two"))
    assert await tokens.idle_since(clock.now) == []


async def test_a_pair_in_anothers_row_is_dead(store):
    await store.mall_tokens.put(MallId("a"), pair("a"))
    await store.mall_tokens.put(MallId("b"), pair("b"))
    await store.database.write(
        """UPDATE mall_token SET pair_enc = (SELECT pair_enc FROM mall_token WHERE mall_id = 'a')
        WHERE mall_id = 'b'"""
    )
    assert await store.mall_tokens.get(MallId("b")) is None
