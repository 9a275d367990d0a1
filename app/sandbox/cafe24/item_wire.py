"""One line (품주) as the API shows it, with the hundred fields that shops never look at."""

from __future__ import annotations

from datetime import datetime

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.order import Item, Order
from app.sandbox.cafe24.wire import Row, money, plain_stamp, stamp

ITEM_DATES = (
    "shipped_date",
    "delivered_date",
    "purchaseconfirmation_date",
    "cancel_date",
    "return_confirmed_date",
    "return_request_date",
    "return_collected_date",
    "cancel_request_date",
    "refund_date",
    "exchange_request_date",
    "exchange_date",
)

ITEM_DEFAULTS: Row = {
    "additional_option_value": "", "additional_option_values": [], "additional_discount_price": "0.00",
    "coupon_discount_price": "0.00", "app_item_discount_amount": "0.00", "product_tax_type": "A", "tax_rate": 10,
    "supplier_product_name": "", "supplier_transaction_type": "D", "supplier_id": "S0000000",
    "supplier_name": "자체공급", "claim_reason_type": None, "claim_reason": None, "refund_bank_name": "",
    "refund_bank_account_no": "", "refund_bank_account_holder": "", "post_express_flag": None,
    "request_undone": None, "order_status_additional_info": "", "open_market_status": "",
    "bundled_shipping_type": "N", "product_bundle": "F", "product_bundle_no": "0", "product_bundle_name": None,
    "product_bundle_name_default": None, "product_bundle_type": None, "was_product_bundle": None,
    "original_bundle_item_no": None, "naver_pay_order_id": None, "naver_pay_claim_status": None,
    "individual_shipping_fee": "0.00", "shipping_fee_type": "X", "shipping_fee_type_text": "기본배송",
    "shipping_payment_option": "P", "payment_info_id": "0", "store_pickup": "F", "product_material": None,
    "product_material_eng": None, "cloth_fabric": None, "product_weight": "1.00", "volume_size": None,
    "volume_size_weight": None, "clearance_category": None, "clearance_category_info": None,
    "clearance_category_code": None, "hs_code": "", "one_plus_n_event": None, "origin_place": "국내",
    "origin_place_no": 1798, "made_in_code": "KR", "origin_place_value": "", "gift": "F",
    "item_granting_gift": None, "subscription": "F", "product_bundle_list": None, "market_cancel_request": None,
    "market_cancel_request_quantity": None, "market_fail_reason": None, "market_fail_reason_guide": None,
    "market_fail_reason_type": None, "market_item_no": None, "market_custom_variant_code": None,
    "option_type": "T", "market_discount_amount": "0.00", "labels": None, "order_status_before_cs": None,
    "multi_invoice": None, "shipping_expected_date": None,
}  # fmt: skip


def item_row(order: Order, item: Item, *, plain_dates: bool = False) -> Row:
    """The line; `plain_dates` writes the dates as the item resource does, without an offset."""

    def dated(moment: datetime | None) -> str | None:
        return plain_stamp(moment) if moment and plain_dates else stamp(moment)

    carrier = item.carrier
    row: Row = {
        "item_no": item.item_no,
        "variant_code": item.variant_code,
        "product_no": item.product_no,
        "product_code": item.product_code,
        "internal_product_name": item.product_name,
        "custom_product_code": f"HO-{item.product_no}",
        "custom_variant_code": f"HO-{item.product_no}-{item.variant_code[-4:]}",
        "eng_product_name": "",
        "option_id": item.variant_code[-4:],
        "option_value": item.option_value,
        "option_value_default": item.option_value,
        "product_name": item.product_name,
        "product_name_default": item.product_name,
        "product_price": money(item.price),
        "option_price": money(item.option_price),
        "payment_amount": money(item.amount) if order.line_amounts else None,
        "quantity": item.quantity,
        "tracking_no": item.tracking_no,
        "shipping_code": item.shipping_code,
        "claim_code": item.claim_code,
        "order_status": item.status,
        # Seen as 0 on real claims even when the whole line is claimed.
        "claim_quantity": 0,
        "status_code": statuses.coarse(item.status, replacement=item.replacement),
        "status_text": statuses.label(item.status),
        "shipping_company_id": str(carrier.carrier_id) if carrier else "0",
        "shipping_company_name": carrier.name if carrier else None,
        "shipping_company_code": carrier.code if carrier else None,
        # Present on ordinary lines too: no proof of an exchange.
        "original_item_no": [item.item_no],
        "ordered_date": dated(order.ordered_at),
        "options": _options(item.option_value),
        "supply_price": money(item.price * 4 / 10),
        **{date: dated(item.dates.get(date)) for date in ITEM_DATES},
    }
    return {"shop_no": order.shop_no, "order_item_code": item.code} | ITEM_DEFAULTS | row | item.wire


def item_rows(order: Order, *, plain_dates: bool = False) -> list[Row]:
    """All lines of the order."""
    return [item_row(order, item, plain_dates=plain_dates) for item in order.items]


def _options(text: str) -> list[Row]:
    pairs = [pair.partition("=") for pair in text.split(", ") if pair]
    return [
        {
            "option_code": f"O000000{chr(ord('A') + index)}",
            "option_name": name,
            "option_value": {"option_text": value, "value_no": 1},
        }
        for index, (name, _, value) in enumerate(pairs)
    ]
