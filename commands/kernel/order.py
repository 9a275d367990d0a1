"""An order of the mall as commands see it: states in our words, the mall's own code beside them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NewType

from .money import Money

OrderId = NewType("OrderId", str)
OrderItemCode = NewType("OrderItemCode", str)
TrackingNumber = NewType("TrackingNumber", str)
MIXED: Literal["mixed"] = "mixed"
NO_ITEMS: Literal["unrecognised"] = "unrecognised"


class ItemState(StrEnum):
    """The states of H14, H67 and of claims; which Cafe24 codes they cover stands in `app/cafe24/codes.py`."""

    AWAITING_PAYMENT = "awaitingPayment"
    PREPARING = "preparing"
    IN_TRANSIT = "inTransit"
    DELIVERED = "delivered"
    CANCEL_REQUESTED = "cancelRequested"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    RETURNED = "returned"
    RETURN_REJECTED = "returnRejected"
    EXCHANGING = "exchanging"
    EXCHANGED = "exchanged"
    EXCHANGE_REJECTED = "exchangeRejected"
    UNRECOGNISED = "unrecognised"


class SalesChannel(StrEnum):
    """Where the order was placed. Only `own_mall` orders may be changed by the customer."""

    OWN_MALL = "own_mall"
    NAVER_PAY = "naver_pay"
    MARKETPLACE = "marketplace"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, slots=True)
class Tracking:
    """A parcel on its way. `url` is the carrier's page for this number, if the mall knows one."""

    company: str
    number: TrackingNumber
    url: str | None = None


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line of an order. `status_code` is the mall's own code, for managers and rules; `variant_code` names the
    mall's variant (품목), `custom_variant_code` is the merchant's own. `unit_price` before discounts, for display only.
    """

    code: OrderItemCode
    product_no: int
    product_name: str
    option_text: str
    quantity: int
    status_code: str
    state: ItemState
    claim_code: str | None = None
    shipment_code: str | None = None
    tracking: Tracking | None = None
    is_gift: bool = False
    in_set: bool = False
    variant_code: str | None = None
    custom_variant_code: str | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    unit_price: Money | None = None

    @property
    def claimable_quantity(self) -> int:
        """How many pieces a claim could still take: none while one is open or done."""
        open_states = {
            ItemState.AWAITING_PAYMENT,
            ItemState.PREPARING,
            ItemState.IN_TRANSIT,
            ItemState.DELIVERED,
        }
        return self.quantity if self.state in open_states else 0


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom the parcel goes to. Personal data: masked before it is shown, never logged."""

    name: str
    cellphone: str
    zipcode: str
    address1: str
    address2: str
    shipment_code: str | None = None
    phone: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """An open or finished cancellation, exchange or return. `state` is the item's state under it."""

    kind: Literal["cancel", "exchange", "return"]
    state: ItemState
    claim_code: str | None
    at: datetime | None


class PaidState(StrEnum):
    PAID = "paid"
    UNPAID = "unpaid"
    PARTLY = "partly"
    UNRECOGNISED = "unrecognised"


class RefundWay(StrEnum):
    """How the money of a payment method goes back when the whole order is cancelled (H38–H40)."""

    AUTOMATIC_GATEWAY = "automaticGateway"
    AUTOMATIC = "automatic"
    BY_HAND = "byHand"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, slots=True)
class Payment:
    """How an order was paid. `methods` are the mall's codes (card, cash, point …), `ways` pairs each with its refund;
    `transactions`: distinct ones at the payment gateway, None when the mall does not say; `paid` is the whole sum
    as it was at order time.
    """

    methods: tuple[str, ...] = ()
    ways: tuple[tuple[str, RefundWay], ...] = ()
    state: PaidState = PaidState.UNRECOGNISED
    easy_pay: str = ""
    settled_by_naver: bool = False
    transactions: int | None = None
    paid: Money | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What the sum of an order is made of, for display only; None where the mall does not tell."""

    goods: Money | None = None
    shipping: Money | None = None
    points: Money | None = None
    credit: Money | None = None
    coupons: Money | None = None
    due: Money | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """`ordered_at` is aware; `total` is what the order amounts to after claims, in the shop's currency."""

    order_id: OrderId
    ordered_at: datetime
    total: Money
    items: tuple[OrderItem, ...]
    channel: SalesChannel
    channel_code: str
    payment: Payment = Payment()
    receivers: tuple[Receiver, ...] = ()
    claims: tuple[Claim, ...] = ()
    member_id: str | None = None
    traits: frozenset[str] = field(default_factory=frozenset)
    orderer_name: str = ""
    breakdown: Breakdown = Breakdown()

    @property
    def states(self) -> Counter[ItemState]:
        """How many items stand in each state, in the order of the items."""
        return Counter(item.state for item in self.items)

    @property
    def summary(self) -> ItemState | Literal["mixed", "unrecognised"]:
        """The state that all items share, else `mixed`."""
        states = set(self.states)
        if not states:
            return NO_ITEMS
        return states.pop() if len(states) == 1 else MIXED

    @property
    def parcels(self) -> tuple[Tracking, ...]:
        """Each parcel once, in the order of the items."""
        return tuple(dict.fromkeys(item.tracking for item in self.items if item.tracking))


def product_numbers(orders: Iterable[Order]) -> tuple[int, ...]:
    """Each product once, in the order of first sight."""
    return tuple(dict.fromkeys(item.product_no for order in orders for item in order.items))
