"""Cancellations by the seller: one order or many, on to the refund, back again, and the refund's end."""

from __future__ import annotations

from collections.abc import Sequence

from app.sandbox.cafe24.claim_book import Why, lines_of
from app.sandbox.cafe24.claim_lines import (
    AWAITING_PAYMENT,
    OPEN_CLAIM,
    UNPAID,
    Pick,
    check_channel,
    check_status,
    pick,
)
from app.sandbox.cafe24.claim_money import GATEWAY_NEEDS_END, LETTERS, check_gateway_cancel, check_methods
from app.sandbox.cafe24.endpoint import Ask, Endpoint
from app.sandbox.cafe24.errors import ApiError, missing, wrong
from app.sandbox.cafe24.order import Claim, Order
from app.sandbox.cafe24.resources.cancellation_requests import SELLER_REASONS, order_in_body
from app.sandbox.cafe24.wire import Row, flag
from app.sandbox.cafe24.writing import Fields, each, one

MOST_CREATED, MOST_UPDATED = 100, 10
# J and K exist for requests, rejections and withdrawals, not here.
CREATE_REASONS = SELLER_REASONS - {"J", "K"}
STEPS = frozenset({"accepted", "canceling", "canceled"})
REFUND_LETTERS = frozenset(LETTERS)

NOT_ACCEPTED = "The cancellation is not in the accepted status."
OVER = "The cancellation has already been completed."
WITHDRAWN = "The cancellation has been withdrawn."
NO_REFUND = "The refund does not exist."
REFUNDED = "The refund has already been completed."


def cancel_one(ask: Ask) -> Row:
    """One order, with or without the gateway."""
    return {"cancellation": _cancel(ask, order_in_path(ask), one(ask), gateway_known=True)}


def cancel_many(ask: Ask) -> Row:
    """Several orders; the gateway never takes part."""
    return each(
        ask,
        "cancellation",
        MOST_CREATED,
        lambda fields: _cancel(ask, order_in_body(ask, fields), fields, gateway_known=False),
    )


def update_one(ask: Ask) -> Row:
    """One claim of one order: on to the refund, or withdrawn with all its flags."""
    return {"cancellation": _update(ask, order_in_path(ask), ask.params["claim_code"], one(ask))}


def update_many(ask: Ask) -> Row:
    """Up to ten claims."""

    def update(fields: Fields) -> Row:
        return _update(ask, order_in_body(ask, fields), fields.text("claim_code", 40, required=True), fields)

    return each(ask, "cancellation", MOST_UPDATED, update)


def complete_refund(ask: Ask) -> Row:
    """The second step where acceptance and refund are apart; customers hear of it unless told otherwise."""
    order, fields = order_in_path(ask), one(ask)
    fields.choice("status", frozenset({"complete"}), required=True)
    reason, gateway = fields.text("reason"), fields.flag("payment_gateway_cancel")
    fields.flag("send_sms")
    fields.flag("send_mail")
    claim = next((c for c in order.claims if c.code == ask.params["refund_code"]), None)
    if claim is None or claim.refund is None or claim.kind == "exchange":
        raise ApiError(422, NO_REFUND)
    if claim.refund.status == "T":
        raise ApiError(422, REFUNDED)
    if gateway:
        check_gateway_cancel(order, kakaopay_too=ask.mall.kakaopay_gateway_cancel)
    ask.mall.claims.complete(order, claim, claim.refund, at_gateway=gateway)
    return {
        "refund": {
            "shop_no": ask.shop_no,
            "refund_code": claim.code,
            "status": "complete",
            "reason": reason or None,
        }
    }


def _cancel(ask: Ask, order: Order, fields: Fields, *, gateway_known: bool) -> Row:
    book, step = ask.mall.claims, fields.choice("status", STEPS, required=True)
    why = Why(fields.choice("claim_reason_type", CREATE_REASONS), fields.text("reason"))
    stock, coupon = fields.flag("recover_inventory"), fields.flag("recover_coupon")
    fields.flag("add_memo_too")
    gateway = gateway_known and fields.flag("payment_gateway_cancel")
    letters = fields.choices("refund_method_code", REFUND_LETTERS)
    account, picks = fields.account(letters), pick(order, fields.lines())
    check_channel(order, picks)
    unpaid = _is_unpaid(picks)
    known = _check_lines(order, picks, step, unpaid=unpaid)
    if gateway and step != "canceled":
        raise ApiError(422, GATEWAY_NEEDS_END)
    if gateway:
        check_gateway_cancel(order, kakaopay_too=ask.mall.kakaopay_gateway_cancel)
    check_methods(order, letters)
    if unpaid:
        claim = book.cancel_unpaid(order, picks, why)
    else:
        claim = known or book.accept(order, picks, why)
        if step != "accepted":
            refund = book.receive_refund(order, claim, letters, account)
            if step == "canceled":
                book.complete(order, claim, refund, at_gateway=gateway)
    book.restore(order, claim, stock=stock, coupon=coupon)
    items = [{"order_item_code": line.code, "quantity": line.quantity} for line in lines_of(order, claim)]
    return {
        "shop_no": ask.shop_no,
        "order_id": order.order_id,
        "status": step,
        "claim_code": claim.code,
        "items": items,
    }


