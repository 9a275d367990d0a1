"""What the mall remembers of claims, for tests and the panel: every request, and all money that went back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from app.sandbox.cafe24.order import ClaimKind
from app.sandbox.cafe24.wire import Row

RequestOutcome = Literal["open", "accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a buyer wants instead of a line."""

    product_no: int
    variant_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class WayBack:
    """How the goods come back: fetched at `pickup`, or sent by the buyer. `fetched` None: nobody said."""

    fetched: bool | None = None
    pickup: Row = field(default_factory=dict)
    tracking_no: str = ""
    company: str = ""


@dataclass(slots=True)
class RequestEntry:
    """One filed request; `items` are the lines that stand in C00, R00 or E00, with their quantities. `targets` stand
    in the order of `items`; only exchanges have them and a `number`.
    """

    order_id: str
    items: tuple[tuple[str, int], ...]
    reason_type: str
    reason: str
    at: datetime
    outcome: RequestOutcome = "open"
    claim_code: str | None = None
    kind: ClaimKind = "cancellation"
    way_back: WayBack = WayBack()
    targets: tuple[Target, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class RefundEntry:
    """Money that went back, once; `automatic` when nobody has to send it by hand any more."""

    order_id: str
    claim_code: str
    items: tuple[tuple[str, int], ...]
    amount: Decimal
    automatic: bool
    at: datetime
    points: Decimal
    credits: Decimal


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did in the back office, and the event that the mall would send about it."""

    order_id: str
    event_no: int
    event_code: str
    claim_code: str | None = None
