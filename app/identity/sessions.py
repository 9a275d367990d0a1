"""Phone sessions, and the one question that commands ask: whose orders are these? (DESIGN §4)

A session lives half an hour without use and twelve hours at most. Only the signed call says who asks; what a client
sends is an account's ref, which means nothing outside the session that it was made for.
"""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.clock import Clock
from app.keys import BadToken, KeyRing
from app.log import say
from app.ports import (
    Audit,
    AuditLine,
    Call,
    ChatUser,
    Connection,
    Conversation,
    Members,
    PhoneSession,
    PhoneSessions,
)
from commands.kernel.ports import Unavailable
from commands.kernel.who import ChannelId, Customer, Guest, Member

from .accounts import labels, masked_id, offered
from .choices import identity_choices
from .phone import masked
from .sealing import OfferedAccount, accounts_of, number_of, offer, seal_accounts

IDLE = timedelta(minutes=30)
TOUCHED_EVERY = timedelta(minutes=1)
GUEST = "guest"
_log = logging.getLogger(__name__)


class IdentityState(StrEnum):
    MEMBER = "member"
    GUEST = "guest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class WhoIsIt:
    """`label` is masked; `expires_at` is set where a phone session stands behind it."""

    state: IdentityState
    label: str | None = None
    expires_at: datetime | None = None


NOBODY = WhoIsIt(IdentityState.NONE)


@dataclass(frozen=True, slots=True)
class OfferedLabel:
    ref: str
    label: str


@dataclass(frozen=True, slots=True)
class OfferedChoice:
    accounts: tuple[OfferedLabel, ...]
    guest_orders: bool
    too_many: bool = False


def is_alive(session: PhoneSession, now: datetime) -> bool:
    return now < ends_at(session)


def ends_at(session: PhoneSession) -> datetime:
    return min(session.last_seen_at + IDLE, session.ends_at)


