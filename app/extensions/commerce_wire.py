"""What the `commerce` extension takes (CHANNEL.md §9, the coming revision). Unknown members are ignored."""

from typing import Any, Literal

from pydantic import Field

from commands.shapes import Params


class NoParams(Params):
    pass


class Identifier(Params):
    type: Literal["membership", "phone", "email"]
    value: str = Field(max_length=200)


class Line(Params):
    id: str | None = Field(None, max_length=40)
    quantity: int | None = None
    fulfillment_id: str | None = None


class Target(Params):
    product_id: str | None = None
    variant_id: str | None = Field(None, max_length=40)
    quantity: int | None = None


class Reason(Params):
    type: str | None = None
    description: str | None = None


class BankAccount(Params):
    bank_name: str
    account_no: str
    account_holder: str


class Defect(Params):
    description: str
    image_urls: list[str] | None = None


class AddressParams(Params):
    """A full name stands in `lastName` where a mall does not split names."""

    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None
    email: str | None = None
    cell_phone_number: str | None = None
    zipcode: str | None = None
    address1: str | None = None
    address2: str | None = None
    shipping_message: str | None = None
    country: str | None = None
    city: str | None = None
    province: str | None = None
    country_code: str | None = None


class Asked(Params):
    """Every `order.*` Function may bring an identifier: checked against the signed context, never believed."""

    identifier: Identifier | None = None


class OrderParams(Asked):
    order_id: str = Field(max_length=40)


class GetOrdersParams(Asked):
    search_filter: Any = None
    since: str | None = Field(None, max_length=200)
    limit: int | None = None


class CancelParams(OrderParams):
    cancel_items: list[Line] | None = Field(None, max_length=100)
    reason: Reason | None = None
    refund_bank_account: BankAccount | None = None


class ReturnParams(OrderParams):
    return_items: list[Line] | None = Field(None, max_length=100)
    reason: Reason | None = None
    request_pickup: bool | None = None
    pickup_address: AddressParams | None = None
    refund_bank_account: BankAccount | None = None
    tracking_number: str | None = None
    tracking_company: str | None = None
    defect_info: Defect | None = None


class AcceptReturnParams(OrderParams):
    return_items: list[Line] | None = Field(None, max_length=100)
    reason: Reason | None = None
    refund_bank_account: BankAccount | None = None
    pickup_completed: bool | None = None
    request_pickup: bool | None = None


class ExchangeParams(OrderParams):
    before_exchange_items: list[Line] | None = Field(None, max_length=100)
    after_exchange_items: list[Target] | None = Field(None, max_length=100)
    reason: Reason | None = None
    request_pickup: bool | None = None
    pickup_address: AddressParams | None = None
    refund_bank_account: BankAccount | None = None
    defect_info: Defect | None = None


class ExchangeableParams(OrderParams):
    items: list[Line] | None = Field(None, max_length=100)


class AddressChangeParams(OrderParams):
    new_address: AddressParams
