"""A write for one order: sent once, and the errors say exactly what became of it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.errors import OutcomeUnknown, Rejected, Unauthorized
from commands.kernel.ports import MallRefused
from commands.kernel.who import Shop

from .client import Body, Cafe24Client
from .gateway import Cafe24Orders
from .limiter import SYSTEM
from .reading import ORDER_ID

CONFLICT = 409


class NotLetIn(Unauthorized, MallRefused):
    """The mall refused our credentials, and so the write: nothing took effect, and no repetition helps."""

    def __init__(self, system: str, operation: str, **kept: Any) -> None:
        super().__init__(system, operation, **kept)
        # What stands there else is ours, for logs, and no word of the mall.
        self.message = ""


class OrderWrites:
    """Whatever was remembered of the order is forgotten with every write."""

    def __init__(self, client: Cafe24Client, orders: Cafe24Orders) -> None:
        self._client = client
        self._orders = orders

    async def post(self, shop: Shop, order_id: str, path: str, body: Body) -> Body:
        """A 409, "already so", is `OutcomeUnknown`: only reading tells whose doing it was."""
        try:
            return await self._send(self._client.post, shop, order_id, path, body, {})
        except Rejected as error:
            if error.status == CONFLICT:
                raise OutcomeUnknown(SYSTEM, error.operation, **_kept(error)) from error
            raise

    async def put(self, shop: Shop, order_id: str, path: str, body: Body, **ids: str) -> Body:
        """A 409 is no failure: the record had this content before."""
        try:
            return await self._send(self._client.put, shop, order_id, path, body, ids)
        except Rejected as error:
            if error.status == CONFLICT:
                return {}
            raise

    async def _send(
        self,
        send: Callable[..., Awaitable[Body]],
        shop: Shop,
        order_id: str,
        path: str,
        body: Body,
        ids: Mapping[str, str],
    ) -> Body:
        if not ORDER_ID.fullmatch(order_id):
            message = "a write names one order"
            raise ValueError(message)
        try:
            return await send(
                shop.mall_id, path, body, shop_no=shop.shop_no, ids={**ids, "order_id": order_id}
            )
        except Unauthorized as error:
            raise NotLetIn(SYSTEM, error.operation, **_kept(error)) from error
        finally:
            self._orders.forget(shop.mall_id, order_id)


def _kept(error: Rejected | Unauthorized) -> dict[str, Any]:
    return {
        "status": error.status,
        "wire_code": error.wire_code,
        "request_id": error.request_id,
        "note": error.note,
    }
