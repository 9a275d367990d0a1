"""Small in-memory neighbours, and a mall on the wire."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from app.cafe24.carriers import Carriers
from app.cafe24.client import Cafe24Client, Called, ClientSettings
from app.cafe24.gateway import Cafe24Orders
from app.cafe24.limiter import Limiter, MemoryRates
from app.cafe24.oauth import REQUIRED_SCOPES, OAuth, OAuthSettings
from app.cafe24.tokens import TokenSource
from app.ports import BindOutcome, Connection, ConnectionState, Pairing, TokenPair
from app.sandbox.cafe24.routes import cafe24_app
from app.sandbox.cafe24.state import Mall, Malls, load_shop
from commands.kernel.calendar import KST
from commands.kernel.who import ChannelId, MallId, Shop

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=KST)
HANOK = Shop(MallId("hanokmall"), 1, ChannelId("channel-1"), "한옥상점")
SHOPS = Path(__file__).parents[2] / "fixtures" / "shops"
CLIENT_ID = "jumun-test-client"
CLIENT_SECRET = "test_client_secret"
ALL_SCOPES = frozenset({*REQUIRED_SCOPES, "mall.read_privacy"})


class Time:
    """A clock that moves only when somebody sleeps or a test says so."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    def passes(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class MemoryTokens:
    """`MallTokens`: one row a mall, the compare-and-set rules of the port."""

    pairs: dict[str, TokenPair] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    leases: dict[str, datetime] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    issued: dict[str, datetime] = field(default_factory=dict)

    async def get(self, mall_id: MallId) -> TokenPair | None:
        return self.pairs.get(mall_id)

    async def put(self, mall_id: MallId, pair: TokenPair) -> None:
        generation = self.generations.get(mall_id, -1) + 1
        self._keep(mall_id, replace(pair, generation=generation))

    async def take_refresh(self, mall_id: MallId, generation: int, until: datetime, now: datetime) -> int:
        pair = self.pairs.get(mall_id)
        if pair is None or pair.generation != generation or self.leases.get(mall_id, now) > now:
            return 0
        self.leases[mall_id] = until
        self.attempts[mall_id] = self.attempts.get(mall_id, 0) + 1
        return self.attempts[mall_id]

    async def rotate(self, mall_id: MallId, seen: int, pair: TokenPair) -> bool:
        if mall_id not in self.pairs or self.pairs[mall_id].generation != seen:
            return False
        self._keep(mall_id, replace(pair, generation=seen + 1))
        return True

    async def release_refresh(self, mall_id: MallId, generation: int, attempt: int) -> None:
        if self.attempts.get(mall_id) == attempt and self.leases.pop(mall_id, None):
            self.attempts[mall_id] -= 1

    async def kill(self, mall_id: MallId, generation: int | None = None) -> None:
        pair = self.pairs.get(mall_id)
        if pair and generation in {None, pair.generation}:
            del self.pairs[mall_id]
            self.leases.pop(mall_id, None)

    async def idle_since(self, moment: datetime) -> list[MallId]:
        return [
            MallId(mall_id) for mall_id, at in self.issued.items() if at < moment and mall_id in self.pairs
        ]

    def _keep(self, mall_id: str, pair: TokenPair) -> None:
        self.pairs[mall_id] = pair
        self.generations[mall_id] = pair.generation
        self.issued[mall_id] = pair.expires_at - timedelta(hours=2)
        self.leases.pop(mall_id, None)
        self.attempts[mall_id] = 0


@dataclass
class MemoryConnections:
    rows: list[Connection] = field(default_factory=list)

    async def of_channel(self, channel_id: ChannelId) -> Connection | None:
        return next((row for row in self.rows if row.shop.channel_id == channel_id), None)

    async def of_mall(self, mall_id: MallId) -> list[Connection]:
        return [row for row in self.rows if row.shop.mall_id == mall_id]

    async def bind(self, connection: Connection, at: datetime) -> BindOutcome:
        new = connection.shop
        for row in self.rows:
            same_shop = (row.shop.mall_id, row.shop.shop_no) == (new.mall_id, new.shop_no)
            same_channel = row.shop.channel_id == new.channel_id
            if same_shop and same_channel:
                self.rows.remove(row)
                self.rows.append(
                    replace(connection, settings=row.settings, version=row.version, connected_at=at)
                )
                return BindOutcome.BOUND
            if same_shop:
                return BindOutcome.SHOP_TAKEN
            if same_channel:
                return BindOutcome.CHANNEL_TAKEN
        self.rows.append(replace(connection, connected_at=at))
        return BindOutcome.BOUND

    async def set_state(
        self, mall_id: MallId, shop_no: int | None, state: ConnectionState
    ) -> list[ChannelId]:
        changed = []
        for index, row in enumerate(self.rows):
            if row.shop.mall_id == mall_id and shop_no in {None, row.shop.shop_no} and row.state is not state:
                self.rows[index] = replace(row, state=state)
                changed.append(row.shop.channel_id)
        return changed

    async def change_settings(self, channel_id, *, seen, settings, secrets):
        raise AssertionError("not a matter of cafe24")

    async def remove(self, channel_id: ChannelId) -> Connection | None:
        row = await self.of_channel(channel_id)
        if row:
            self.rows.remove(row)
        return row


@dataclass
class MemoryOnce:
    kept: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)

    async def first(self, purpose: str, key: str, now: datetime, until: datetime, value: str = "") -> bool:
        if await self.peek(purpose, key, now) is not None:
            return False
        self.kept[purpose, key] = (value, until)
        return True

    async def peek(self, purpose: str, key: str, now: datetime) -> str | None:
        value, until = self.kept.get((purpose, key), ("", now))
        return value if until > now else None

    async def take(self, purpose: str, key: str, now: datetime) -> str | None:
        value = await self.peek(purpose, key, now)
        self.kept.pop((purpose, key), None)
        return value


