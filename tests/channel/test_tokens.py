"""Channel tokens: issued lazily, kept for every worker, renewed by one of them; on both databases (CHANNEL.md §4)."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from app.channel.client import LEASE, ChannelClient
from app.store.database import OpenDatabase

from .places import APP_ID, CHANNEL, SECRET, AppStore, answering, get_user, tokens_in


@pytest.fixture
def client(store: AppStore, database: OpenDatabase) -> ChannelClient:
    return store.client(tokens_in(database))


async def test_a_token_is_issued_with_the_first_call_and_then_used(store, client):
    assert store.sent == []
    assert (await get_user(client))["user"]["memberId"] == "minji"
    await get_user(client)
    assert store.methods == ["issueToken", "getUser", "getUser"]
    issue, first, second = store.sent
    assert issue.params == {"secret": SECRET, "channelId": CHANNEL}
    assert issue.token is None
    assert issue.path == "/general/v1/native/functions"
    assert first.token == second.token is not None


async def test_the_app_has_a_token_of_its_own(store, client):
    await client.call_as_app("unregisterExtension", appId=APP_ID, systemVersion="v1", extensionName="core")
    await get_user(client)
    issued = [call.params for call in store.sent if call.method == "issueToken"]
    assert issued == [{"secret": SECRET}, {"secret": SECRET, "channelId": CHANNEL}]


async def test_a_restarted_worker_finds_the_token_in_the_store(store, client, database):
    await get_user(client)
    await get_user(store.client(tokens_in(database)))
    assert store.methods.count("issueToken") == 1


@pytest.mark.parametrize(("minutes", "renewed"), [(24.9, 0), (25, 1), (29, 1), (31, 1), (60 * 24 * 8, 1)])
async def test_less_than_five_minutes_before_its_end_a_token_is_refreshed(store, client, minutes, renewed):
    await get_user(client)
    store.clock.forward(minutes=minutes)
    assert (await get_user(client))["user"]["id"] == "u-minji"
    assert store.methods.count("refreshToken") == renewed
    eight_days = minutes > 10_000  # the refresh token has died as well: one refusal, then one issue
    assert store.methods.count("issueToken") == 1 + eight_days


@pytest.mark.parametrize("minutes", [0, 27, 40])
async def test_of_two_workers_one_asks(store, database, minutes):
    """A first token, one that lives for three more minutes, and one that is dead."""
    tokens = tokens_in(database)
    one, other = store.client(tokens), store.client(tokens)
    if minutes:
        await get_user(one)
        store.clock.forward(minutes=minutes)
    before = store.token_calls
    answers = await asyncio.gather(*(get_user(client) for client in (one, other) * 3))
    assert {answer["user"]["id"] for answer in answers} == {"u-minji"}
    assert store.token_calls == before + 1


async def test_a_worker_that_died_while_renewing_is_taken_over_after_its_lease(store, database, client):
    tokens = tokens_in(database)
    assert await tokens.take(CHANNEL, store.clock(), store.clock() + LEASE)
    store.clock.forward(seconds=LEASE.total_seconds())
    assert (await get_user(client))["user"]["id"] == "u-minji"


async def test_while_a_peer_renews_a_living_token_is_used(store, database, client):
    await get_user(client)
    store.clock.forward(minutes=26)
    assert await tokens_in(database).take(CHANNEL, store.clock(), store.clock() + LEASE)
    await get_user(client)
    assert store.token_calls == 1


async def test_a_refused_refresh_is_followed_by_one_issue(store, client):
    await get_user(client)
    store.talk.tokens.end(CHANNEL)  # both tokens die at Channel
    store.clock.forward(minutes=26)
    await get_user(client)
    assert store.methods == ["issueToken", "getUser", "refreshToken", "issueToken", "getUser"]


async def test_nothing_of_a_token_or_the_secret_stands_readable_in_the_store(store, client, database):
    await get_user(client)
    token = store.sent[-1].token
    rows = await database.read("SELECT * FROM channel_token")
    assert rows
    for value in rows[0].values():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        assert token not in text
        assert SECRET not in text


async def test_the_end_of_a_token_counts_from_before_the_call(store, client, database):
    asked_at = store.clock()

    def slow(request: httpx.Request) -> httpx.Response:
        store.clock.forward(seconds=6)
        body = {"result": {"accessToken": "a", "refreshToken": "r", "expiresIn": 1800}}
        return httpx.Response(200, json=body)

    store.breakages.extend([slow, answering(200, {"result": {}})])
    await get_user(client)
    pair = await tokens_in(database).get(CHANNEL)
    assert pair.expires_at == asked_at + timedelta(seconds=1800)
