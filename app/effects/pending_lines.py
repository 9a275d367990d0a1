"""What is open for one order, as one receipt: commands ask which lines are taken."""

from dataclasses import replace

from app.ports import Intent, KeptPlan
from commands.kernel.plan import Receipt, ReceiptState

from .settling import receipt_of, under_way


def open_receipt(plan: KeptPlan | None, intent: Intent, *, may_see: bool) -> Receipt:
    """Of a claim that waits, everybody who sees the order may know the lines."""
    if plan is None:
        return under_way(intent)
    whole = receipt_of(plan, intent)
    if may_see:
        return whole
    waits = intent.state is ReceiptState.PENDING
    return replace(under_way(intent), shown={"items": whole.shown.get("items", ())} if waits else {})


def together(one: Receipt | None, other: Receipt) -> Receipt:
    """What is being done to the order outweighs what waits, whose lines it then names as `waiting`; of several that
    wait, all lines count.
    """
    if one is None:
        return other
    waits = ReceiptState.PENDING
    first, second = (other, one) if one.state is waits and other.state is not waits else (one, other)
    name = "items" if first.state is waits else "waiting"
    lines = (*first.shown.get(name, ()), *second.shown.get("items", ()))
    return replace(first, shown={**first.shown, name: lines})
