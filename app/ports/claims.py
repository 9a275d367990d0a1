"""Claims that wait for a manager (신청 대기, H44), and the photos that belong to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from commands.kernel.order import OrderId
from commands.kernel.plan import Json, Receipt, ReceiptState
from commands.kernel.who import ChannelId, Language


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


class PhotoLinks(Protocol):
    """Addresses that show one photo for ten minutes."""

    def links(self, channel_id: ChannelId, ref: str) -> tuple[str, str]:
        """(thumbnail, whole)."""
        ...
