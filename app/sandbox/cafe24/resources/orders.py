"""Orders: search, count, one, and the parts of one."""

from __future__ import annotations

from collections.abc import Callable

from app.sandbox.cafe24.claim_wire import claim_rows, refund_row
from app.sandbox.cafe24.endpoint import Ask, Endpoint, page, trim
from app.sandbox.cafe24.errors import ApiError, missing
from app.sandbox.cafe24.item_wire import item_rows
from app.sandbox.cafe24.order import Order
from app.sandbox.cafe24.order_search import KNOWN, search
from app.sandbox.cafe24.order_wire import buyer_row, order_row, receiver_row
from app.sandbox.cafe24.wire import Row

OFFSET_CEILING = 15000


def list_orders(ask: Ask) -> Row:
    """The search; a page of whole orders, also the lines that no filter asked for."""
    limit, offset = ask.query.number("limit", 10, 1, 1000), ask.query.offset(OFFSET_CEILING)
    found = search(ask)
    rows = [_shown(ask, order, LIST_EMBEDS) for order in found[offset : offset + limit]]
    return page(ask, "orders", rows, limit, offset, len(found))


def count_orders(ask: Ask) -> Row | list[Row]:
    """How many the search would find; with `embed` or `fields` an empty list (observed)."""
    found = search(ask)
    return [] if "embed" in ask.query or "fields" in ask.query else {"count": len(found)}


def one_order(ask: Ask) -> Row:
    """One order by number."""
    return {"order": _shown(ask, _find(ask), ONE_EMBEDS)}


def items(ask: Ask) -> Row:
    """The lines, with dates in the other of the two documented forms."""
    fields = ask.query.texts("fields")
    return {"items": [trim(row, fields) for row in item_rows(_find(ask), plain_dates=True)]}


def receivers(ask: Ask) -> Row:
    """The deliveries; `shipping_code` narrows them."""
    order, wanted, fields = _find(ask), ask.query.texts("shipping_code"), ask.query.texts("fields")
    rows = [receiver_row(order, r) for r in order.receivers if not wanted or r.shipping_code in wanted]
    return {"receivers": [trim(row, fields) for row in rows]}


def buyer(ask: Ask) -> Row:
    """The orderer."""
    return {"buyer": trim(buyer_row(_find(ask)), ask.query.texts("fields"))}


def coupons(ask: Ask) -> Row:
    """Coupons used on orders; `order_id` is mandatory."""
    wanted = ask.query.texts("order_id")
    if not wanted:
        raise missing("order_id")
    limit, offset = ask.query.number("limit", 10, 1, 500), ask.query.offset(8001)
    rows = [row for order in _of_shop(ask) if order.order_id in wanted for row in _coupons(order)]
    return {"coupons": rows[offset : offset + limit]}


def _of_shop(ask: Ask) -> list[Order]:
    return [order for order in ask.mall.orders.values() if order.shop_no == ask.shop_no]


def _find(ask: Ask) -> Order:
    order = ask.mall.orders.get(ask.params["order_id"])
    if order is None or order.shop_no != ask.shop_no:
        raise ApiError(404, "No data found.")
    return order


def _shown(ask: Ask, order: Order, embeds: dict[str, Callable[[Order], object]]) -> Row:
    wanted = [name for name in ask.query.texts("embed") if name in embeds]
    parts = {name: embeds[name](order) for name in wanted}
    return trim(order_row(order) | parts, ask.query.texts("fields"), frozenset(wanted))


def _coupons(order: Order) -> list[Row]:
    return [
        {
            "shop_no": order.shop_no,
            "order_id": order.order_id,
            "order_item_code": order.items[0].code,
            "coupon_name": coupon["name"],
            "coupon_code": coupon["code"],
            "coupon_percent": None,
            "coupon_value": f"{coupon['value']}.00",
            "coupon_value_final": f"{coupon['value']}.00",
        }
        for coupon in order.coupons
    ]


LIST_EMBEDS: dict[str, Callable[[Order], object]] = {
    "items": item_rows,
    "receivers": lambda order: [receiver_row(order, receiver) for receiver in order.receivers],
    "buyer": buyer_row,
    "cancellation": lambda order: claim_rows(order, "cancellation"),
    "return": lambda order: claim_rows(order, "return"),
    "exchange": lambda order: claim_rows(order, "exchange"),
}
ONE_EMBEDS: dict[str, Callable[[Order], object]] = LIST_EMBEDS | {
    "benefits": lambda _order: [],
    "coupons": _coupons,
    "refunds": lambda order: [refund_row(order, c, c.refund) for c in order.claims if c.refund],
}

ENDPOINTS = (
    Endpoint("/orders", "mall.read_order", list_orders, known=KNOWN | {"limit", "offset", "embed", "fields"}),
    Endpoint("/orders/count", "mall.read_order", count_orders, known=KNOWN | {"embed", "fields"}),
    Endpoint("/orders/coupons", "mall.read_order", coupons),
    Endpoint(
        "/orders/{order_id}", "mall.read_order", one_order, known=frozenset({"shop_no", "embed", "fields"})
    ),
    Endpoint("/orders/{order_id}/items", "mall.read_order", items),
    Endpoint("/orders/{order_id}/receivers", "mall.read_order", receivers),
    Endpoint("/orders/{order_id}/buyer", "mall.read_order", buyer),
)
