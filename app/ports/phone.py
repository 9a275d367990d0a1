"""Phone codes and sessions as they are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from commands.kernel.who import ChannelId


@dataclass(frozen=True, slots=True)
class NewVerification:
    """A code about to be sent. Hashes are keyed; `phone_enc` is sealed; `address` is a real client's, if known."""

    id: str
    channel_id: ChannelId
    chat_user_id: str
    purpose: str
    phone_hash: str
    block_hash: str
    phone_enc: bytes
    code_hash: str
    key_id: str
    max_attempts: int
    created_at: datetime
    expires_at: datetime
    resend_after: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True)
class PastSend:
    at: datetime
    phone_hash: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class SendHistory:
    """What was sent before, newest first. Sure failures count for the user and the address only."""

    of_number: Sequence[datetime] = ()
    wrong_tries: Sequence[datetime] = ()
    of_user: Sequence[PastSend] = ()
    of_address: Sequence[datetime] = ()
    channel_minute: Sequence[datetime] = ()
    of_channel: Sequence[PastSend] = ()
    of_block: Sequence[PastSend] = ()
    channel_stopped_at: datetime | None = None
    block_stopped_at: datetime | None = None
    channel_day: int = 0
    channel_day_since: datetime | None = None
    app_day: int = 0
    app_day_since: datetime | None = None


class SendStop(StrEnum):
    """A breaker that opened just now: recorded, so that it closes by itself later."""

    CHANNEL = "stop_channel"
    BLOCK = "stop_block"


@dataclass(frozen=True, slots=True)
class SendRefusal:
    limit: str
    retry_after: int
    stops: frozenset[SendStop] = frozenset()


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A live code whose try has been counted already."""

    id: str
    code_hash: str
    key_id: str
    phone_enc: bytes
    phone_hash: str


@dataclass(frozen=True, slots=True)
class PhoneSession:
    """A number that was proven by a code, for one (channel, chat user). `chosen`: an account's ref, or `guest`."""

    id: str
    channel_id: ChannelId
    chat_user_id: str
    phone_enc: bytes
    phone_hash: str
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    user_chat_id: str | None = None
    accounts_enc: bytes | None = None
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class TryAnswer:
    """`session`: the code was right and the session stands. `left` None: no such live code."""

    session: PhoneSession | None = None
    left: int | None = None


class Verifications(Protocol):
    """Codes that were sent. Each method is one atomic step, also between processes."""

    async def reserve(
        self, new: NewVerification, decide: Callable[[SendHistory], SendRefusal | None]
    ) -> tuple[SendRefusal | None, SendHistory]:
        """Counts, decides, ends the user's earlier code and keeps the new one; or records the refusal's stops."""
        ...

    async def settle(
        self, verification_id: str, *, provider: str, ref: str | None, outcome: str, failed: bool
    ) -> None:
        """What the provider said. `failed`: surely not sent, so the code ends and the number is not counted."""
        ...

    async def attempt(
        self,
        verification_id: str,
        channel_id: ChannelId,
        chat_user_id: str,
        purpose: str,
        now: datetime,
        judge: Callable[[KeptCode], PhoneSession | None],
    ) -> TryAnswer:
        """Counts the try, then judges it; a session that the judge returns is kept and the code is used up."""
        ...

    async def purge(self, now: datetime) -> None:
        """Wipes the codes that ended by themselves, and after two days the addresses."""
        ...


class PhoneSessions(Protocol):
    async def of_user(self, channel_id: ChannelId, chat_user_id: str) -> PhoneSession | None:
        """As kept; whether it is still alive is the caller's to say."""
        ...

    async def of_chat(self, channel_id: ChannelId, user_chat_id: str) -> list[PhoneSession]: ...

    async def keep_accounts(self, session_id: str, accounts_enc: bytes) -> None: ...

    async def choose(self, session_id: str, chosen: str, next_id: str, now: datetime) -> bool:
        """Another choice than before is another session: it takes `next_id`. False: no such session any more."""
        ...

    async def touch(self, session_id: str, now: datetime) -> None: ...

    async def end(self, channel_id: ChannelId, chat_user_id: str) -> None:
        """The session and the code on its way."""
        ...

    async def end_all(self, channel_id: ChannelId) -> None: ...

    async def count_orderer_try(
        self, channel_id: ChannelId, chat_user_id: str, *, at_most: int
    ) -> int | None:
        """The number of this try, or None when there were `at_most` already or there is no session."""
        ...

    async def give_back_orderer_try(self, channel_id: ChannelId, chat_user_id: str) -> None:
        """The counted try was right: only wrong ones are held against a session."""
        ...
