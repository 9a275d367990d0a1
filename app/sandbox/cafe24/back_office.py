"""What people do at the mall: managers accept, reject, refund and ship; a buyer files a request.

An act that is impossible raises `ActImpossible`. Which event code a real mall sends is an ASSUMPTION.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.sandbox.cafe24.claim_book import ClaimBook, RejectResult, Why
from app.sandbox.cafe24.claim_lines import BEFORE_SHIPPING, Pick, Wanted, check_status, pick
from app.sandbox.cafe24.claim_money import CANCELLED_AT_GATEWAY
from app.sandbox.cafe24.ledger import Act
from app.sandbox.cafe24.order import Carrier, Item, Order
from app.sandbox.cafe24.wire import Row


class ActImpossible(ValueError):
    """The order has no line on which this could be done."""


def accept_request(book: ClaimBook, order: Order, setting: Row, item_codes: Sequence[str] | None) -> Act:
    """C10; on to the refund list when the mall's setting takes acceptance and refund together."""
    lines = _lines(order, item_codes, frozenset({"C00"}))
    claim = book.accept(order, [Pick(line, line.quantity) for line in lines], Why("", ""))
    book.go_on(order, claim, together=setting["refund_processing_setting"] == "S", by_itself=False)
    return Act(order.order_id, 90026, "cancel_order", claim.code)


def reject_request(
    book: ClaimBook, order: Order, item_codes: Sequence[str] | None, reason: str, result: RejectResult
) -> Act:
    """C11 or the state before."""
    book.reject(order, _lines(order, item_codes, frozenset({"C00"})), reason, result)
    return Act(order.order_id, 90026, "cancel_order_request")


def complete_refund(book: ClaimBook, order: Order, claim_code: str) -> Act:
    """Card and transfer at the gateway, everything else by hand."""
    for claim in order.claims:
        refund = claim.refund
        if claim.code == claim_code and claim.kind == "cancellation" and refund and refund.status != "T":
            at_gateway = bool(set(order.payment_methods) & CANCELLED_AT_GATEWAY)
            book.complete(order, claim, refund, at_gateway=at_gateway)
            return Act(order.order_id, 90029, "refund_order", claim_code)
    raise ActImpossible(f"no refund {claim_code} waits in order {order.order_id}")


def file_request(
    book: ClaimBook, order: Order, setting: Row, quantities: Mapping[str, int] | None, reason: str
) -> Act:
    """C00, or further where the mall accepts by itself."""
    wanted = None if quantities is None else [Wanted(code, n) for code, n in quantities.items()]
    picks = pick(order, wanted)
    for one in picks:
        check_status(one)
    entry = book.request(order, picks, Why("A", reason), {})
    auto_accept(book, order, [code for code, _ in entry.items], setting)
    return Act(order.order_id, 90026, "cancel_order_request", entry.claim_code)


def auto_accept(book: ClaimBook, order: Order, item_codes: Sequence[str], setting: Row) -> None:
    """취소신청 시 자동접수: accepted at once; together with the refund it may be over at once."""
    if setting["claim_request_auto_accept"] != "T":
        return
    lines = [item for item in order.items if item.code in item_codes]
    claim = book.accept(order, [Pick(line, line.quantity) for line in lines], Why("", ""))
    book.go_on(order, claim, together=setting["refund_processing_setting"] == "S", by_itself=True)


def ship(
    order: Order, item_codes: Sequence[str] | None, tracking_no: str, carrier: Carrier, now: datetime
) -> Act:
    """N30 with a tracking number; a line whose request was rejected is shipped like the others."""
    for line in _lines(order, item_codes, BEFORE_SHIPPING | {"C11"}):
        line.status = "N30"
        line.tracking_no = tracking_no or f"6{order.order_id.replace('-', '')[-11:]}"
        line.carrier = carrier
        line.shipping_code = line.shipping_code or order.receivers[0].shipping_code
        line.dates["shipped_date"] = now
    return Act(order.order_id, 90024, "shipping_start")


def _lines(order: Order, item_codes: Sequence[str] | None, statuses: frozenset[str]) -> list[Item]:
    found = [
        item
        for item in order.items
        if item.status in statuses and (item_codes is None or item.code in item_codes)
    ]
    if not found or (item_codes is not None and len(found) < len(set(item_codes))):
        raise ActImpossible(f"order {order.order_id} has no such line in {', '.join(sorted(statuses))}")
    return found
