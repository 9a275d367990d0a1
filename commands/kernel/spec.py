"""How a command introduces itself to every face."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from .decision import Decision
from .doctor import Doctor
from .mall import Choices
from .order import Order, OrderId, OrderItemCode
from .plan import Draft, Json, Planned, Receipt, Settled, Steps, WentStale
from .ports import (
    Claims,
    Evidence,
    OrdererNames,
    Orders,
    Pictures,
    PostcodeSearch,
    Receivers,
    Rules,
    Surcharges,
    Variants,
)
from .screen import Screen
from .texts import Texts
from .warehouse import Warehouse
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

    async def open_receipts(self, ask: "Ask", order_ids: Iterable[OrderId]) -> Mapping[OrderId, Receipt]:
        """What is under way for these orders, without asking the mall. A change by somebody else comes
        without id, command, lines and name. One in `pending` waits for a manager: it takes only the lines in
        `shown["items"]`, whoever asked for it; beside something that is being done these stand in `shown["waiting"]`.
        """
        ...

    async def withdraw(self, ask: "Ask", pending_id: str) -> Receipt:
        """The customer takes a pending claim back; `pending_id` is its receipt's id. `tooLate` once it is decided."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """What another command says to an order, and where it would begin."""

    command: str
    label: str
    screen: str
    decision: Decision[Any]
    texts: Texts


class Offers(Protocol):
    """The commands that are on, asked about one order. Raises `Unavailable`."""

    async def of(self, ask: "Ask", order: Order) -> list[Offer]: ...


@dataclass(frozen=True, slots=True)
class Promise:
    """A customer was told that this item leaves on this day."""

    order_id: OrderId
    code: OrderItemCode
    ship_date: date


class Promises(Protocol):
    """Ship dates that customers were told (`shipping.notifyChange`)."""

    async def given(self, ask: "Ask", promises: Sequence[Promise]) -> None:
        """Kept for whoever asked, to be told once when the day becomes another."""
        ...


@dataclass(frozen=True, slots=True)
class ShownDate:
    """Items that leave together, in words: `note` says why there is no day, or what the day rests on; `restock`: when
    items without stock come back; `known` False: the warehouse did not answer.
    """

    codes: tuple[OrderItemCode, ...]
    ship_date: date | None
    note: str
    restock: Mapping[OrderItemCode, date]
    known: bool = True


class ShipDates(Protocol):
    async def of(self, ask: "Ask", order: Order) -> Sequence[ShownDate]:
        """Nothing without a warehouse (H16), with the command off, or where nothing is left to ship."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside, as far as commands may reach. `postcodes` None: nobody runs a search, and forms do without."""

    orders: Orders
    pictures: Pictures
    rules: Rules
    claims: Claims
    effects: Effects
    names: OrdererNames
    offers: Offers
    variants: Variants
    evidence: Evidence
    warehouse: Warehouse
    promises: Promises
    ship_dates: ShipDates
    receivers: Receivers
    surcharges: Surcharges
    postcodes: PostcodeSearch | None = None


Act = Callable[["Ask", Json, str, Steps], Awaitable[Settled | WentStale]]
"""`act(ask, payload, seen, step)`: carries a confirmed plan out. Runs in a job, maybe again after a crash. Raises
`Unavailable` and `OutcomeUnknown` for the worker to come back later.
"""


Follow = Callable[["Ask", Receipt], Awaitable[Settled | None]]
"""`follow(ask, receipt)`: reads what the shop decided on a receipt in `requested`; None while it has not."""


Keep = Callable[[Json | None], Awaitable[bool]]
"""`keep(marked)`: the receipt remembers what of it is marked in the warehouse (`kernel.marked`). False when the shop
has refused it meanwhile: then nothing may be marked any more.
"""


Afterwards = Callable[["Ask", Json, str, Steps, Keep], Awaitable[bool]]
"""`afterwards(ask, payload, receipt_id, step, keep)`: what is left to do once the mall has it, in a job of its own.
False: it could not be done, and the team is told by the text `note.afterwards`. Raises `Unavailable` and
`OutcomeUnknown`.
"""


TakeBack = Callable[["Ask", Receipt, Steps], Awaitable[bool]]
"""`take_back(ask, receipt, step)`: what is left to undo outside the mall once the shop has refused a request, in a job
of its own. False: it could not be done, and the team is told by the text `note.takeBack`. Raises as `afterwards` does.
"""


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
    `order_screen`: the screen that the optional param `orderId` opens. `offer`: what it would say to an order.
    `recommended`: the AI agent may choose it. `approve`: as `act`, for a claim that a manager approved after `act` had
    settled it as `pending`.
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
    approve: Act | None = None
    scopes: tuple[Literal["front", "desk"], ...] = ("front", "desk")
    recommended: bool = True
    offer: Callable[[Ask, Order], Awaitable[Decision[Any]]] | None = None
    follow: Follow | None = None
    afterwards: Afterwards | None = None
    take_back: TakeBack | None = None
