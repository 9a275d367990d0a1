"""Who refreshes, how often, and what is left after a crash."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from app.cafe24.oauth import InvalidGrant, OAuth, OAuthSettings
from app.cafe24.tokens import LEASE, TokenSource
from app.errors import OutcomeUnknown, Unauthorized, Unavailable
from app.ports import Connection, ConnectionState
from commands.kernel.who import MallId
from tests.cafe24.doubles import HANOK, MemoryConnections, MemoryTokens, Time, pair

MALL = MallId("hanokmall")


class Cafe24:
    """Rotating refresh tokens: one use each. `fails` are raised first; `lost` ones after rotating."""

    def __init__(self, time, good="refresh-1"):
        self.time = time
        self.good = good
        self.calls = []
        self.fails = []
        self.lost = 0
        self.pause = 0

    async def refresh(self, mall_id, refresh_token):
        self.calls.append(refresh_token)
        for _ in range(self.pause):
            await asyncio.sleep(0)
        if self.fails:
            raise self.fails.pop(0)
        if refresh_token != self.good:
            raise InvalidGrant("cafe24", "refresh", status=400, wire_code="invalid_grant")
        serial = int(self.good.split("-")[1]) + 1
        self.good = f"refresh-{serial}"
        if self.lost:
            self.lost -= 1
            raise OutcomeUnknown("cafe24", "refresh")
        return pair(self.time, f"access-{serial}", self.good)


class World:
    def __init__(self):
        self.time = Time()
        self.cafe24 = Cafe24(self.time)
        self.store = MemoryTokens()
        self.connections = MemoryConnections([Connection(HANOK, ConnectionState.CONNECTED, "hanokmall")])
        self.store.pairs[MALL] = pair(self.time)
        self.store.generations[MALL] = 0
        self.store.issued[MALL] = self.time.now()

    def process(self):
        """Another worker: its own memory, the same store."""

        async def sleep(seconds):
            self.time.passes(seconds=seconds)
            await asyncio.sleep(0)

        return TokenSource(
            store=self.store,
            oauth=self.cafe24,
            connections=self.connections,
            clock=self.time.now,
            sleep=sleep,
        )

    @property
    def state(self):
        return self.connections.rows[0].state


@pytest.fixture
def world():
    return World()


async def test_a_living_token_asks_nobody(world):
    assert (await world.process().access(MALL)).access == "access-1"
    assert world.cafe24.calls == []


async def test_renewed_five_minutes_before_the_end(world):
    source = world.process()
    world.time.passes(minutes=116)
    assert (await source.access(MALL)).access == "access-2"
    assert (await source.access(MALL)).access == "access-2"
    assert world.cafe24.calls == ["refresh-1"]
    assert world.store.pairs[MALL].refresh == "refresh-2"


@pytest.mark.parametrize("workers", [1, 2, 5])
async def test_many_at_once_make_one_refresh(world, workers):
    world.cafe24.pause = 5
    world.time.passes(hours=3)
    sources = [world.process() for _ in range(workers)]
    pairs = await asyncio.gather(*(source.access(MALL) for source in sources for _ in range(4)))
    assert {p.access for p in pairs} == {"access-2"}
    assert world.cafe24.calls == ["refresh-1"]


async def test_a_401_after_a_peers_refresh_takes_the_peers_pair(world):
    mine, theirs = world.process(), world.process()
    seen = await mine.access(MALL)
    await theirs.renewed(MALL, seen)
    assert (await mine.renewed(MALL, seen)).access == "access-2"
    assert len(world.cafe24.calls) == 1


async def test_the_new_pair_is_stored_before_it_is_used(world):
    source = world.process()
    new = await source.renewed(MALL, await source.access(MALL))
    assert world.store.pairs[MALL].access == new.access
    assert world.store.pairs[MALL].generation == new.generation


async def test_a_crash_between_answer_and_commit_is_reported_never_looped(world):
    """The first worker got an answer and died: the old token is dead, the new one lost."""
    seen = world.store.pairs[MALL]
    assert await world.store.take_refresh(MALL, 0, world.time.now() + LEASE, world.time.now()) == 1
    await world.cafe24.refresh(MALL, "refresh-1")
    world.time.passes(hours=3)
    source = world.process()
    with pytest.raises(Unauthorized):
        await source.renewed(MALL, seen)
    assert world.cafe24.calls == ["refresh-1", "refresh-1"]
    assert world.state is ConnectionState.RECONNECT
    for _ in range(5):
        with pytest.raises(Unauthorized):
            await source.access(MALL)
    assert len(world.cafe24.calls) == 2


async def test_a_crash_before_the_call_is_survived(world):
    seen = world.store.pairs[MALL]
    await world.store.take_refresh(MALL, 0, world.time.now() + LEASE, world.time.now())
    world.time.passes(hours=3)
    assert (await world.process().renewed(MALL, seen)).access == "access-2"
    assert world.state is ConnectionState.CONNECTED


async def test_a_silent_refresh_is_tried_once_more(world):
    world.cafe24.fails = [OutcomeUnknown("cafe24", "refresh")]
    source = world.process()
    assert (await source.renewed(MALL, await source.access(MALL))).access == "access-2"
    assert world.cafe24.calls == ["refresh-1", "refresh-1"]


async def test_a_refresh_that_worked_silently_ends_in_reconnect(world):
    world.cafe24.lost = 1
    source = world.process()
    with pytest.raises(InvalidGrant):
        await source.renewed(MALL, await source.access(MALL))
    assert world.state is ConnectionState.RECONNECT
    assert len(world.cafe24.calls) == 2


async def test_a_day_of_silence_stays_under_fifteen_requests_in_two_hours(world):
    world.cafe24.fails = [OutcomeUnknown("cafe24", "refresh")] * 10_000
    world.time.passes(hours=3)
    sources = [world.process() for _ in range(3)]
    began = world.time.now()
    while world.time.now() - began < timedelta(hours=2):
        for source in sources:
            with pytest.raises(Unavailable):
                await source.access(MALL)
        world.time.passes(seconds=10)
    assert 3 <= len(world.cafe24.calls) <= 15
    assert world.state is ConnectionState.CONNECTED


async def test_no_connection_gives_the_lease_back(world):
    world.cafe24.fails = [Unavailable("cafe24", "token")]
    source = world.process()
    world.time.passes(hours=3)
    with pytest.raises(Unavailable):
        await source.access(MALL)
    assert (await source.access(MALL)).access == "access-2"


async def test_a_token_still_alive_serves_while_the_refresh_fails(world):
    world.cafe24.fails = [Unavailable("cafe24", "token")]
    world.time.passes(minutes=117)
    assert (await world.process().access(MALL)).access == "access-1"


async def test_a_wrong_client_secret_kills_no_mall(world):
    world.cafe24.fails = [Unauthorized("cafe24", "refresh", status=401, wire_code="invalid_client")]
    world.time.passes(hours=3)
    with pytest.raises(Unauthorized):
        await world.process().access(MALL)
    assert world.state is ConnectionState.CONNECTED
    assert MALL in world.store.pairs


async def test_a_new_consent_during_a_refresh_wins(world):
    source = world.process()
    seen = await source.access(MALL)
    original = world.cafe24.refresh

    async def slow(mall_id, token):
        new = await original(mall_id, token)
        await world.store.put(MALL, pair(world.time, "access-consent", "refresh-consent"))
        return new

    world.cafe24.refresh = slow
    assert (await source.renewed(MALL, seen)).access == "access-consent"
    assert world.store.pairs[MALL].refresh == "refresh-consent"


async def test_an_old_401_does_not_kill_a_new_consent(world):
    source = world.process()
    old = await source.access(MALL)
    await world.store.put(MALL, pair(world.time, "access-consent", "refresh-consent"))
    await source.give_up(MALL, old)
    assert world.state is ConnectionState.CONNECTED
    assert (await source.access(MALL)).access == "access-consent"


async def test_a_suspended_shop_stays_suspended(world):
    await world.connections.set_state(MALL, 1, ConnectionState.SUSPENDED)
    source = world.process()
    await source.give_up(MALL, await source.access(MALL))
    assert world.state is ConnectionState.SUSPENDED


async def test_idle_malls_are_renewed_in_time(world):
    source = world.process()
    assert await source.refresh_idle(world.time.now()) == 0
    world.time.passes(days=10, hours=1)
    assert await source.refresh_idle(world.time.now()) == 1
    assert await source.refresh_idle(world.time.now()) == 0
    assert world.cafe24.calls == ["refresh-1"]


# ── the token endpoint on the wire ──────────────────────────────────────────────────────────────────────────
def oauth(time, handler):
    settings = OAuthSettings(
        client_id="client", client_secret="s:ecret", redirect_uri="https://jumun.example/cafe24/callback"
    )
    return OAuth(httpx.AsyncClient(transport=httpx.MockTransport(handler)), settings, clock=time.now)


TOKEN = {
    "access_token": "a",
    "expires_at": "2026-11-21T14:00:00.000",
    "refresh_token": "r",
    "refresh_token_expires_at": "2026-12-05T12:00:00.000",
    "client_id": "client",
    "mall_id": "hanokmall",
    "user_id": "hanokmall",
    "scopes": ["mall.read_order"],
    "issued_at": "2026-11-21T12:00:00.000",
    "shop_no": "1",
    "token_type": "Bearer",
}


async def test_korean_stamps_are_not_believed():
    """Read as UTC they would make the token nine hours too long-lived."""
    time = Time()
    made = await oauth(time, lambda _: httpx.Response(200, json=TOKEN)).refresh(MALL, "r0")
    assert made.expires_at == time.now() + timedelta(hours=2)
    assert made.refresh_expires_at == time.now() + timedelta(days=14)
    skewed = TOKEN | {"expires_at": "nonsense", "issued_at": None}
    again = await oauth(time, lambda _: httpx.Response(200, json=skewed)).refresh(MALL, "r0")
    assert replace(again) == made


async def test_credentials_stand_in_the_header_only():
    seen = []

    def handler(request):
        seen.append(request)
        return httpx.Response(200, json=TOKEN)

    await oauth(Time(), handler).exchange(MALL, "code-1")
    (request,) = seen
    assert request.headers["Authorization"] == "Basic Y2xpZW50OnM6ZWNyZXQ="
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert b"ecret" not in request.read()
    assert b"grant_type=authorization_code&code=code-1&redirect_uri=https%3A%2F%2F" in request.read()


def test_scopes_are_separated_by_commas():
    url = oauth(Time(), lambda _: httpx.Response(500)).authorize_url(MALL, "state-1")
    assert url.startswith("https://hanokmall.cafe24api.com/api/v2/oauth/authorize?response_type=code&")
    assert "scope=mall.read_application,mall.read_order,mall.write_order," in url
    assert "+" not in url
    assert "%20" not in url


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), InvalidGrant),
        (httpx.Response(400, json={"error": "invalid_request"}), Unauthorized),
        (httpx.Response(401, json={"error": "invalid_client", "error_description": "x"}), Unauthorized),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.Response(504, html="<p>"), OutcomeUnknown),
        (httpx.Response(200, html="<p>"), OutcomeUnknown),
        (httpx.Response(429), Unavailable),
        (httpx.ReadTimeout("x"), OutcomeUnknown),
        (httpx.ConnectTimeout("x"), Unavailable),
    ],
)
async def test_what_a_failing_token_request_means(answer, raised):
    def handler(_):
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(raised) as failed:
        await oauth(Time(), handler).refresh(MALL, "r0")
    assert isinstance(failed.value, InvalidGrant) == (raised is InvalidGrant)


async def test_tokens_of_another_mall_are_refused():
    with pytest.raises(Exception, match="another mall"):
        await oauth(Time(), lambda _: httpx.Response(200, json=TOKEN | {"mall_id": "othermall"})).refresh(
            MALL, "r"
        )
