from app.jobs import JobQueue
from app.keys import KeyRing
from app.ports import KeptToken
from app.store import store_on
from app.store.reseal import Resealed, reseal
from app.store.sealed import SEALED
from app.store.tables import metadata
from commands.kernel.who import ChannelId, MallId

from .given import KEY, NOON, OLDER_KEY, connection, pair, pairing


async def fill(database, clock, ring):
    store = store_on(database, ring, clock)
    await store.connections.bind(connection(secrets={"a": "b"}), NOON)
    for n in range(3):
        await store.mall_tokens.put(MallId(f"m{n}"), pair())
    await store.pairings.start(pairing(), "s")
    await store.pairings.hold("p1", pair(), [], "t", NOON)
    await store.once.first("nonce", "k", NOON, NOON.replace(year=2030), "v")
    await store.channel_tokens.put("", KeptToken("a", "r", NOON))
    await store.deliveries.keep(MallId("m"), "k", b"body", NOON)
    await JobQueue(database, ring, clock).put("m", "kind", {"a": 1})


async def test_after_resealing_the_older_key_may_go(database, clock):
    await fill(database, clock, KeyRing([OLDER_KEY]))
    moved = await reseal(database, KeyRing([KEY, OLDER_KEY]))
    assert moved == Resealed(moved=9, unreadable=0)
    assert await reseal(database, KeyRing([KEY, OLDER_KEY])) == Resealed(0, 0)
    store = store_on(database, KeyRing([KEY]), clock)
    assert (await store.connections.of_channel(ChannelId("c1"))).secrets == {"a": "b"}
    assert await store.mall_tokens.get(MallId("m2")) == pair()
    assert await store.once.peek("nonce", "k", NOON) == "v"
    assert await store.channel_tokens.get("") == KeptToken("a", "r", NOON)
    assert await store.deliveries.open_body(MallId("m"), "k") == b"body"


async def test_what_no_key_opens_is_counted_and_counts_as_gone(database, clock):
    await fill(database, clock, KeyRing([OLDER_KEY]))
    assert await reseal(database, KeyRing([KEY])) == Resealed(moved=0, unreadable=9)
    store = store_on(database, KeyRing([KEY]), clock)
    assert (await store.connections.of_channel(ChannelId("c1"))).secrets == {}
    assert await store.mall_tokens.get(MallId("m0")) is None
    assert await store.once.peek("nonce", "k", NOON) is None
    assert await store.channel_tokens.get("") is None
    assert await store.deliveries.open_body(MallId("m"), "k") is None


def test_every_sealed_column_is_on_the_list():
    phone = {
        ("sms_verification", "phone_enc"),
        ("phone_session", "phone_enc"),
        ("phone_session", "accounts_enc"),
    }
    columns = {(t.name, c.name) for t in metadata.sorted_tables for c in t.columns if c.name.endswith("_enc")}
    assert columns - phone == {(place.table, place.column) for place in SEALED}
