import asyncio
from dataclasses import replace

from app.ports import BindOutcome, ConnectionState
from commands.kernel.who import ChannelId, MallId

from .given import NOON, connection

C1, MALL = ChannelId("c1"), MallId("mall")


async def test_bound_and_found_again(store):
    given = connection(settings={"language": "ko", "시험": [1, None]}, secrets={"sms.apiKey": "s3cret"})
    assert await store.connections.bind(given, NOON) is BindOutcome.BOUND
    assert await store.connections.of_channel(C1) == replace(given, connected_at=NOON)
    assert await store.connections.of_channel(ChannelId("other")) is None


async def test_the_hot_path_is_one_statement(store):
    await store.connections.bind(connection(), NOON)
    seen: list[str] = []
    store.database.on_statement = seen.append
    await store.connections.of_channel(C1)
    assert len(seen) == 1


async def test_binding_again_renews_and_keeps_the_merchants_settings(store, clock):
    await store.connections.bind(connection(), NOON)
    await store.connections.change_settings(C1, seen=0, settings={"mode": "live"}, secrets={"a": "b"})
    await store.connections.set_state(MALL, None, ConnectionState.RECONNECT)
    later = clock.pass_(days=1)
    assert await store.connections.bind(connection(operator="new"), later) is BindOutcome.BOUND
    found = await store.connections.of_channel(C1)
    assert (found.operator, found.state, found.connected_at) == ("new", ConnectionState.CONNECTED, later)
    assert (found.settings, found.secrets, found.version) == ({"mode": "live"}, {"a": "b"}, 1)


async def test_either_side_taken_is_refused_and_the_first_keeps_working(store):
    await store.connections.bind(connection("mall", 1, "c1"), NOON)
    await store.connections.bind(connection("mall", 2, "c2"), NOON)
    bind = store.connections.bind
    assert await bind(connection("mall", 1, "c3"), NOON) is BindOutcome.SHOP_TAKEN
    assert await bind(connection("other", 1, "c1"), NOON) is BindOutcome.CHANNEL_TAKEN
    assert await bind(connection("mall", 2, "c1"), NOON) is BindOutcome.SHOP_TAKEN
    assert (await store.connections.of_channel(C1)).shop.mall_id == "mall"
    assert [c.shop.shop_no for c in await store.connections.of_mall(MALL)] == [1, 2]


async def test_ten_channels_at_once_one_wins(store):
    given = [connection("mall", 1, f"c{n}") for n in range(10)]
    outcomes = await asyncio.gather(*(store.connections.bind(c, NOON) for c in given))
    assert sorted(outcomes) == [BindOutcome.BOUND] + [BindOutcome.SHOP_TAKEN] * 9


async def test_the_same_binding_twice_at_once(store):
    outcomes = await asyncio.gather(*(store.connections.bind(connection(), NOON) for _ in range(5)))
    assert outcomes == [BindOutcome.BOUND] * 5


async def test_state_says_whose_changed(store):
    for shop_no in (1, 2):
        await store.connections.bind(connection("mall", shop_no, f"c{shop_no}"), NOON)
    await store.connections.bind(connection("other", 1, "c9"), NOON)
    change = store.connections.set_state
    assert await change(MALL, 2, ConnectionState.SUSPENDED) == ["c2"]
    assert await change(MALL, None, ConnectionState.SUSPENDED) == ["c1"]
    assert await change(MALL, None, ConnectionState.SUSPENDED) == []
    assert (await store.connections.of_channel(ChannelId("c9"))).state is ConnectionState.CONNECTED


async def test_settings_change_only_from_the_version_seen(store):
    await store.connections.bind(connection(), NOON)
    change = store.connections.change_settings
    answers = await asyncio.gather(
        *(change(C1, seen=0, settings={"n": n}, secrets={}) for n in range(5)),
    )
    assert sorted(answers, key=str) == [1, None, None, None, None]
    found = await store.connections.of_channel(C1)
    assert found.settings == {"n": answers.index(1)}
    assert await change(ChannelId("nobody"), seen=0, settings={}, secrets={}) is None


async def test_removed_with_all_that_was_kept_for_it(store):
    for n in (1, 2):
        await store.connections.bind(connection("mall", n, f"c{n}"), NOON)
        await store.chats.remember(ChannelId(f"c{n}"), "u", "chat", NOON)
    removed = await store.connections.remove(C1)
    assert removed.shop.channel_id == C1
    assert await store.connections.of_channel(C1) is None
    assert await store.chats.of_user(C1, "u") is None
    assert await store.chats.of_user(ChannelId("c2"), "u") == "chat"
    assert await store.connections.remove(C1) is None


async def test_removing_drops_a_resting_version_too(store):
    """A late settings change of the removed connection must not reach the next one of the same channel."""
    await store.connections.bind(connection(), NOON)
    await store.connections.change_settings(C1, seen=0, settings={"mode": "live"}, secrets={})
    await store.connections.remove(C1)
    await store.connections.bind(connection("other"), NOON)
    late = store.connections.change_settings(C1, seen=1, settings={"mode": "trial"}, secrets={})
    assert await late is None


async def test_secrets_are_sealed_and_bound_to_their_row(store):
    secret = {"sms.apiSecret": "very-secret"}
    await store.connections.bind(connection("mall", 1, "c1", secrets=secret), NOON)
    await store.connections.bind(connection("mall", 2, "c2"), NOON)
    rows = await store.database.read("SELECT * FROM connection")
    assert "very-secret" not in repr(rows)
    await store.database.write(
        """UPDATE connection SET secrets_enc =
        (SELECT secrets_enc FROM connection WHERE channel_id = 'c1') WHERE channel_id = 'c2'"""
    )
    assert (await store.connections.of_channel(ChannelId("c2"))).secrets == {}
