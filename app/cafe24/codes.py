"""The tables: Cafe24's codes in our words (DESIGN §5, contracts/cafe24/ORDERS.md). Unknown stays unknown."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from commands.kernel.money import Money
from commands.kernel.order import ItemState, PaidState, Payment, RefundWay, SalesChannel

from .wire import Order

_CODES: Mapping[ItemState, str] = {
    ItemState.AWAITING_PAYMENT: "N00 N02 N03",
    ItemState.PREPARING: "N01 N10 N20 N21 N22 C11",
    ItemState.IN_TRANSIT: "N30",
    ItemState.DELIVERED: "N40 N50",
    ItemState.CANCEL_REQUESTED: "C00 C10 C34 C36",
    ItemState.CANCELLED: "C35 C40 C41 C42 C43 C47 C48 C49",
    ItemState.RETURNING: "R00 R10 R12 R13 R20 R30 R31 R34 R36",
    ItemState.RETURNED: "R40 R41 R42 R43",
    ItemState.RETURN_REJECTED: "R11",
    ItemState.EXCHANGING: "E00 E10 E12 E13 E20 E30 E31 E32 E33 E34 E35 E36",
    ItemState.EXCHANGED: "E40",
    ItemState.EXCHANGE_REJECTED: "E11",
}
ITEM_STATES: Mapping[str, ItemState] = {
    code: state for state, codes in _CODES.items() for code in codes.split()
}

OWN_MALL = "self"
NAVER_PAY_FORM = "NCHECKOUT"

TRAITS: Mapping[str, str] = {
    "use_escrow": "escrow",
    "subscription": "subscription",
    "multiple_addresses": "multipleAddresses",
    "store_pickup": "storePickup",
    "postpay": "postpay",
}

# ASSUMPTION: malls leave `track_shipment_url` empty for the well-known carriers; these are their public pages.
TRACKING_PAGES: Mapping[str, str] = {
    "0006": "https://trace.cjlogistics.com/next/tracking.html?wblNo=",
    "0012": "https://service.epost.go.kr/trace.RetrieveDomRigiTraceList.comm?sid1=",
}

ClaimKind = Literal["cancel", "exchange", "return"]
CLAIM_KINDS: Mapping[ItemState, ClaimKind] = {
    ItemState.CANCEL_REQUESTED: "cancel",
    ItemState.CANCELLED: "cancel",
    ItemState.RETURNING: "return",
    ItemState.RETURNED: "return",
    ItemState.RETURN_REJECTED: "return",
    ItemState.EXCHANGING: "exchange",
    ItemState.EXCHANGED: "exchange",
    ItemState.EXCHANGE_REJECTED: "exchange",
}


def item_state(order_status: str) -> ItemState:
    return ITEM_STATES.get(order_status, ItemState.UNRECOGNISED)


def sales_channel(market_id: str, order_place_id: str) -> SalesChannel:
    """Own mall only by `market_id`; the place id tells nothing but the Naver Pay order form."""
    if NAVER_PAY_FORM in {market_id, order_place_id}:
        return SalesChannel.NAVER_PAY
    if market_id == OWN_MALL:
        return SalesChannel.OWN_MALL
    return SalesChannel.MARKETPLACE if market_id else SalesChannel.UNRECOGNISED


def traits(order: Order) -> frozenset[str]:
    """Words for what sets an order apart; a flag that is neither T nor F is `<trait>Unknown`."""
    found: set[str] = set()
    for field, trait in TRAITS.items():
        flag: bool | None = getattr(order, field)
        if flag is None:
            found.add(f"{trait}Unknown")
        elif flag:
            found.add(trait)
    if order.easypay_name:
        found.add("easyPay")
    if _is_settled_by_naver(order):
        found.add("naverPayment")
    return frozenset(found)


PAID_STATES: Mapping[str, PaidState] = {
    "T": PaidState.PAID,
    "F": PaidState.UNPAID,
    "M": PaidState.PARTLY,
}


class MethodRefund(NamedTuple):
    """How a payment method is given back, and its letter as a `refund_method_code`; coupons have none."""

    way: RefundWay
    letter: str = ""


# All documented methods; which of them refund by themselves may change (H40), and changes here only.
REFUNDS: Mapping[str, MethodRefund] = {
    "card": MethodRefund(RefundWay.AUTOMATIC_GATEWAY, "F"),
    "credit": MethodRefund(RefundWay.AUTOMATIC, "D"),
    "point": MethodRefund(RefundWay.AUTOMATIC, "M"),
    "coupon": MethodRefund(RefundWay.AUTOMATIC),
    "tcash": MethodRefund(RefundWay.BY_HAND, "G"),
    "cash": MethodRefund(RefundWay.BY_HAND, "T"),
    "icash": MethodRefund(RefundWay.BY_HAND, "T"),
    "cell": MethodRefund(RefundWay.BY_HAND, "C"),
    "prepaid": MethodRefund(RefundWay.BY_HAND, "O"),
    "cvs": MethodRefund(RefundWay.BY_HAND, "V"),
    "giftcard": MethodRefund(RefundWay.BY_HAND, "J"),
    "pointcard": MethodRefund(RefundWay.BY_HAND, "K"),
    "cod": MethodRefund(RefundWay.BY_HAND, "Z"),
    "pointfy": MethodRefund(RefundWay.BY_HAND, "I"),
    "market_discount": MethodRefund(RefundWay.BY_HAND, "I"),
    "etc": MethodRefund(RefundWay.BY_HAND, "I"),
}
# ASSUMPTION: what stands in `payment_method` for a card, an account or a balance behind an easy pay.
BEHIND_EASY_PAY = frozenset({"card", "tcash", "prepaid"})
# ASSUMPTION: a KakaoPay payment in the own mall's order form is cancelled at the gateway like a card.
KAKAO_PAY_AS_CARD = True
KAKAO_PAY_NAMES = frozenset({"카카오페이", "kakaopay"})


def payment(order: Order) -> Payment:
    """How it was paid. `naverpay_payment_information` N: Naver settles it, whatever the method is called."""
    paid = order.initial_order_amount.payment_amount
    return Payment(
        methods=tuple(order.payment_method),
        ways=tuple((method, _way(order, method)) for method in order.payment_method),
        state=PAID_STATES.get(order.paid, PaidState.UNRECOGNISED),
        easy_pay=order.easypay_name,
        settled_by_naver=_is_settled_by_naver(order),
        transactions=None if order.transaction_ids is None else len(set(order.transaction_ids)),
        paid=None if paid is None else Money(paid, order.currency or "KRW"),
    )


def _is_settled_by_naver(order: Order) -> bool:
    return order.naverpay_payment_information == "N"


def _way(order: Order, method: str) -> RefundWay:
    """An easy pay counts as a card; money that another shop or Naver took is not at our gateway."""
    known = REFUNDS.get(method)
    if known is None:
        return RefundWay.UNRECOGNISED
    behind_easy_pay = bool(order.easypay_name) and method in BEHIND_EASY_PAY
    way = RefundWay.AUTOMATIC_GATEWAY if behind_easy_pay else known.way
    if way is not RefundWay.AUTOMATIC_GATEWAY:
        return way
    kakao = order.easypay_name.replace(" ", "").casefold() in KAKAO_PAY_NAMES
    own = sales_channel(order.market_id, order.order_place_id) is SalesChannel.OWN_MALL
    at_gateway = own and not _is_settled_by_naver(order) and (KAKAO_PAY_AS_CARD or not kakao)
    return way if at_gateway else RefundWay.BY_HAND
