"""Which lines of an order a return or an exchange may take.

Every text here is ours but one: only that the real mall refuses with 422 is known (ASSUMPTION).
"""

from __future__ import annotations

from collections.abc import Sequence

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.claim_lines import (
    BEFORE_SHIPPING,
    OPEN_CLAIM,
    REFUSED_BEFORE,
    UNKNOWN_STATUS,
    Pick,
    is_naver_pay,
)
from app.sandbox.cafe24.errors import ApiError, wrong
from app.sandbox.cafe24.order import ClaimKind, Order

SHIPPED = frozenset({"N30", "N40"})
CLAIMABLE: dict[ClaimKind, frozenset[str]] = {
    "return": SHIPPED,
    "exchange": SHIPPED | BEFORE_SHIPPING | {"N00"},
}

# Observed.
NAVER_PARTIAL = "Partial return is unavailable for NAVER Pay orders."
OTHER_CHANNEL = "Returns and exchanges are unavailable for NAVER Pay and marketplace orders."
NOT_SHIPPED = "Items that have not been shipped cannot be returned."
CONFIRMED = "The purchase of the item has been confirmed."
GONE = "The item has already been canceled or returned."
# How the real mall refuses while 택배사 수거신청 자동접수 is on (H23) is unknown; here it says this (ASSUMPTION).
AUTO_PICKUP = "The request is unavailable while automatic collection by the carrier is in use."


def check_channel(order: Order, picks: Sequence[Pick], kind: ClaimKind) -> None:
    """Only orders of the own mall; for a part of a Naver Pay order in the observed words."""
    if is_naver_pay(order):
        part = any(pick.is_part for pick in picks) or len(picks) < len(order.items)
        raise ApiError(422, NAVER_PARTIAL if part and kind == "return" else OTHER_CHANNEL)
    if order.wire.get("market_id", "self") != "self":
        raise ApiError(422, OTHER_CHANNEL)


def check_status(pick: Pick, kind: ClaimKind, *, extra: frozenset[str] = frozenset()) -> None:
    """Without a claim, and shipped where it is to be returned; `extra` names further states that this call takes."""
    status = pick.item.status
    if pick.item.replacement:
        raise ApiError(422, OPEN_CLAIM)
    if status in CLAIMABLE[kind]:
        return
    if status in extra:
        if pick.is_part:
            raise wrong("quantity", "A requested or accepted item can only be taken as a whole.")
        return
    raise ApiError(422, _why_not(status))


def _why_not(status: str) -> str:
    if status in BEFORE_SHIPPING | {"N00", "N02"}:
        return NOT_SHIPPED
    if status == "N50":
        return CONFIRMED
    if status in statuses.CANCELLED | statuses.RETURNED:
        return GONE
    if status in {"C11", "R11", "E11"}:
        return REFUSED_BEFORE
    return OPEN_CLAIM if status in statuses.LABELS else UNKNOWN_STATUS
