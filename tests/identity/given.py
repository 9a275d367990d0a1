"""What the tests of identity start from: a shop, customers, a mall that knows members, a phone that reads texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from app.identity.desk import ChatCustomers
from app.identity.functions import IdentityFunctions
from app.identity.screens import IdentityScreens
from app.identity.sessions import Sessions
from app.identity.verification import Verification
from app.keys import KeyRing
from app.ports import (
    Account,
    Call,
    ChatUser,
    Connection,
    ConnectionState,
    Database,
    SmsError,
    SmsTrouble,
    Surface,
)
from app.store import store_on
from app.store.phone import VerificationStore
from app.store.phone_sessions import PhoneSessionStore
from commands.kernel.ports import Unavailable
from commands.kernel.who import ChannelId, Language, MallId, Shop

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PHONE = "010-1234-5678"
E164 = "+821012345678"
CHANNEL = ChannelId("c1")


class MovingClock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


class Phone:
    """Every handset at once; fails when told to."""

    name = "phone"

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.trouble: SmsTrouble | None = None

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        assert ref
        self.texts.append((to_e164, text))
        if self.trouble is not None:
            raise SmsError(self.trouble, self.name, "told_to")
        return f"m{len(self.texts)}"

    async def check(self) -> None:
        """Nothing to be wrong."""

    @property
    def code(self) -> str:
        found = re.search(r"인증번호 \[(\d{6})\]", self.texts[-1][1])
        assert found
        return found[1]


@dataclass
class Mall:
    """Members by number; counts every question."""

    members: dict[str, list[Account]] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    async def by_cellphone(self, shop: Shop, e164: str) -> list[Account]:
        self.asked.append(f"cellphone {e164}")
        if self.away:
            raise Unavailable
        return self.members.get(e164, [])

    async def exists(self, shop: Shop, member_id: str) -> bool:
        self.asked.append(f"member {member_id}")
        if self.away:
            raise Unavailable
        return any(one.member_id == member_id for found in self.members.values() for one in found)


@dataclass
class Channel:
    """Channel's native calls."""

    users: dict[str, ChatUser] = field(default_factory=dict)
    chats: dict[str, ChatUser] = field(default_factory=dict)
    away: bool = False
    asked: int = 0

    async def user(self, channel_id: ChannelId, user_id: str) -> ChatUser | None:
        self.asked += 1
        if self.away:
            raise Unavailable
        return self.users.get(user_id)

    async def customer_of_chat(self, channel_id: ChannelId, user_chat_id: str) -> ChatUser | None:
        return self.chats.get(user_chat_id)

    async def write(self, *args: object, **kwargs: object) -> None:
        raise AssertionError("identity writes no messages")

    async def open_for_team(self, channel_id: ChannelId, user_chat_id: str) -> None:
        raise AssertionError("identity opens no chats")


def connection(channel: ChannelId = CHANNEL, **changed: object) -> Connection:
    shop = Shop(MallId("mall"), 1, channel, name="단추가게")
    return replace(Connection(shop, ConnectionState.CONNECTED, "owner"), **changed)


def call(user_id: str = "u1", *, member: str | None = None, **changed: object) -> Call:
    user = ChatUser(user_id, member=member is not None, member_id=member)
    return replace(Call(Surface.USER, user_id, CHANNEL, Language.KO, user), **changed)


def accounts(*ids: str, full_match: bool = True) -> list[Account]:
    return [Account(one, full_match) for one in ids]


class World:
    """The services on a real database, put together as main does."""

    def __init__(self, database: Database, *, keys: Sequence[bytes] = (bytes(range(32)),)) -> None:
        self.database = database
        self.clock = MovingClock()
        self.phone, self.mall, self.channel = Phone(), Mall(), Channel()
        self.connections = {CHANNEL: connection(), ChannelId("c2"): connection(ChannelId("c2"))}
        self.is_offered = True
        ring = KeyRing(list(keys))
        self.store = store_on(database, ring, self.clock)
        self.codes, self.session_store = VerificationStore(database), PhoneSessionStore(database)
        self.verification = Verification(
            self.codes,
            self.store.once,
            self.store.chats,
            self.store.audit,
            ring,
            self.clock,
            lambda _: self.phone if self.is_offered else None,
        )
        self.sessions = Sessions(
            self.session_store, self.mall, self.channel, self.store.audit, ring, self.clock
        )
        self.desk = ChatCustomers(self.sessions, self.session_store, self.channel, self.clock)
        self.functions = IdentityFunctions(self.verification, self.sessions, self.connection_of)
        self.screens = IdentityScreens(
            self.verification, self.sessions, self.functions, self.connection_of, self.clock
        )

    async def connection_of(self, channel_id: ChannelId) -> Connection | None:
        return self.connections.get(channel_id)

    async def sends(self, who: Call, number: str = PHONE):
        """Opens the phone screen and asks for a code."""
        await self.verification.opened(who)
        return await self.verification.send(who, self.connections[who.channel_id], number)

    async def verifies(self, who: Call, number: str = PHONE):
        """The whole way with the right code."""
        sent = await self.sends(who, number)
        return await self.verification.check(who, sent.verification_id, self.phone.code)

    async def identifies(self, who: Call, number: str = PHONE, pick: int | None = None):
        """... and chooses the account at that place, or guest orders."""
        await self.verifies(who, number)
        shop = self.connections[who.channel_id]
        offer = await self.sessions.offer_accounts(who, shop)
        ref = None if pick is None else offer.accounts[pick].ref
        return await self.sessions.choose(who, shop, account_ref=ref, guest=pick is None)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"
