import asyncio
from datetime import timedelta

from app.ports import AuditLine, KeptToken
from commands.kernel.who import ChannelId, MallId

from .given import NOON

C1, MALL = ChannelId("c1"), MallId("mall")
SOON = NOON + timedelta(seconds=30)


async def test_once_is_once(store):
    first = store.once.first
    answers = await asyncio.gather(*(first("nonce", "k", NOON, SOON, str(n)) for n in range(8)))
    assert sum(answers) == 1
    assert await store.once.peek("nonce", "k", NOON) == str(answers.index(True))
    assert await first("launch", "k", NOON, SOON) is True


async def test_once_again_when_its_life_is_over(store):
    assert await store.once.first("nonce", "k", NOON, SOON, "old")
    assert await store.once.peek("nonce", "k", SOON) is None
    assert await store.once.take("nonce", "k", SOON) is None
    assert await store.once.first("nonce", "k", SOON, SOON + timedelta(seconds=1), "new")
    assert await store.once.peek("nonce", "k", SOON) == "new"


async def test_exactly_one_taker(store):
    await store.once.first("nonce", "k", NOON, SOON)
    taken = await asyncio.gather(*(store.once.take("nonce", "k", NOON) for _ in range(8)))
    assert [one for one in taken if one is not None] == [""]


async def test_once_keeps_nothing_readable(store):
    await store.once.first("nonce", "the-key", NOON, SOON, "the-value")
    stored = repr(await store.database.read("SELECT * FROM once"))
    assert "the-key" not in stored
    assert "the-value" not in stored


async def test_the_latest_chat_stays_whatever_the_order(store):
    await store.chats.remember(C1, "u", "newer", SOON)
    await store.chats.remember(C1, "u", "older", NOON)
    assert await store.chats.of_user(C1, "u") == "newer"
    assert await store.chats.of_user(ChannelId("c2"), "u") is None


async def test_audit_newest_first(store):
    lines = [
        AuditLine(C1, f"act.{n}", "m1", "s", NOON, MALL, facts={"n": n, "ok": True, "none": None})
        for n in range(3)
    ]
    for line in (*lines, AuditLine(ChannelId("c2"), "else", "m", "s", SOON)):
        await store.audit.add(line)
    assert await store.audit.newest(C1, 2) == [lines[2], lines[1]]
    assert [line.mall_id for line in await store.audit.newest(ChannelId("c2"), 9)] == [None]


async def test_channel_token_lease_before_the_first_token(store):
    tokens = store.channel_tokens
    taken = await asyncio.gather(*(tokens.take("", NOON, SOON) for _ in range(6)))
    assert sum(taken) == 1
    assert await tokens.get("") is None
    kept = KeptToken("access-secret", "refresh-secret", SOON)
    await tokens.put("", kept)
    assert await tokens.get("") == kept
    assert await tokens.take("", NOON, SOON) is True
    assert await tokens.take("", NOON, SOON) is False
    assert await tokens.take("", SOON, SOON + timedelta(seconds=1)) is True
    await tokens.release("")
    assert await tokens.take("", NOON, SOON) is True
    await tokens.drop("")
    assert await tokens.get("") is None
    assert "secret" not in repr(await store.database.read("SELECT * FROM channel_token"))


async def test_a_delivery_is_kept_once_until_settled(store):
    keep = store.deliveries.keep
    body = b'{"event_no": 90026, "buyer": "\xea\xb0\x80"}'
    answers = await asyncio.gather(*(keep(MALL, "trace-1", body, NOON) for _ in range(5)))
    assert sum(answers) == 1
    assert await keep(MallId("other"), "trace-1", b"x", NOON) is True
    assert await store.deliveries.open_body(MALL, "trace-1") == body
    assert b"buyer" not in (await store.database.read("SELECT body_enc FROM webhook_delivery"))[0]["body_enc"]
    await store.deliveries.settle(MALL, "trace-1", SOON)
    assert await store.deliveries.open_body(MALL, "trace-1") is None
    assert await store.deliveries.open_body(MallId("other"), "trace-1") == b"x"
    assert await store.deliveries.open_body(MALL, "unknown") is None
    assert await keep(MALL, "trace-1", body, SOON) is False
