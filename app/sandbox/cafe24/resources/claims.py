"""Accepted claims and refunds, read only; requests have no record of their own, only line states."""

from __future__ import annotations

from app.sandbox.cafe24.claim_wire import claim_row, refund_row
from app.sandbox.cafe24.endpoint import Ask, Endpoint, page, trim
from app.sandbox.cafe24.errors import ApiError, missing
from app.sandbox.cafe24.order import Claim, ClaimKind, Order, Refund
from app.sandbox.cafe24.wire import Row

REFUND_DATES = frozenset({"accepted_refund_date", "refund_date"})
REFUND_STATES = frozenset({"F", "T", "M"})


def refunds(ask: Ask) -> Row:
    """Refunds of a window; here the dates are mandatory."""
    limit, offset = ask.query.number("limit", 10, 1, 500), ask.query.offset(15000)
    window = ask.query.window()
    if window is None:
        raise missing("start_date")
    by_acceptance = ask.query.choice("date_type", REFUND_DATES, "refund_date") == "accepted_refund_date"
    states = ask.query.choices("refund_status", REFUND_STATES)
    order_ids, member = ask.query.texts("order_id"), ask.query.text("member_id")
    found = [
        (order, claim, refund)
        for order, claim, refund in _refunds(ask)
        if window.holds(claim.accepted_at if by_acceptance else refund.refunded_at)
        and (not states or refund.status in states)
        and (not order_ids or order.order_id in order_ids)
        and (not member or order.buyer.member_id == member)
    ]
    found.sort(key=lambda entry: entry[1].accepted_at, reverse=True)
    fields = ask.query.texts("fields")
    rows = [trim(refund_row(*entry), fields) for entry in found[offset : offset + limit]]
    return page(ask, "refunds", rows, limit, offset, len(found))


def cancellation(ask: Ask) -> Row:
    return _one(ask, "cancellation")


def return_claim(ask: Ask) -> Row:
    return _one(ask, "return")


def exchange(ask: Ask) -> Row:
    return _one(ask, "exchange")


def _one(ask: Ask, kind: ClaimKind) -> Row:
    for order, claim in _claims(ask):
        if claim.kind == kind and claim.code == ask.params["claim_code"]:
            return {kind: trim(claim_row(order, claim), ask.query.texts("fields"))}
    raise ApiError(404, "No data found.")


def _claims(ask: Ask) -> list[tuple[Order, Claim]]:
    orders = [order for order in ask.mall.orders.values() if order.shop_no == ask.shop_no]
    return [(order, claim) for order in orders for claim in order.claims]


def _refunds(ask: Ask) -> list[tuple[Order, Claim, Refund]]:
    return [(order, claim, claim.refund) for order, claim in _claims(ask) if claim.refund]


ENDPOINTS = (
    Endpoint("/refunds", "mall.read_order", refunds),
    Endpoint("/cancellation/{claim_code}", "mall.read_order", cancellation),
    Endpoint("/return/{claim_code}", "mall.read_order", return_claim),
    Endpoint("/exchange/{claim_code}", "mall.read_order", exchange),
)
