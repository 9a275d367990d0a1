"""One order as the API shows it: derived fields over defaults, the fixture's own words over both."""

from __future__ import annotations

from decimal import Decimal

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.order import ZERO, Order, Receiver
from app.sandbox.cafe24.wire import Row, flag, money, stamp

METHOD_NAMES: dict[str, str] = {
    "cash": "무통장입금", "card": "신용카드", "cell": "휴대폰", "tcash": "계좌이체", "icash": "가상계좌",
    "prepaid": "선불금", "credit": "예치금", "point": "적립금", "pointfy": "통합포인트", "cvs": "편의점",
    "cod": "후불결제", "coupon": "쿠폰", "market_discount": "마켓할인", "giftcard": "제휴상품권",
    "pointcard": "제휴포인트", "etc": "기타",
}  # fmt: skip

GATEWAY_METHODS = frozenset({"card", "tcash", "icash", "cell", "cvs"})

ORDER_DEFAULTS: Row = {
    "currency": "KRW", "market_id": "self", "market_order_no": None, "bank_code": "", "bank_code_name": None,
    "sub_payment_method_name": "", "sub_payment_method_code": "", "first_order": "F", "order_from_mobile": "T",
    "use_escrow": "F", "bank_account_no": "", "bank_account_owner_name": "", "market_seller_id": None,
    "order_place_name": "모바일웹", "order_place_id": "mobile", "payment_confirmation": None, "commission": "0.00",
    "postpay": "F", "admin_additional_amount": "0.00", "additional_shipping_fee": "0.00",
    "international_shipping_insurance": "0.00", "additional_handling_fee": "0.00", "shipping_type": "A",
    "shipping_type_text": "국내배송", "wished_delivery_date": "", "wished_delivery_time": None,
    "wished_carrier_id": None, "wished_carrier_name": None, "return_confirmed_date": None, "naver_point": 0,
    "additional_order_info_list": [], "store_pickup": "F", "easypay_name": "", "loan_status": None,
    "subscription": "F", "multiple_addresses": "F", "exchange_rate": "1.0000", "naverpay_payment_information": None,
    "include_tax": "T", "tax_detail": None, "service_type": None, "service_data": None,
    "show_shipping_address": "T", "social_member_code": None, "social_name": None, "market_discount_info": None,
}  # fmt: skip


def order_row(order: Order) -> Row:
    """The order without sub-resources; there is no order-level status, as in the real API."""
    buyer, gateway = order.buyer, [m for m in order.payment_methods if m in GATEWAY_METHODS]
    row: Row = {
        "member_id": buyer.member_id,
        "member_email": "" if order.is_guest else buyer.email,
        "member_authentication": None if order.is_guest else "T",
        "group_no_when_ordering": buyer.group_no,
        "initial_order_amount": _amounts(order, order.goods_amount),
        "actual_order_amount": _amounts(order, _goods_left(order)),
        "billing_name": buyer.name,
        "payment_method": order.payment_methods,
        "payment_method_name": [METHOD_NAMES[method] for method in order.payment_methods],
        "first_payment_methods": order.payment_methods,
        "payment_gateway_names": ["inicis"] if gateway else None,
        "transaction_ids": [f"SANDBOX{order.order_id.replace('-', '')}"] if "card" in gateway else None,
        "paid": flag(order.paid_at),
        "canceled": order.cancelled,
        "order_date": stamp(order.ordered_at),
        "payment_date": stamp(order.paid_at),
        "cancel_date": stamp(order.cancelled_at),
        "payment_amount": money(order.payable if order.paid_at else ZERO),
        "shipping_status": order.shipping_status,
        "shipping_fee_detail": _shipping_fees(order),
        "regional_surcharge_detail": _surcharges(order),
        # The real field drops the decimals, unlike every other amount of an order.
        "total_supply_price": str(int(order.goods_amount * Decimal("0.4"))),
    }
    return {"shop_no": order.shop_no, "order_id": order.order_id} | ORDER_DEFAULTS | row | order.wire


