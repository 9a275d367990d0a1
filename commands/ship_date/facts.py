"""What the rules of `/발송예정일` look at, and the groups that come of them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from commands.kernel.mall import PartialShippingChoices
from commands.kernel.order import OrderItemCode

from .shipping_days import ShippingDays


class Why(StrEnum):
    """Why a group leaves when it does, or why nobody can say."""

    LABEL_PRINTED = "label_printed"
    ON_HOLD = "on_hold"
    WAREHOUSE_DATE = "warehouse_date"
    STOCK_UNKNOWN = "stock_unknown"
    RESTOCK_UNKNOWN = "restock_unknown"
    IN_STOCK = "in_stock"
    TOGETHER = "together"
    READY_PART = "ready_part"
    RESTOCK = "restock"
    WAREHOUSE_UNAVAILABLE = "warehouse_unavailable"


@dataclass(frozen=True, slots=True)
class Line:
    """An item on its way out. `in_stock` None: nobody knows; a line is never split, so part of it is not in stock.
    `given_date`: the warehouse's own ship date.
    """

    code: OrderItemCode
    in_stock: bool | None
    restock_date: date | None = None
    given_date: date | None = None
    label_printed: bool = False
    on_hold: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """One order. `paid`: what was really paid, in won; None: not known, or another currency."""

    order_date: date
    lines: tuple[Line, ...]
    now: datetime
    days: ShippingDays
    policy: PartialShippingChoices
    paid: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Items that leave together. Without a date `why` says what is missing."""

    codes: tuple[OrderItemCode, ...]
    ship_date: date | None
    why: Why
