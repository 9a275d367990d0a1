"""The truth about one order: what was bought, by whom, where it goes, what was claimed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.wire import Row

ClaimKind = Literal["cancellation", "return", "exchange"]
ZERO = Decimal(0)


@dataclass(slots=True)
class Buyer:
    """Who ordered; `member_id` of a guest is None or "" (both occur)."""

    member_id: str | None
    name: str
    cellphone: str
    email: str
    zipcode: str
    address1: str
    address2: str
    phone: str = ""
    group_no: int | None = None


@dataclass(slots=True)
class Receiver:
    """One delivery of an order."""

    shipping_code: str
    name: str
    cellphone: str
    zipcode: str
    address1: str
    address2: str
    phone: str = ""
    shipping_message: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who carries a parcel, in the three words of the line."""

    carrier_id: int
    code: str
    name: str


@dataclass(slots=True)
class Item:
    """One line (품주). `dates` and `wire` are keyed by the field names of the API."""

    code: str
    item_no: int
    product_no: int
    product_code: str
    variant_code: str
    product_name: str
    option_value: str
    quantity: int
    price: Decimal
    option_price: Decimal
    status: str
    shipping_code: str | None
    tracking_no: str | None = None
    carrier: Carrier | None = None
    claim_code: str | None = None
    replacement: bool = False
    dates: dict[str, datetime] = field(default_factory=dict)
    wire: Row = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        """Goods amount of the line before discounts."""
        return (self.price + self.option_price) * self.quantity


@dataclass(slots=True)
class Refund:
    """Money going back: F not yet, T done, M on hold; `at_gateway` False: done on the mall's side only."""

    status: Literal["F", "T", "M"]
    amount: Decimal
    methods: list[str]
    refunded_at: datetime | None = None
    points: Decimal = ZERO
    credits: Decimal = ZERO
    at_gateway: bool = True
    account: Row = field(default_factory=dict)


@dataclass(slots=True)
class Claim:
    """An accepted claim; requests (C00, R00, E00) have no code and live on the lines alone."""

    code: str
    kind: ClaimKind
    accepted_at: datetime
    item_codes: list[str]
    reason_type: str
    reason: str
    refund: Refund | None = None
    undone: bool = False
    restored_stock: bool = False
    restored_coupon: bool = False
    wire: Row = field(default_factory=dict)


@dataclass(slots=True)
class Order:
    """One order. `wire` overrides fields of the API that nothing here derives."""

    order_id: str
    shop_no: int
    ordered_at: datetime
    paid_at: datetime | None
    buyer: Buyer
    receivers: list[Receiver]
    items: list[Item]
    payment_methods: list[str]
    shipping_fee: Decimal = ZERO
    regional_surcharge: Decimal = ZERO
    points_spent: Decimal = ZERO
    credits_spent: Decimal = ZERO
    coupon_discount: Decimal = ZERO
    claims: list[Claim] = field(default_factory=list)
    coupons: list[Row] = field(default_factory=list)
    past_receivers: list[Row] = field(default_factory=list)
    memos: list[Row] = field(default_factory=list)
    wire: Row = field(default_factory=dict)
    line_amounts: bool = (
        True  # placed while the mall calculated discounts per line (refund_benefit_setting U)
    )

    @property
    def is_guest(self) -> bool:
        """No member stands behind the order."""
        return not self.buyer.member_id

    @property
    def goods_amount(self) -> Decimal:
        """Goods at order time; replacement lines of an exchange were not sold."""
        return sum((item.amount for item in self.items if not item.replacement), ZERO)

    @property
    def payable(self) -> Decimal:
        """What the buyer had to pay in money at order time."""
        discounts = self.points_spent + self.credits_spent + self.coupon_discount
        return max(self.goods_amount + self.shipping_fee + self.regional_surcharge - discounts, ZERO)

    @property
    def cancelled(self) -> Literal["T", "F", "M"]:
        """Completely, not, or partly cancelled."""
        gone = [item.status in statuses.CANCELLED for item in self.items]
        return "T" if all(gone) else "M" if any(gone) else "F"

    @property
    def cancelled_at(self) -> datetime | None:
        """When the last line was cancelled; None while any line is left."""
        dates = [item.dates["cancel_date"] for item in self.items if "cancel_date" in item.dates]
        return max(dates, default=None) if self.cancelled == "T" else None

    @property
    def shipping_status(self) -> Literal["F", "M", "T", "W"]:
        """Before shipping, in transit, delivered, on hold; judged by the lines that still ship."""
        left = [item.status for item in self.items if item.status not in statuses.CANCELLED]
        if left and all(status in statuses.DELIVERED | statuses.RETURNED for status in left):
            return "T"
        if any(status in statuses.IN_TRANSIT | statuses.DELIVERED for status in left):
            return "M"
        return "W" if any(status in statuses.ON_HOLD for status in left) else "F"
