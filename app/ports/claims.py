"""Claims that wait for a manager (신청 대기, H44), and the photos that belong to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from commands.kernel.order import OrderId
from commands.kernel.plan import Json, Receipt, ReceiptState
from commands.kernel.who import ChannelId, Customer, Language, MallId

from .effects import Also, Intent


@dataclass(frozen=True, slots=True)
class PendingClaim:
    """`id` is the receipt's. `kind`: what alike cases share, as `return:defective`; `shown`: the plan's, with lines,
    reason, pickup and photo refs; `state` is the receipt's. `decided_by`: `manager:{id}`, `deadline` or `user`.
    """

    id: str
    kind: str
    order_id: OrderId
    customer_label: str
    at: datetime
    due_at: datetime | None
    state: ReceiptState
    shown: Json
    photos: tuple[str, ...] = ()
    decided_by: str | None = None
    decided_at: datetime | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimPage:
    claims: Sequence[PendingClaim]
    next: str | None = None


class PendingClaims(Protocol):
    """The queue of a channel, oldest first. Managers only: callers have checked who asks."""

    async def page(
        self,
        channel_id: ChannelId,
        *,
        cursor: str | None = None,
        limit: int = 30,
        kind: str | None = None,
        decided: bool = False,
    ) -> ClaimPage:
        """`decided`: those that a manager or the deadline ended, newest first."""
        ...

    async def kinds(self, channel_id: ChannelId) -> dict[str, int]:
        """How many wait, by kind."""
        ...

    async def one(self, channel_id: ChannelId, pending_id: str) -> PendingClaim | None: ...

    async def decide(
        self,
        channel_id: ChannelId,
        pending_id: str,
        *,
        manager_id: str,
        action: Literal["approve", "reject"],
        message: str | None,
        language: Language,
    ) -> Receipt:
        """Once: the same decision again answers the same receipt, another one is `Failure(conflict)` with
        `decidedBy`, `decidedAt`. Raises `invalidParams` for a rejection without words, `notFound`.
        """
        ...


@dataclass(frozen=True, slots=True)
class KeptClaim:
    """A claim as it is kept. `customer` is None, and `shown` empty, where no key opens them any more."""

    intent: Intent
    customer: Customer | None
    shown: Json


class KeptClaims(Protocol):
    """The queue in the store. Pages are one statement each, and open no more rows than they show."""

    async def waiting(
        self, mall_id: MallId, channel_id: ChannelId, *, after: str | None, limit: int, kind: str | None
    ) -> list[KeptClaim]:
        """Oldest first, those that came in after the receipt `after`."""
        ...

    async def decided(
        self,
        mall_id: MallId,
        channel_id: ChannelId,
        *,
        before: tuple[datetime, str] | None,
        limit: int,
        kind: str | None,
    ) -> list[KeptClaim]:
        """Newest decision first, those before the decision of receipt `before`; not what customers took back."""
        ...

    async def kinds(self, mall_id: MallId, channel_id: ChannelId) -> dict[str, int]: ...

    async def one(self, mall_id: MallId, channel_id: ChannelId, receipt_id: str) -> KeptClaim | None: ...

    async def due(self, now: datetime, limit: int) -> list[Intent]:
        """Waiting ones whose hour has come, the longest overdue first."""
        ...

    async def orphaned(self, limit: int) -> list[Intent]:
        """Waiting ones whose shop was removed."""
        ...

    async def put_off(self, intent: Intent, due_at: datetime | None, also: Also | None = None) -> bool:
        """Compare-and-set of `due_at`: True for the one who acts on this hour."""
        ...


class PhotoLinks(Protocol):
    """Addresses that show one photo for ten minutes."""

    def links(self, channel_id: ChannelId, ref: str) -> tuple[str, str]:
        """(thumbnail, whole)."""
        ...
