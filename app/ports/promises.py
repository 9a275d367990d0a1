"""Ship dates that customers were told, as they are kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.who import ChannelId, Customer, MallId

from .effects import Also, Reach

__all__ = ["Also", "Asker", "End", "KeptRate", "OrderPromises", "ShipPromises"]

End = Literal["kept", "late", "gone"]
"""Shipped by the first date, later, or never (cancelled)."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, so that an order can be looked at again and the customer written to."""

    shop_no: int
    customer: Customer
    reach: Reach


@dataclass(frozen=True, slots=True)
class OrderPromises:
    """Open promises of one order: what the customer knows of each item, and what was promised first."""

    mall_id: MallId
    order_id: OrderId
    channel_id: ChannelId
    asker: Asker
    told: Mapping[OrderItemCode, date | None]
    first: Mapping[OrderItemCode, date]


@dataclass(frozen=True, slots=True)
class KeptRate:
    """Of the promises that ended: how many left by the day that was said first."""

    kept: int
    late: int


class ShipPromises(Protocol):
    async def promise(
        self,
        mall_id: MallId,
        channel_id: ChannelId,
        asker: Asker,
        dates: Iterable[tuple[OrderId, OrderItemCode, date]],
        *,
        at: datetime,
        look_at: datetime,
    ) -> None:
        """What the customer has just been told. The first date stays; an ended promise stays ended."""
        ...

    async def due(self, now: datetime, at_most: int, *, of_a_mall: int) -> Sequence[OrderPromises]:
        """Orders to be looked at again: malls take turns, and within a mall the longest waiting comes first."""
        ...

    async def looked(
        self,
        promises: OrderPromises,
        told: Mapping[OrderItemCode, date | None],
        ended: Mapping[OrderItemCode, End],
        look_at: datetime,
    ) -> None:
        """What a look found; all of it or nothing."""
        ...

    async def hurry(self, mall_id: MallId, order_id: OrderId, now: datetime) -> None:
        """Something changed about the order: the next look comes now."""
        ...

    async def kept_rate(self, channel_id: ChannelId, since: datetime) -> KeptRate: ...
