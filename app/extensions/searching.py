"""`searchFilter` and `since` of `order.getOrders`. The filter's inner form is UNKNOWN: all that is read stands here."""

import base64
import binascii
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.clock import to_millis
from app.log import say
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import ItemState, Order, OrderId

log = logging.getLogger(__name__)
ORDER_ID, STATE = "orderId", "state"
KEYS = (ORDER_ID, STATE)
MOST_VALUES = 20
FURTHEST = 200
"""How many orders a series of pages may lead back."""


def word(state: str) -> str:
    """`awaitingPayment` → `awaiting_payment`: the vocabulary is ours to choose, so it is lower case and stable."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in state)


STATES = {word(state): state for state in ItemState}


@dataclass(frozen=True, slots=True)
class Wanted:
    order_ids: frozenset[OrderId] | None = None
    states: frozenset[ItemState] | None = None

    def takes(self, order: Order) -> bool:
        named = self.order_ids is None or order.order_id in self.order_ids
        return named and (self.states is None or bool(self.states & order.states.keys()))


@dataclass(frozen=True, slots=True)
class Place:
    """After this order, the `given`-th that was answered."""

    given: int = 0
    millis: int = field(default=2**62)
    order_id: str = ""

    def comes_after(self, order: Order) -> bool:
        """Newest first; of one instant the greater number first."""
        return (to_millis(order.ordered_at), order.order_id) < (self.millis, self.order_id)

    def cursor(self) -> str:
        return base64.urlsafe_b64encode(f"{self.given}|{self.millis}|{self.order_id}".encode()).decode()


def place_of(since: str | None) -> Place:
    """Raises `Failure(invalidParams)` for a cursor that we never gave."""
    if not since:
        return Place()
    try:
        given, millis, order_id = base64.urlsafe_b64decode(since.encode()).decode().split("|")
        place = Place(int(given), int(millis), order_id)
    except (binascii.Error, ValueError):
        raise Failure(FailureType.INVALID_PARAMS, "since: is no cursor of ours") from None
    if not 0 < place.given <= FURTHEST:
        raise Failure(FailureType.INVALID_PARAMS, "since: is no cursor of ours")
    return place


def wanted_of(search_filter: Any) -> Wanted:
    """Takes `{key: value}`, `{key: [values]}`, `{key: {"$eq": …}}`, `{key: {"operator", "values"}}`, and lists of
    `{"key", "operator", "values"}`. Raises `Failure(invalidParams)` for a key that we did not name.
    """
    found: dict[str, list[str]] = {}
    for key, value in _pairs(search_filter):
        if key not in KEYS:
            raise Failure(FailureType.INVALID_PARAMS, f"searchFilter: knows no {str(key)[:40]}")
        found.setdefault(key, []).extend(_values(key, value))
    states = found.get(STATE)
    if states is not None and (odd := [s for s in states if s not in STATES]):
        raise Failure(FailureType.INVALID_PARAMS, f"searchFilter.state: knows no {odd[0][:40]}")
    ids = found.get(ORDER_ID)
    return Wanted(
        None if ids is None else frozenset(map(OrderId, ids)),
        None if states is None else frozenset(STATES[s] for s in states),
    )


def _pairs(given: Any) -> Iterable[tuple[str, Any]]:
    if given is None:
        return ()
    if isinstance(given, Mapping):
        if isinstance(given.get("key"), str):
            return [(given["key"], {k: v for k, v in given.items() if k != "key"})]
        return [(str(k), v) for k, v in given.items() if v is not None]
    if isinstance(given, list):
        return [pair for one in given for pair in _pairs(one)]
    raise _unread("", given)


def _values(key: str, value: Any) -> list[str]:
    """Only equality is served: another operator must not silently mean the same."""
    if isinstance(value, Mapping):
        operator = value.get("operator") or "$eq"
        inner = [v for k, v in value.items() if k in {"$eq", "$in", "eq", "in", "values", "value"}]
        if operator not in {"$eq", "$in", "eq", "in"} or len(inner) != 1:
            raise _unread(key, value)
        value = inner[0]
    values = value if isinstance(value, list) else [value]
    if not values or len(values) > MOST_VALUES or not all(isinstance(v, str | int) for v in values):
        raise _unread(key, value)
    return [str(v) for v in values]


def _unread(key: str, value: Any) -> Failure:
    """Its shape is written down, never what it holds."""
    say(log, "warning", "a search filter was not understood", code=key, kind=type(value).__name__)
    return Failure(FailureType.INVALID_PARAMS, f"searchFilter.{key}: is not understood")
