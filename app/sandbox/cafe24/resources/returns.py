"""Returns by the seller: accepted, on the way back, collected, over, or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from app.sandbox.cafe24.claim_book import Why, lines_of
from app.sandbox.cafe24.claim_lines import OPEN_CLAIM, Pick, pick
from app.sandbox.cafe24.claim_money import GATEWAY_NEEDS_END, check_gateway_cancel, check_methods
from app.sandbox.cafe24.endpoint import Ask, Endpoint
from app.sandbox.cafe24.errors import ApiError, missing
from app.sandbox.cafe24.goods_lines import check_channel, check_status
from app.sandbox.cafe24.order import Claim, Order
from app.sandbox.cafe24.resources.cancellation_requests import order_in_body
from app.sandbox.cafe24.resources.cancellations import (
    CREATE_REASONS,
    MOST_CREATED,
    MOST_UPDATED,
    REFUND_LETTERS,
    order_in_path,
)
from app.sandbox.cafe24.resources.goods_updates import (
    COLLECTED_BEFORE,
    check_alive,
    claim_of,
    collected,
    updated,
    withdraw,
)
from app.sandbox.cafe24.wire import Row, flag
from app.sandbox.cafe24.writing import Fields, each, one

STEPS = frozenset({"accepted", "processing", "returned"})
NOT_COLLECTED = frozenset({"R10", "R12", "R13", "R20", "R30", "R31"})
ALIVE = NOT_COLLECTED | {"R34", "R36"}


def return_one(ask: Ask) -> Row:
    """One order, with or without the gateway."""
    return {"return": _return(ask, order_in_path(ask), one(ask), gateway_known=True)}


def return_many(ask: Ask) -> Row:
    """Several orders; the gateway never takes part."""
    return each(
        ask,
        "return",
        MOST_CREATED,
        lambda fields: _return(ask, order_in_body(ask, fields), fields, gateway_known=False),
    )


def update_one(ask: Ask) -> Row:
    """One claim of one order."""
    return {"return": _update(ask, order_in_path(ask), ask.params["claim_code"], one(ask))}


def update_many(ask: Ask) -> Row:
    """Up to ten claims."""

    def update(fields: Fields) -> Row:
        return _update(ask, order_in_body(ask, fields), fields.text("claim_code", 40, required=True), fields)

    return each(ask, "return", MOST_UPDATED, update)


def _return(ask: Ask, order: Order, fields: Fields, *, gateway_known: bool) -> Row:
    mall, step = ask.mall, fields.choice("status", STEPS, required=True)
    why = Why(fields.choice("claim_reason_type", CREATE_REASONS), fields.text("reason"))
    here, stock = fields.flag("pickup_completed"), fields.flag("recover_inventory")
    coupon = fields.flag("recover_coupon")
    gateway = gateway_known and fields.flag("payment_gateway_cancel")
    letters = fields.choices("refund_method_code", REFUND_LETTERS)
    account, picks = fields.account(letters), pick(order, fields.lines())
    check_channel(order, picks, "return")
    known = _check_lines(order, picks, step)
    if gateway and step != "returned":
        raise ApiError(422, GATEWAY_NEEDS_END)
    if gateway:
        check_gateway_cancel(order, kakaopay_too=mall.kakaopay_gateway_cancel)
    check_methods(order, letters)
    claim = known or mall.claims.accept(order, picks, why, "return")
    if step == "returned" or (step == "processing" and here):
        mall.goods.collect(order, claim, stock=stock, letters=letters, account=account)
    elif step == "processing":
        mall.goods.go_on(order, claim)
    if step == "returned" and claim.refund:
        mall.claims.complete(order, claim, claim.refund, at_gateway=gateway)
    mall.claims.restore(order, claim, stock=stock, coupon=coupon)
    items = [{"order_item_code": line.code, "quantity": line.quantity} for line in lines_of(order, claim)]
    return {
        "shop_no": ask.shop_no,
        "order_id": order.order_id,
        "status": step,
        "claim_code": claim.code,
        "pickup_completed": flag(here or step == "returned"),
        "items": items,
    }


def _check_lines(order: Order, picks: Sequence[Pick], step: str) -> Claim | None:
    """Delivered lines and requested ones become a new claim; an accepted claim goes on, if it is named whole."""
    going_on = {pick.item.claim_code for pick in picks if pick.item.status == "R10"}
    extra = frozenset({"R00"}) if step == "accepted" else frozenset({"R00", "R10"})
    for one_pick in picks:
        check_status(one_pick, "return", extra=extra)
    if not going_on:
        return None
    claim = next((c for c in order.claims if {c.code} == going_on), None)
    if claim is None or {p.item.code for p in picks} != set(claim.item_codes):
        raise ApiError(422, OPEN_CLAIM)
    return claim


def _update(ask: Ask, order: Order, claim_code: str, fields: Fields) -> Row:
    claim = claim_of(order, claim_code, "return")
    step = fields.choice("status", frozenset({"processing", "returned"}))
    here, stock, undone = collected(fields), fields.flag("recover_inventory"), fields.flag("undone")
    letters = fields.choices("refund_method_code", REFUND_LETTERS)
    account = fields.account(letters)
    check_methods(order, letters)
    if not (step or here or undone or "return_invoice_no" in fields):
        raise missing("status")
    check_alive(order, claim, ALIVE)
    answer = updated(ask, order, claim, fields, step) | {
        "refund_method_code": letters or None,
        "refund_bank_code": None,
        "refund_bank_account_no": None,
        "refund_bank_account_holder": None,
        "combined_refund_method": None,
    }
    if undone:
        return answer | withdraw(ask, order, claim, fields)
    _advance(ask, order, claim, step, here=here, stock=stock, letters=letters, account=account)
    return answer


def _advance(
    ask: Ask,
    order: Order,
    claim: Claim,
    step: str,
    *,
    here: bool,
    stock: bool,
    letters: Sequence[str],
    account: Row,
) -> None:
    waits = claim.refund is None
    if (here or step == "processing") and not waits:
        raise ApiError(422, COLLECTED_BEFORE)
    if here or (step == "returned" and waits):
        ask.mall.goods.collect(order, claim, stock=stock, letters=letters, account=account)
    elif step == "processing":
        ask.mall.goods.go_on(order, claim)
    if step == "returned":
        ask.mall.goods.finish(order, claim)


ENDPOINTS = (
    Endpoint("/orders/{order_id}/return", "mall.write_order", return_one, method="POST", status=201),
    Endpoint("/orders/{order_id}/return/{claim_code}", "mall.write_order", update_one, method="PUT"),
    Endpoint("/return", "mall.write_order", return_many, method="POST", status=201),
    Endpoint("/return", "mall.write_order", update_many, method="PUT"),
)
