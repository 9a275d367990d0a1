"""What is kept about warehouses: marks by key, troubles by credentials, and nothing once the warehouse is gone."""

import asyncio

from app.keys import KeyRing
from app.ports.wms import KeptMark, WmsState
from app.store import OpenDatabase, Store
from app.store.purge import purge
from app.store.reseal import reseal
from app.store.wms import SqlMarkBook

from .given import KEY, NOON, OLDER_KEY, MovingClock, connection, keys

SHOP = connection().shop


async def test_one_of_several_at_once_is_the_first(store: Store, clock: MovingClock) -> None:
    book = store.wms_marks
    found = await asyncio.gather(*(book.begin(SHOP, "key", "asked", clock.now) for _ in range(6)))
    assert found.count(None) == 1
    assert {kept for kept in found if kept} == {KeptMark("begun", None, clock.now)}


async def test_an_outcome_is_kept_and_another_request_is_seen(store: Store, clock: MovingClock) -> None:
    book = store.wms_marks
    await book.begin(SHOP, "key", "asked", clock.now)
    await book.settle(SHOP, "key", "refused", "label_printed")
    assert await book.begin(SHOP, "key", "asked", clock.now) == KeptMark("refused", "label_printed", NOON)
    assert (await book.begin(SHOP, "key", "other", clock.now)).same is False
    assert await book.begin(connection(mall="other").shop, "key", "asked", clock.now) is None


async def test_exactly_one_repeat_goes_on(store: Store, clock: MovingClock) -> None:
    book = store.wms_marks
    await book.begin(SHOP, "key", "asked", clock.now)
    await book.settle(SHOP, "key", "unknown", None)
    kept = await book.begin(SHOP, "key", "asked", clock.now)
    later = clock.pass_(seconds=30)
    won = await asyncio.gather(*(book.begin_again(SHOP, "key", kept, later) for _ in range(5)))
    assert won.count(True) == 1
    assert await book.begin(SHOP, "key", "asked", later) == KeptMark("begun", None, later)


async def test_only_an_open_mark_is_dropped(store: Store, clock: MovingClock) -> None:
    book = store.wms_marks
    await book.begin(SHOP, "key", "asked", clock.now)
    await book.drop(SHOP, "key")
    assert await book.begin(SHOP, "key", "asked", clock.now) is None
    await book.settle(SHOP, "key", "done", None)
    await book.drop(SHOP, "key")
    assert (await book.begin(SHOP, "key", "asked", clock.now)).outcome == "done"


async def test_what_a_key_stood_for_is_sealed_and_moves_to_a_new_key(database: OpenDatabase) -> None:
    old = SqlMarkBook(database, KeyRing([OLDER_KEY]))
    await old.begin(SHOP, "key", "asked-for-this", NOON)
    raw = (await database.read("SELECT asked_enc FROM wms_mark"))[0]["asked_enc"]
    assert b"asked-for-this" not in bytes(raw)
    assert (await reseal(database, KeyRing([KEY, OLDER_KEY]))).moved == 1
    assert (await SqlMarkBook(database, keys()).begin(SHOP, "key", "other", NOON)).same is False


async def test_it_ends_by_itself(store: Store, clock: MovingClock) -> None:
    await store.wms_marks.begin(SHOP, "key", "asked", clock.now)
    await purge(store.database, clock.pass_(hours=25))
    assert (await store.database.read("SELECT asked_enc FROM wms_mark"))[0]["asked_enc"] is None
    assert (await store.wms_marks.begin(SHOP, "key", "other", clock.now)).same
    await purge(store.database, clock.pass_(days=31))
    assert await store.database.read("SELECT * FROM wms_mark") == []


async def test_a_trouble_belongs_to_the_credentials_that_had_it(store: Store) -> None:
    troubles, channel = store.wms_troubles, SHOP.channel_id
    await troubles.note(channel, WmsState.BAD_CREDENTIALS, "old", NOON)
    await troubles.note(channel, WmsState.NOT_ENABLED, "new", NOON)
    assert await troubles.of(channel, "old") is None
    assert await troubles.of(channel, "new") is WmsState.NOT_ENABLED
    await troubles.clear(channel)
    assert await troubles.of(channel, "new") is None


async def test_nothing_stays_of_a_warehouse_that_is_gone(store: Store) -> None:
    await store.connections.bind(connection(settings={"wms": {"provider": "fassto"}}), NOON)

    async def kept() -> list:
        rows = await store.database.read("SELECT channel_id FROM wms_mark")
        return rows + await store.database.read("SELECT channel_id FROM wms_trouble")

    async def fill() -> None:
        await store.wms_marks.begin(SHOP, "key", "asked", NOON)
        await store.wms_troubles.note(SHOP.channel_id, WmsState.BAD_DOMAIN, "made", NOON)

    async def change(seen: int, settings: dict) -> int | None:
        return await store.connections.change_settings(
            SHOP.channel_id, seen=seen, settings=settings, secrets={}
        )

    await fill()
    assert await change(0, {"wms": {"provider": "fassto"}, "mode": "live"}) == 1
    assert len(await kept()) == 2
    assert await change(0, {}) is None  # an old version changes nothing
    assert len(await kept()) == 2
    assert await change(1, {}) == 2
    assert await kept() == []
    await fill()
    await store.connections.remove(SHOP.channel_id)
    assert await kept() == []
