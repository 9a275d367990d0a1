"""Claims of the mall: the kernel's `Claims` port. A write is sent once; what became of it, the errors say exactly.

Left out on purpose. `refund_method_code`: ASSUMPTION, Cafe24 then gives the money back the way it came, as it does for
a whole order; a letter that does not fit is refused, and partial sums are Cafe24's own. `add_memo_too`: default F.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any

from app.errors import OutcomeUnknown, Rejected, Unauthorized
from commands.kernel.ports import CancelCall, MallRefused
from commands.kernel.who import Shop

from .client import Body, Cafe24Client
from .fields import to_optional_text
from .gateway import Cafe24Orders
from .limiter import SYSTEM
from .reading import ORDER_ID

LONGEST_REASON = 2000
# A request without words is refused.
REASON_WORDS: Mapping[str, str] = {"A": "단순 변심", "B": "배송 지연", "G": "서비스 불만족", "I": "기타"}
CONFLICT = 409
CANCELLATION = "orders/{order_id}/cancellation"
REQUESTS = "cancellationrequests"


class NotLetIn(Unauthorized, MallRefused):
    """The mall refused our credentials, and so the write: nothing took effect, and no repetition helps."""

    message = ""


class Cafe24Claims:
    def __init__(self, client: Cafe24Client, orders: Cafe24Orders) -> None:
        self._client = client
        self._orders = orders

    async def cancel(self, shop: Shop, call: CancelCall) -> str | None:
        """The port's. `complete` with `refund_now` ends it (C40); without, the refund waits in the mall (C34)."""
        _check(call)
        if call.complete:
            body = await self._write(shop, call, CANCELLATION, _cancellation(call))
            return _claim_code(body.get("cancellation"), call)
        body = await self._write(shop, call, REQUESTS, {"requests": [_request(call)]})
        return _claim_code(body.get(REQUESTS), call)

    async def _write(self, shop: Shop, call: CancelCall, path: str, body: Body) -> Body:
        ids = {"order_id": call.order_id}
        try:
            return await self._client.post(shop.mall_id, path, body, shop_no=shop.shop_no, ids=ids)
        except Rejected as error:
            if error.status != CONFLICT:
                raise
            # "Already so": the mall may hold what we ask for, and only reading tells whose doing it was.
            raise OutcomeUnknown(SYSTEM, error.operation, **_kept(error)) from error
        except Unauthorized as error:
            raise NotLetIn(SYSTEM, error.operation, **_kept(error)) from error
        finally:
            self._orders.forget(shop.mall_id, call.order_id)


def _check(call: CancelCall) -> None:
    """A call without lines might cancel the whole order, so it is never made."""
    codes = [code for code, _ in call.lines]
    if not ORDER_ID.fullmatch(call.order_id) or not codes or len(set(codes)) != len(codes):
        message = "a cancellation names one order and each of its lines once"
        raise ValueError(message)
    if any(quantity < 1 for _, quantity in call.lines):
        message = "a cancellation takes at least one piece of each line"
        raise ValueError(message)


def _cancellation(call: CancelCall) -> Mapping[str, Any]:
    return {
        "status": "canceled" if call.refund_now else "canceling",
        "payment_gateway_cancel": _flag(call.refund_now and call.gateway_cancel),
        "recover_inventory": _flag(call.restore_stock),
        "recover_coupon": _flag(call.restore_coupon),
        "claim_reason_type": call.reason_type,
        "reason": _reason(call),
        **_account(call),
        "items": _items(call),
    }


def _request(call: CancelCall) -> Mapping[str, Any]:
    """Stock and coupons of a request follow the mall's own settings when it is accepted: no field for them."""
    return {
        "order_id": call.order_id,
        "reason_type": call.reason_type,
        "reason": _reason(call),
        **_account(call),
        "items": _items(call),
    }


def _items(call: CancelCall) -> list[dict[str, object]]:
    return [{"order_item_code": code, "quantity": quantity} for code, quantity in call.lines]


def _account(call: CancelCall) -> Mapping[str, str]:
    if call.account is None:
        return {}
    return {
        "refund_bank_code": call.account.bank_code,
        "refund_bank_account_no": call.account.account_number,
        "refund_bank_account_holder": call.account.holder,
    }


def _reason(call: CancelCall) -> str:
    return clean(call.reason) or REASON_WORDS.get(call.reason_type, call.reason_type)


def _flag(on: bool) -> str:  # noqa: FBT001  a letter for a truth
    return "T" if on else "F"


def clean(text: str) -> str:
    """One line without control and other invisible characters, no longer than Cafe24 takes."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())[:LONGEST_REASON]


def _claim_code(answer: object, call: CancelCall) -> str | None:
    """An object or a list of them. Without a code the read-back finds it."""
    rows = [row for row in (answer if isinstance(answer, list) else [answer]) if isinstance(row, dict)]
    if any(row.get("error") for row in rows):
        # 207: some of it went wrong, in a shape that nobody documents.
        raise OutcomeUnknown(SYSTEM, "POST a claim", note="a refusal inside a success")
    of_order = (row for row in rows if row.get("order_id") in {None, call.order_id})
    return next((code for row in of_order if (code := to_optional_text(row.get("claim_code")))), None)


def _kept(error: Rejected | Unauthorized) -> dict[str, Any]:
    return {
        "status": error.status,
        "wire_code": error.wire_code,
        "request_id": error.request_id,
        "note": error.note,
    }
