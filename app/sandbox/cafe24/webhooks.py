"""Events that a mall would send: the body as bytes, and the static key in its header."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson

from app.sandbox.cafe24.order import Order
from app.sandbox.cafe24.wire import Row, flag, money, stamp

# The transition that each event most often reports; the panel may name another.
USUAL_CODES: dict[int, str] = {
    90023: "create_order",
    90024: "shipping_start",
    90025: "paid_order",
    90026: "cancel_order",
    90027: "return_order",
    90028: "exchange_order",
    90029: "refund_order",
    90064: "changing_recipient_information",
    90162: "update_invoice_no",
}

# Bulk events name several orders in one comma-joined text and say nothing else about them.
BULK_CODES: dict[int, str] = {
    90071: "shipping_end",
    90072: "cancel_order",
    90073: "refund_order",
    90074: "return_order",
}

APP_DATES: dict[int, str] = {90077: "deleted_date", 90078: "expired_date", 90079: "updated_date"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """One delivery, ready to be posted to the app."""

    body: bytes
    headers: dict[str, str]


def order_event(mall_id: str, event_no: int, order: Order, api_key: str, event_code: str = "") -> Webhook:
    """90064 and 90162 carry little on purpose; every other order event carries the snapshot."""
    head = {
        "mall_id": mall_id,
        "event_shop_no": str(order.shop_no),
        "event_code": event_code or USUAL_CODES[event_no],
        "order_id": order.order_id,
    }
    if event_no == 90064:
        return _signed(event_no, head | {"order_place_id": order.wire.get("order_place_id", "self")}, api_key)
    if event_no == 90162:
        return _signed(event_no, head | _tracking(order), api_key)
    return _signed(event_no, head | _snapshot(order) | _extras(event_no, order), api_key)


def bulk_event(mall_id: str, event_no: int, orders: list[Order], api_key: str) -> Webhook:
    """Several orders of one shop at once."""
    resource = {
        "mall_id": mall_id,
        "event_shop_no": str(orders[0].shop_no),
        "event_code": BULK_CODES[event_no],
        "order_id": ",".join(order.order_id for order in orders),
    }
    return _signed(event_no, resource, api_key)


def app_event(mall_id: str, event_no: int, client_id: str, api_key: str, at: datetime) -> Webhook:
    """The app was removed, expired or extended; no shop number, no order."""
    resource = {
        "mall_id": mall_id,
        "client_id": client_id,
        "app_name": "jumun",
        APP_DATES[event_no]: stamp(at),
    }
    return _signed(event_no, resource, api_key)


def shop_event(mall_id: str, event_no: int, shop: Row, api_key: str) -> Webhook:
    """A shop was added, changed or removed; the number's field name differs per event."""
    shop_no = str(shop["shop_no"])
    if event_no == 90112:
        return _signed(event_no, {"mall_id": mall_id, "event_shop_no": shop_no}, api_key)
    resource: Row = {"mall_id": mall_id, "shop_no": shop_no, "shop_name": shop.get("shop_name")}
    resource["is_active"] = shop.get("active")
    if event_no == 90110:
        resource |= {"language": shop.get("language_code"), "currency": shop.get("currency_code")}
    return _signed(event_no, resource, api_key)


def _signed(event_no: int, resource: Row, api_key: str) -> Webhook:
    """There is no signature: only the key of the developer centre, the same on every delivery."""
    body = orjson.dumps({"event_no": event_no, "resource": resource})
    return Webhook(body, {"X-API-Key": api_key, "Content-Type": "application/json"})


def _tracking(order: Order) -> Row:
    line = next((item for item in order.items if item.tracking_no), order.items[0])
    return {
        "shipping_code": line.shipping_code,
        "shipping_company_code": line.carrier.code if line.carrier else None,
        "tracking_no": line.tracking_no,
    }


def _extras(event_no: int, order: Order) -> Row:
    """What some events add to the snapshot."""
    cancelled = {"cancel_date": stamp(order.cancelled_at)}
    withdrawn = {"withdraw": "F", "withdraw_type": ""}
    claimed = next((item for item in order.items if item.claim_code), order.items[0])
    reason = {
        "claim_reason_type": claimed.wire.get("claim_reason_type"),
        "claim_reason": claimed.wire.get("claim_reason"),
    }
    extras: dict[int, Row] = {
        90024: cancelled | withdrawn | {"included_deferpay_order": "F", "deferpay_order_id": ""},
        90025: withdrawn,
        90026: cancelled,
        90027: cancelled | reason,
        90028: cancelled,
        90029: cancelled,
    }
    return extras.get(event_no, {})


def _snapshot(order: Order) -> Row:
    """Neither lines nor line states nor the address: the receiver has to read the order again."""
    buyer = order.buyer
    return {
        "payment_gateway_name": "inicis" if "card" in order.payment_methods else "",
        "currency": "KRW",
        "order_date": stamp(order.ordered_at),
        "order_place_name": order.wire.get("order_place_name", "모바일웹"),
        "member_id": buyer.member_id,
        "member_authentication": None,
        "buyer_name": buyer.name,
        "buyer_email": buyer.email,
        "buyer_phone": buyer.phone,
        "buyer_cellphone": buyer.cellphone,
        "group_no_when_ordering": "" if buyer.group_no is None else str(buyer.group_no),
        "first_order": "F",
        "order_from_mobile": "T",
        "paid": flag(order.paid_at),
        "payment_date": stamp(order.paid_at) or "",
        "billing_name": buyer.name,
        "bank_code": order.wire.get("bank_code", ""),
        "payment_method": ",".join(order.payment_methods),
        "easypay_name": order.wire.get("easypay_name", ""),
        "use_escrow": order.wire.get("use_escrow", "F"),
        "bank_account_no": order.wire.get("bank_account_no", ""),
        "order_price_amount": money(order.goods_amount),
        "membership_discount_amount": "0.00",
        "actual_payment_amount": money(order.payable if order.paid_at else 0),
        "mileage_spent_amount": money(order.points_spent),
        "shipping_fee": money(order.shipping_fee),
        "shipping_type": "A",
        "shipping_status": order.shipping_status,
        "wished_delivery_date": "",
        "wished_delivery_time": None,
        "store_pickup": "F",
        "shipping_message": order.receivers[0].shipping_message,
        "order_place_id": order.wire.get("order_place_id", "mobile"),
        "ordering_product_code": ",".join(item.product_code for item in order.items),
        "ordering_product_name": ",".join(item.product_name for item in order.items),
    }
