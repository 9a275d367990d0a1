"""What commands need of the outside, named by need. Adapters live in `app`, doubles in `tests/doubles.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from .order import Order, OrderId
from .who import Customer, Shop


class Unavailable(Exception):
    """An outside system could not be asked. Nothing took effect."""


class OutcomeUnknown(Exception):
    """A write may or may not have taken effect: read before doing anything else."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RecentOrders:
    """The newest orders found, newest first, and how many months back were searched for them.

    Compared by identity: while an adapter keeps one in memory, answers made of it may be kept beside it.
    """

    orders: tuple[Order, ...]
    months_searched: int


class Orders(Protocol):
    """The mall's orders. Every order returned has been checked to belong to the customer."""

    async def recent(self, shop: Shop, customer: Customer, *, at_most: int, months: int) -> RecentOrders:
        """Raises `Unavailable`."""
        ...

    async def one(self, shop: Shop, customer: Customer, order_id: OrderId) -> Order | None:
        """None for an order that does not exist and for somebody else's. Raises `Unavailable`."""
        ...


class Pictures(Protocol):
    """Product pictures, cached for a day."""

    async def pictures(self, shop: Shop, product_nos: Iterable[int]) -> Mapping[int, str]:
        """URL by product number; products without a picture are left out. Raises `Unavailable`."""
        ...

    def known(self, shop: Shop, product_no: int) -> str | None:
        """The picture if it is in the cache; asks nobody."""
        ...

    @property
    def learned(self) -> int:
        """Grows whenever `known` may answer more than before."""
        ...
