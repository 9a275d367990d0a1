"""Native calls that are refused, lost or late, against the simulated AppStore (CHANNEL.md §4, §5)."""

import asyncio

import httpx
import pytest

from app.channel.client import ChannelClient
from app.errors import OffContract, OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable
from app.store.channel_tokens import SqlChannelTokens

from .places import APP_ID, CHANNEL, SECRET, AppStore, answering, get_user, refusing

TIMED_OUT = httpx.ReadTimeout("silence")
NO_CONNECTION = httpx.ConnectError("refused")


@pytest.fixture
def client(store: AppStore, kept: SqlChannelTokens) -> ChannelClient:
    return store.client(kept)


async def write(client: ChannelClient, **dto: object) -> dict:
    words = {"plainText": "안녕하세요"} | dto
    return await client.call(
        CHANNEL, "writeUserChatMessage", channelId=CHANNEL, userChatId="chat-minji", dto=words
    )


# ── refusals of the token calls ─────────────────────────────────────────────────────────────────────────────
async def test_the_limit_of_ten_is_not_hammered(store, client):
    """The limit comes as HTTP 200 with its own type; while it lasts, one call in three minutes at most."""
    store.talk.tokens.calls, store.talk.tokens._window_from = 10, store.clock()
    for _ in range(180):  # half an hour of customers, one in ten seconds
        with pytest.raises(Throttled) as caught:
            await get_user(client)
        assert 0 < caught.value.retry_after <= 180
        store.clock.forward(seconds=10)
    assert store.token_calls == 10
    await get_user(client)


async def test_the_limit_is_the_apps_own_so_it_stops_every_channel(store, client):
    store.breakages.append(refusing("tooManyRequests"))
    for channel_id in (CHANNEL, "ch-other"):
        with pytest.raises(Throttled):
            await client.call(channel_id, "getUser", channelId=channel_id, userId="u")
    assert store.token_calls == 1


async def test_a_channel_that_removed_us_pauses_itself_only(store, client):
    store.talk.installed = False
    for _ in range(3):
        with pytest.raises((Rejected, Throttled)):
            await get_user(client)
    assert store.token_calls == 1
    await client.call_as_app("unregisterExtension", appId=APP_ID, systemVersion="v1", extensionName="core")
    store.talk.installed = True
    client.forget(CHANNEL)
    assert (await get_user(client))["user"]["id"] == "u-minji"


async def test_a_wrong_secret_says_so_once_and_then_waits(store, kept):
    client = store.client(kept, secret="wrong")
    with pytest.raises(Unauthorized):
        await get_user(client)
    with pytest.raises(Throttled):
        await get_user(client)
    assert store.methods == ["issueToken"]


async def test_no_connection_is_no_refusal(store, client):
    store.breakages.extend([NO_CONNECTION, NO_CONNECTION])
    for _ in range(2):
        with pytest.raises(Unavailable):
            await get_user(client)
    assert (await get_user(client))["user"]["id"] == "u-minji"


async def test_pauses_after_silence_grow(store, client):
    store.breakages.extend([TIMED_OUT] * 20)
    asked = []
    for _ in range(60):
        with pytest.raises((OutcomeUnknown, Throttled)):
            await get_user(client)
        asked.append(store.token_calls)
        store.clock.forward(seconds=1)
    assert asked[0] == 1
    assert asked[-1] <= 8


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"accessToken": "", "refreshToken": "r", "expiresIn": 1800},
        {"accessToken": "a", "refreshToken": "", "expiresIn": 1800},
        {"accessToken": "a", "refreshToken": "r", "expiresIn": 0},
        {"accessToken": "a", "refreshToken": "r", "expiresIn": True},
        {"accessToken": "a", "refreshToken": "r", "expiresIn": "1800"},
        {"accessToken": 7, "refreshToken": "r", "expiresIn": 1800},
    ],
)
async def test_a_token_answer_that_makes_no_sense_is_never_used(store, client, answer):
    store.breakages.append(answering(200, {"result": answer}))
    with pytest.raises(OffContract):
        await get_user(client)
    assert store.methods == ["issueToken"]


