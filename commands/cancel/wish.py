"""What a customer asks for, checked against the order, and as the JSON that a plan keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commands.claiming import (
    account_from_json,
    account_of,
    account_params,
    account_to_json,
    chosen_lines,
    plain,
)
from commands.kernel import claim_lines
from commands.kernel.claim_lines import before_of
from commands.kernel.order import Order, OrderId, OrderItemCode
from commands.kernel.plan import Json
from commands.kernel.ports import RefundAccount

from .wire import PreviewParams


@dataclass(frozen=True, slots=True)
class Wish:
    """`before`: each chosen line's status and quantity when the plan was made; what a reconcile compares with.
    `codes`: every line that the order had then. `key` names this plan to the warehouse; `stops`: it is stopped first,
    `tells`: somebody at the shop has to.
    """

    order_id: OrderId
    lines: Mapping[OrderItemCode, int]
    reason_type: str
    reason_text: str
    account: RefundAccount | None
    before: Mapping[str, tuple[str, int]]
    codes: tuple[str, ...] = ()
    key: str = ""
    stops: bool = False
    tells: bool = False

    def to_json(self) -> Json:
        return {
            "orderId": self.order_id,
            "lines": dict(self.lines),
            "reasonType": self.reason_type,
            "reasonText": self.reason_text,
            "account": account_to_json(self.account),
            "before": {code: list(seen) for code, seen in self.before.items()},
            "codes": list(self.codes),
            "key": self.key,
            "stops": self.stops,
            "tells": self.tells,
        }

    @classmethod
    def from_json(cls, payload: Json) -> "Wish":
        return cls(
            order_id=OrderId(payload["orderId"]),
            lines={OrderItemCode(code): int(count) for code, count in payload["lines"].items()},
            reason_type=payload["reasonType"],
            reason_text=payload["reasonText"],
            account=account_from_json(payload["account"]),
            before={code: (seen[0], int(seen[1])) for code, seen in payload["before"].items()},
            codes=tuple(payload["codes"]),
            key=payload.get("key", ""),
            stops=payload.get("stops", False),
            tells=payload.get("tells", False),
        )

    @classmethod
    def of(cls, params: PreviewParams, order: Order) -> "Wish":
        """Raises `Failure(invalidParams)` as `chosen_lines` does."""
        lines = chosen_lines(params.items, order)
        return cls(
            order_id=order.order_id,
            lines=lines,
            reason_type=params.reason.type,
            reason_text=plain(params.reason.text or ""),
            account=account_of(params.refund_account),
            before=before_of(order, lines),
            codes=tuple(item.code for item in order.items),
        )


def params_of(payload: Json, orderer_name: str | None) -> dict[str, Any]:
    """The preview that led to a plan, to be asked for again."""
    wish = Wish.from_json(payload)
    return {
        "orderId": wish.order_id,
        "items": [{"orderItemCode": code, "quantity": count} for code, count in wish.lines.items()],
        "reason": {"type": wish.reason_type, "text": wish.reason_text or None},
        "refundAccount": account_params(wish.account),
        "ordererName": orderer_name,
    }


def parts_of(wish: Wish) -> list[OrderItemCode]:
    """Lines of which fewer pieces than they have are to be cancelled."""
    return claim_lines.parts_of(wish.lines, wish.before)
