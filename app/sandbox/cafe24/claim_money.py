"""What goes back, by which way, and whether the payment gateway takes part."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.sandbox.cafe24 import statuses
from app.sandbox.cafe24.claim_lines import is_naver_pay
from app.sandbox.cafe24.errors import ApiError
from app.sandbox.cafe24.order import ZERO, Item, Order, Refund
from app.sandbox.cafe24.order_wire import GATEWAY_METHODS

# The letters of refund_method_code, and the words of the answers.
LETTERS: dict[str, str] = {
    "T": "cash", "F": "card", "M": "point", "G": "tcash", "C": "cell", "D": "credit", "Z": "cod",
    "O": "prepaid", "V": "cvs", "J": "giftcard", "K": "pointcard", "I": "etc",
}  # fmt: skip
WAY_BACK: dict[str, str] = {word: letter for letter, word in LETTERS.items()} | {"icash": "T"}

CANCELLED_AT_GATEWAY = frozenset({"card", "tcash"})
# Where acceptance and refund go together, these come back without a person.
RETURNED_BY_ITSELF = frozenset({"card", "point", "credit", "coupon"})

NO_GATEWAY_CANCEL = "Payment gateway cancellation is only available for card and real-time transfer payments."
SEVERAL_PAYMENTS = "Payment gateway cancellation is unavailable for orders with several payments."
EASY_PAY = "Payment gateway cancellation is unavailable for KakaoPay orders."
GATEWAY_NEEDS_END = "Payment gateway cancellation needs the status canceled."


def check_gateway_cancel(order: Order, *, kakaopay_too: bool) -> None:
    """Card or real-time transfer, one payment, own mall, paid."""
    gateway = [method for method in order.payment_methods if method in GATEWAY_METHODS]
    if len(gateway) > 1:
        raise ApiError(422, SEVERAL_PAYMENTS)
    if order.paid_at is None or not set(gateway) & CANCELLED_AT_GATEWAY or is_naver_pay(order):
        raise ApiError(422, NO_GATEWAY_CANCEL)
    if order.wire.get("easypay_name") == "카카오페이" and not kakaopay_too:
        raise ApiError(422, EASY_PAY)


def check_methods(order: Order, letters: Sequence[str]) -> None:
    """A refund goes back the way it came, in cash or as points; the words are observed."""
    own = [WAY_BACK[method] for method in order.payment_methods if method in WAY_BACK]
    available = list(dict.fromkeys(["T", "M", *own]))
    if not set(letters) <= set(available):
        raise ApiError(
            422,
            "The refund amount exceeds the available amount for this refund method. Select an additional "
            f"payment method for refund. The available method is [{', '.join(available)}]",
        )


def refund_words(order: Order, letters: Sequence[str]) -> list[str]:
    """The methods as answers word them; without a choice, the way the money came."""
    chosen = letters or [WAY_BACK[method] for method in order.payment_methods[:1] if method in WAY_BACK]
    return [LETTERS[letter] for letter in chosen]


def comes_back_by_itself(order: Order) -> bool:
    """One payment by methods that need nobody, in an order of the own mall."""
    return set(order.payment_methods) <= RETURNED_BY_ITSELF and not is_naver_pay(order)


def is_whole(order: Order, lines: Sequence[Item]) -> bool:
    """The claim takes everything that was ever ordered."""
    return {item.code for item in lines} == {item.code for item in order.items}


def is_the_rest(order: Order, lines: Sequence[Item]) -> bool:
    """After this nothing of the order is left but lines whose money has been counted already."""
    counted = {code for c in order.claims if c.refund and not c.undone for code in c.item_codes}
    gone = statuses.CANCELLED | statuses.RETURNED
    taken = {item.code for item in lines}
    return all(i.code in taken or i.code in counted or i.status in gone for i in order.items)


def amount_due(order: Order, lines: Sequence[Item], *, shipped: bool = False) -> Decimal:
    """The rest of an order gives back all that is left of the payment; a part its lines' sums, never more. What was
    `shipped` keeps its shipping fee (simplified: the real mall also counts the way back).
    """
    if order.paid_at is None:
        return ZERO
    fee = order.shipping_fee + order.regional_surcharge if shipped else ZERO
    left = max(order.payable - fee - sum((refund.amount for refund in _refunds(order)), ZERO), ZERO)
    return left if is_the_rest(order, lines) else min(sum((i.amount for i in lines), ZERO), left)


def balance_due(order: Order, lines: Sequence[Item]) -> tuple[Decimal, Decimal]:
    """Points and credits; they come back with the rest of the order (simplified)."""
    if order.paid_at is None or not is_the_rest(order, lines):
        return ZERO, ZERO
    points = order.points_spent - sum((refund.points for refund in _refunds(order)), ZERO)
    return points, order.credits_spent - sum((refund.credits for refund in _refunds(order)), ZERO)


def _refunds(order: Order) -> list[Refund]:
    return [claim.refund for claim in order.claims if claim.refund and not claim.undone]