def _is_unpaid(picks: Sequence[Pick]) -> bool:
    return all(pick.item.status in AWAITING_PAYMENT for pick in picks)


def _check_lines(order: Order, picks: Sequence[Pick], step: str, *, unpaid: bool) -> Claim | None:
    """Fresh lines and requested ones become a new claim; an accepted claim goes on, if it is named whole."""
    if unpaid:
        if step != "canceled":
            raise ApiError(422, UNPAID)
        return None
    going_on = {pick.item.claim_code for pick in picks if pick.item.status == "C10"}
    extra = frozenset({"C00"}) if step == "accepted" else frozenset({"C00", "C10"})
    for one_pick in picks:
        check_status(one_pick, extra=extra)
    if not going_on:
        return None
    claim = next((c for c in order.claims if {c.code} == going_on), None)
    if claim is None or {p.item.code for p in picks} != set(claim.item_codes):
        raise ApiError(422, OPEN_CLAIM)
    return claim


def _update(ask: Ask, order: Order, claim_code: str, fields: Fields) -> Row:
    claim = next((c for c in order.claims if c.code == claim_code and c.kind == "cancellation"), None)
    if claim is None:
        raise wrong("claim_code", "The claim does not exist.")
    stock, memo = fields.flag("recover_inventory", required=True), fields.flag("add_memo_too", required=True)
    step, undone = fields.choice("status", frozenset({"canceling"})), fields.flag("undone")
    if not step and not undone:
        raise missing("status")
    check_channel(order)
    answer: Row = {
        "shop_no": ask.shop_no,
        "order_id": order.order_id,
        "claim_code": claim.code,
        "status": step or None,
        "recover_inventory": flag(stock),
        "items": [{"order_item_code": line.code} for line in lines_of(order, claim)],
        "undone": "T" if undone else None,
        "add_memo_too": flag(memo),
    }
    if undone:
        return answer | _withdraw(ask, order, claim, fields)
    _advance(ask, order, claim, fields, stock=stock)
    return answer


def _withdraw(ask: Ask, order: Order, claim: Claim, fields: Fields) -> Row:
    wire: Row = {
        "undone_reason_type": fields.choice("undone_reason_type", SELLER_REASONS, required=True),
        "undone_reason": fields.text("undone_reason") or None,
        "expose_order_detail": flag(fields.flag("expose_order_detail", required=True)),
        "exposed_undone_reason": fields.text("exposed_undone_reason") or None,
    }
    _check_alive(order, claim)
    ask.mall.claims.withdraw(order, claim, wire)
    return wire


def _advance(ask: Ask, order: Order, claim: Claim, fields: Fields, *, stock: bool) -> None:
    """The refund method has been seen to be needed here, documented or not."""
    letters = fields.choices("refund_method_code", REFUND_LETTERS)
    if not letters:
        raise missing("refund_method_code")
    account = fields.account(letters)
    check_methods(order, letters)
    _check_alive(order, claim)
    if claim.refund is not None or any(line.status != "C10" for line in lines_of(order, claim)):
        raise ApiError(422, NOT_ACCEPTED)
    ask.mall.claims.receive_refund(order, claim, letters, account)
    ask.mall.claims.restore(order, claim, stock=stock, coupon=False)


def _check_alive(order: Order, claim: Claim) -> None:
    if claim.undone:
        raise ApiError(422, WITHDRAWN)
    ended = claim.refund is not None and claim.refund.status == "T"
    if ended or any(line.status not in {"C10", "C34", "C36"} for line in lines_of(order, claim)):
        raise ApiError(422, OVER)


def order_in_path(ask: Ask) -> Order:
    """The order of the path; of another shop it does not exist."""
    order = ask.mall.orders.get(ask.params["order_id"])
    if order is None or order.shop_no != ask.shop_no:
        raise ApiError(404, "No data found.")
    return order


ENDPOINTS = (
    Endpoint("/orders/{order_id}/cancellation", "mall.write_order", cancel_one, method="POST", status=201),
    Endpoint("/orders/{order_id}/cancellation/{claim_code}", "mall.write_order", update_one, method="PUT"),
    Endpoint("/cancellation", "mall.write_order", cancel_many, method="POST", status=201),
    Endpoint("/cancellation", "mall.write_order", update_many, method="PUT"),
    Endpoint("/orders/{order_id}/refunds/{refund_code}", "mall.write_order", complete_refund, method="PUT"),
)
