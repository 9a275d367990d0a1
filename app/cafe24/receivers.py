"""Where an order goes: the kernel's `Receivers` port. A change is sent once; the mall keeps the old address itself.

The shipping fee stays as it was (ORDERS.md §5). Nothing says in which states the mall refuses: the rules decide.
"""

from typing import Any

from commands.kernel.address import Address
from commands.kernel.order import OrderId
from commands.kernel.who import Shop

from .claim_words import clean
from .client import Cafe24Client
from .gateway import Cafe24Orders
from .reading import hyphenated
from .writing import OrderWrites

RECEIVER = "orders/{order_id}/receivers/{shipping_code}"
MEMOS = "orders/{order_id}/memos"
LONGEST_MEMO = 1000
DELIVERY = "cs_01"


class Cafe24Receivers:
    def __init__(self, client: Cafe24Client, orders: Cafe24Orders) -> None:
        self._writes = OrderWrites(client, orders)

    async def change(self, shop: Shop, order_id: OrderId, shipment_code: str, address: Address) -> None:
        """The port's. That the shipment goes there already is no failure."""
        if not shipment_code:
            message = "a change names one shipment"
            raise ValueError(message)
        await self._writes.put(shop, order_id, RECEIVER, _receiver(address), shipping_code=shipment_code)

    async def note(self, shop: Shop, order_id: OrderId, text: str) -> None:
        """The port's: a finished memo on the delivery."""
        memo = {"content": clean(text, LONGEST_MEMO), "topic_type": DELIVERY, "status": "T"}
        await self._writes.post(shop, order_id, MEMOS, memo)


def _receiver(address: Address) -> dict[str, Any]:
    """The whole set: whether a part of it would keep the rest is not documented. The member's own address stays."""
    return {
        "name": clean(address.receiver_name),
        "phone": address.phone or "",
        "cellphone": hyphenated(address.cellphone) or address.cellphone,
        "zipcode": address.zipcode,
        "address1": clean(address.address1),
        "address2": clean(address.address2),
        "shipping_message": clean(address.message or ""),
        "change_default_shipping_address": "F",
    }
