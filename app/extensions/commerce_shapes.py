"""What the `commerce` extension answers (CHANNEL.md §9). Times are epoch milliseconds, amounts are numbers; closed."""

from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

from commands.shapes import Shape


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


Number = Annotated[float, PlainSerializer(_number), WithJsonSchema({"type": "number"})]


class Result(Shape):
    """`errorMessage`: a sentence for the customer, where the shop says no."""

    success: bool
    error_message: str | None = None


class ActionResult(Shape):
    result: Result


class Choice(Shape):
    value: str
    label: str


class EnumField(Shape):
    type: Literal["enum"]
    allowed_values: list[Choice] = Field(min_length=1)


class Options(Shape):
    required: list[str]
    optional: list[str]
    field_configs: dict[str, EnumField] | None = None


class Capabilities(Shape):
    get_orders_options: Options | None = None
    request_cancel_order_options: Options | None = None
    request_return_order_options: Options | None = None
    accept_return_order_options: Options | None = None
    request_exchange_order_options: Options | None = None
    change_shipping_address_options: Options | None = None


class AppConfigs(Shape):
    app_capabilities: Capabilities


class Claimability(Shape):
    cancelable: bool
    returnable: bool
    exchangeable: bool
    shipping_address_changeable: bool
    non_cancelable_reason: str | None = None
    non_returnable_reason: str | None = None
    non_exchangeable_reason: str | None = None
    non_shipping_address_changeable_reason: str | None = None


class Item(Shape):
    id: str
    name: str
    image_url: str | None = None
    amount: Number
    quantity: Number
    option: str | None = None
    product_id: str | None = None
    variant_id: str | None = None
    state: str
    shipped_at: Number | None = None
    delivered_at: Number | None = None
    estimated_ship_date: Number | None = None
    claimability: Claimability
    status_code: str | None = None
    status_text: str | None = None
    claim_status_code: str | None = None
    tracking_number: str | None = None
    tracking_company_name: str | None = None
    shipping_code: str | None = None


class Payment(Shape):
    state: str
    currency: str
    total_amount: Number
    items_amount: Number | None = None
    shipping_amount: Number | None = None
    discount_amount: Number | None = None
    methods: list[str]
    require_refund_bank_account: bool
    point_amount: Number | None = None
    credit_amount: Number | None = None
    coupon_discount_amount: Number | None = None
    due_amount: Number | None = None


class FulfilledItem(Shape):
    item_id: str
    state: str


class Fulfillment(Shape):
    id: str
    state: str
    item_ids: list[str]
    tracking_number: str | None = None
    tracking_company: str | None = None
    tracking_company_name: str | None = None
    tracking_url: str | None = None
    items: list[FulfilledItem]


class Claim(Shape):
    id: str
    type: str
    state: str
    item_ids: list[str]
    created_at: Number | None = None


class Buyer(Shape):
    member_id: str | None = None


class Address(Shape):
    """Masked, as on every face: enough to recognise one's own."""

    last_name: str | None = None
    cell_phone_number: str | None = None
    zipcode: str | None = None
    address1: str | None = None


class Order(Shape):
    id: str
    title: str
    ordered_at: Number
    buyer: Buyer | None = None
    items: list[Item]
    payment: Payment
    fulfillments: list[Fulfillment]
    shipping_address: Address | None = None
    claims: list[Claim]
    market_id: str | None = None


class OrdersResult(Shape):
    orders: list[Order]
    next: str | None = None


class Option(Shape):
    name: str
    value: str


class Variant(Shape):
    id: str
    additional_amount: Number
    options: list[Option]
    stock_quantity: Number | None = None
    use_inventory: bool
    selling: bool


class ExchangeableItem(Shape):
    id: str
    product_id: str
    variants: list[Variant]


class ExchangeableResult(Shape):
    exchangeable_items: list[ExchangeableItem]
