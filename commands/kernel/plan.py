"""What a customer saw and agreed to, and what became of it (DESIGN §7). Plan → confirm → effect → receipt.

A command makes a `Draft`; the keeper of effects stores it and gives a token. On confirm it runs the command's
`act` as a durable job: act reads again, decides again, compares `seen`, calls the mall once, and reads back.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from json import dumps
from typing import Any, Protocol

from .order import Order, OrderId

Json = Mapping[str, Any]


class ReceiptState(StrEnum):
    """`scheduled`: the undo window is open. `checking`: the mall has not told us yet. The rest is final, but for
    `requested` and `pending`, which a manager decides.
    """

    SCHEDULED = "scheduled"
    CHECKING = "checking"
    DONE = "done"
    REQUESTED = "requested"
    PENDING = "pending"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan before it is kept. `seen`: what the decision and the order looked like. `payload`: JSON that `act` needs,
    kept encrypted and wiped 24 h after settling. `shown`: JSON that the receipt shows: items, refund, outcome.
    """

    command: str
    order_id: OrderId
    seen: str
    payload: Json
    shown: Json


@dataclass(frozen=True, slots=True)
class Planned:
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """`shown` is the plan's; `claim_code` and `decision` come with the end. `by`: `user` or `manager:{id}`."""

    receipt_id: str
    command: str
    state: ReceiptState
    order_id: OrderId
    shown: Json
    by: str
    at: datetime
    claim_code: str | None = None
    undo_until: datetime | None = None
    decision: Json | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The end of an effect. `decision`: why it failed, as JSON in the wire's shape. `shown`: what the receipt shows
    besides the plan's. `kind`: of a claim that now waits for a manager (`pending`), what alike cases share, as
    `return:defective`.
    """

    state: ReceiptState
    claim_code: str | None = None
    decision: Json | None = None
    shown: Json | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class WentStale:
    """Deciding again gave something else than the customer saw. Nothing was asked of the mall."""

    decision: Json | None = None


class Interrupted(Exception):
    """A marked call began before a crash and its answer was never recorded: read the mall, then settle or forget."""

    def __init__(self, step: str) -> None:
        self.step = step
        super().__init__(step)


class Steps(Protocol):
    """The durable steps of a running job, by name. Answers are JSON values."""

    async def __call__(self, name: str, work: Callable[[], Awaitable[Any]], *, mark: bool = False) -> Any:
        """Runs `work` once and records its answer; after a crash returns the recorded one. With `mark` the call
        is marked before it begins; a mark without an answer raises `Interrupted` instead of calling again.
        """
        ...

    async def settle(self, name: str, answer: Any) -> None:
        """Reconciled: the interrupted call did take effect, and this is its answer."""
        ...

    async def forget(self, name: str) -> None:
        """Reconciled: the interrupted call surely had no effect and may be made again."""
        ...


class StalePlan(Exception):
    """The plan is not what the order looks like now; the command answers `planStale` with a new preview.

    `payload` is the plan's, to preview the same wish again; `seconds_left`: how long that may take.
    """

    def __init__(self, payload: Json, seconds_left: float = 0.0) -> None:
        self.payload = payload
        self.seconds_left = seconds_left
        super().__init__("stale")


def order_version(order: Order) -> str:
    """Changes when anything changes that a plan may rest on: items, sums, payment, receivers."""
    items = sorted(
        (i.code, i.status_code, i.quantity, i.claim_code or "", i.tracking.number if i.tracking else "")
        for i in order.items
    )
    receivers = sorted((r.name, r.cellphone, r.zipcode, r.address1, r.address2) for r in order.receivers)
    payment = order.payment
    paid = payment.paid.plain() if payment.paid else ""
    whole = [items, order.total.plain(), sorted(payment.methods), payment.state, paid, receivers]
    return _digest(whole)


def seen_hash(order: Order, decision: Json, outcome: Json) -> str:
    """What the customer saw: the order, every finding, and what was promised."""
    return _digest([order_version(order), decision, outcome])


def _digest(value: Any) -> str:
    return sha256(dumps(value, sort_keys=True, default=str).encode()).hexdigest()
