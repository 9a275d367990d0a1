"""What commands need of the outside, named by need. Adapters live in `app`, doubles in `tests/doubles.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from .address import Address, SelfSend
from .mall import MallRules
from .money import Money
from .order import ItemState, Order, OrderId, OrderItemCode
from .surcharges import RegionalSurcharges
from .who import Caller, ChannelId, Customer, Shop


class Unavailable(Exception):
    """An outside system could not be asked. Nothing took effect."""


class OutcomeUnknown(Exception):
    """A write may or may not have taken effect: read before doing anything else."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class RecentOrders:
    """The newest orders found, newest first, and how many months back were searched for them.

    Compared by identity: while an adapter keeps one in memory, answers made of it may be kept beside it.
    """

    orders: tuple[Order, ...]
    months_searched: int


class Orders(Protocol):
    """The mall's orders. Every order returned has been checked to belong to the customer."""

    async def recent(
        self,
        shop: Shop,
        customer: Customer,
        *,
        at_most: int,
        months: int,
        states: frozenset[ItemState] | None = None,
    ) -> RecentOrders:
        """With `states` only orders that have a line in one of them: `at_most` ends the search, and all that were
        read by then come back. Raises `Unavailable`.
        """
        ...

    async def one(self, shop: Shop, customer: Customer, order_id: OrderId) -> Order | None:
        """None for an order that does not exist and for somebody else's. Raises `Unavailable`."""
        ...


# 택배사 수거신청 자동접수 is on in the mall, and it refuses requests for a pickup (H23).
AUTO_PICKUP_ON = "auto_pickup_on"


class MallRefused(Exception):
    """The mall understood and said no. Nothing took effect. `message` is the mall's own text, `code` a word of ours
    where the reason was recognised.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        self.message = message
        self.code = code
        super().__init__(message)


class Rules(Protocol):
    """The mall's own settings."""

    async def rules(self, shop: Shop, *, fresh: bool) -> MallRules:
        """At most five minutes old, or one when `fresh`. Raises `Unavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class RefundAccount:
    """Where a refund by hand goes. Personal data: encrypted where kept, wiped 24 h after settling."""

    bank_code: str
    account_number: str
    holder: str


@dataclass(frozen=True, slots=True)
class CancelCall:
    """What is asked of the mall. `lines`: (item code, quantity). `complete`: with `refund_now` the payment gateway
    is asked to cancel too; without, the refund waits for a manager. `reason_type`: A, B, G or I.
    """

    order_id: OrderId
    lines: tuple[tuple[OrderItemCode, int], ...]
    reason_type: str
    reason: str
    complete: bool
    refund_now: bool = False
    gateway_cancel: bool = False
    restore_stock: bool = False
    restore_coupon: bool = False
    account: RefundAccount | None = None


@dataclass(frozen=True, slots=True)
class ReturnCall:
    """A return request (반품 신청). `reason_type`: A, E, K, J or I. Either `pickup` or `self_send`."""

    order_id: OrderId
    lines: tuple[tuple[OrderItemCode, int], ...]
    reason_type: str
    reason: str
    pickup: Address | None = None
    self_send: SelfSend | None = None
    account: RefundAccount | None = None


@dataclass(frozen=True, slots=True)
class ExchangeTarget:
    """What the customer wants instead of a line."""

    code: OrderItemCode
    product_no: int
    variant_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ExchangeCall:
    """An exchange request (교환 신청): as a return, and one target a line. Neither `pickup` nor `self_send`: goods that
    have not been shipped need no way back.
    """

    order_id: OrderId
    lines: tuple[tuple[OrderItemCode, int], ...]
    reason_type: str
    reason: str
    targets: tuple[ExchangeTarget, ...]
    pickup: Address | None = None
    self_send: SelfSend | None = None


class Claims(Protocol):
    """Claims of the mall. Every write raises `Unavailable` (no effect), `MallRefused` or `OutcomeUnknown`."""

    async def cancel(self, shop: Shop, call: CancelCall) -> str | None:
        """Cancels, or files a request when not `complete`. The claim code, which requests do not have yet."""
        ...

    async def request_return(self, shop: Shop, call: ReturnCall) -> str | None:
        """Files a return request; the number or code that the mall gave it, if any."""
        ...

    async def request_exchange(self, shop: Shop, call: ExchangeCall) -> str | None:
        """Files an exchange request; the number or code that the mall gave it, if any."""
        ...


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant (품목) of a product. `stock` None: not counted by the mall; `extra_price`: above the product's price;
    `on_sale`: displayed and selling.
    """

    variant_code: str
    options: tuple[tuple[str, str], ...]
    stock: int | None
    extra_price: Money
    on_sale: bool
    picture: str | None = None


class Variants(Protocol):
    async def of_product(self, shop: Shop, product_no: int, *, fresh: bool) -> tuple[Variant, ...]:
        """At most a minute old, or read now when `fresh`. Raises `Unavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class Photo:
    """Evidence that was taken in. `taken_at`: as the camera wrote it; `used_before`: alike one of another order."""

    ref: str
    taken_at: datetime | None = None
    used_before: bool = False


class Evidence(Protocol):
    """Photos of customers, kept encrypted."""

    async def photos(
        self, shop: Shop, customer: Customer, order_id: OrderId, refs: Iterable[str]
    ) -> tuple[Photo, ...]:
        """Raises `Failure(invalidParams)` for a ref of somebody else, of another order, or one that is gone."""
        ...


class Receivers(Protocol):
    """Where the mall sends an order. Writes raise `Unavailable` (no effect), `MallRefused` or `OutcomeUnknown`."""

    async def change(self, shop: Shop, order_id: OrderId, shipment_code: str, address: Address) -> None:
        """The full address of one shipment, sent once (PUT /orders/{id}/receivers/{shipping_code})."""
        ...

    async def note(self, shop: Shop, order_id: OrderId, text: str) -> None:
        """A memo on the order, for managers (POST /orders/{id}/memos)."""
        ...


class Surcharges(Protocol):
    async def surcharges(self, shop: Shop, *, fresh: bool) -> RegionalSurcharges:
        """At most five minutes old, or one when `fresh`. Raises `Unavailable`."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A postcode and the road address that it belongs to."""

    zipcode: str
    address1: str


class PostcodeSearch(Protocol):
    """Finds places by words that a person typed. The operator may run without one."""

    async def find(self, shop: Shop, caller: Caller, words: str) -> tuple[Place, ...]:
        """At most twenty. Raises `Unavailable`, and `Failure(tooMany)` for a caller who asks on and on."""
        ...


class OrdererNames(Protocol):
    """The second question to somebody who proved no more than a phone number (SMS.md §3.7)."""

    async def is_right(self, caller_id: str, channel_id: ChannelId, *, given: str, actual: str) -> bool:
        """Counts wrong tries of the phone session; raises `Failure(tooMany)` after five."""
        ...


class Pictures(Protocol):
    """Product pictures, cached for a day."""

    async def pictures(self, shop: Shop, product_nos: Iterable[int]) -> Mapping[int, str]:
        """URL by product number; products without a picture are left out. Raises `Unavailable`."""
        ...

    def known(self, shop: Shop, product_no: int) -> str | None:
        """The picture if it is in the cache; asks nobody."""
        ...

    @property
    def learned(self) -> int:
        """Grows whenever `known` may answer more than before."""
        ...
