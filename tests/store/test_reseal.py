from app.jobs import JobQueue
from app.keys import KeyRing
from app.ports import KeptPlan, KeptToken, Reach
from app.store import store_on
from app.store.reseal import Resealed, reseal
from app.store.sealed import SEALED
from app.store.tables import metadata
from commands.kernel.order import OrderId
from commands.kernel.who import ChannelId, Language, MallId, Member

from .given import KEY, NOON, OLDER_KEY, connection, pair, pairing

PLAN = KeptPlan(
    id="plan",
    mall_id=MallId("m"),
    shop_no=1,
    channel_id=ChannelId("c1"),
    command="cancel",
    order_id=OrderId("o1"),
    customer=Member("sujin", proven=True, by_phone=True),
    reach=Reach("user", None, Language.JA),
    seen="v1",
    payload={"a": [1, "가"]},
    shown={"b": None},
    settings_version=2,
    created_at=NOON,
    expires_at=NOON,
)


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
    await store.plans.keep(PLAN)


async def test_after_resealing_the_older_key_may_go(database, clock):
    await fill(database, clock, KeyRing([OLDER_KEY]))
    moved = await reseal(database, KeyRing([KEY, OLDER_KEY]))
    assert moved == Resealed(moved=12, unreadable=0)
    assert await reseal(database, KeyRing([KEY, OLDER_KEY])) == Resealed(0, 0)
    store = store_on(database, KeyRing([KEY]), clock)
    assert (await store.connections.of_channel(ChannelId("c1"))).secrets == {"a": "b"}
    assert await store.mall_tokens.get(MallId("m2")) == pair()
    assert await store.once.peek("nonce", "k", NOON) == "v"
    assert await store.channel_tokens.get("") == KeptToken("a", "r", NOON)
    assert await store.deliveries.open_body(MallId("m"), "k") == b"body"
    assert await store.plans.get(MallId("m"), "plan") == PLAN


async def test_what_no_key_opens_is_counted_and_counts_as_gone(database, clock):
    await fill(database, clock, KeyRing([OLDER_KEY]))
    assert await reseal(database, KeyRing([KEY])) == Resealed(moved=0, unreadable=12)
    store = store_on(database, KeyRing([KEY]), clock)
    assert (await store.connections.of_channel(ChannelId("c1"))).secrets == {}
    assert await store.mall_tokens.get(MallId("m0")) is None
    assert await store.once.peek("nonce", "k", NOON) is None
    assert await store.channel_tokens.get("") is None
    assert await store.deliveries.open_body(MallId("m"), "k") is None
    assert await store.plans.get(MallId("m"), "plan") is None


def test_every_sealed_column_is_on_the_list():
    phone = {
        ("sms_verification", "phone_enc"),
        ("phone_session", "phone_enc"),
        ("phone_session", "accounts_enc"),
    }
    columns = {(t.name, c.name) for t in metadata.sorted_tables for c in t.columns if c.name.endswith("_enc")}
    assert columns - phone == {(place.table, place.column) for place in SEALED}