async def test_a_cancelled_caller_gives_the_lease_back(store, kept):
    waiting = asyncio.Event()

    class Stuck(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            waiting.set()
            await asyncio.Event().wait()
            raise AssertionError

    http = httpx.AsyncClient(transport=Stuck())
    stuck = ChannelClient(http, kept, store.clock, base_url="http://appstore", app_id=APP_ID, secret=SECRET)
    call = asyncio.create_task(get_user(stuck))
    await waiting.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await get_user(store.client(kept)))["user"]["id"] == "u-minji"


# ── refusals of the call itself ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("refusal", [refusing("unauthorized"), answering(401), answering(403, {"error": {}})])
async def test_a_refused_token_is_dropped_and_the_call_made_once_more(store, client, refusal):
    store.breakages.extend([None, refusal])
    assert (await get_user(client))["user"]["id"] == "u-minji"
    assert store.methods == ["issueToken", "getUser", "issueToken", "getUser"]
    assert store.sent[1].token != store.sent[3].token


async def test_calls_that_are_refused_with_every_token_cost_few_of_them(store, client):
    """A right that nobody ticked may look like a dead token."""
    store.talk.faults.inject("401_expired", path="getUser", times=1000)
    for _ in range(90):  # a quarter of an hour
        with pytest.raises(Unauthorized):
            await get_user(client)
        store.clock.forward(seconds=10)
    assert store.token_calls == 1 + 5


async def test_a_token_that_a_peer_renewed_meanwhile_is_not_dropped(store, kept):
    one, other = store.client(kept), store.client(kept)
    await get_user(one)
    stale = store.sent[-1].token
    store.clock.forward(minutes=26)
    await get_user(other)
    assert await one._given_up(CHANNEL, stale)
    await get_user(one)
    assert store.token_calls == 2


@pytest.mark.parametrize(
    ("_case", "breakage", "error"),
    [
        ("refused", refusing("notFound"), Rejected),
        ("refused, other status", refusing("invalidParams", 400), Rejected),
        ("400 without a reason", answering(400, {}), Rejected),
        ("throttled by status", answering(429, {}, **{"retry-after": "7"}), Throttled),
        ("throttled by type", refusing("tooManyRequests"), Throttled),
        ("a page", answering(200), OffContract),
        ("a list", answering(200, [1]), OffContract),
    ],
)
async def test_refusals_are_typed_and_never_repeated(store, client, _case, breakage, error):
    store.breakages.extend([None, breakage])
    with pytest.raises(error) as caught:
        await get_user(client)
    assert type(caught.value) is error
    assert store.methods == ["issueToken", "getUser"]
    if _case == "throttled by status":
        assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    "breakage", [NO_CONNECTION, TIMED_OUT, answering(500), answering(502), answering(504)]
)
async def test_a_read_is_tried_twice_and_then_surely_had_no_effect(store, client, breakage):
    store.breakages.extend([None, breakage])
    assert (await get_user(client))["user"]["id"] == "u-minji"
    store.breakages.extend([breakage, breakage])
    with pytest.raises(Unavailable):
        await get_user(client)
    assert store.methods.count("getUser") == 4


async def test_a_write_without_a_request_id_is_never_repeated(store, client):
    for breakage, error in (
        (TIMED_OUT, OutcomeUnknown),
        (answering(504), OutcomeUnknown),
        (NO_CONNECTION, Unavailable),
    ):
        await get_user(client)
        store.sent.clear()
        store.breakages.append(breakage)
        with pytest.raises(error):
            await write(client)
        assert store.methods == ["writeUserChatMessage"]
    assert store.chat.messages == []


async def test_a_write_with_a_request_id_is_repeated_and_arrives_once(store, client):
    store.talk.faults.inject("timeout_after_effect", path="writeUserChatMessage")
    answer = await write(client, requestId="note-1")
    assert answer["message"]["requestId"] == "note-1"
    assert store.methods.count("writeUserChatMessage") == 2
    assert len(store.chat.messages) == 1


async def test_a_write_that_times_out_twice_may_have_happened(store, client):
    store.talk.faults.inject("timeout_after_effect", path="writeUserChatMessage", times=2)
    with pytest.raises(OutcomeUnknown):
        await write(client, requestId="note-1")
    assert len(store.chat.messages) == 1


async def test_errors_hold_no_token_and_no_secret(store, client):
    store.breakages.extend([None, answering(400, {"error": {"type": "invalidParams", "message": SECRET}})])
    with pytest.raises(Rejected) as caught:
        await get_user(client)
    assert SECRET not in str(caught.value)
    assert store.sent[-1].token not in str(caught.value)
