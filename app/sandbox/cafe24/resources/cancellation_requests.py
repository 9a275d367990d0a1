"""Buyer-style cancellation requests: filing them, and the seller's rejection."""

from __future__ import annotations

from app.sandbox.cafe24.back_office import auto_accept
from app.sandbox.cafe24.claim_book import Why
from app.sandbox.cafe24.claim_lines import check_channel, check_status, pick
from app.sandbox.cafe24.endpoint import Ask, Endpoint
from app.sandbox.cafe24.errors import ApiError, wrong
from app.sandbox.cafe24.order import Order
from app.sandbox.cafe24.wire import Row
from app.sandbox.cafe24.writing import Fields, each

MOST_AT_ONCE = 100
BUYER_REASONS = frozenset("ABGI")
SELLER_REASONS = frozenset("ABCDEFGHIJK")
NO_REQUEST = "The item has no cancellation request."


def file_requests(ask: Ask) -> Row:
    """C00; no claim code in the answer, also where the mall accepts at once."""

    def file(fields: Fields) -> Row:
        order = order_in_body(ask, fields)
        why = Why(
            fields.choice("reason_type", BUYER_REASONS, required=True), fields.text("reason", required=True)
        )
        account = {key: value for key, value in fields.account([]).items() if value}
        picks = pick(order, fields.lines())
        check_channel(order, picks)
        for one in picks:
            check_status(one)
        entry = ask.mall.claims.request(order, picks, why, account)
        if ask.mall.api_requests_obey_auto_accept:
            auto_accept(ask.mall.claims, order, [code for code, _ in entry.items], ask.settings.order)
        items = [{"order_item_code": one.item.code, "quantity": one.quantity} for one in picks]
        return {"shop_no": ask.shop_no, "order_id": order.order_id, "items": items}

    return each(ask, "cancellationrequests", MOST_AT_ONCE, file)


def reject_requests(ask: Ask) -> Row:
    """Out of C00 again; the order keeps going."""

    def reject(fields: Fields) -> Row:
        order = order_in_body(ask, fields)
        row = reject_lines(ask, order, fields, "C00", NO_REQUEST)
        return row | {"additional_payment_gateway_cancel": {"success": [], "fail": []}}

    return each(ask, "cancellationrequests", MOST_AT_ONCE, reject)


def reject_lines(ask: Ask, order: Order, fields: Fields, requested: str, no_request: str) -> Row:
    """One rejection, of whatever kind: the lines have to stand in `requested`."""
    codes = fields.codes("order_item_code")
    fields.choice("undone", frozenset("T"), required=True)
    fields.choice("reason_type", SELLER_REASONS)
    shown = fields.text("reject_reason") if fields.flag("display_reject_reason") else ""
    reason = shown or fields.text("reason")
    lines = [item for item in order.items if item.code in codes]
    if len(lines) < len(codes):
        raise wrong("order_item_code", "The item does not exist in this order.")
    if any(line.status != requested for line in lines):
        raise ApiError(422, no_request)
    check_channel(order)
    ask.mall.claims.reject(order, lines, reason, ask.mall.reject_result)
    return {
        "shop_no": ask.shop_no,
        "order_id": order.order_id,
        "undone": "T",
        "order_item_code": codes,
    }


def order_in_body(ask: Ask, fields: Fields) -> Order:
    """The order that an object of a bulk call names; of another shop it does not exist."""
    order = ask.mall.orders.get(fields.text("order_id", 40, required=True))
    if order is None or order.shop_no != ask.shop_no:
        raise wrong("order_id", "The order does not exist.")
    return order


ENDPOINTS = (
    Endpoint("/cancellationrequests", "mall.write_order", file_requests, method="POST", status=201),
    Endpoint("/cancellationrequests", "mall.write_order", reject_requests, method="PUT"),
)