def buyer_row(order: Order) -> Row:
    """The orderer (주문자)."""
    buyer = order.buyer
    return {
        "shop_no": order.shop_no,
        "member_id": buyer.member_id,
        "member_group_no": buyer.group_no,
        "name": buyer.name,
        "names_furigana": "",
        "email": buyer.email,
        "phone": buyer.phone,
        "cellphone": buyer.cellphone,
        "customer_notification": "",
        "updated_date": stamp(order.ordered_at),
        "user_id": buyer.member_id or "",
        "user_name": buyer.name,
        "company_name": "",
        "company_registration_no": "",
        "buyer_zipcode": buyer.zipcode,
        "buyer_address1": buyer.address1,
        "buyer_address2": buyer.address2,
    }


def receiver_row(order: Order, receiver: Receiver) -> Row:
    """One recipient (수령자)."""
    return {
        "shop_no": order.shop_no,
        "name": receiver.name,
        "name_furigana": "",
        "phone": receiver.phone,
        "cellphone": receiver.cellphone,
        "virtual_phone_no": None,
        "zipcode": receiver.zipcode,
        "address1": receiver.address1,
        "address2": receiver.address2,
        "name_en": None,
        "city_en": None,
        "state_en": None,
        "street_en": None,
        "country_code": "",
        "country_name": None,
        "country_name_en": None,
        "shipping_message": receiver.shipping_message,
        "clearance_information_type": None,
        "clearance_information": None,
        "wished_delivery_date": "",
        "wished_delivery_time": None,
        "shipping_code": receiver.shipping_code,
    }


def _amounts(order: Order, goods: Decimal) -> Row:
    """The amount breakdown; ASSUMPTION: after claims the discounts and fees stay as they were."""
    unpaid = order.paid_at is None
    discounts = order.points_spent + order.credits_spent + order.coupon_discount
    payment = max(goods + order.shipping_fee + order.regional_surcharge - discounts, ZERO) if goods else ZERO
    return {
        "order_price_amount": money(goods),
        "shipping_fee": money(order.shipping_fee + order.regional_surcharge),
        "points_spent_amount": money(order.points_spent),
        "credits_spent_amount": money(order.credits_spent),
        "coupon_discount_price": money(order.coupon_discount),
        "coupon_shipping_fee_amount": "0.00",
        "membership_discount_amount": "0.00",
        "shipping_fee_discount_amount": "0.00",
        "set_product_discount_amount": "0.00",
        "app_discount_amount": "0.00",
        "point_incentive_amount": "0.00",
        "total_amount_due": money(payment if unpaid else ZERO),
        "payment_amount": money(payment),
        "market_other_discount_amount": "0.00",
        "tax": "0.00",
    }


def _goods_left(order: Order) -> Decimal:
    gone = statuses.CANCELLED | statuses.RETURNED
    return sum((i.amount for i in order.items if not i.replacement and i.status not in gone), ZERO)


def _shipping_fees(order: Order) -> list[Row]:
    return [_fee_row(order, {"shipping_fee": money(order.shipping_fee)})]


def _surcharges(order: Order) -> list[Row]:
    if not order.regional_surcharge:
        return []
    surcharge = {
        "regional_surcharge_amount": money(order.regional_surcharge),
        "regional_surcharge_calculation_type": "default",
        "template_code": None,
        "template_name": None,
    }
    return [_fee_row(order, surcharge)]


def _fee_row(order: Order, own: Row) -> Row:
    return {
        "shipping_group_code": int(order.order_id[-4:]),
        "supplier_code": "S0000000",
        **own,
        "cancel_shipping_fee": "0.00",
        "additional_shipping_fee": "0.00",
        "refunded_shipping_fee": "0.00",
        "return_shipping_fee": "0.00",
        "items": [item.code for item in order.items],
    }
