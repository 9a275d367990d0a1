"""Words for the tests of claims: one writer, and orders of the demo shop by their short number."""

from app.sandbox.cafe24.order import Order
from app.sandbox.cafe24.state import Mall

WRITING = frozenset({"mall.read_order", "mall.write_order"})


class Writer:
    """Posts and puts below /api/v2/admin of a mall, inside the envelope."""

    def __init__(self, http, mall: Mall) -> None:
        self._http, self._mall = http, mall
        self._reads = 10

    async def send(self, method: str, path: str, body: object, scopes=WRITING):
        own = {"Authorization": f"Bearer {self._token(scopes)}"}
        url = f"/{self._mall.mall_id}/api/v2/admin{path}"
        return await self._http.request(method, url, json=body, headers=own)

    def _token(self, scopes) -> str:
        return self._mall.tokens.issue(self._mall.mall_id, tuple(sorted(scopes))).access_token

    async def cancels(self, order: Order, status="canceled", **fields):
        body = {"shop_no": order.shop_no, "request": {"status": status} | fields}
        return await self.send("POST", f"/orders/{order.order_id}/cancellation", body)

    async def asks(self, order: Order, **fields):
        request = {"order_id": order.order_id, "reason_type": "A", "reason": "단순 변심"} | fields
        return await self.send("POST", "/cancellationrequests", {"shop_no": 1, "requests": [request]})

    async def rejects(self, order: Order, *codes: str, **fields):
        request = {"order_id": order.order_id, "undone": "T", "order_item_code": list(codes)} | fields
        return await self.send("PUT", "/cancellationrequests", {"shop_no": 1, "requests": [request]})

    async def advances(self, order: Order, claim_code: str, **fields):
        request = {
            "status": "canceling",
            "recover_inventory": "F",
            "add_memo_too": "F",
            "refund_method_code": ["F"],
        }
        request |= {"order_id": order.order_id, "claim_code": claim_code} | fields
        return await self.send("PUT", "/cancellation", {"shop_no": 1, "requests": [request]})

    async def withdraws(self, order: Order, claim_code: str, **fields):
        request = {
            "undone": "T",
            "recover_inventory": "F",
            "add_memo_too": "F",
            "undone_reason_type": "A",
            "expose_order_detail": "F",
        } | fields
        path = f"/orders/{order.order_id}/cancellation/{claim_code}"
        return await self.send("PUT", path, {"shop_no": 1, "request": request})

    async def completes(self, order: Order, refund_code: str, **fields):
        path = f"/orders/{order.order_id}/refunds/{refund_code}"
        return await self.send("PUT", path, {"shop_no": 1, "request": {"status": "complete"} | fields})

    async def asks_back(self, order: Order, kind: str = "return", **fields):
        """A request for a return or an exchange; the buyer sends the goods unless told otherwise."""
        request = {
            "order_id": order.order_id,
            "reason_type": "A",
            "reason": "단순 변심",
            "request_pickup": "F",
        }
        request |= fields
        return await self.send("POST", f"/{kind}requests", {"shop_no": 1, "requests": [request]})

    async def rejects_back(self, order: Order, *codes: str, kind: str = "return", **fields):
        request = {"order_id": order.order_id, "undone": "T", "order_item_code": list(codes)} | fields
        return await self.send("PUT", f"/{kind}requests", {"shop_no": 1, "requests": [request]})

    async def takes_back(self, order: Order, status="accepted", kind: str = "return", **fields):
        body = {"shop_no": 1, "request": {"status": status} | fields}
        return await self.send("POST", f"/orders/{order.order_id}/{kind}", body)

    async def moves(self, order: Order, claim_code: str, kind: str = "return", **fields):
        path = f"/orders/{order.order_id}/{kind}/{claim_code}"
        return await self.send("PUT", path, {"shop_no": 1, "request": fields})

    async def sees(self, order: Order, embed="items,cancellation,refunds") -> dict:
        """The order read anew: the answer cache of a minute would show the state before the write."""
        self._mall.answers = type(self._mall.answers)(self._mall.now)
        own = {"Authorization": f"Bearer {self._token(WRITING)}"}
        url = f"/{self._mall.mall_id}/api/v2/admin/orders/{order.order_id}"
        answer = await self._http.get(url, params={"embed": embed}, headers=own)
        return answer.json()["order"]


def find(mall: Mall, no: int) -> Order:
    return next(order for order in mall.orders.values() if order.order_id.endswith(f"-{no:07d}"))


def of(order: Order, *numbers: int, quantity: int | None = None) -> list[dict]:
    """`items` of a body: the lines with these numbers, whole unless told otherwise."""
    lines = [item for item in order.items if item.item_no in numbers]
    return [
        {"order_item_code": i.code, "quantity": i.quantity if quantity is None else quantity} for i in lines
    ]


def states(order: Order) -> list[str]:
    return [item.status for item in order.items]
