"""Cafe24's order → the kernel's `Order`, and whose it is. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from commands.kernel.calendar import KST
from commands.kernel.money import Money
from commands.kernel.order import (
    Breakdown,
    Claim,
    Order,
    OrderId,
    OrderItem,
    OrderItemCode,
    Receiver,
    Tracking,
    TrackingNumber,
)
from commands.kernel.who import Customer, Guest, Member

from . import codes, wire

ORDER_ID = re.compile(r"(\d{8})-\d{7}")
_KOREAN_CELLPHONE = re.compile(r"010\d{8}")
_NEXT_OPTION = re.compile(r",\s*(?=[^,=]+=)")
TrackingUrl = Callable[[str | None, str], str | None]


def national_digits(cellphone: str) -> str:
    """`+82 10-1234-5678` and `010 1234 5678` are one number: 01012345678."""
    digits = re.sub(r"\D", "", cellphone)
    return "0" + digits[2:].removeprefix("0") if digits.startswith("82") else digits


def hyphenated(cellphone: str) -> str | None:
    """The form that Cafe24's order filter wants: 010-1234-5678. None for any other kind of number."""
    digits = national_digits(cellphone)
    if not _KOREAN_CELLPHONE.fullmatch(digits):
        return None
    return f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"


def belongs_to(order: wire.OrderHead, customer: Customer) -> bool:
    """Whether the mall's own record of the orderer is this customer: an order without that record is nobody's."""
    match customer:
        case Member(member_id=member_id):
            recorded = {order.member_id, order.buyer.member_id or order.member_id}
            return bool(member_id) and recorded == {member_id}
        case Guest(cellphone=cellphone):
            wanted = hyphenated(cellphone)
            is_guest = not order.member_id and not order.buyer.member_id
            return is_guest and wanted is not None and hyphenated(order.buyer.cellphone) == wanted


def answers(order: wire.OrderHead, customer: Customer) -> bool:
    """Whether the mall kept to our filter. A guest's number may also stand on orders of a member, who is another."""
    if isinstance(customer, Member):
        return order.member_id == customer.member_id
    wanted = hyphenated(customer.cellphone)
    return wanted is not None and hyphenated(order.buyer.cellphone) == wanted


def ordered_at(order: wire.OrderHead) -> datetime:
    """The order's number begins with its day, for the odd order without a readable date."""
    if order.order_date:
        return order.order_date
    try:
        return datetime.strptime(order.order_id[:8], "%Y%m%d").replace(tzinfo=KST)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=KST)


def option_text(option_value: str) -> str:
    """`색상=아이보리, 사이즈=M` → `아이보리 / M`: the names of the options say nothing that their values do not."""
    parts = (part.partition("=") for part in _NEXT_OPTION.split(option_value.strip()))
    return " / ".join((value if equals else name).strip() for name, equals, value in parts)


def to_order(order: wire.Order, tracking_url: TrackingUrl) -> Order:
    currency = order.currency or "KRW"
    items = tuple(_to_item(item, tracking_url, currency) for item in order.items)
    return Order(
        order_id=OrderId(order.order_id),
        ordered_at=ordered_at(order),
        total=Money(_total(order), currency),
        items=items,
        channel=codes.sales_channel(order.market_id, order.order_place_id),
        channel_code=order.market_id if order.market_id != codes.OWN_MALL else order.order_place_id,
        payment=codes.payment(order),
        receivers=tuple(_to_receiver(receiver) for receiver in order.receivers),
        claims=_claims(order.items),
        member_id=order.member_id,
        traits=codes.traits(order),
        orderer_name=order.buyer.name,
        breakdown=_breakdown(order.actual_order_amount, currency),
    )


def _breakdown(amounts: wire.OrderAmounts, currency: str) -> Breakdown:
    def money(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount, currency)

    return Breakdown(
        goods=money(amounts.order_price_amount),
        shipping=money(amounts.shipping_fee),
        points=money(amounts.points_spent_amount),
        credit=money(amounts.credits_spent_amount),
        coupons=money(amounts.coupon_discount_price),
        due=money(amounts.total_amount_due),
    )


def _total(order: wire.Order) -> Decimal:
    """What there is to pay after claims; on an unpaid order the order's own `payment_amount` is still 0."""
    amounts = (
        order.actual_order_amount.payment_amount,
        order.initial_order_amount.payment_amount,
        order.payment_amount,
    )
    return next((amount for amount in amounts if amount is not None), Decimal(0))


def _to_item(item: wire.OrderItem, tracking_url: TrackingUrl, currency: str) -> OrderItem:
    tracking = None
    if item.tracking_no:
        url = tracking_url(item.shipping_company_code, item.tracking_no)
        tracking = Tracking(item.shipping_company_name or "", TrackingNumber(item.tracking_no), url)
    return OrderItem(
        code=OrderItemCode(item.order_item_code),
        product_no=item.product_no or 0,
        product_name=item.product_name,
        option_text=option_text(item.option_value),
        quantity=item.quantity or 0,
        status_code=item.order_status,
        state=codes.item_state(item.order_status),
        claim_code=item.claim_code,
        shipment_code=item.shipping_code,
        tracking=tracking,
        is_gift=item.gift is True,
        in_set=item.product_bundle is True,
        variant_code=item.variant_code,
        custom_variant_code=item.custom_variant_code,
        shipped_at=item.shipped_date,
        delivered_at=item.delivered_date,
        unit_price=_unit_price(item, currency),
    )


def _unit_price(item: wire.OrderItem, currency: str) -> Money | None:
    if item.product_price is None:
        return None
    return Money(item.product_price + (item.option_price or Decimal(0)), currency)


def _to_receiver(receiver: wire.Receiver) -> Receiver:
    return Receiver(
        name=receiver.name,
        cellphone=receiver.cellphone,
        zipcode=receiver.zipcode,
        address1=receiver.address1,
        address2=receiver.address2,
        shipment_code=receiver.shipping_code,
        phone=receiver.phone,
        message=receiver.shipping_message,
    )


_CLAIMED_AT: Mapping[codes.ClaimKind, tuple[str, ...]] = {
    "cancel": ("cancel_request_date", "cancel_date"),
    "return": ("return_request_date", "return_confirmed_date"),
    "exchange": ("exchange_request_date", "exchange_date"),
}


def _claims(items: list[wire.OrderItem]) -> tuple[Claim, ...]:
    """Read off the lines: a request has no code and no resource of its own, and one claim covers several lines."""
    found: dict[tuple[object, ...], Claim] = {}
    for item in items:
        state = codes.item_state(item.order_status)
        kind = codes.CLAIM_KINDS.get(state)
        if kind:
            dates = (getattr(item, field) for field in _CLAIMED_AT[kind])
            claim = Claim(kind, state, item.claim_code, next((at for at in dates if at), None))
            found.setdefault((kind, state, item.claim_code), claim)
    return tuple(found.values())
