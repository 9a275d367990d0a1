"""How a command introduces itself to every face."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from .doctor import Doctor
from .mall import Choices
from .plan import Draft, Json, Planned, Receipt, Settled, Steps, WentStale
from .ports import Orders, Pictures
from .screen import Screen
from .texts import Texts
from .who import Caller, CallerKind, Customer, Language, Shop


class Effects(Protocol):
    """Keeps plans, and carries them out once. Errors are `Failure`s: planExpired, notFound, forbidden, tooLate."""

    async def plan(self, ask: "Ask", draft: Draft) -> Planned:
        """A token of ten minutes, bound to the customer."""
        ...

    async def confirm(self, ask: "Ask", token: str, command: str | None = None) -> Receipt:
        """The same receipt however often. With `command` a plan of another one is `notFound`. Raises `StalePlan`."""
        ...

    async def undo(self, ask: "Ask", receipt_id: str) -> Receipt: ...

    async def receipt(self, ask: "Ask", receipt_id: str) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside, as far as commands may reach."""

    orders: Orders
    pictures: Pictures
    effects: Effects


Act = Callable[["Ask", Json, str, Steps], Awaitable[Settled | WentStale]]
"""`act(ask, payload, seen, step)`: carries a confirmed plan out. Runs in a job, maybe again after a crash. Raises
`Unavailable` and `OutcomeUnknown` for the worker to come back later.
"""


Follow = Callable[["Ask", Receipt], Awaitable[Settled | None]]
"""`follow(ask, receipt)`: reads what the shop decided on a receipt in `requested`; None while it has not."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of one customer, or of a manager on that customer's behalf. `chat_id`: the chat it came from."""

    shop: Shop
    customer: Customer
    caller: Caller
    language: Language
    now: datetime
    choices: Choices
    ports: Ports
    chat_id: str | None = None


ANYBODY = frozenset(CallerKind)


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A Function of a command. `params` and `result` are pydantic models of its `wire.py`; `run` answers a result,
    or the JSON of one.
    """

    name: str
    params: type[Any]
    result: type[Any]
    run: Callable[[Ask, Any], Awaitable[Any]]
    callers: frozenset[CallerKind] = ANYBODY


ScreenBuilder = Callable[[Ask, Mapping[str, Any]], Awaitable[Screen]]


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """`name` is the wire name (`orderList`); texts hold `command.name`, `.description`, `.button`, `.alf`.
    `order_screen`: the screen that the optional param `orderId` opens.
    """

    name: str
    texts: Texts
    functions: tuple[FunctionSpec, ...]
    screens: Mapping[str, ScreenBuilder]
    first_screen: str
    order_screen: str | None = None
    enabled_by_default: bool = True
    doctor: Doctor | None = None
    act: Act | None = None
    follow: Follow | None = None
