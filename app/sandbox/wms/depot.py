"""The truth of the simulated warehouse: what it has collected of the mall's orders, what lies on its shelves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

# A line is in one of these; each server has its own words for them.
RECEIVED, HELD, PRINTED, SHIPPED = "received", "held", "printed", "shipped"
MARKED = {"cancel": "cancel_marked", "return": "return_marked", "exchange": "exchange_marked", "hold": HELD}
COLLECTED = frozenset({"N10", "N20", "N21", "N22"})
ON_HOLD = "N22"


class DepotRefused(Exception):
    """The warehouse cannot do this."""


@dataclass(frozen=True, slots=True)
class ShopLine:
    """A line of an order as the mall has it. `sku` is the mall's variant code."""

    code: str
    sku: str
    name: str
    quantity: int
    status: str


@dataclass(frozen=True, slots=True)
class ShopOrder:
    order_id: str
    ordered_at: datetime
    lines: tuple[ShopLine, ...]
    receiver: dict[str, str]


@dataclass(frozen=True, slots=True)
class Goods:
    """A variant of the mall, as it would be typed into the warehouse."""

    sku: str
    name: str
    quantity: int


@dataclass(slots=True)
class Line:
    """`before`: the stage to which a restored mark returns."""

    number: int
    code: str
    sku: str
    name: str
    quantity: int
    stage: str
    before: str = RECEIVED


@dataclass(slots=True)
class Parcel:
    """What was collected of one order of the mall; `package` is shared by combined orders."""

    number: int
    order_id: str
    ordered_at: datetime
    lines: list[Line]
    receiver: dict[str, str]
    package: str
    tracking: str = ""
    marks: list[tuple[str, str]] = field(default_factory=list)


class Depot:
    """`orders` and `goods` look into the mall whenever the warehouse is asked."""

    def __init__(
        self, orders: Callable[[], Iterable[ShopOrder]], goods: Callable[[], Iterable[Goods]]
    ) -> None:
        self._orders = orders
        self._goods = goods
        self._parcels: dict[str, Parcel] = {}
        self.collecting = True
        self.stock_of: dict[str, int | None] = {}
        self.restock: dict[str, date] = {}
        self.unknown_skus: set[str] = set()

    @property
    def parcels(self) -> dict[str, Parcel]:
        """By order id, after a look for new ones."""
        if self.collecting:
            for order in self._orders():
                if order.order_id not in self._parcels:
                    self._collect(order)
        return self._parcels

    @property
    def goods(self) -> list[Goods]:
        return [g for g in self._goods() if g.sku not in self.unknown_skus]

    def stock(self, goods: Goods) -> int | None:
        """What a person has set, else what the mall says."""
        return self.stock_of.get(goods.sku, goods.quantity)

    def parcel(self, order_id: str) -> Parcel:
        try:
            return self.parcels[order_id]
        except KeyError:
            raise DepotRefused(order_id) from None

    def print_label(self, order_id: str) -> str:
        """The waybill number; every order of the package leaves with it."""
        parcel = self.parcel(order_id)
        waiting = [line for line in parcel.lines if line.stage == RECEIVED]
        if not waiting:
            raise DepotRefused(order_id)
        tracking = parcel.tracking or f"6{parcel.number:011d}"
        for other in self._parcels.values():
            if other.package == parcel.package:
                other.tracking = tracking
                _move(other, RECEIVED, PRINTED)
        return tracking

    def ship(self, order_id: str) -> None:
        parcel = self.parcel(order_id)
        if not _move(parcel, PRINTED, SHIPPED):
            raise DepotRefused(order_id)

    def combine(self, order_id: str, other_id: str) -> str:
        """Two orders into one package (합포장), while neither has a label."""
        first, second = self.parcel(order_id), self.parcel(other_id)
        if first is second or first.tracking or second.tracking:
            raise DepotRefused(order_id)
        second.package = first.package
        return first.package

    def mark(self, parcel: Parcel, mark: str, numbers: set[int]) -> None:
        """A printed label stops a cancel and a hold; nothing is marked twice."""
        lines = [line for line in parcel.lines if line.number in numbers]
        late = {PRINTED, SHIPPED} if mark in {"cancel", "hold"} else set()
        if not lines or any(line.stage in late for line in lines):
            raise DepotRefused(mark)
        for line in lines:
            if line.stage != MARKED[mark]:
                line.before, line.stage = line.stage, MARKED[mark]
        parcel.marks.append((mark, "on"))

    def restore(self, parcel: Parcel, mark: str, numbers: set[int]) -> None:
        for line in parcel.lines:
            if line.number in numbers and line.stage == MARKED[mark]:
                line.stage = line.before
        parcel.marks.append((mark, "off"))

    def change_address(self, parcel: Parcel, receiver: dict[str, str]) -> None:
        if parcel.tracking:
            raise DepotRefused("address")
        parcel.receiver = {**parcel.receiver, **receiver}
        parcel.marks.append(("address", "on"))

    def _collect(self, order: ShopOrder) -> None:
        lines = [line for line in order.lines if line.status in COLLECTED]
        if not lines:
            return
        number = len(self._parcels) + 1
        self._parcels[order.order_id] = Parcel(
            number=number,
            order_id=order.order_id,
            ordered_at=order.ordered_at,
            lines=[
                Line(
                    number * 100 + index,
                    line.code,
                    line.sku,
                    line.name,
                    line.quantity,
                    HELD if line.status == ON_HOLD else RECEIVED,
                )
                for index, line in enumerate(lines, 1)
            ],
            receiver=dict(order.receiver),
            package=f"P{number:06d}",
        )


def _move(parcel: Parcel, old: str, new: str) -> bool:
    lines = [line for line in parcel.lines if line.stage == old]
    for line in lines:
        line.stage = new
    return bool(lines)
