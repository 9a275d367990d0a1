"""Exchanges by the seller: accepted with new lines, collected, over, or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from app.sandbox.cafe24.claim_book import Why, lines_of
from app.sandbox.cafe24.claim_lines import Pick, pick
from app.sandbox.cafe24.endpoint import Ask, Endpoint
from app.sandbox.cafe24.errors import ApiError, missing, wrong
from app.sandbox.cafe24.goods_book import wanted_variants
from app.sandbox.cafe24.goods_lines import check_channel, check_status
from app.sandbox.cafe24.order import Order
from app.sandbox.cafe24.resources.cancellation_requests import order_in_body
from app.sandbox.cafe24.resources.cancellations import MOST_CREATED, MOST_UPDATED, order_in_path
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

STEPS = frozenset({"accepted", "exchanged"})
NOT_COLLECTED = frozenset({"E10", "E12", "E13", "E20", "E30"})
ALIVE = NOT_COLLECTED | {"E31", "E32", "E33", "E34", "E35", "E36"}
NOT_REQUESTED = "The exchange has not been requested."
OTHER_PRODUCT = "The variant does not belong to the product of the item."
NO_TARGET = "Another product can only be given by the request."


def exchange_one(ask: Ask) -> Row:
    """One order."""
    order, fields = order_in_path(ask), one(ask)
    return {"exchange": _exchange(ask, order, fields, requested_only=False)}


def exchange_many(ask: Ask) -> Row:
    """Several orders whose exchange was requested."""

    def exchange(fields: Fields) -> Row:
        return _exchange(ask, order_in_body(ask, fields), fields, requested_only=True)

    return each(ask, "exchange", MOST_CREATED, exchange)


def update_one(ask: Ask) -> Row:
    """One claim of one order."""
    return {"exchange": _update(ask, order_in_path(ask), ask.params["claim_code"], one(ask))}


def update_many(ask: Ask) -> Row:
    """Up to ten claims."""

    def update(fields: Fields) -> Row:
        return _update(ask, order_in_body(ask, fields), fields.text("claim_code", 40, required=True), fields)

    return each(ask, "exchange", MOST_UPDATED, update)


def _exchange(ask: Ask, order: Order, fields: Fields, *, requested_only: bool) -> Row:
    mall, step = ask.mall, fields.choice("status", STEPS, required=True)
    same = fields.flag("same_product", required=True)
    stock = fields.flag("recover_inventory")
    fields.flag("add_memo_too")
    picks, chosen = pick(order, fields.lines()), _chosen(fields)
    check_channel(order, picks, "exchange")
    for one_pick in picks:
        if requested_only and one_pick.item.status != "E00":
            raise ApiError(422, NOT_REQUESTED)
        check_status(one_pick, "exchange", extra=frozenset({"E00"}))
    asked = wanted_variants(mall.claims, order)
    wanted = {p.item.code: _variant(ask, p, chosen.get(p.item.code), asked, same=same) for p in picks}
    codes = [p.item.code for p in picks]
    claim = mall.claims.accept(order, picks, Why("", ""), "exchange")
    made = mall.goods.replace(order, claim, _by_line(codes, claim.item_codes, wanted))
    if step == "exchanged":
        mall.goods.collect(order, claim, stock=stock)
        mall.goods.finish(order, claim)
    mall.claims.restore(order, claim, stock=stock, coupon=False)
    return {
        "shop_no": ask.shop_no,
        "order_id": order.order_id,
        "status": step,
        "claim_code": claim.code,
        "items": [
            {
                "order_item_code": line.code,
                "quantity": line.quantity,
                "exchange_variant_code": new.variant_code,
            }
            for new, line in made
        ],
        "exchanged_items": [
            {"order_item_code": new.code, "origin_order_item_code": line.code} for new, line in made
        ],
    }


def _chosen(fields: Fields) -> dict[str, str]:
    """The variants that the call itself names."""
    named = (
        (row.text("order_item_code"), row.text("exchange_variant_code", 12)) for row in fields.parts("items")
    )
    return {code: variant for code, variant in named if variant}


def _variant(ask: Ask, pick: Pick, chosen: str | None, asked: dict[str, str], *, same: bool) -> str:
    """The call's own choice, else what the buyer asked for, else the same again."""
    own = ask.mall.products.get(pick.item.product_no)
    own_codes = {variant.variant_code for variant in own.variants} if own else set()
    if chosen is not None:
        if chosen not in own_codes:
            raise wrong("exchange_variant_code", OTHER_PRODUCT)
        return chosen
    code = asked.get(pick.item.code)
    if code is None and not same:
        raise ApiError(422, NO_TARGET)
    return code if code is not None and (code in own_codes or not same) else pick.item.variant_code


def _by_line(codes: Sequence[str], claimed: Sequence[str], wanted: dict[str, str]) -> dict[str, str]:
    """A part of a line has got a code of its own."""
    return {new: wanted[old] for old, new in zip(codes, claimed, strict=True)}


def _update(ask: Ask, order: Order, claim_code: str, fields: Fields) -> Row:
    claim = claim_of(order, claim_code, "exchange")
    step = fields.choice("status", frozenset({"processing", "exchanged"}))
    here, stock, undone = collected(fields), fields.flag("recover_inventory"), fields.flag("undone")
    ends = step == "exchanged" or (here and fields.flag("exchanged_after_collected"))
    if not (step or here or undone or "return_invoice_no" in fields):
        raise missing("status")
    check_alive(order, claim, ALIVE)
    after = fields.flag("exchanged_after_collected") if "exchanged_after_collected" in fields else None
    answer = updated(ask, order, claim, fields, step or ("processing" if here else "")) | {
        "exchanged_after_collected": None if after is None else flag(after)
    }
    if undone:
        return answer | withdraw(ask, order, claim, fields)
    goods, lines = ask.mall.goods, lines_of(order, claim)
    if here and all(line.status not in NOT_COLLECTED for line in lines):
        raise ApiError(422, COLLECTED_BEFORE)
    if here:
        goods.collect(order, claim, stock=stock)
    elif step == "processing" and all(line.status in NOT_COLLECTED for line in lines):
        goods.go_on(order, claim)
    if ends:
        goods.finish(order, claim)
    return answer


ENDPOINTS = (
    Endpoint("/orders/{order_id}/exchange", "mall.write_order", exchange_one, method="POST", status=201),
    Endpoint("/orders/{order_id}/exchange/{claim_code}", "mall.write_order", update_one, method="PUT"),
    Endpoint("/exchange", "mall.write_order", exchange_many, method="POST", status=201),
    Endpoint("/exchange", "mall.write_order", update_many, method="PUT"),
)
