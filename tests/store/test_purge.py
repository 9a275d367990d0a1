"""What ends is gone; what lives is untouched."""

from datetime import timedelta

import pytest

from app.clock import to_millis
from app.ports import AuditLine, ConnectionState
from app.store.purge import purge
from commands.kernel.who import ChannelId, MallId

from .given import NOON, connection, pair, pairing

C1, MALL = ChannelId("c1"), MallId("mall")
MOMENT = timedelta(minutes=1)


async def count(store, table, where="1 = 1"):
    return (await store.database.read(f"SELECT count(*) AS n FROM {table} WHERE {where}"))[0]["n"]


async def lives_until(store, table, age, where="1 = 1"):
    await purge(store.database, NOON + age - MOMENT)
    assert await count(store, table, where) == 1
    await purge(store.database, NOON + age)
    assert await count(store, table, where) == 0


async def test_verifications_for_a_day(store):
    await store.database.write(
        """INSERT INTO sms_verification (id, channel_id, chat_user_id, purpose, phone_hash, phone_enc, key_id,
            attempts, max_attempts, created_at, expires_at, resend_after, state)
        VALUES ('1', 'c', 'u', 'orders', 'h', :enc, 'k', 0, 5, :at, :at, :at, 'pending')""",
        enc=b"x",
        at=to_millis(NOON),
    )
    await lives_until(store, "sms_verification", timedelta(hours=24))


async def test_sms_counters_for_eight_days(store):
    await store.database.write(
        """INSERT INTO sms_event (id, at, kind, channel_id, chat_user_id, phone_hash, block_hash)
        VALUES ('1', :at, 'sent', 'c', 'u', 'h', 'b')""",
        at=to_millis(NOON),
    )
    await lives_until(store, "sms_event", timedelta(days=8))


@pytest.mark.parametrize(
    ("ends", "age"),
    [(timedelta(minutes=30), timedelta(minutes=30)), (timedelta(hours=12), timedelta(hours=2))],
)
async def test_phone_sessions_until_their_end_or_idle(store, ends, age):
    await store.database.write(
        """INSERT INTO phone_session (channel_id, chat_user_id, id, phone_enc, phone_hash, orderer_tries,
            created_at, last_seen_at, ends_at)
        VALUES ('c', 'u', '1', :enc, 'h', 0, :at, :at, :ends)""",
        enc=b"x",
        at=to_millis(NOON),
        ends=to_millis(NOON + ends),
    )
    await lives_until(store, "phone_session", age)


async def test_once_until_its_end(store):
    await store.once.first("nonce", "k", NOON, NOON + timedelta(hours=1))
    await lives_until(store, "once", timedelta(hours=1))


async def test_pairings_without_tokens_a_day_after_their_end(store):
    await store.pairings.start(pairing(), "s")
    await lives_until(store, "pairing", timedelta(minutes=10, hours=24))


async def test_tokens_that_wait_to_be_revoked_stay_for_it(store):
    await store.pairings.start(pairing(), "s")
    await store.pairings.consume_state("s", NOON)
    await store.pairings.hold("p1", pair(), [], "t", NOON)
    await purge(store.database, NOON + timedelta(days=13))
    assert len(await store.pairings.lapsed(NOON + timedelta(days=13))) == 1


async def test_webhook_bodies_a_day_after_settling_hashes_longer(store):
    await store.deliveries.keep(MALL, "k", b"x", NOON)
    await purge(store.database, NOON + timedelta(days=5))
    assert await store.deliveries.open_body(MALL, "k") == b"x"
    await store.deliveries.settle(MALL, "k", NOON)
    await lives_until(store, "webhook_delivery", timedelta(hours=24), "body_enc IS NOT NULL")
    assert await store.deliveries.keep(MALL, "k", b"x", NOON) is False
    await lives_until(store, "webhook_delivery", timedelta(days=30))


async def test_audit_lines_of_phone_checks_for_ninety_days(store):
    for act in ("phone.sent", "settings.changed"):
        await store.audit.add(AuditLine(C1, act, "u", "s", NOON))
    await lives_until(store, "audit_line", timedelta(days=90), "act = 'phone.sent'")
    assert [line.act for line in await store.audit.newest(C1, 9)] == ["settings.changed"]


async def alive(store):
    return await store.mall_tokens.get(MALL) is not None


async def test_tokens_of_a_suspended_mall_for_a_day(store, clock):
    await store.mall_tokens.put(MALL, pair())
    await store.connections.bind(connection("mall", 1, "c1"), NOON)
    await store.connections.bind(connection("mall", 2, "c2"), NOON)
    suspended = clock.pass_(days=30)
    await store.connections.set_state(MALL, 1, ConnectionState.SUSPENDED)
    await purge(store.database, suspended + timedelta(days=5))
    assert await alive(store), "the other shop still uses them"
    await store.connections.set_state(MALL, 2, ConnectionState.SUSPENDED)
    await purge(store.database, suspended + timedelta(hours=24) - MOMENT)
    assert await alive(store)
    await purge(store.database, suspended + timedelta(hours=24))
    assert not await alive(store)


async def test_tokens_without_a_connection_for_a_day(store):
    await store.mall_tokens.put(MALL, pair())
    await purge(store.database, NOON + timedelta(hours=24) - MOMENT)
    assert await alive(store)
    await purge(store.database, NOON + timedelta(hours=24))
    assert not await alive(store)
