"""A warehouse (WMS) as commands see it: what it holds of an order, its stock, and marks on its work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol

from .address import Address
from .order import OrderId, OrderItemCode
from .who import Shop


class Capability(StrEnum):
    """What a connected warehouse can really do. What it lacks is a missing capability, never an error."""

    ORDERS = "orders"
    STOCK = "stock"
    RESTOCK_DATE = "restockDate"
    SHIP_DATE = "shipDate"
    HOLD = "hold"
    CANCEL = "cancel"
    RETURN = "return"
    EXCHANGE = "exchange"
    RESTORE = "restore"
    CHANGE_ADDRESS = "changeAddress"
    PACKAGES = "packages"


class Stage(StrEnum):
    """How far the warehouse is with an item."""

    RECEIVED = "received"
    HELD = "held"
    ALLOCATED = "allocated"
    LABEL_PRINTED = "labelPrinted"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCEL_MARKED = "cancelMarked"
    CANCELLED = "cancelled"
    RETURN_MARKED = "returnMarked"
    RETURNED = "returned"
    EXCHANGE_MARKED = "exchangeMarked"
    EXCHANGED = "exchanged"
    UNKNOWN = "unknown"


_PRINTED = frozenset({Stage.LABEL_PRINTED, Stage.SHIPPED, Stage.DELIVERED})


@dataclass(frozen=True, slots=True)
class WarehouseItem:
    """`order_item_code` is None where the warehouse does not say which line it is; then `sku` must tell."""

    id: str
    order_item_code: OrderItemCode | None
    sku: str | None
    quantity: int | None
    stage: Stage
    raw_stage: str | None = None
    package_id: str | None = None
    tracking_number: str | None = None
    courier: str | None = None
    expected_ship_date: date | None = None

    @property
    def label_printed(self) -> bool | None:
        """None: not known, which is never "no"."""
        if self.tracking_number or self.stage in _PRINTED:
            return True
        return None if self.stage is Stage.UNKNOWN else False


@dataclass(frozen=True, slots=True)
class WarehouseOrder:
    """`deliveries`: ids of the items that leave together, one tuple a parcel, where the warehouse says so."""

    id: str
    order_id: OrderId
    items: tuple[WarehouseItem, ...]
    deliveries: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class StockLevel:
    """`available` None: not known. A restock date may lie in the past; rules judge that."""

    sku: str
    available: int | None
    restock_date: date | None = None


@dataclass(frozen=True, slots=True)
class MarkResult:
    """`unknown`: a time-out; read again before anything else. `message` is the warehouse's own, for logs only."""

    outcome: Literal["done", "refused", "unknown"]
    message: str | None = None


Mark = Literal["cancel", "return", "exchange", "hold"]


class Warehouse(Protocol):
    """The warehouse of a shop. Reads raise `Unavailable` and are cut at three seconds; a mark is never repeated
    blindly: `key` makes it idempotent with us, and `unknown` asks for a read. A mark raises `Unavailable` where it
    surely had no effect; what the warehouse cannot do is `refused`, without asking it.
    """

    async def capabilities(self, shop: Shop) -> frozenset[Capability] | None:
        """None: the shop has no warehouse. Asks nobody outside."""
        ...

    async def orders(
        self, shop: Shop, order_ids: Iterable[OrderId], *, fresh: bool = False
    ) -> Mapping[OrderId, WarehouseOrder]:
        """A missing key: the warehouse does not hold the order (yet). At most a minute old, or read now when `fresh`:
        whatever a change depends on is read fresh.
        """
        ...

    async def package_orders(self, shop: Shop, package_id: str) -> frozenset[OrderId]:
        """Every order in one combined package (합포장), read now."""
        ...

    async def stock(self, shop: Shop, skus: Iterable[str]) -> Mapping[str, StockLevel]:
        """A missing key: the SKU is not mapped."""
        ...

    async def mark(
        self,
        shop: Shop,
        mark: Mark,
        order_id: OrderId,
        codes: Iterable[OrderItemCode],
        reason: str,
        key: str,
        *,
        whole: bool = False,
    ) -> MarkResult:
        """`whole`: `codes` are all that the order would still ship. Some warehouses stop a parcel or nothing."""
        ...

    async def restore(
        self, shop: Shop, mark: Mark, order_id: OrderId, codes: Iterable[OrderItemCode], key: str
    ) -> MarkResult:
        """Takes one of our own marks back."""
        ...

    async def change_address(self, shop: Shop, order_id: OrderId, address: Address, key: str) -> MarkResult:
        """The whole order."""
        ...
