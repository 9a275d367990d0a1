"""How a command introduces itself to every face."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .doctor import Doctor
from .mall import Choices
from .ports import Orders, Pictures
from .screen import Screen
from .texts import Texts
from .who import Caller, CallerKind, Customer, Language, Shop


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside, as far as commands may reach."""

    orders: Orders
    pictures: Pictures


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of one customer, or of a manager on that customer's behalf."""

    shop: Shop
    customer: Customer
    caller: Caller
    language: Language
    now: datetime
    choices: Choices
    ports: Ports


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
