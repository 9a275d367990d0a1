"""A member id that the mall does not know is no identity: the site may have made it up (DESIGN §4.5)."""

from datetime import datetime, timedelta

from app.clock import Clock
from app.ports import Members
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import ItemState, Order, OrderId
from commands.kernel.ports import Orders, RecentOrders
from commands.kernel.who import Customer, Member, Shop

REMEMBERED = timedelta(minutes=10)
MOST = 10_000


class OrdersOfKnownMembers:
    """`Orders` that asks, only when nothing was found, whether the mall knows the member at all."""

    def __init__(self, orders: Orders, members: Members, clock: Clock) -> None:
        self._orders = orders
        self._members = members
        self._clock = clock
        self._unknown: dict[tuple[str, str], datetime] = {}

    async def recent(
        self,
        shop: Shop,
        customer: Customer,
        *,
        at_most: int,
        months: int,
        states: frozenset[ItemState] | None = None,
    ) -> RecentOrders:
        found = await self._orders.recent(shop, customer, at_most=at_most, months=months, states=states)
        if found.orders or not isinstance(customer, Member):
            return found
        if await self._members.exists(shop, customer.member_id):
            return found
        if len(self._unknown) >= MOST:
            self._unknown.clear()
        self._unknown[shop.mall_id, customer.member_id] = self._clock() + REMEMBERED
        raise Failure(FailureType.NOT_IDENTIFIED)

    async def one(self, shop: Shop, customer: Customer, order_id: OrderId) -> Order | None:
        return await self._orders.one(shop, customer, order_id)

    def is_unknown(self, shop: Shop, customer: Customer | None) -> bool:
        """Found to be unknown a short while ago; asks nobody."""
        if not isinstance(customer, Member):
            return False
        until = self._unknown.get((shop.mall_id, customer.member_id))
        return until is not None and self._clock() < until
