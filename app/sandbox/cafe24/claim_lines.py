"""Which lines of an order a cancellation may take, and the cutting of a line that is taken in part.

Every text here is ours: only that the real mall refuses with 422 is known (ASSUMPTION).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.errors import ApiError, wrong
from app.sandbox.cafe24.order import Item, Order

BEFORE_SHIPPING = frozenset({"N10", "N20", "N21", "N22"})
AWAITING_PAYMENT = frozenset({"N00", "N02"})

NAVER_PARTIAL = "Partial cancellation is unavailable for NAVER Pay orders."
OTHER_CHANNEL = "Cancellation is unavailable for NAVER Pay and marketplace orders."
SHIPPED = "Items that have been shipped cannot be canceled."
ALREADY_CANCELLED = "The item has already been canceled."
OPEN_CLAIM = "The item has a claim in progress."
REFUSED_BEFORE = "The request for this item has been rejected before."
UNPAID = "Unpaid orders can only be canceled with the status canceled."
UNKNOWN_STATUS = "The item cannot be canceled in its current status."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line and how many of it, as a call names them."""

    code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Pick:
    """A line and how many of it; fewer than it has cuts the line in two."""

    item: Item
    quantity: int

    @property
    def is_part(self) -> bool:
        return self.quantity < self.item.quantity


def check_channel(order: Order, picks: Sequence[Pick] | None = None) -> None:
    """Only orders of the own mall; for a part of a Naver Pay order in the observed words."""
    if is_naver_pay(order):
        part = picks is not None and (any(p.is_part for p in picks) or len(picks) < len(order.items))
        raise ApiError(422, NAVER_PARTIAL if part else OTHER_CHANNEL)
    if order.wire.get("market_id", "self") != "self":
        raise ApiError(422, OTHER_CHANNEL)


def is_naver_pay(order: Order) -> bool:
    """Ordered or paid at Naver; both follow Naver's own claim rules."""
    return (
        order.wire.get("order_place_id") == "NCHECKOUT"
        or order.wire.get("naverpay_payment_information") == "N"
    )


def pick(order: Order, wanted: Sequence[Wanted] | None) -> list[Pick]:
    """The lines that were named, each once and in a number that it has; None means all that are left."""
    if wanted is None:
        left = [item for item in order.items if item.status not in statuses.CANCELLED]
        if not left:
            raise ApiError(422, ALREADY_CANCELLED)
        return [Pick(item, item.quantity) for item in left]
    if len({line.code for line in wanted}) < len(wanted):
        raise wrong("items", "The same item is listed twice.")
    return [_one(order, line) for line in wanted]


def _one(order: Order, wanted: Wanted) -> Pick:
    item = next((item for item in order.items if item.code == wanted.code), None)
    if item is None:
        raise wrong("order_item_code", "The item does not exist in this order.")
    if not 1 <= wanted.quantity <= item.quantity:
        raise wrong("quantity", f"[quantity] must be a number between 1 and {item.quantity}.")
    return Pick(item, wanted.quantity)


def check_status(pick: Pick, *, extra: frozenset[str] = frozenset()) -> None:
    """Before shipping and without a claim; `extra` names further states that this call takes."""
    status = pick.item.status
    if pick.item.replacement:
        raise ApiError(422, OPEN_CLAIM)
    if status in BEFORE_SHIPPING:
        return
    if status in extra:
        if pick.is_part:
            raise wrong("quantity", "A requested or accepted item can only be taken as a whole.")
        return
    raise ApiError(422, _why_not(status))


def _why_not(status: str) -> str:
    if status in statuses.CANCELLED:
        return ALREADY_CANCELLED
    if status in statuses.IN_TRANSIT | statuses.DELIVERED:
        return SHIPPED
    if status in AWAITING_PAYMENT:
        return UNPAID
    if status == "C11":
        return REFUSED_BEFORE
    return OPEN_CLAIM if status in statuses.LABELS else UNKNOWN_STATUS


def cut(order: Order, pick: Pick) -> Item:
    """The line to claim. ASSUMPTION: of a part, the rest keeps the code and the part gets the next one."""
    if not pick.is_part:
        return pick.item
    number = max(item.item_no for item in order.items) + 1
    item = pick.item
    part = replace(
        item,
        code=f"{order.order_id}-{number:02d}",
        item_no=number,
        quantity=pick.quantity,
        dates=dict(item.dates),
        wire=item.wire | {"original_item_no": [item.item_no]},
    )
    item.quantity -= pick.quantity
    order.items.append(part)
    return part
