"""Params and results of `exchangeReturn.*` (DESIGN §3)."""

import datetime as dt
from typing import Literal

from pydantic import Field, field_validator, model_validator

from commands.claiming import AccountParams, HiddenOrder, LineParams
from commands.shapes import (
    CommandParams,
    DecisionShape,
    ItemShape,
    LineShape,
    OrderCard,
    Params,
    PreviewShape,
    RefundShape,
    Shape,
)

from .facts import Kind
from .reasons import REASONS

ReasonType = Literal["changeOfMind", "dissatisfied", "defective", "deliveryError", "other"]
MOST_PHOTOS = 5
CELLPHONE = r"^0\d{1,2}-?\d{3,4}-?\d{4}$"


class CandidateItem(ItemShape):
    """`kinds`: what may be asked for this line."""

    selectable: bool
    kinds: list[Kind]
    decision: DecisionShape | None = None


class CandidateOrder(OrderCard):
    items: list[CandidateItem]  # type: ignore[assignment]


class CandidatesResult(Shape):
    """At most five orders. `hidden`: orders that a customer would expect here, each with its why."""

    orders: list[CandidateOrder]
    why: DecisionShape | None = None
    hidden: list[HiddenOrder]


class ReasonParams(Params):
    type: ReasonType
    text: str | None = Field(None, max_length=500)


class AddressParams(Params):
    """Where the courier fetches the goods. `sameAsOrder`: where the order went, and nothing else is read."""

    same_as_order: bool = False
    receiver_name: str = Field("", max_length=30)
    cellphone: str = Field("", max_length=20)
    phone: str | None = Field(None, max_length=20, pattern=CELLPHONE)
    zipcode: str = Field("", max_length=5)
    address1: str = Field("", max_length=255)
    address2: str = Field("", max_length=255)
    message: str | None = Field(None, max_length=255)

    @field_validator("receiver_name", "address1", "address2", "zipcode", "cellphone")
    @classmethod
    def _tidy(cls, value: str) -> str:
        return "".join(c for c in value if c.isprintable()).strip()

    @model_validator(mode="after")
    def _complete(self) -> "AddressParams":
        """The error names the members that are none."""
        if self.same_as_order:
            return self
        absent = [
            n for n, v in {"receiverName": self.receiver_name, "address1": self.address1}.items() if not v
        ]
        if absent:
            raise ValueError(f"{' and '.join(absent)} must not be empty")
        digits = self.cellphone.replace("-", "")
        if not (
            digits.isascii() and digits.isdigit() and digits.startswith("01") and len(digits) in {10, 11}
        ):
            raise ValueError("cellphone is not a Korean mobile number")
        if not (self.zipcode.isascii() and self.zipcode.isdigit() and len(self.zipcode) == 5):
            raise ValueError("zipcode has five digits")
        return self


class SelfSendParams(Params):
    """The customer's own parcel; courier and number may come later."""

    courier: str | None = Field(None, max_length=30)
    tracking_number: str | None = Field(None, max_length=40, pattern=r"^[0-9A-Za-z-]{4,40}$")


class TargetParams(Params):
    order_item_code: str = Field(min_length=1, max_length=40)
    variant_code: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=9_999, strict=True)


class PreviewParams(CommandParams):
    kind: Kind
    order_id: str = Field(min_length=1, max_length=40)
    items: list[LineParams] = Field(min_length=1, max_length=100)
    reason: ReasonParams
    evidence: list[str] = Field(default_factory=list, max_length=MOST_PHOTOS)
    pickup: AddressParams | None = None
    self_send: SelfSendParams | None = None
    exchange_for: list[TargetParams] = Field(default_factory=list, max_length=100)
    refund_account: AccountParams | None = None
    orderer_name: str | None = Field(None, max_length=60)

    @model_validator(mode="after")
    def _one_way(self) -> "PreviewParams":
        if self.pickup and self.self_send:
            raise ValueError("either pickup or selfSend")
        return self


class VariantShape(Shape):
    """`stock` is left out where the mall does not count it; `extraPrice` is above the product's price."""

    variant_code: str
    option_text: str
    available: bool
    stock: int | None = None
    extra_price: str
    currency: str
    image_url: str | None = None
    same_price: bool
    is_own: bool


class TargetsShape(Shape):
    """What a line may be exchanged for."""

    order_item_code: str
    variants: list[VariantShape]


class PreviewResult(PreviewShape):
    """No `planToken` while the verdict is not `allowed` or something is `missing`. `shippingFee`: what the mall tells
    its buyers that the way costs, nobody is charged here. `targets`: of an exchange.
    """

    kind: Kind
    items: list[LineShape]
    outcome: Literal["request", "pending"]
    shipping_payer: Literal["mall", "buyer"]
    shipping_fee: str | None = None
    currency: str
    refund: RefundShape | None = None
    targets: list[TargetsShape] | None = None
    plan_token: str | None = None
    missing: list[str] | None = None
    expires_at: dt.datetime | None = None


class WithdrawParams(CommandParams):
    pending_id: str = Field(min_length=1, max_length=60)


assert set(REASONS) == set(ReasonType.__args__)  # type: ignore[attr-defined]
