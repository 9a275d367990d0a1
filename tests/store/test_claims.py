"""Ten thousand claims wait: a page is one statement that an index leads to, and opens no more than it shows."""

import time
from datetime import timedelta

import pytest

from app.clock import to_millis
from app.ids import new_id
from app.ports import Decided, Verdict
from app.store.database import in_transaction
from app.store.sealed import PLAN_CUSTOMER, PLAN_SHOWN
from app.store.values import to_json
from commands.kernel.plan import ReceiptState, Settled
from commands.kernel.who import ChannelId, MallId

from .given import NOON, keys

MALL, C1 = MallId("mall"), ChannelId("c1")
KINDS = ("return:defective", "return:deliveryError", "exchange:defective")
MANY = 10_000
_PLAN = """INSERT INTO plan (mall_id, id, shop_no, channel_id, command, order_id, customer_enc, seen, shown_enc,
    settings_version, created_at, expires_at)
VALUES ('mall', :id, 1, :channel, 'fake', :order_id, :customer, 'v', :shown, 1, :at, :at)"""
_INTENT = """INSERT INTO intent (mall_id, id, plan_id, job_id, order_id, state, by_kind, by_id, at, finished, stale,
    answered, channel_id, kind, due_at, verdict, decided_by, decided_at)
VALUES ('mall', :id, :id, :id, :order_id, :state, 'user', 'u', :at, 1, 0, 1, :channel, :kind, :due,
    :verdict, :by, :decided)"""


async def fill(store, count, *, verdict=None, state="pending", channel="c1"):
    """`count` claims, a second apart; the decided ones an hour after each. Answers their ids, oldest first."""
    ids = []

    async def work(statements):
        ids.clear()
        for n in range(count):
            at = NOON + timedelta(seconds=n)
            id_ = new_id(at)
            ids.append(id_)
            names = {"id": id_, "order_id": f"o{n}", "channel": channel, "at": to_millis(at)}
            sealed = {"customer": PLAN_CUSTOMER.seal(keys(), CUSTOMER, "mall", id_)}
            sealed |= {"shown": PLAN_SHOWN.seal(keys(), SHOWN, "mall", id_)}
            await statements.run(_PLAN, **names, **sealed)
            decided = {"verdict": verdict, "by": verdict and "manager:m", "decided": None, "due": None}
            decided |= {"decided": names["at"] + 3_600_000} if verdict else {"due": names["at"] + 7_200_000}
            await statements.run(_INTENT, **names, state=state, kind=KINDS[n % 3], **decided)

    await in_transaction(store.database, work)
    return ids


CUSTOMER = to_json(
    {"customer": {"kind": "member", "member_id": "sujin", "proven": True}, "reach": {"user_id": "u"}}
).encode()
SHOWN = to_json({"items": []}).encode()


async def page(store, **given):
    asked = {"after": None, "limit": 100, "kind": None} | given
    return [claim.intent.id for claim in await store.claims.waiting(MALL, C1, **asked)]


async def decided(store, **given):
    asked = {"before": None, "limit": 100, "kind": None} | given
    return await store.claims.decided(MALL, C1, **asked)


async def plan_of(store, statement, **params):
    """What the database means to do, as text."""
    if store.database.url.startswith("sqlite"):
        rows = await store.database.read(f"EXPLAIN QUERY PLAN {statement}", **params)
    else:
        await store.database.write("ANALYZE intent")
        rows = await store.database.read(f"EXPLAIN {statement}", **params)
    return repr([list(row.values()) for row in rows])


async def test_pages_follow_one_another(store):
    ids = await fill(store, 25)
    await fill(store, 3, channel="c2")
    first = await page(store, limit=10)
    second = await page(store, limit=10, after=first[-1])
    assert first + second + await page(store, limit=10, after=second[-1]) == ids
    assert await page(store, kind=KINDS[2]) == ids[2::3]
    assert await page(store, kind=KINDS[2], after=ids[2], limit=2) == ids[5:9:3]
    assert await store.claims.kinds(MALL, C1) == {KINDS[0]: 9, KINDS[1]: 8, KINDS[2]: 8}


async def test_the_decided_newest_first_and_not_what_customers_took_back(store):
    ids = await fill(store, 12, verdict="approved", state="requested")
    await fill(store, 4, verdict="withdrawn", state="withdrawn")
    await fill(store, 4)
    first = await decided(store, limit=7)
    last = first[-1].intent
    second = await decided(store, limit=7, before=(last.decided.at, last.id))
    assert [claim.intent.id for claim in [*first, *second]] == ids[::-1]
    assert first[0].intent.decided.by == "manager:m"


async def test_ten_thousand_wait_no_slower(store):
    ids = await fill(store, MANY)
    seen = []
    store.database.on_statement = seen.append
    begun = time.perf_counter()
    found = await store.claims.waiting(MALL, C1, after=ids[MANY // 2], limit=101, kind=KINDS[0])
    took = time.perf_counter() - begun
    store.database.on_statement = None
    assert len(seen) == 1
    assert len(found) == 101
    assert (found[0].customer.member_id, found[0].shown) == ("sujin", {"items": []})
    assert took < 1.0, "ten thousand are not opened for a hundred"
    how = await plan_of(store, seen[0], mall_id=MALL, channel_id=C1, after=ids[0], kind=KINDS[0], at_most=101)
    assert "ix_intent_waiting" in how
    assert "TEMP B-TREE" not in how
    assert "Sort" not in how


async def test_the_decided_and_the_due_are_led_to_by_an_index(store):
    await fill(store, 2_000, verdict="approved", state="requested")
    await fill(store, 200)
    seen = []
    store.database.on_statement = seen.append
    await decided(store, limit=30)
    await store.claims.due(NOON, 10)
    store.database.on_statement = None
    assert "ix_intent_decided" in await plan_of(store, seen[0], mall_id=MALL, channel_id=C1, at_most=30)
    assert "ix_intent_due" in await plan_of(store, seen[1], now=to_millis(NOON), at_most=10)


async def test_due_and_put_off_once(store):
    ids = await fill(store, 3)
    hours = timedelta(hours=2)
    assert await store.claims.due(NOON + hours - timedelta(seconds=1), 10) == []
    due = await store.claims.due(NOON + hours + timedelta(seconds=1), 10)
    assert [intent.id for intent in due] == ids[:2]
    later = NOON + timedelta(days=2)
    assert await store.claims.put_off(due[0], later) is True
    assert await store.claims.put_off(due[0], later) is False
    assert [intent.id for intent in await store.claims.due(NOON + timedelta(days=1), 10)] == ids[1:]
    moved = await store.intents.move(
        due[1], Settled(ReceiptState.WITHDRAWN), NOON, decided=Decided(Verdict.WITHDRAWN, "user", NOON)
    )
    assert moved.waits.due_at is None
    assert await store.claims.put_off(due[1], later) is False


async def test_a_claim_that_no_key_opens_is_in_the_queue_without_its_content(store):
    (id_,) = await fill(store, 1)
    await store.database.write("UPDATE plan SET customer_enc = :enc, shown_enc = :enc", enc=b"x")
    claim = await store.claims.one(MALL, C1, id_)
    assert (claim.intent.id, claim.customer, claim.shown) == (id_, None, {})


@pytest.mark.parametrize(("mall", "channel"), [("mall", "c2"), ("other", "c1")])
async def test_of_another_channel_or_mall(store, mall, channel):
    (id_,) = await fill(store, 1)
    assert await store.claims.one(MallId(mall), ChannelId(channel), id_) is None
