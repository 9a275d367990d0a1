"""The platform's requests as params of the commands' own previews. Raises `Failure(invalidParams)`."""

from collections.abc import Mapping, Sequence
from typing import Any

from commands.cancel.reasons import REASONS as CANCEL_REASONS
from commands.claiming import BANKS
from commands.exchange_return.reasons import REASONS as CLAIM_REASONS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order

from .commerce_wire import (
    AddressChangeParams,
    AddressParams,
    BankAccount,
    CancelParams,
    Defect,
    ExchangeParams,
    Line,
    Reason,
    ReturnParams,
    Target,
)

Json = dict[str, Any]
LONGEST_REASON = 500
BANK_CODES: Mapping[str, str] = {name: code for code, name in BANKS.items()}


def cancel_wish(given: CancelParams, order: Order) -> Json:
    return {
        "orderId": given.order_id,
        "items": _lines(given.cancel_items, order),
        "reason": _reason(given.reason, CANCEL_REASONS),
        "refundAccount": _account(given.refund_bank_account),
    }


def return_wish(given: ReturnParams, order: Order) -> Json:
    sent = None
    if given.tracking_number or given.tracking_company:
        sent = {"courier": given.tracking_company, "trackingNumber": given.tracking_number}
    elif given.request_pickup is False:
        sent = {}
    return {
        "kind": "return",
        "orderId": given.order_id,
        "items": _lines(given.return_items, order),
        "reason": _reason(given.reason, CLAIM_REASONS, _defect(given.defect_info)),
        "pickup": None if sent is not None else _pickup(given.request_pickup, given.pickup_address),
        "selfSend": sent,
        "refundAccount": _account(given.refund_bank_account),
    }


def exchange_wish(given: ExchangeParams, order: Order) -> Json:
    lines = _lines(given.before_exchange_items, order)
    return {
        "kind": "exchange",
        "orderId": given.order_id,
        "items": lines,
        "reason": _reason(given.reason, CLAIM_REASONS, _defect(given.defect_info)),
        "pickup": _pickup(given.request_pickup, given.pickup_address),
        "selfSend": {} if given.request_pickup is False else None,
        "exchangeFor": _targets(given.after_exchange_items, lines, order),
    }


def address_wish(given: AddressChangeParams) -> Json:
    return {"orderId": given.order_id, "address": _address(given.new_address)}


def _lines(given: Sequence[Line] | None, order: Order) -> list[Json]:
    """None named: all that can still be claimed, or everything, so that the command can say why not."""
    if not given:
        free = [item for item in order.items if item.claimable_quantity] or order.items
        return [{"orderItemCode": item.code, "quantity": item.quantity} for item in free]
    held: dict[str, int] = {item.code: item.quantity for item in order.items}
    lines: list[Json] = []
    for line in given:
        if line.id is None:
            raise Failure(FailureType.INVALID_PARAMS, "items: an id is missing")
        quantity = held.get(line.id, 1) if line.quantity is None else line.quantity
        if quantity < 1:
            raise Failure(FailureType.INVALID_PARAMS, "items: a quantity is below one")
        lines.append({"orderItemCode": line.id, "quantity": quantity})
    return lines


def _defect(given: Defect | None) -> str | None:
    """Pictures by address are not fetched: photos come in by `/교환반품`, one link a file."""
    return given.description if given else None


def _reason(given: Reason | None, known: Mapping[str, object], more: str | None = None) -> Json:
    """Without a word of the advertised list the reason is `other`, with what the customer said."""
    chosen = (given.type if given else None) or "other"
    if chosen not in known:
        raise Failure(FailureType.INVALID_PARAMS, "reason.type: is not one of the advertised values")
    said = " · ".join(part for part in (given.description if given else None, more) if part)
    return {"type": chosen, "text": said[:LONGEST_REASON] or None}


def _account(given: BankAccount | None) -> Json | None:
    if given is None:
        return None
    name = given.bank_name.strip()
    code = name if name in BANKS else BANK_CODES.get(name)
    if code is None:
        raise Failure(FailureType.INVALID_PARAMS, "refundBankAccount.bankName: is not an advertised value")
    return {"bankCode": code, "accountNumber": given.account_no.strip(), "holder": given.account_holder}


def _pickup(wanted: bool | None, place: AddressParams | None) -> Json | None:  # noqa: FBT001  the wire's
    if wanted is False:
        return None
    if place is not None:
        return _address(place)
    return {"sameAsOrder": True} if wanted else None


def _address(given: AddressParams) -> Json:
    """A single number is the cellphone; of two the other is the second."""
    cell, phone = given.cell_phone_number, given.phone_number
    members = {
        "receiverName": f"{given.last_name or ''}{given.first_name or ''}",
        "cellphone": cell or phone,
        "phone": phone if cell and phone != cell else None,
        "zipcode": given.zipcode,
        "address1": given.address1,
        "address2": given.address2,
        "message": given.shipping_message,
    }
    return {name: value for name, value in members.items() if value is not None}


def _targets(given: Sequence[Target] | None, lines: Sequence[Json], order: Order) -> list[Json]:
    """The n-th target is for the n-th line, or one target for each line where there is one only."""
    if not given:
        return []
    if len(given) != len(lines):
        raise Failure(FailureType.INVALID_PARAMS, "afterExchangeItems: one for each item, in the same order")
    products = {item.code: str(item.product_no) for item in order.items}
    return [
        _target(target, line, products.get(line["orderItemCode"]))
        for target, line in zip(given, lines, strict=True)
    ]


def _target(target: Target, line: Json, product: str | None) -> Json:
    if target.variant_id is None:
        raise Failure(FailureType.INVALID_PARAMS, "afterExchangeItems: a variantId is missing")
    if target.product_id is not None and target.product_id != product:
        raise Failure(FailureType.INVALID_PARAMS, "afterExchangeItems: another product")
    quantity = line["quantity"] if target.quantity is None else target.quantity
    return {
        "orderItemCode": line["orderItemCode"],
        "variantCode": target.variant_id,
        "quantity": quantity,
    }
