"""Any order of a shop, for managers in the console. No Function of a customer reaches this port."""

from dataclasses import dataclass
from typing import Protocol

from commands.kernel.order import Order, OrderId
from commands.kernel.who import Customer, Shop


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """`customer`: whose it is by the mall's own record; None when that record names nobody."""

    order: Order
    customer: Customer | None


class ShopOrders(Protocol):
    async def of_shop(self, shop: Shop, order_id: OrderId) -> FoundOrder | None:
        """Read now; None for an order of another shop. Raises `Unavailable`."""
        ...
