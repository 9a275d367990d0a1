"""Small things that are kept: marks, chats, the audit, Channel's tokens, deliveries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from commands.kernel.who import ChannelId, MallId

from .database import Statements


class Once(Protocol):
    """Things that may happen once within their life: nonces, replayed launches, duplicates."""

    async def first(self, purpose: str, key: str, now: datetime, until: datetime, value: str = "") -> bool:
        """True for the first, False for every repeat until `until`. The key is kept as a hash."""
        ...

    async def peek(self, purpose: str, key: str, now: datetime) -> str | None:
        """The value kept with it, if it is alive."""
        ...

    async def take(self, purpose: str, key: str, now: datetime) -> str | None:
        """The value, and ends it: exactly one taker."""
        ...


class Chats(Protocol):
    """Where to write to a customer: the chat of their last command (DESIGN §3 Managers)."""

    async def remember(
        self, channel_id: ChannelId, user_id: str, user_chat_id: str, at: datetime
    ) -> None: ...

    async def of_user(self, channel_id: ChannelId, user_id: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to what, without personal data. `facts` are flat scalars."""

    channel_id: ChannelId
    act: str
    by: str
    subject: str
    at: datetime
    mall_id: MallId | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditWanted:
    """Which lines of a channel; None matches any. `acts`: the part before the dot, as `cancel`; `until` is outside."""

    acts: str | None = None
    by: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    lines: Sequence[AuditLine]
    next: str | None = None


class Audit(Protocol):
    async def add(self, line: AuditLine) -> None: ...

    async def add_in(self, statements: Statements, line: AuditLine) -> None:
        """Kept only if the transaction is."""
        ...

    async def newest(self, channel_id: ChannelId, limit: int) -> list[AuditLine]: ...

    async def page(
        self, channel_id: ChannelId, wanted: AuditWanted, *, cursor: str | None = None, limit: int = 50
    ) -> AuditPage:
        """Newest first. A cursor that is not one of ours begins at the top."""
        ...


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A Channel token pair; `channel_id` is empty for the app's own."""

    access: str
    refresh: str
    expires_at: datetime


class ChannelTokens(Protocol):
    async def get(self, channel_id: str) -> KeptToken | None: ...

    async def take(self, channel_id: str, now: datetime, until: datetime) -> bool:
        """The one refresher's lease."""
        ...

    async def put(self, channel_id: str, token: KeptToken) -> None:
        """Stores and gives the lease back."""
        ...

    async def release(self, channel_id: str) -> None: ...

    async def drop(self, channel_id: str) -> None: ...


class Deliveries(Protocol):
    """Webhook deliveries, kept sealed before they are answered. After `keep` always put a job with a `unique` of
    the same key, first or not: a crash between the two must not lose the delivery.
    """

    async def keep(self, mall_id: MallId, dedupe_key: str, body: bytes, at: datetime) -> bool:
        """True for the first, False for a repeat."""
        ...

    async def open_body(self, mall_id: MallId, dedupe_key: str) -> bytes | None:
        """None when it is unknown or settled."""
        ...

    async def settle(self, mall_id: MallId, dedupe_key: str, at: datetime) -> None: ...
