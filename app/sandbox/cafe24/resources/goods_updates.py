"""What the updates of returns and exchanges share: the claim, its way back, its withdrawal, the answer."""

from __future__ import annotations

from app.sandbox.cafe24.claim_book import lines_of
from app.sandbox.cafe24.endpoint import Ask
from app.sandbox.cafe24.errors import ApiError, wrong
from app.sandbox.cafe24.order import Claim, ClaimKind, Order
from app.sandbox.cafe24.resources.cancellation_requests import SELLER_REASONS
from app.sandbox.cafe24.wire import Row, flag
from app.sandbox.cafe24.writing import Fields

# Observed.
STOCK_NOT_SAID = "recover_inventory is necessary for change to a collected status"
OVER = "The claim has already been completed."
WITHDRAWN = "The claim has been withdrawn."
COLLECTED_BEFORE = "The goods have already been collected."
NO_PLACE: Row = dict.fromkeys(("name", "phone", "cellphone", "zipcode", "address1", "address2"))


def claim_of(order: Order, claim_code: str, kind: ClaimKind) -> Claim:
    """The accepted claim of that code."""
    claim = next((c for c in order.claims if c.code == claim_code and c.kind == kind), None)
    if claim is None:
        raise wrong("claim_code", "The claim does not exist.")
    return claim


def check_alive(order: Order, claim: Claim, alive: frozenset[str]) -> None:
    """Neither withdrawn nor over."""
    if claim.undone:
        raise ApiError(422, WITHDRAWN)
    if any(line.status not in alive for line in lines_of(order, claim)):
        raise ApiError(422, OVER)


def collected(fields: Fields) -> bool:
    """Whether the goods are said to be here; what becomes of the stock must be said with it."""
    here = fields.flag("pickup_completed")
    if here and "recover_inventory" not in fields:
        raise ApiError(422, STOCK_NOT_SAID)
    return here


def updated(ask: Ask, order: Order, claim: Claim, fields: Fields, step: str) -> Row:
    """The answer of an update; the return invoice stays with the claim."""
    fields.choice("return_invoice_success", frozenset("TFN"))
    invoice: Row = {
        "return_invoice_no": fields.text("return_invoice_no", 40) or None,
        "return_shipping_company_name": fields.text("return_shipping_company_name", 30) or None,
        "return_invoice_success": fields.text("return_invoice_success", 1) or None,
        "return_invoice_fail_reason": fields.text("return_invoice_fail_reason", 100) or None,
    }
    claim.wire = claim.wire | {name: value for name, value in invoice.items() if value}
    here = "pickup_completed" in fields
    return {
        "shop_no": ask.shop_no,
        "order_id": order.order_id,
        "claim_code": claim.code,
        "status": step or None,
        "pickup_completed": flag(fields.flag("pickup_completed")) if here else None,
        "carrier_id": None,
        **invoice,
        "items": [{"order_item_code": line.code} for line in lines_of(order, claim)],
        "recover_inventory": flag(fields.flag("recover_inventory"))
        if "recover_inventory" in fields
        else None,
        "request_pickup": None,
        "pickup": NO_PLACE,
        **dict.fromkeys(
            (
                "undone",
                "add_memo_too",
                "undone_reason_type",
                "undone_reason",
                "expose_order_detail",
                "exposed_undone_reason",
            )
        ),
    }


def withdraw(ask: Ask, order: Order, claim: Claim, fields: Fields) -> Row:
    """The lines go back to where they were; how much of it the buyer sees is the seller's choice."""
    wire: Row = {
        "undone_reason_type": fields.choice("undone_reason_type", SELLER_REASONS) or None,
        "undone_reason": fields.text("undone_reason") or None,
        "expose_order_detail": flag(fields.flag("expose_order_detail")),
        "exposed_undone_reason": fields.text("exposed_undone_reason") or None,
    }
    ask.mall.goods.withdraw(order, claim, wire)
    return wire | {"undone": "T", "add_memo_too": flag(fields.flag("add_memo_too"))}
