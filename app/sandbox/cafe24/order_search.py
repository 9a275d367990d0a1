"""Which orders a search finds: the documented filters, and silence about every other word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.endpoint import Ask
from app.sandbox.cafe24.order import Item, Order
from app.sandbox.cafe24.query import Query, recent_window

# Where the window's dates are read: on the order, on its lines, or on its claims.
LINE_DATES: dict[str, str] = {
    "shipbegin_date": "shipped_date",
    "shipend_date": "delivered_date",
    "cancel_date": "cancel_date",
    "cancel_request_date": "cancel_request_date",
    "cancel_complete_date": "cancel_date",
    "exchange_request_date": "exchange_request_date",
    "exchange_complete_date": "exchange_date",
    "return_request_date": "return_request_date",
    "return_complete_date": "return_confirmed_date",
    "purchaseconfirmation_date": "purchaseconfirmation_date",
}
CLAIM_DATES: dict[str, str] = {
    "cancel_accept_date": "cancellation",
    "exchange_accept_date": "exchange",
    "return_accept_date": "return",
}
DATE_TYPES = frozenset({"order_date", "pay_date", "place_date", *LINE_DATES, *CLAIM_DATES})

# The filter's words are not the words of the answer: `point` asks for prepaid balance.
METHOD_FILTER: dict[str, str] = {
    "cash": "cash", "card": "card", "tcash": "tcash", "icash": "icash", "cell": "cell", "deferpay": "cod",
    "cvs": "cvs", "point": "prepaid", "mileage": "point", "deposit": "credit", "giftcard": "giftcard",
    "pointcard": "pointcard", "etc": "etc",
}  # fmt: skip

CLOSED_WORDS: dict[str, frozenset[str]] = {
    "order_status": frozenset(statuses.LABELS),
    "payment_method": frozenset(METHOD_FILTER),
    "member_type": frozenset({"2", "3"}),
    "payment_status": frozenset({"F", "M", "T", "A", "P"}),
    "refund_status": frozenset({"F", "T", "M"}),
    "subscription": frozenset({"T", "F"}),
    "first_order": frozenset({"T", "F"}),
    "multiple_addresses": frozenset({"T"}),
}


def _line(read: Callable[[Item], object]) -> Callable[[Order, list[str]], bool]:
    return lambda order, values: any(str(read(item)) in values for item in order.items)


def _wire(field: str, default: str) -> Callable[[Order, list[str]], bool]:
    return lambda order, values: (order.wire.get(field) or default) in values


FILTERS: dict[str, Callable[[Order, list[str]], bool]] = {
    "order_id": lambda order, values: order.order_id in values,
    "order_status": _line(lambda item: item.status),
    "product_no": _line(lambda item: item.product_no),
    "product_code": _line(lambda item: item.product_code),
    "carrier_id": _line(lambda item: item.carrier.carrier_id if item.carrier else None),
    "member_id": lambda order, values: order.buyer.member_id in values,
    "member_email": lambda order, values: not order.is_guest and order.buyer.email in values,
    "member_type": lambda order, values: ("3" if order.is_guest else "2") in values,
    "group_no": lambda order, values: str(order.buyer.group_no) in values,
    "buyer_name": lambda order, values: order.buyer.name in values,
    "buyer_email": lambda order, values: order.buyer.email in values,
    "buyer_phone": lambda order, values: order.buyer.phone in values,
    # Only the hyphenated form has been seen to work; digits alone find nothing here (ASSUMPTION).
    "buyer_cellphone": lambda order, values: order.buyer.cellphone in values,
    "receiver_name": lambda order, values: any(r.name in values for r in order.receivers),
    "receiver_address": lambda order, values: any(v in r.address1 for v in values for r in order.receivers),
    "order_place_id": _wire("order_place_id", "mobile"),
    "market_order_no": _wire("market_order_no", ""),
    "subscription": _wire("subscription", "F"),
    "first_order": _wire("first_order", "F"),
    "multiple_addresses": _wire("multiple_addresses", "F"),
    "payment_method": lambda order, values: any(METHOD_FILTER[v] in order.payment_methods for v in values),
    "payment_status": lambda order, values: (
        ("P" if order.paid_at else "F") in {_paid_word(v) for v in values}
    ),
    "refund_status": lambda order, values: any(c.refund.status in values for c in order.claims if c.refund),
}

KNOWN = frozenset({"shop_no", "start_date", "end_date", "date_type", *FILTERS})


def search(ask: Ask) -> list[Order]:
    """The orders of the shop that pass every filter, newest first."""
    query = ask.query
    date_type = query.choice("date_type", DATE_TYPES, "order_date")
    window = query.window()
    if window is None and "order_id" not in query:
        window = recent_window(ask.now)
    # An empty value counts as no filter at all (ASSUMPTION): `member_id=` finds everybody's orders.
    wanted = {name: _values(query, name) for name in FILTERS if query.text(name)}
    found = [
        order
        for order in ask.mall.orders.values()
        if order.shop_no == ask.shop_no
        and (window is None or any(window.holds(at) for at in _moments(order, date_type)))
        and all(FILTERS[name](order, values) for name, values in wanted.items())
    ]
    return sorted(found, key=lambda order: (order.ordered_at, order.order_id), reverse=True)


def _values(query: Query, name: str) -> list[str]:
    return query.choices(name, CLOSED_WORDS[name]) if name in CLOSED_WORDS else query.texts(name)


def _moments(order: Order, date_type: str) -> list[datetime | None]:
    """The dates that the window looks at; `place_date` is taken for the payment (ASSUMPTION)."""
    if date_type in LINE_DATES:
        return [item.dates.get(LINE_DATES[date_type]) for item in order.items]
    if date_type in CLAIM_DATES:
        return [claim.accepted_at for claim in order.claims if claim.kind == CLAIM_DATES[date_type]]
    return [order.ordered_at if date_type == "order_date" else order.paid_at]


def _paid_word(value: str) -> str:
    """T and A tell how a payment was confirmed, which this mall does not keep."""
    return "F" if value == "F" else "P"
