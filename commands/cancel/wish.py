"""What a customer asks for, checked against the order, and as the JSON that a plan keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order, OrderId, OrderItemCode
from commands.kernel.plan import Json
from commands.kernel.ports import RefundAccount

from .wire import PreviewParams


@dataclass(frozen=True, slots=True)
class Wish:
    """`before`: each chosen line's status and quantity when the plan was made; what a reconcile compares with."""

    order_id: OrderId
    lines: Mapping[OrderItemCode, int]
    reason_type: str
    reason_text: str
    account: RefundAccount | None
    before: Mapping[str, tuple[str, int]]

    def to_json(self) -> Json:
        account = self.account
        return {
            "orderId": self.order_id,
            "lines": dict(self.lines),
            "reasonType": self.reason_type,
            "reasonText": self.reason_text,
            "account": account and [account.bank_code, account.account_number, account.holder],
            "before": {code: list(seen) for code, seen in self.before.items()},
        }

    @classmethod
    def from_json(cls, payload: Json) -> "Wish":
        account = payload["account"]
        return cls(
            order_id=OrderId(payload["orderId"]),
            lines={OrderItemCode(code): int(count) for code, count in payload["lines"].items()},
            reason_type=payload["reasonType"],
            reason_text=payload["reasonText"],
            account=RefundAccount(*account) if account else None,
            before={code: (seen[0], int(seen[1])) for code, seen in payload["before"].items()},
        )

    @classmethod
    def of(cls, params: PreviewParams, order: Order) -> "Wish":
        """Raises `Failure(invalidParams)` for a line twice, of another order, or above its quantity."""
        lines = _lines(params, order)
        return cls(
            order_id=order.order_id,
            lines=lines,
            reason_type=params.reason.type,
            reason_text=_plain(params.reason.text or ""),
            account=_account(params),
            before={i.code: (i.status_code, i.quantity) for i in order.items if i.code in lines},
        )


def params_of(payload: Json, orderer_name: str | None) -> dict[str, Any]:
    """The preview that led to a plan, to be asked for again."""
    wish = Wish.from_json(payload)
    account = wish.account
    return {
        "orderId": wish.order_id,
        "items": [{"orderItemCode": code, "quantity": count} for code, count in wish.lines.items()],
        "reason": {"type": wish.reason_type, "text": wish.reason_text or None},
        "refundAccount": account
        and {
            "bankCode": account.bank_code,
            "accountNumber": account.account_number,
            "holder": account.holder,
        },
        "ordererName": orderer_name,
    }


def parts_of(wish: Wish) -> list[OrderItemCode]:
    """Lines of which fewer pieces than they have are to be cancelled."""
    return [code for code, count in wish.lines.items() if count < wish.before[code][1]]


def _account(params: PreviewParams) -> RefundAccount | None:
    given = params.refund_account
    return RefundAccount(given.bank_code, given.account_number, _plain(given.holder)) if given else None


def _lines(params: PreviewParams, order: Order) -> dict[OrderItemCode, int]:
    held = {item.code: item.quantity for item in order.items}
    lines: dict[OrderItemCode, int] = {}
    for line in params.items:
        code = OrderItemCode(line.order_item_code)
        if code in lines:
            raise Failure(FailureType.INVALID_PARAMS, f"items: {code} is named twice")
        if code not in held:
            raise Failure(FailureType.INVALID_PARAMS, f"items: {code} is not a line of this order")
        if line.quantity > held[code]:
            raise Failure(FailureType.INVALID_PARAMS, f"items: {code} has {held[code]} pieces only")
        lines[code] = line.quantity
    return lines


def _plain(text: str) -> str:
    """Without control characters: the text stands in the mall's back office as it is, and is escaped where shown."""
    return "".join(c for c in text if c.isprintable()).strip()
