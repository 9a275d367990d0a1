"""Cafe24's records in the vendor's names, as far as we read them. Unknown fields are ignored.

Shapes: contracts/cafe24/orders.openapi.yaml and store.openapi.yaml.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .fields import Amount, Flag, Instant, Number, OptionalText, Text, Words, to_rows, to_words


class Inbound(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Buyer(Inbound):
    """주문자. Present only with `embed=buyer`."""

    member_id: OptionalText = None
    name: Text = ""
    cellphone: Text = ""


class Receiver(Inbound):
    """수령자. Several for split orders, one per `shipping_code`."""

    name: Text = ""
    cellphone: Text = ""
    zipcode: Text = ""
    address1: Text = ""
    address2: Text = ""
    phone: Text = ""
    shipping_message: Text = ""
    shipping_code: OptionalText = None


class OrderItem(Inbound):
    """품주. `order_status` is the code of this line; orders have none of their own."""

    order_item_code: Text = ""
    product_no: Number = None
    product_name: Text = ""
    option_value: Text = ""
    quantity: Number = None
    order_status: Text = ""
    claim_code: OptionalText = None
    shipping_code: OptionalText = None
    tracking_no: OptionalText = None
    shipping_company_code: OptionalText = None
    shipping_company_name: OptionalText = None
    shipped_date: Instant = None
    delivered_date: Instant = None
    cancel_request_date: Instant = None
    cancel_date: Instant = None
    return_request_date: Instant = None
    return_confirmed_date: Instant = None
    exchange_request_date: Instant = None
    exchange_date: Instant = None
    gift: Flag = None
    product_bundle: Flag = None
    variant_code: OptionalText = None
    custom_variant_code: OptionalText = None
    product_price: Amount = None
    option_price: Amount = None


class OrderAmounts(Inbound):
    payment_amount: Amount = None
    order_price_amount: Amount = None
    shipping_fee: Amount = None
    points_spent_amount: Amount = None
    credits_spent_amount: Amount = None
    coupon_discount_price: Amount = None
    total_amount_due: Amount = None


def _record(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


def _words_or_none(value: Any) -> list[str] | None:
    """An empty list says something, an absent or unreadable one nothing."""
    return to_words(value) if isinstance(value, (list, str)) else None


class OrderHead(Inbound):
    """What tells whose order it is: read of every row before anything else of it is used."""

    order_id: Text = ""
    shop_no: Number = None
    member_id: OptionalText = None
    order_date: Instant = None
    buyer: Annotated[Buyer, BeforeValidator(_record)] = Buyer()


class Order(OrderHead):
    """주문. `market_id` is `self` in the own mall; `order_place_id` tells the Naver Pay order form."""

    currency: Text = "KRW"
    market_id: Text = ""
    order_place_id: Text = ""
    payment_method: Words = []
    paid: Text = ""
    transaction_ids: Annotated[list[str] | None, BeforeValidator(_words_or_none)] = None
    payment_amount: Amount = None
    initial_order_amount: Annotated[OrderAmounts, BeforeValidator(_record)] = OrderAmounts()
    actual_order_amount: Annotated[OrderAmounts, BeforeValidator(_record)] = OrderAmounts()
    easypay_name: Text = ""
    naverpay_payment_information: Text = ""
    use_escrow: Flag = None
    subscription: Flag = None
    multiple_addresses: Flag = None
    store_pickup: Flag = None
    postpay: Flag = None
    items: Annotated[list[OrderItem], BeforeValidator(to_rows)] = []
    receivers: Annotated[list[Receiver], BeforeValidator(to_rows)] = []


class Carrier(Inbound):
    """배송업체. `track_shipment_url` is a prefix: the tracking number follows it."""

    shipping_carrier_code: OptionalText = None
    shipping_carrier: OptionalText = None
    track_shipment_url: OptionalText = None


class Shop(Inbound):
    shop_no: Number = None
    default: Flag = None
    shop_name: Text = ""
    active: Flag = None
    currency_code: Text = "KRW"


class Customer(Inbound):
    """Without personal data, except in `customersprivacy`, which has the cellphone."""

    member_id: OptionalText = None
    cellphone: Text = ""


class Product(Inbound):
    product_no: Number = None
    list_image: OptionalText = None
    small_image: OptionalText = None
    tiny_image: OptionalText = None


class VariantOption(Inbound):
    name: Text = ""
    value: Text = ""


class Inventory(Inbound):
    quantity: Number = None
    use_inventory: Flag = None


def _inventory(value: Any) -> Any:
    """An object, or a list of one."""
    rows = value if isinstance(value, list) else [value]
    return _record(rows[0] if rows else None)


class Variant(Inventory):
    """상품의 품목. The stock stands in the row itself, or in `inventories` beside it."""

    variant_code: OptionalText = None
    options: Annotated[list[VariantOption], BeforeValidator(to_rows)] = []
    additional_amount: Amount = None
    display: Flag = None
    selling: Flag = None
    image: OptionalText = None
    inventories: Annotated[Inventory, BeforeValidator(_inventory)] = Inventory()


class Token(Inbound):
    """The three timestamps are left out on purpose: they are Korean local time without an offset."""

    access_token: Text
    refresh_token: Text
    mall_id: Text = ""
    user_id: Text = ""
    scopes: Words = []


class StockRecovery(Inbound):
    """수량 복구 by occasion: T automatic, F not, M ask."""

    cancel_before: Text = ""
    cancel_after: Text = ""
    cancel_return: Text = ""


class OrderSetting(Inbound):
    """`GET /orders/setting`: what the shop's own pages offer to buyers (ORDERS.md §3)."""

    claim_request: Flag = None
    claim_request_button_exposure: Annotated[list[str] | None, BeforeValidator(_words_or_none)] = None
    claim_request_button_date_type: Text = ""
    claim_request_button_period: Number = None
    claim_request_auto_accept: Flag = None
    refund_processing_setting: Text = ""
    stock_recover: Flag = None
    stock_recover_base: Text = ""
    stock_recover_individual: Annotated[StockRecovery, BeforeValidator(_record)] = StockRecovery()
    refund_bank_account_required: Flag = None
    use_product_prepare_status: Flag = None
    customer_pays_return_shipping: Flag = None
    exchange_shipping_fee: Amount = None
    return_shipping_fee: Amount = None
    receiver_address_modify_button_exposure: Annotated[list[str] | None, BeforeValidator(_words_or_none)] = (
        None
    )


class RecoverCoupon(Inbound):
    """쿠폰 복원: T restore, F do not, M ask the operator."""

    restore_viewpoint: Text = ""
    cancel_before_pay: Text = ""
    cancel_after_pay: Text = ""
    return_: Text = Field(default="", alias="return")
    exchange: Text = ""
    part: Text = ""


class CouponSetting(Inbound):
    recover_coupon_setting: Annotated[RecoverCoupon, BeforeValidator(_record)] = RecoverCoupon()