class Sessions:
    """`members` and `conversation` are asked only where the signed call and the session do not say enough."""

    def __init__(
        self,
        store: PhoneSessions,
        members: Members,
        conversation: Conversation,
        audit: Audit,
        keys: KeyRing,
        clock: Clock,
    ) -> None:
        self._store = store
        self._members = members
        self._conversation = conversation
        self._audit = audit
        self._keys = keys
        self._clock = clock

    async def customer_of(self, call: Call, connection: Connection) -> Customer | None:
        """The signed login first, then the phone session. A phone code for the very same account proves the login."""
        member_id = await self.signed_member_id(call)
        if member_id is None:
            return await self.phone_customer_of(call)
        if identity_choices(connection.settings).members_are_proven:
            return Member(member_id, proven=True)
        by_phone = await self.phone_customer_of(call)
        return Member(member_id, proven=isinstance(by_phone, Member) and by_phone.member_id == member_id)

    async def phone_customer_of(self, call: Call) -> Customer | None:
        """The phone session alone: for a login that the mall turns out not to know."""
        session = await self.active(call)
        return None if session is None else self.customer_in(session)

    async def is_known_member(self, connection: Connection, member_id: str) -> bool:
        """Asked only when a member's first window is empty. Raises `Unavailable`."""
        return await self._members.exists(connection.shop, member_id)

    async def who(self, call: Call) -> WhoIsIt:
        member_id = await self.signed_member_id(call)
        if member_id is not None:
            return WhoIsIt(IdentityState.MEMBER, masked_id(member_id))
        session = await self.active(call)
        return NOBODY if session is None else self._who_in(session)

    async def offer_accounts(self, call: Call, connection: Connection) -> OfferedChoice | None:
        """The accounts behind the proven number, looked up once a session. None: no session. Raises `Unavailable`."""
        session = await self.active(call)
        if session is None:
            return None
        signed = await self._known_login(call, connection)
        # refs that were offered stay good: the one that was chosen is among them
        refs = tuple(one for one in accounts_of(self._keys, session) if signed in {None, one.member_id})
        if refs:
            return OfferedChoice(_labelled(refs), guest_orders=signed is None)
        e164 = number_of(self._keys, session)
        found = offered(await self._members.by_cellphone(connection.shop, e164), signed)
        refs = offer(found.accounts)
        await self._store.keep_accounts(session.id, seal_accounts(self._keys, session, refs))
        if found.too_many:
            say(_log, "warning", "too many accounts for one number", channel=call.channel_id)
        return OfferedChoice(_labelled(refs), found.guest_orders, found.too_many)

    async def choose(
        self, call: Call, connection: Connection, *, account_ref: str | None, guest: bool = False
    ) -> WhoIsIt | None:
        """Who it is now. None: no session, or a ref that this session never offered."""
        session = await self.active(call)
        if session is None or (guest and await self._known_login(call, connection) is not None):
            return None
        chosen = GUEST if guest else account_ref
        if chosen is None or not (guest or self._member_id(session, chosen)):
            return None
        now = self._clock()
        if not await self._store.choose(session.id, chosen, str(uuid.uuid4()), now):
            return None
        await self._audit.add(
            AuditLine(
                call.channel_id,
                "phone.chosen",
                call.caller_id,
                session.id,
                now,
                connection.shop.mall_id,
                {"kind": GUEST if guest else "member"},
            )
        )
        session = await self.active(call)
        return None if session is None else self._who_in(session)

    async def end(self, call: Call) -> None:
        await self._store.end(call.channel_id, call.caller_id)

    async def end_all(self, channel_id: ChannelId) -> None:
        """The app was removed from this channel: nobody stays identified."""
        await self._store.end_all(channel_id)

    async def active(self, call: Call) -> PhoneSession | None:
        """The caller's living session; using it keeps it alive."""
        now = self._clock()
        session = await self._store.of_user(call.channel_id, call.caller_id)
        if session is None or not is_alive(session, now) or not self._can_be_read(session):
            return None
        if now - session.last_seen_at >= TOUCHED_EVERY:
            await self._store.touch(session.id, now)
        return session

    def customer_in(self, session: PhoneSession) -> Customer | None:
        """None until an account, or guest orders, was chosen."""
        if session.chosen is None:
            return None
        try:
            if session.chosen == GUEST:
                return Guest(number_of(self._keys, session))
            member_id = self._member_id(session, session.chosen)
            several = len(accounts_of(self._keys, session)) > 1
        except BadToken:
            return None
        if member_id is None:
            return None
        return Member(member_id, proven=True, by_phone=True, one_of_several=several)

    async def signed_member_id(self, call: Call) -> str | None:
        """What the shop's site told Channel, of the caller and nobody else."""
        user = call.user
        if user is None:
            try:
                user = await self._conversation.user(call.channel_id, call.caller_id)
            except Unavailable:
                say(_log, "warning", "channel did not say who asks", channel=call.channel_id)
                return None
        return member_id_of(user, call.caller_id)

    async def _known_login(self, call: Call, connection: Connection) -> str | None:
        member_id = await self.signed_member_id(call)
        if member_id is None or not await self._members.exists(connection.shop, member_id):
            return None
        return member_id

    def _can_be_read(self, session: PhoneSession) -> bool:
        """Not when its key has been retired."""
        try:
            number_of(self._keys, session)
            accounts_of(self._keys, session)
        except BadToken:
            return False
        return True

    def _member_id(self, session: PhoneSession, ref: str) -> str | None:
        return next((one.member_id for one in accounts_of(self._keys, session) if one.ref == ref), None)

    def _who_in(self, session: PhoneSession) -> WhoIsIt:
        match self.customer_in(session):
            case Member(member_id=member_id):
                return WhoIsIt(IdentityState.MEMBER, masked_id(member_id), ends_at(session))
            case Guest(cellphone=cellphone):
                return WhoIsIt(IdentityState.GUEST, masked(cellphone), ends_at(session))
            case None:
                return NOBODY


def _labelled(accounts: Sequence[OfferedAccount]) -> tuple[OfferedLabel, ...]:
    names = labels([account.member_id for account in accounts])
    return tuple(OfferedLabel(one.ref, name) for one, name in zip(accounts, names, strict=True))


def member_id_of(user: ChatUser | None, user_id: str) -> str | None:
    if user is None or user.id != user_id or not user.member:
        return None
    return (user.member_id or "").strip() or None
