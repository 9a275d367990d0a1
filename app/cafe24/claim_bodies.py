"""The bodies of claim calls, and what is never sent. Shapes: contracts/cafe24/orders.openapi.yaml.

Left out on purpose. `refund_method_code`: ASSUMPTION, Cafe24 then gives the money back the way it came, as it does for
a whole order; a letter that does not fit is refused, and partial sums are Cafe24's own. `add_memo_too`: default F.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from commands.kernel.address import Address, SelfSend
from commands.kernel.order import OrderItemCode
from commands.kernel.ports import CancelCall, ExchangeCall, RefundAccount, ReturnCall

from .claim_words import (
    CANCEL_REASONS,
    LONGEST_COURIER,
    LONGEST_TRACKING_NUMBER,
    NO_DETAIL_ADDRESS,
    RETURN_REASONS,
    clean,
)
from .reading import ORDER_ID, hyphenated

AnyCall = CancelCall | ReturnCall | ExchangeCall
Row = Mapping[str, Any]


def check(call: AnyCall) -> None:
    """A call without lines might claim the whole order, so it is never made."""
    codes = [code for code, _ in call.lines]
    if not ORDER_ID.fullmatch(call.order_id) or not codes or len(set(codes)) != len(codes):
        message = "a cancellation, return or exchange names one order and each of its lines once"
        raise ValueError(message)
    if any(quantity < 1 for _, quantity in call.lines):
        message = "a cancellation, return or exchange takes at least one piece of each line"
        raise ValueError(message)


def cancellation(call: CancelCall) -> Row:
    return {
        "status": "canceled" if call.refund_now else "canceling",
        "payment_gateway_cancel": _flag(call.refund_now and call.gateway_cancel),
        "recover_inventory": _flag(call.restore_stock),
        "recover_coupon": _flag(call.restore_coupon),
        "claim_reason_type": call.reason_type,
        "reason": _reason(call, CANCEL_REASONS),
        **_account(call.account),
        "items": _items(call.lines),
    }


def cancellation_request(call: CancelCall) -> Row:
    """Stock and coupons of a request follow the mall's own settings when it is accepted: no field for them."""
    return {
        "order_id": call.order_id,
        "reason_type": call.reason_type,
        "reason": _reason(call, CANCEL_REASONS),
        **_account(call.account),
        "items": _items(call.lines),
    }


def return_request(call: ReturnCall) -> Row:
    """The mall fetches the goods, or the customer sends them: it wants to know which."""
    if (call.pickup is None) == (call.self_send is None):
        message = "a return is either fetched or sent"
        raise ValueError(message)
    return {
        "order_id": call.order_id,
        "reason_type": call.reason_type,
        "reason": _reason(call, RETURN_REASONS),
        **_way_back(call.pickup, call.self_send),
        **_account(call.account),
        "items": _items(call.lines),
    }


def exchange_request(call: ExchangeCall) -> Row:
    """`exchange_items` name no line. ASSUMPTION: they stand in the order of `items`, one each."""
    if call.pickup is not None and call.self_send is not None:
        message = "an exchange is either fetched or sent"
        raise ValueError(message)
    wanted = {target.code: target for target in call.targets}
    named_once = len(wanted) == len(call.targets)
    if not named_once or {code: target.quantity for code, target in wanted.items()} != dict(call.lines):
        message = "an exchange names one target for each line, of the same quantity"
        raise ValueError(message)
    return {
        "order_id": call.order_id,
        "reason_type": call.reason_type,
        "reason": _reason(call, RETURN_REASONS),
        **_way_back(call.pickup, call.self_send),
        "items": _items(call.lines),
        "exchange_items": [
            {
                "product_no": wanted[code].product_no,
                "variant_code": wanted[code].variant_code,
                "quantity": wanted[code].quantity,
            }
            for code, _ in call.lines
        ],
    }


def _way_back(pickup: Address | None, self_send: SelfSend | None) -> Row:
    if pickup is not None:
        return {"request_pickup": "T", "pickup": _place(pickup)}
    if self_send is None:
        return {}
    number = clean(self_send.tracking_number or "")
    if len(number) > LONGEST_TRACKING_NUMBER:
        message = "a tracking number is never cut"
        raise ValueError(message)
    courier = clean(self_send.courier or "", LONGEST_COURIER)
    said = {"tracking_no": number, "shipping_company_name": courier}
    return {"request_pickup": "F", **{name: text for name, text in said.items() if text}}


def _place(address: Address) -> Row:
    place = {
        "name": clean(address.receiver_name),
        "cellphone": hyphenated(address.cellphone) or address.cellphone,
        "zipcode": address.zipcode,
        "address1": clean(address.address1),
        "address2": clean(address.address2) or NO_DETAIL_ADDRESS,
    }
    return place | ({"phone": address.phone} if address.phone else {})


def _items(lines: Sequence[tuple[OrderItemCode, int]]) -> list[dict[str, object]]:
    return [{"order_item_code": code, "quantity": quantity} for code, quantity in lines]


def _account(account: RefundAccount | None) -> Row:
    if account is None:
        return {}
    return {
        "refund_bank_code": account.bank_code,
        "refund_bank_account_no": account.account_number,
        "refund_bank_account_holder": account.holder,
    }


def _reason(call: AnyCall, words: Mapping[str, str]) -> str:
    return clean(call.reason) or words.get(call.reason_type, call.reason_type)


def _flag(on: bool) -> str:  # noqa: FBT001  a letter for a truth
    return "T" if on else "F"
