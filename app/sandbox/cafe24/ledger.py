"""What the mall remembers of claims, for tests and the panel: every request, and all money that went back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

RequestOutcome = Literal["open", "accepted", "rejected"]


@dataclass(slots=True)
class RequestEntry:
    """One filed request; `items` are the lines that stand in C00, with their quantities."""

    order_id: str
    items: tuple[tuple[str, int], ...]
    reason_type: str
    reason: str
    at: datetime
    outcome: RequestOutcome = "open"
    claim_code: str | None = None


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