@dataclass
class MemoryPairings:
    started: dict[str, Pairing] = field(default_factory=dict)
    consented: dict[str, Pairing] = field(default_factory=dict)
    held: dict[str, Pairing] = field(default_factory=dict)
    ended: list[Pairing] = field(default_factory=list)

    async def start(self, pairing: Pairing, state: str) -> None:
        for shelf in (self.started, self.held):
            for key in [k for k, p in shelf.items() if p.channel_id == pairing.channel_id]:
                self.ended.append(shelf.pop(key))
        self.started[state] = pairing

    async def consume_state(self, state: str, now: datetime) -> Pairing | None:
        pairing = self.started.pop(state, None)
        if pairing is None or pairing.expires_at <= now:
            return None
        self.consented[pairing.id] = pairing
        return pairing

    async def hold(self, pairing_id, tokens, shops, ticket, expires_at) -> None:
        pairing = self.consented.pop(pairing_id)
        self.held[ticket] = replace(pairing, tokens=tokens, shops=tuple(shops), expires_at=expires_at)

    async def see(self, ticket: str, now: datetime) -> Pairing | None:
        pairing = self.held.get(ticket)
        return pairing if pairing and pairing.expires_at > now else None

    async def finish(self, ticket: str, now: datetime) -> Pairing | None:
        pairing = await self.see(ticket, now)
        if pairing:
            del self.held[ticket]
        return pairing

    async def of_channel(self, channel_id: ChannelId, now: datetime) -> Pairing | None:
        shelves = (*self.started.values(), *self.consented.values(), *self.held.values())
        return next((p for p in shelves if p.channel_id == channel_id and p.expires_at > now), None)

    async def lapsed(self, now: datetime) -> list[Pairing]:
        over = [ticket for ticket, pairing in self.held.items() if pairing.expires_at <= now]
        gone = [*self.ended, *(self.held.pop(ticket) for ticket in over)]
        self.ended.clear()
        return [pairing for pairing in gone if pairing.tokens]


@dataclass
class Pages:
    """Answers from a list, in turn; keeps the requests."""

    answers: list[httpx.Response | Exception]
    requests: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Rig:
    """Our adapter, wired as in production, in front of one HTTP handler."""

    time: Time
    http: httpx.AsyncClient
    store: MemoryTokens
    connections: MemoryConnections
    oauth: OAuth
    tokens: TokenSource
    limiter: Limiter
    client: Cafe24Client
    orders: Cafe24Orders
    called: list[Called]
    malls: Malls | None = None

    @property
    def mall(self) -> Mall:
        assert self.malls is not None
        return self.malls["hanokmall"]


def pair(time: Time, access: str = "access-1", refresh: str = "refresh-1", **more: object) -> TokenPair:
    made = TokenPair(
        access=access,
        refresh=refresh,
        expires_at=time.now() + timedelta(hours=2),
        refresh_expires_at=time.now() + timedelta(days=14),
        scopes=ALL_SCOPES,
        operator="hanokmall",
    )
    return replace(made, **more)


def rig(transport: httpx.AsyncBaseTransport, time: Time, api_url: str, kept: Any = None) -> Rig:
    """`kept`: a real store in place of the doubles."""
    http = httpx.AsyncClient(transport=transport)
    store = kept.mall_tokens if kept else MemoryTokens()
    connections = kept.connections if kept else MemoryConnections()
    called = []
    settings = OAuthSettings(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_uri="https://jumun.example/cafe24/callback",
        api_url=api_url,
    )
    oauth = OAuth(http, settings, clock=time.now)
    tokens = TokenSource(store=store, oauth=oauth, connections=connections, clock=time.now, sleep=time.sleep)
    limiter = Limiter(MemoryRates(), time=time.seconds, sleep=time.sleep, jitter=lambda: 0.0)
    client = Cafe24Client(
        http,
        tokens,
        limiter,
        ClientSettings(api_url=api_url),
        time=time.seconds,
        on_call=called.append,
        sleep=time.sleep,
    )
    carriers = Carriers(client, clock=time.now)
    orders = Cafe24Orders(client, carriers, limiter, clock=time.now, time=time.seconds)
    return Rig(time, http, store, connections, oauth, tokens, limiter, client, orders, called)


def scripted(*answers: httpx.Response | Exception) -> tuple[Rig, Pages]:
    """A mall that answers what the test says, whatever is asked."""
    pages, time = Pages(list(answers)), Time()
    made = rig(httpx.MockTransport(pages), time, "https://{mall_id}.cafe24api.com")
    made.store.pairs["hanokmall"] = pair(time)
    made.store.generations["hanokmall"] = 0
    return made, pages


def simulated(time: Time | None = None, kept: Any = None) -> Rig:
    """The simulated mall, with a consent given already unless a real store is to keep it."""
    time = time or Time()
    malls = Malls(
        [load_shop(SHOPS / "hanok", time.now)],
        now=time.now,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        scopes=ALL_SCOPES,
    )
    made = rig(httpx.ASGITransport(cafe24_app(malls)), time, "http://127.0.0.1/{mall_id}", kept)
    made.malls = malls
    for mall in malls.values() if kept is None else ():
        grant = mall.tokens.issue(mall.mall_id, tuple(ALL_SCOPES))
        made.store.pairs[mall.mall_id] = pair(time, grant.access_token, grant.refresh_token)
        made.store.generations[mall.mall_id] = 0
    return made
