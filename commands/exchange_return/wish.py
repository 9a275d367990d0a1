"""What a customer asks for, checked against the order, and as the JSON that a plan keeps (encrypted)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
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
from commands.kernel.address import Address, SelfSend
from commands.kernel.claim_lines import before_of
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order, OrderId, OrderItemCode
from commands.kernel.plan import Json
from commands.kernel.ports import RefundAccount

from .facts import Kind
from .wire import PreviewParams


@dataclass(frozen=True, slots=True)
class Wish:
    """`before`: each chosen line's status and quantity when the plan was made; what a reconcile compares with.
    `targets`: variant code and quantity by line; `photos`: refs.
    """

    kind: Kind
    order_id: OrderId
    lines: Mapping[OrderItemCode, int]
    reason_type: str
    reason_text: str
    photos: tuple[str, ...]
    pickup: Address | None
    self_send: SelfSend | None
    targets: Mapping[OrderItemCode, tuple[str, int]]
    account: RefundAccount | None
    before: Mapping[str, tuple[str, int]]

    def to_json(self) -> Json:
        return {
            "kind": self.kind,
            "orderId": self.order_id,
            "lines": dict(self.lines),
            "reasonType": self.reason_type,
            "reasonText": self.reason_text,
            "photos": list(self.photos),
            "pickup": self.pickup and asdict(self.pickup),
            "selfSend": self.self_send and asdict(self.self_send),
            "targets": {code: list(wanted) for code, wanted in self.targets.items()},
            "account": account_to_json(self.account),
            "before": {code: list(seen) for code, seen in self.before.items()},
        }

    @classmethod
    def from_json(cls, payload: Json) -> "Wish":
        pickup, self_send = payload["pickup"], payload["selfSend"]
        return cls(
            kind=payload["kind"],
            order_id=OrderId(payload["orderId"]),
            lines={OrderItemCode(code): int(count) for code, count in payload["lines"].items()},
            reason_type=payload["reasonType"],
            reason_text=payload["reasonText"],
            photos=tuple(payload["photos"]),
            pickup=Address(**pickup) if pickup else None,
            self_send=SelfSend(**self_send) if self_send else None,
            targets={OrderItemCode(c): (w[0], int(w[1])) for c, w in payload["targets"].items()},
            account=account_from_json(payload["account"]),
            before={code: (seen[0], int(seen[1])) for code, seen in payload["before"].items()},
        )

    @classmethod
    def of(cls, params: PreviewParams, order: Order) -> "Wish":
        """Raises `Failure(invalidParams)` as `chosen_lines` does, and for a target of a line that is not chosen."""
        lines = chosen_lines(params.items, order)
        return cls(
            kind=params.kind,
            order_id=order.order_id,
            lines=lines,
            reason_type=params.reason.type,
            reason_text=plain(params.reason.text or ""),
            photos=tuple(dict.fromkeys(params.evidence)),
            pickup=_pickup(params, order),
            self_send=_self_send(params),
            targets=_targets(params, lines) if params.kind == "exchange" else {},
            account=account_of(params.refund_account),
            before=before_of(order, lines),
        )

    @property
    def parts(self) -> list[OrderItemCode]:
        """Lines of which fewer pieces than they have are asked for."""
        return claim_lines.parts_of(self.lines, self.before)


def params_of(payload: Json) -> dict[str, Any]:
    """The preview that led to a plan, to be asked for again."""
    wish = Wish.from_json(payload)
    pickup, self_send = wish.pickup, wish.self_send
    return {
        "kind": wish.kind,
        "orderId": wish.order_id,
        "items": [{"orderItemCode": code, "quantity": count} for code, count in wish.lines.items()],
        "reason": {"type": wish.reason_type, "text": wish.reason_text or None},
        "evidence": list(wish.photos),
        "pickup": pickup and {_camel(name): value for name, value in asdict(pickup).items()},
        "selfSend": self_send and {_camel(name): value for name, value in asdict(self_send).items()},
        "exchangeFor": [
            {"orderItemCode": code, "variantCode": variant, "quantity": count}
            for code, (variant, count) in wish.targets.items()
        ],
        "refundAccount": account_params(wish.account),
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _pickup(params: PreviewParams, order: Order) -> Address | None:
    """None also where the order does not say where it went."""
    given = params.pickup
    if given is None:
        return None
    if not given.same_as_order:
        return Address(
            receiver_name=given.receiver_name,
            cellphone=given.cellphone,
            zipcode=given.zipcode,
            address1=given.address1,
            address2=given.address2,
            phone=given.phone,
            message=plain(given.message or "") or None,
        )
    receiver = order.receivers[0] if len(order.receivers) == 1 else None
    if receiver is None or not (receiver.name and receiver.cellphone and receiver.address1):
        return None
    return Address(
        receiver_name=receiver.name,
        cellphone=receiver.cellphone,
        zipcode=receiver.zipcode,
        address1=receiver.address1,
        address2=receiver.address2,
    )


def _self_send(params: PreviewParams) -> SelfSend | None:
    given = params.self_send
    return SelfSend(plain(given.courier or "") or None, given.tracking_number) if given else None


def _targets(
    params: PreviewParams, lines: Mapping[OrderItemCode, int]
) -> dict[OrderItemCode, tuple[str, int]]:
    targets: dict[OrderItemCode, tuple[str, int]] = {}
    for wanted in params.exchange_for:
        code = OrderItemCode(wanted.order_item_code)
        if code in targets or code not in lines:
            raise Failure(FailureType.INVALID_PARAMS, f"exchangeFor: {code} is named twice or is not chosen")
        targets[code] = (wanted.variant_code, wanted.quantity)
    return targets
