"""The lines that a claim was asked for, and what became of them in the mall. Pure."""

from collections.abc import Iterable, Mapping

from .order import ItemState, Order, OrderItem, OrderItemCode
from .plan import Json

Lines = Mapping[OrderItemCode, int]
Before = Mapping[str, tuple[str, int]]
"""Each chosen line's status and quantity when the plan was made."""
States = frozenset[ItemState]


def before_of(order: Order, lines: Lines) -> dict[str, tuple[str, int]]:
    return {item.code: (item.status_code, item.quantity) for item in order.items if item.code in lines}


def parts_of(lines: Lines, before: Before) -> list[OrderItemCode]:
    """Lines of which fewer pieces than they have are asked for."""
    return [code for code, count in lines.items() if count < before[code][1]]


def took_effect(order: Order, lines: Lines, before: Before, code: OrderItemCode, states: States) -> bool:
    """A line that was free when the plan was made and stands under such a claim now."""
    state = next((item.state for item in order.items if item.code == code), ItemState.UNRECOGNISED)
    return state in states or _gave_its_part(order, lines, before, code)


def _gave_its_part(order: Order, lines: Lines, before: Before, code: OrderItemCode) -> bool:
    """ASSUMPTION: claiming part of a line leaves the rest on its code with a smaller quantity."""
    if code not in parts_of(lines, before):
        return False
    left = before[code][1] - lines[code]
    return any(item.code == code and item.quantity == left for item in order.items)


def asked_for(order: Order, shown: Json, requested: str, claimed: States) -> list[OrderItem]:
    """The lines of a request, or nothing while one of them is not there yet."""
    found: list[OrderItem] = []
    for line in shown.get("items", ()):
        item = next((item for item in order.items if item.code == line["orderItemCode"]), None)
        if item is not None and item.code in shown.get("parts", ()):
            # A mall that cuts nothing off would claim the line itself; what is asked for later, may too.
            whole = item if item.status_code == requested or item.state in claimed else None
            item = _cut_off(order, item, line["quantity"], shown) or whole
        if item is None:
            return []
        found.append(item)
    return found


def _cut_off(order: Order, rest: OrderItem, quantity: int, shown: Json) -> OrderItem | None:
    """The first such line that the order did not have before: later ones belong to later requests."""
    alike = (rest.product_no, rest.option_text, quantity)
    before = set(shown.get("codes", ()))
    new = (item for item in order.items if item.code not in before)
    fits = (item for item in new if (item.product_no, item.option_text, item.quantity) == alike)
    return min(fits, key=lambda item: item.code, default=None)


def claim_code_among(items: Iterable[OrderItem]) -> str | None:
    return next((item.claim_code for item in items if item.claim_code), None)
