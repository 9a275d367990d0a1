"""Where an order goes: changing it, what it was before, and memos on the order."""

from __future__ import annotations

from app.sandbox.cafe24.endpoint import Ask, Endpoint, trim
from app.sandbox.cafe24.errors import ApiError, missing, wrong
from app.sandbox.cafe24.order import Order, Receiver
from app.sandbox.cafe24.order_wire import receiver_row
from app.sandbox.cafe24.resources.cancellations import order_in_path
from app.sandbox.cafe24.state import Mall
from app.sandbox.cafe24.wire import Row, flag, stamp
from app.sandbox.cafe24.writing import Fields, each, one

MOST_AT_ONCE = 100
# Longest text by field.
CHANGEABLE: dict[str, int] = {
    "name": 20,
    "phone": 20,
    "cellphone": 20,
    "zipcode": 14,
    "address1": 255,
    "address2": 255,
    "shipping_message": 255,
}
SHORTEST_ZIPCODE = 2
LONGEST_MEMO = 1000
TOPICS = frozenset({"cs_01", "cs_02", "cs_03", "cs_04", "cs_05"})
NO_CHANGE = "There is no change."


def change_one(ask: Ask) -> Row:
    """One delivery."""
    order = order_in_path(ask)
    row = _change(ask, order, _delivery(order, ask.params["shipping_code"]), one(ask))
    return {"receiver": {key: value for key, value in row.items() if key != "shipping_code"}}


def change_many(ask: Ask) -> Row:
    """Several deliveries of one order (the envelope is an ASSUMPTION)."""
    order = order_in_path(ask)

    def change(fields: Fields) -> Row:
        return _change(ask, order, _delivery(order, fields.text("shipping_code", 40, required=True)), fields)

    return each(ask, "receivers", MOST_AT_ONCE, change)


def history(ask: Ask) -> Row:
    """Past addresses, the latest first."""
    wanted = ask.query.texts("fields")
    return {"history": [trim(row, wanted) for row in reversed(order_in_path(ask).past_receivers)]}


def add_memo(ask: Ask) -> Row:
    """A note for the operators."""
    order, fields = order_in_path(ask), one(ask)
    memo: Row = {
        "shop_no": ask.shop_no,
        "memo_no": len(order.memos) + 1,
        "author_id": ask.mall.operators[0]["user_id"],
        "use_customer_inquiry": flag(fields.flag("use_customer_inquiry")),
        "topic_type": fields.choice("topic_type", TOPICS) or None,
        "status": flag(fields.flag("status")),
        "attach_type": fields.choice("attach_type", frozenset("OP")) or "O",
        "content": fields.text("content", LONGEST_MEMO, required=True),
        "starred_memo": flag(fields.flag("starred_memo")),
        "fixed": flag(fields.flag("fixed")),
        "product_list": [],
    }
    order.memos.append(memo | {"order_id": order.order_id, "created_date": stamp(ask.now)})
    return {"memo": memo}


def memos(ask: Ask) -> Row:
    """All notes on the order."""
    return {"memos": [trim(row, ask.query.texts("fields")) for row in order_in_path(ask).memos]}


def _delivery(order: Order, shipping_code: str) -> Receiver:
    for receiver in order.receivers:
        if receiver.shipping_code == shipping_code:
            return receiver
    raise ApiError(404, "No data found.")


def _change(ask: Ask, order: Order, receiver: Receiver, fields: Fields) -> Row:
    """What is left out stays as it was (ASSUMPTION); the fee stays as it was in any case."""
    given = {name: fields.text(name, most) for name, most in CHANGEABLE.items() if name in fields}
    default = fields.flag("change_default_shipping_address")
    if not given:
        raise missing("name")
    if len(given.get("zipcode", receiver.zipcode)) < SHORTEST_ZIPCODE:
        raise wrong("zipcode", "It is not a valid value.")
    before = {name: getattr(receiver, name) for name in CHANGEABLE}
    if before | given == before:
        raise ApiError(409, NO_CHANGE)
    order.past_receivers.append(past_row(ask.mall, order, receiver))
    for name, text in given.items():
        setattr(receiver, name, text)
    return receiver_row(order, receiver) | {
        **_in_parts(receiver),
        "change_default_shipping_address": flag(default),
        "use_fast_delivery_date": "F",
        "use_fast_delivery_time": "F",
    }


def past_row(mall: Mall, order: Order, receiver: Receiver) -> Row:
    """What stood there until now."""
    operator = mall.operators[0]
    return {
        "shop_no": order.shop_no,
        **{name: getattr(receiver, name) for name in CHANGEABLE},
        **dict.fromkeys(("name_en", "city_en", "state_en", "street_en")),
        "country_code": "",
        "country_name": None,
        "country_name_en": None,
        "shipping_code": receiver.shipping_code,
        **_in_parts(receiver),
        "updated_date": stamp(mall.now()),
        "user_id": operator["user_id"],
        "user_name": operator["user_name"],
    }


def _in_parts(receiver: Receiver) -> Row:
    whole = f"{receiver.address1} {receiver.address2}".strip()
    return {"address_state": "", "address_city": "", "address_street": "", "address_full": whole}


ENDPOINTS = (
    Endpoint("/orders/{order_id}/receivers", "mall.write_order", change_many, method="PUT"),
    Endpoint("/orders/{order_id}/receivers/history", "mall.read_order", history),
    Endpoint("/orders/{order_id}/receivers/{shipping_code}", "mall.write_order", change_one, method="PUT"),
    Endpoint("/orders/{order_id}/memos", "mall.read_order", memos),
    Endpoint("/orders/{order_id}/memos", "mall.write_order", add_memo, method="POST", status=201),
)
