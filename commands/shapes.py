"""The shapes that Functions of all commands share on the wire (DESIGN §3): camelCase, amounts as decimal strings."""

import datetime as dt
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from commands.kernel.decision import Effect, Layer


class Params(BaseModel):
    """What a caller sends. Unknown members are ignored, null counts as absent (a nested model says so itself)."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=to_camel, extra="ignore", frozen=True, str_max_length=2_000
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


class CommandParams(Params):
    """A manager's calls carry the `chatToken` that their `*.open` gave; customers never send it."""

    chat_token: str | None = None


class Shape(BaseModel):
    """What we answer. Closed."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, validate_by_name=True
    )


class ChangesWhenShape(Shape):
    date: dt.date | None = None
    act: str | None = None


class FindingShape(Shape):
    rule: str
    code: str
    effect: Effect
    layer: Layer
    decisive: bool
    items: list[str]
    facts: dict[str, str | int | bool | None]
    customer_text: str
    manager_text: str
    setting_path: str | None = None
    changes_when: ChangesWhenShape | None = None


class DecisionShape(Shape):
    verdict: Literal["allowed", "needsManager", "blocked"]
    findings: list[FindingShape]


class PreviewShape(Shape):
    """What each preview says first; a command adds what it means."""

    decision: DecisionShape


class TrackingShape(Shape):
    company: str
    number: str
    url: str | None = None


class ItemShape(Shape):
    order_item_code: str
    product_no: int
    product_name: str
    option_text: str
    quantity: int
    claimable_quantity: int
    status: str
    status_text: str
    image_url: str | None = None
    restock_date: dt.date | None = None


class OrderCard(Shape):
    order_id: str
    ordered_at: dt.datetime
    status: str
    status_text: str
    items: list[ItemShape]
    total: str
    currency: str
    tracking: list[TrackingShape] | None = None


class ReceiverShape(Shape):
    """Masked: enough to recognise one's own, too little for anybody else."""

    name: str
    cellphone: str
    zipcode: str
    address1: str


class ClaimShape(Shape):
    kind: Literal["cancel", "exchange", "return"]
    state: str
    claim_code: str | None = None
    at: dt.datetime | None = None


class ShipGroup(Shape):
    """Items that leave together. `note` says why there is no day, or what the day rests on."""

    items: list[ItemShape]
    expected_ship_date: dt.date | None = None
    note: str | None = None


class OrderDetail(OrderCard):
    payment: list[str]
    receiver: ReceiverShape | None = None
    claims: list[ClaimShape]


class ActionShape(Shape):
    command: str
    decision: DecisionShape


class RefundMethod(Shape):
    method: str
    amount: str | None = None


class RefundShape(Shape):
    """`total` only where it is certain; `note` says in words who refunds, how, and when."""

    automatic: bool
    certain: bool
    total: str | None = None
    currency: str
    methods: list[RefundMethod]
    note: str


class LineShape(Shape):
    """A line of the order, and how much of it."""

    order_item_code: str
    product_name: str
    option_text: str
    quantity: int


class ReceiptShape(Shape):
    """`pendingId`: of a claim that waits for a manager, to withdraw it."""

    receipt_id: str
    state: str
    order_id: str
    items: list[LineShape]
    claim_code: str | None = None
    pending_id: str | None = None
    refund: RefundShape | None = None
    undo_until: dt.datetime | None = None
    by: str
    at: dt.datetime
    decision: dict[str, Any] | None = None


class ReceiptResult(Shape):
    receipt: ReceiptShape
