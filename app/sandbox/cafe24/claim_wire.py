"""Accepted claims and their refunds as the API shows them."""

from __future__ import annotations

from app.sandbox.cafe24.item_wire import item_row
from app.sandbox.cafe24.order import ZERO, Claim, Order, Refund
from app.sandbox.cafe24.wire import Row, flag, money, stamp

REFUND_NAMES: dict[str, str] = {
    "card": "신용카드 환불", "cash": "현금 환불", "tcash": "계좌이체 취소", "icash": "현금 환불",
    "cell": "휴대폰 취소", "point": "적립금 환불", "credit": "예치금 환불", "prepaid": "선불금 환불",
}  # fmt: skip

# Lines keep the buyer's letter, claims the seller's; that these pair up is an ASSUMPTION.
SELLER_REASONS: dict[str, str] = {"O": "A", "P": "E", "V": "K", "W": "J"}

CLAIM_DEFAULTS: Row = {
    "refund_reason": "", "shipping_fee": "0.00", "return_ship_type": "", "defer_commission": "0.00",
    "partner_discount_amount": "0.00", "add_discount_amount": "0.00", "member_grade_discount_amount": "0.00",
    "shipping_discount_amount": "0.00", "coupon_discount_amount": "0.00", "point_used": "0.00",
    "credit_used": "0.00", "undone_reason_type": None, "undone_reason": None, "expose_order_detail": None,
    "exposed_undone_reason": None, "include_tax": "T", "tax": None, "cancel_fee_amount": None,
}  # fmt: skip

GOODS_BACK: Row = {
    "claim_due_date": None, "return_invoice_no": None, "return_shipping_company_name": None,
    "carrier_id": None, "return_invoice_success": None, "return_invoice_fail_reason": None,
}  # fmt: skip

RETURN_ONLY: Row = {
    "pickup_request_state": "E", "refund_shipping_fee": "0.00", "refund_regional_surcharge": "0.00",
    "return_address": None,
    "return_shipping_fee": "0.00", "return_shipping_fee_detail": [], "return_regional_surcharge": "0.00",
    "return_regional_surcharge_detail": [], "additional_shipping_fee": None,
    "international_shipping_insurance": None, "international_shipping_additional_fee": None,
}  # fmt: skip


def claim_rows(order: Order, kind: str) -> list[Row]:
    """All claims of one kind: `cancellation`, `return` or `exchange`."""
    return [claim_row(order, claim) for claim in order.claims if claim.kind == kind]


def claim_row(order: Order, claim: Claim) -> Row:
    """One claim; which extra fields it has depends on its kind."""
    lines = [item for item in order.items if item.code in claim.item_codes]
    row: Row = {
        "shop_no": order.shop_no,
        "order_id": order.order_id,
        "claim_code": claim.code,
        "claim_reason_type": SELLER_REASONS.get(claim.reason_type, claim.reason_type),
        "claim_reason": claim.reason,
        "refund_methods": _names(claim.refund),
        "order_price_amount": money(sum((item.amount for item in lines), ZERO)),
        "refund_amounts": _amounts(claim.refund),
        "undone": flag(claim.undone),
        "items": [item_row(order, item) for item in lines],
    }
    if claim.kind == "return":
        row |= GOODS_BACK | RETURN_ONLY | {"pickup": _pickup(order)}
    if claim.kind == "exchange":
        row |= GOODS_BACK | _exchange(order, claim)
    return CLAIM_DEFAULTS | row | claim.wire


def refund_row(order: Order, claim: Claim, refund: Refund) -> Row:
    """One row of the refund list; the refund code equals the claim code."""
    lines = [item for item in order.items if item.code in claim.item_codes]
    done = refund.status == "T" and refund.at_gateway
    gateway = [method for method in refund.methods if method in {"card", "tcash"}]
    cancelled = [{"payment_method": m, "cancel_date": stamp(refund.refunded_at)} for m in gateway if done]
    return {
        "shop_no": order.shop_no,
        "member_id": order.buyer.member_id,
        "member_email": "" if order.is_guest else order.buyer.email,
        "buyer_email": order.buyer.email,
        "order_date": stamp(order.ordered_at),
        "accepted_refund_date": stamp(claim.accepted_at),
        "refund_date": stamp(refund.refunded_at),
        "order_id": order.order_id,
        "refund_code": claim.code,
        "order_item_code": claim.item_codes,
        "quantity": sum(item.quantity for item in lines),
        "actual_refund_amount": money(refund.amount),
        "used_points": money(refund.points),
        "used_credits": money(refund.credits),
        "currency": "KRW",
        "payment_methods": order.payment_methods,
        "refund_payment_methods": refund.methods,
        "payment_gateway_cancel_statuses": [
            {"payment_method": method, "cancel_status": "T" if done else "F"} for method in gateway
        ],
        "payment_gateway_cancel_dates": cancelled,
        "status": refund.status,
        "refund_methods": _names(refund),
        "refund_bank_name": "",
        "refund_bank_account_no": "",
        "refund_bank_account_holder": "",
        "include_tax": "T",
        "tax": None,
        "cancel_fee_amount": None,
        **refund.account,
    }


def _names(refund: Refund | None) -> list[str]:
    return [REFUND_NAMES.get(method, method) for method in refund.methods] if refund else []


def _amounts(refund: Refund | None) -> list[Row]:
    """ASSUMPTION: the whole sum stands at the first method."""
    if refund is None or not refund.methods:
        return []
    return [{"payment_method": refund.methods[0], "amount": money(refund.amount)}]


def _pickup(order: Order) -> Row:
    return {"use_pickup": "T", "same_address": "T", **_place(order)}


def _exchange(order: Order, claim: Claim) -> Row:
    place = _place(order) | {"shipping_message": order.receivers[0].shipping_message}
    replacements = [item for item in order.items if item.replacement and item.claim_code == claim.code]
    return {
        "receiver": place,
        "reshipping_detail": place,
        "pickup": _pickup(order),
        "additional_payment": None,
        "exchanged_items": [item_row(order, item) for item in replacements],
    }


def _place(order: Order) -> Row:
    receiver = order.receivers[0]
    return {
        "name": receiver.name,
        "phone": receiver.phone,
        "cellphone": receiver.cellphone,
        "zipcode": receiver.zipcode,
        "address": f"{receiver.address1} {receiver.address2}",
    }
