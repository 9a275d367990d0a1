"""Buyer-style return and exchange requests: filing them, and the seller's rejection."""

from __future__ import annotations

from collections.abc import Sequence

from app.sandbox.cafe24.back_office import auto_accept
from app.sandbox.cafe24.claim_book import Why
from app.sandbox.cafe24.claim_kinds import COURSES
from app.sandbox.cafe24.claim_lines import Pick, pick
from app.sandbox.cafe24.endpoint import Ask, Endpoint
from app.sandbox.cafe24.errors import ApiError, missing, wrong
from app.sandbox.cafe24.goods_lines import AUTO_PICKUP, check_channel, check_status
from app.sandbox.cafe24.ledger import RequestEntry, Target, WayBack
from app.sandbox.cafe24.order import ClaimKind, Order
from app.sandbox.cafe24.resources.cancellation_requests import order_in_body, reject_lines
from app.sandbox.cafe24.resources.cancellations import order_in_path
from app.sandbox.cafe24.wire import Row
from app.sandbox.cafe24.writing import Fields, each, one

MOST_AT_ONCE = 100
BUYER_REASONS = frozenset("AEKJI")
PLACE = ("name", "phone", "cellphone", "zipcode", "address1", "address2")
NEEDED_OF_A_PLACE = frozenset({"name", "cellphone", "address1", "address2"})
NO_RETURN = "The item has no return request."
NO_EXCHANGE = "The item has no exchange request."


def file_returns(ask: Ask) -> Row:
    """R00, or R10 where the mall accepts at once; no claim code in the answer."""

    def file(fields: Fields) -> Row:
        order, picks, entry = _file(ask, fields, "return")
        if ask.mall.api_requests_obey_auto_accept:
            auto_accept(
                ask.mall.claims, order, [code for code, _ in entry.items], ask.settings.order, "return"
            )
        return _filed(ask, order, picks)

    return each(ask, "returnrequests", MOST_AT_ONCE, file)


def file_exchanges(ask: Ask) -> Row:
    """E00 and a request number; exchanges are never accepted by themselves."""

    def file(fields: Fields) -> Row:
        order, picks, entry = _file(ask, fields, "exchange")
        return _filed(ask, order, picks) | {"exchange_request_no": entry.number}

    return each(ask, "exchangerequests", MOST_AT_ONCE, file)


def reject_returns(ask: Ask) -> Row:
    """Out of R00 again."""
    return each(ask, "returnrequests", MOST_AT_ONCE, lambda fields: _reject(ask, fields, NO_RETURN, "return"))


def reject_exchanges(ask: Ask) -> Row:
    """Out of E00 again."""
    return each(
        ask, "exchangerequests", MOST_AT_ONCE, lambda fields: _reject(ask, fields, NO_EXCHANGE, "exchange")
    )


def reject_exchange(ask: Ask) -> Row:
    """One order; the key of the answer is plural all the same."""
    return {"exchangerequests": _rejected(ask, order_in_path(ask), one(ask), NO_EXCHANGE, "exchange")}


def _file(ask: Ask, fields: Fields, kind: ClaimKind) -> tuple[Order, list[Pick], RequestEntry]:
    order = order_in_body(ask, fields)
    why = Why(
        fields.choice("reason_type", BUYER_REASONS, required=True), fields.text("reason", required=True)
    )
    way_back = _way_back(fields, required=kind == "return")
    account = {key: value for key, value in fields.account([]).items() if value}
    targets = _targets(ask, fields) if kind == "exchange" else []
    picks = pick(order, fields.lines())
    if targets and len(targets) != len(picks):
        raise wrong("exchange_items", "One wanted item is needed for each item.")
    check_channel(order, picks, kind)
    for one_pick in picks:
        check_status(one_pick, kind)
    if ask.mall.auto_pickup:
        raise ApiError(422, AUTO_PICKUP)
    return order, picks, ask.mall.claims.request(order, picks, why, account, kind, way_back, targets)


def _way_back(fields: Fields, *, required: bool) -> WayBack:
    said = fields.choice("request_pickup", frozenset("TF"), required=required)
    tracking_no, company = fields.text("tracking_no", 40), fields.text("shipping_company_name", 30)
    place = fields.part("pickup")
    if said == "T" and place is None:
        raise missing("pickup")
    pickup: Row = {}
    if place is not None:
        pickup = {name: place.text(name, 255, required=name in NEEDED_OF_A_PLACE) for name in PLACE}
    return WayBack(None if not said else said == "T", pickup if said == "T" else {}, tracking_no, company)


def _targets(ask: Ask, fields: Fields) -> list[Target]:
    wanted = [
        Target(
            row.whole_number("product_no"),
            row.text("variant_code", 12, required=True),
            row.whole_number("quantity"),
        )
        for row in fields.parts("exchange_items")
    ]
    for target in wanted:
        product = ask.mall.products.get(target.product_no)
        if product is None or all(v.variant_code != target.variant_code for v in product.variants):
            raise wrong("variant_code", "The variant does not exist.")
        if target.quantity < 1:
            raise wrong("quantity", "[quantity] must be a number of at least 1.")
    return wanted


def _filed(ask: Ask, order: Order, picks: Sequence[Pick]) -> Row:
    """The lines as they were named: which code a cut part got, the answer does not say."""
    items = [{"order_item_code": one.item.code, "quantity": one.quantity} for one in picks]
    return {"shop_no": ask.shop_no, "order_id": order.order_id, "items": items}


def _reject(ask: Ask, fields: Fields, no_request: str, kind: ClaimKind) -> Row:
    return _rejected(ask, order_in_body(ask, fields), fields, no_request, kind)


def _rejected(ask: Ask, order: Order, fields: Fields, no_request: str, kind: ClaimKind) -> Row:
    row = reject_lines(ask, order, fields, COURSES[kind].requested, no_request)
    return row | {"additional_payment_gateway_cancel": {"success": row["order_item_code"], "fail": None}}


ENDPOINTS = (
    Endpoint("/returnrequests", "mall.write_order", file_returns, method="POST", status=201),
    Endpoint("/returnrequests", "mall.write_order", reject_returns, method="PUT"),
    Endpoint("/exchangerequests", "mall.write_order", file_exchanges, method="POST", status=201),
    Endpoint("/exchangerequests", "mall.write_order", reject_exchanges, method="PUT"),
    Endpoint("/orders/{order_id}/exchangerequests", "mall.write_order", reject_exchange, method="PUT"),
)
