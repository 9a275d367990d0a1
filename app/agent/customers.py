"""Phone verification for agents: the same codes, limits and sessions as in a chat, for a chat user of its own.

Each code begins a conversation; the right one gives a handle of 256 bits. Nothing else says whose orders are asked for.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from app.clock import Clock
from app.ids import new_id
from app.ports import Call, ChatUser, Surface
from app.ports.agents import AgentConversation, AgentConversations, AgentKey
from commands.kernel.failures import Failure, FailureType
from commands.kernel.texts import Texts, beside
from commands.kernel.who import ChannelId, Language

from . import wire
from .keys import hash_of
from .tools import Turn

TEXTS: Texts = beside(__file__)
LIFE = timedelta(minutes=30)
CODES, WITHIN = 30, timedelta(hours=1)
"""What one key may send, beside the limits of each number, channel and shop."""
LONGEST, MOST_OPEN = 100, 2_000


class Identity(Protocol):
    """The app's own phone verification. Raises `Failure`."""

    async def send(self, call: Call, phone: str) -> wire.SentCode: ...

    async def verify(self, call: Call, verification_id: str, code: str) -> wire.Offered | None:
        """None: the code was right, but the shop does not answer which accounts there are."""
        ...

    async def offered(self, call: Call) -> wire.Offered: ...

    async def choose(self, call: Call, account_ref: str | None, *, guest: bool) -> wire.ChosenAccount: ...


def call_for(channel_id: ChannelId, user_id: str, request_id: str = "") -> Call:
    """A signed call's like, made of our own rows: no member id, no chat, the shop's language."""
    return Call(Surface.USER, user_id, channel_id, Language.KO, user=ChatUser(user_id), request_id=request_id)


@dataclass(frozen=True, slots=True)
class Customers:
    identity: Identity
    store: AgentConversations
    clock: Clock
    _open: OrderedDict[tuple[str, str], AgentConversation] = field(default_factory=OrderedDict)

    async def of_handle(self, key: AgentKey, handle: object) -> AgentConversation | None:
        if not isinstance(handle, str) or not 0 < len(handle) <= LONGEST:
            return None
        opened, now = (key.id, hash_of(handle)), self.clock()
        known = self._open.get(opened)
        if known is not None and known.ends_at is not None and now < known.ends_at:
            return known  # nothing ends a handle but its time
        found = await self.store.of_handle(*opened, now)
        if found is not None:
            self._open[opened] = found
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
        return found

    async def send(self, turn: Turn, params: wire.SendCodeParams) -> wire.SentCode:
        now = self.clock()
        conversation = AgentConversation(new_id(now), turn.key.id, turn.key.channel_id, now)
        if not await self.store.begin(conversation, at_most=CODES, since=now - WITHIN):
            text = TEXTS.say(turn.call.language, "codes.tooMany")
            raise Failure(FailureType.TOO_MANY, text, retryAfter=int(WITHIN.total_seconds()))
        turn.trace["conversation"] = conversation.id
        sent = await self.identity.send(self._call(turn, conversation), params.phone)
        await self.store.sent(conversation.id, sent.verification_id)
        return sent

    async def verify(self, turn: Turn, params: wire.VerifyCodeParams) -> wire.VerifiedCustomer:
        conversation = await self.store.of_verification(turn.key.id, params.verification_id)
        if conversation is not None:
            turn.trace["conversation"] = conversation.id
        # An unknown id costs the same and is answered the same as an expired one.
        conversation = conversation or AgentConversation("-", turn.key.id, turn.key.channel_id, self.clock())
        call = self._call(turn, conversation)
        offered = await self.identity.verify(call, params.verification_id, params.code)
        handle, ends_at = secrets.token_urlsafe(32), self.clock() + LIFE
        if not await self.store.open(conversation.id, hash_of(handle), ends_at):
            raise Failure(FailureType.EXPIRED_CODE)
        return wire.VerifiedCustomer(customer_handle=handle, expires_at=ends_at, offered=offered)

    async def choose(self, turn: Turn, params: wire.ChooseParams) -> wire.ChosenAccount:
        if params.account_ref is None and not params.guest:
            return wire.ChosenAccount(state="none", offered=await self.identity.offered(turn.call))
        if params.account_ref is not None and params.guest:
            raise Failure(FailureType.INVALID_PARAMS, "either accountRef or guest")
        return await self.identity.choose(turn.call, params.account_ref, guest=params.guest)

    def _call(self, turn: Turn, conversation: AgentConversation) -> Call:
        user_id = conversation.user_id
        return replace(turn.call, caller_id=user_id, user=ChatUser(user_id))
