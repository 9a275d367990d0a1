"""What people do at the mall: managers accept, reject, refund and ship; a buyer files a request.

An act that is impossible raises `ActImpossible`. Which event code a real mall sends is an ASSUMPTION.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.sandbox.cafe24 import goods_lines
from app.sandbox.cafe24.claim_book import ClaimBook, RejectResult, Why, lines_of
from app.sandbox.cafe24.claim_kinds import REQUESTED
from app.sandbox.cafe24.claim_lines import BEFORE_SHIPPING, Pick, Wanted, check_status, pick
from app.sandbox.cafe24.claim_money import CANCELLED_AT_GATEWAY
from app.sandbox.cafe24.goods_book import GoodsBook, wanted_variants
from app.sandbox.cafe24.ledger import Act
from app.sandbox.cafe24.order import Carrier, Claim, ClaimKind, Item, Order
from app.sandbox.cafe24.wire import Row

EVENTS: dict[ClaimKind, tuple[int, str]] = {
    "cancellation": (90026, "cancel_order"),
    "return": (90027, "return_order"),
    "exchange": (90028, "exchange_order"),
}
NOT_COLLECTED = frozenset({"R10", "R12", "R30", "E10", "E12", "E20", "E30"})


class ActImpossible(ValueError):
    """The order has no line on which this could be done."""


def accept_request(
    book: ClaimBook, goods: GoodsBook, order: Order, setting: Row, item_codes: Sequence[str] | None
) -> Act:
    """C10, R10 or E10. A cancellation goes on to the refund list when the mall takes both together; an exchange gets
    its new lines.
    """
    lines = _requested(order, item_codes)
    kind, wanted = REQUESTED[lines[0].status], wanted_variants(book, order)
    claim = book.accept(order, [Pick(line, line.quantity) for line in lines], Why("", ""), kind)
    if kind == "cancellation":
        book.go_on(order, claim, together=setting["refund_processing_setting"] == "S", by_itself=False)
    if kind == "exchange":
        goods.replace(order, claim, wanted)
    return Act(order.order_id, *EVENTS[kind], claim.code)


def reject_request(
    book: ClaimBook, order: Order, item_codes: Sequence[str] | None, reason: str, result: RejectResult
) -> Act:
    """C11, R11, E11 or the state before."""
    lines = _requested(order, item_codes)
    number, code = EVENTS[REQUESTED[lines[0].status]]
    book.reject(order, lines, reason, result)
    return Act(order.order_id, number, f"{code}_request")


def collect(goods: GoodsBook, order: Order, *, stock: bool) -> Act:
    """The goods of an accepted return or exchange have come back."""
    claim = _claim_in(order, NOT_COLLECTED, "nothing of order {} is on its way back")
    goods.collect(order, claim, stock=stock)
    code = "return_order_process" if claim.kind == "return" else "exchange_ready"
    return Act(order.order_id, EVENTS[claim.kind][0], code, claim.code)


def complete(book: ClaimBook, goods: GoodsBook, order: Order) -> Act:
    """The next claim that waits for its end: money goes back, or an exchange is over."""
    for claim in order.claims:
        if claim.refund and claim.refund.status != "T" and not claim.undone:
            return complete_refund(book, order, claim.code)
    claim = _claim_in(order, frozenset({"E13", "E31"}), "no claim of order {} waits for its end")
    goods.finish(order, claim)
    return Act(order.order_id, *EVENTS["exchange"], claim.code)


def complete_refund(book: ClaimBook, order: Order, claim_code: str) -> Act:
    """Card and transfer at the gateway, everything else by hand."""
    for claim in order.claims:
        refund = claim.refund
        waits = refund is not None and refund.status != "T" and not claim.undone
        if claim.code == claim_code and refund and waits:
            at_gateway = bool(set(order.payment_methods) & CANCELLED_AT_GATEWAY)
            book.complete(order, claim, refund, at_gateway=at_gateway)
            return Act(order.order_id, 90029, "refund_order", claim_code)
    raise ActImpossible(f"no refund {claim_code} waits in order {order.order_id}")


def file_request(
    book: ClaimBook,
    order: Order,
    setting: Row,
    quantities: Mapping[str, int] | None,
    reason: str,
    kind: ClaimKind = "cancellation",
) -> Act:
    """C00, R00 or E00, or further where the mall accepts by itself."""
    wanted = None if quantities is None else [Wanted(code, n) for code, n in quantities.items()]
    picks = pick(order, wanted)
    for one in picks:
        if kind == "cancellation":
            check_status(one)
        else:
            goods_lines.check_status(one, kind)
    entry = book.request(order, picks, Why("A", reason), {}, kind)
    auto_accept(book, order, [code for code, _ in entry.items], setting, kind)
    number, code = EVENTS[kind]
    return Act(order.order_id, number, f"{code}_request", entry.claim_code)


def auto_accept(
    book: ClaimBook,
    order: Order,
    item_codes: Sequence[str],
    setting: Row,
    kind: ClaimKind = "cancellation",
) -> None:
    """취소·반품 신청 시 자동접수: accepted at once, exchanges never. A cancellation that is taken together with its
    refund may be over at once.
    """
    if setting["claim_request_auto_accept"] != "T" or kind == "exchange":
        return
    lines = [item for item in order.items if item.code in item_codes]
    claim = book.accept(order, [Pick(line, line.quantity) for line in lines], Why("", ""), kind)
    if kind == "cancellation":
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


def deliver(order: Order, item_codes: Sequence[str] | None, now: datetime) -> Act:
    """N40: the parcel has arrived."""
    for line in _lines(order, item_codes, frozenset({"N30"})):
        line.status = "N40"
        line.dates["delivered_date"] = now
    return Act(order.order_id, 90024, "shipping_end")


def _requested(order: Order, item_codes: Sequence[str] | None) -> list[Item]:
    """The waiting requests of one kind: all of the first kind that waits, or the named lines."""
    lines = _lines(order, item_codes, frozenset(REQUESTED))
    same = [line for line in lines if line.status == lines[0].status]
    if item_codes is not None and len(same) < len(lines):
        raise ActImpossible(f"the requests of order {order.order_id} are of several kinds")
    return same


def _claim_in(order: Order, statuses: frozenset[str], why_not: str) -> Claim:
    for claim in order.claims:
        lines = lines_of(order, claim)
        if claim.kind != "cancellation" and not claim.undone and lines[0].status in statuses:
            return claim
    raise ActImpossible(why_not.format(order.order_id))


def _lines(order: Order, item_codes: Sequence[str] | None, statuses: frozenset[str]) -> list[Item]:
    found = [
        item
        for item in order.items
        if item.status in statuses and (item_codes is None or item.code in item_codes)
    ]
    if not found or (item_codes is not None and len(found) < len(set(item_codes))):
        raise ActImpossible(f"order {order.order_id} has no such line in {', '.join(sorted(statuses))}")
    return found
