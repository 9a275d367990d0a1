"""Claims of the mall: the kernel's `Claims` port. A write is sent once; what became of it, the errors say exactly."""

from app.errors import OutcomeUnknown, Rejected
from commands.kernel.ports import CancelCall, ExchangeCall, ReturnCall
from commands.kernel.who import Shop

from . import claim_bodies
from .claim_words import refusal_code
from .client import Body, Cafe24Client
from .fields import to_optional_text
from .gateway import Cafe24Orders
from .limiter import SYSTEM
from .writing import OrderWrites

CANCELLATION = "orders/{order_id}/cancellation"
CANCELLATION_REQUESTS = "cancellationrequests"
RETURN_REQUESTS = "returnrequests"
EXCHANGE_REQUESTS = "exchangerequests"


class Cafe24Claims:
    def __init__(self, client: Cafe24Client, orders: Cafe24Orders) -> None:
        self._writes = OrderWrites(client, orders)

    async def cancel(self, shop: Shop, call: CancelCall) -> str | None:
        """The port's. `complete` with `refund_now` ends it (C40); without, the refund waits in the mall (C34)."""
        if not call.complete:
            return await self._request(
                shop, call, CANCELLATION_REQUESTS, claim_bodies.cancellation_request(call), "claim_code"
            )
        body = await self._write(shop, call, CANCELLATION, claim_bodies.cancellation(call))
        return _said(body.get("cancellation"), call.order_id, "claim_code")

    async def request_return(self, shop: Shop, call: ReturnCall) -> str | None:
        """The port's: R00. A request has neither a code nor a number."""
        row = claim_bodies.return_request(call)
        return await self._request(shop, call, RETURN_REQUESTS, row, "claim_code")

    async def request_exchange(self, shop: Shop, call: ExchangeCall) -> str | None:
        """The port's: E00, and the number of the request (`exchange_request_no`)."""
        row = claim_bodies.exchange_request(call)
        return await self._request(shop, call, EXCHANGE_REQUESTS, row, "exchange_request_no")

    async def _request(
        self, shop: Shop, call: claim_bodies.AnyCall, path: str, row: claim_bodies.Row, name: str
    ) -> str | None:
        body = await self._write(shop, call, path, {"requests": [row]})
        return _said(body.get(path), call.order_id, name)

    async def _write(self, shop: Shop, call: claim_bodies.AnyCall, path: str, body: Body) -> Body:
        claim_bodies.check(call)
        try:
            return await self._writes.post(shop, call.order_id, path, body)
        except Rejected as error:
            error.code = refusal_code(error.message)
            raise


def _said(answer: object, order_id: str, name: str) -> str | None:
    """`name` of our order's row, in an object or a list of them. Without it the read-back finds the claim."""
    rows = [row for row in (answer if isinstance(answer, list) else [answer]) if isinstance(row, dict)]
    if any(row.get("error") for row in rows):
        # 207: some of it went wrong, in a shape that nobody documents.
        raise OutcomeUnknown(SYSTEM, "POST a claim", note="a refusal inside a success")
    of_order = (row for row in rows if row.get("order_id") in {None, order_id})
    return next((said for row in of_order if (said := to_optional_text(row.get(name)))), None)
