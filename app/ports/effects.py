"""Plans as they are kept, and the intents to carry them out: a confirmed plan's intent is its receipt (DESIGN §7)."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from commands.kernel.order import OrderId
from commands.kernel.plan import Json, ReceiptState, Settled
from commands.kernel.who import Caller, ChannelId, Customer, Language, MallId

from .database import Statements


@dataclass(frozen=True, slots=True)
class Reach:
    """Where and how to speak to the customer. All None when only a manager was there to ask."""

    user_id: str | None = None
    chat_id: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A `Draft` with its owner. `payload` is None once it was wiped."""

    id: str
    mall_id: MallId
    shop_no: int
    channel_id: ChannelId
    command: str
    order_id: OrderId
    customer: Customer
    reach: Reach
    seen: str
    payload: Json | None
    shown: Json
    settings_version: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """A claim in some manager's queue. `kind`: what alike cases share; `due_at`: when somebody is reminded, if ever."""

    channel_id: ChannelId
    kind: str
    due_at: datetime | None = None


class Verdict(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Decided:
    """How a claim stopped waiting. `by`: `manager:{id}`, `deadline` or `user`; `words`: those of a rejection."""

    verdict: Verdict
    by: str
    at: datetime
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """`id` is the receipt's. `stale`: the order had changed and nothing was asked of the mall; `answered`: somebody
    was given the receipt while it was open, so that it is the answer whatever comes. `waits` is set once a manager has
    to decide, `decided` once somebody has: then `job_id` is that of the approval.
    """

    id: str
    mall_id: MallId
    plan_id: str
    job_id: str
    order_id: OrderId
    state: ReceiptState
    caller: Caller
    at: datetime
    undo_until: datetime | None = None
    claim_code: str | None = None
    decision: Json | None = None
    shown: Json | None = None
    stale: bool = False
    answered: bool = False
    waits: Waits | None = None
    decided: Decided | None = None

    @property
    def finished(self) -> bool:
        """Nothing works on it. A pending one is finished in this sense: its order is free for other wishes."""
        return self.state not in UNFINISHED


UNFINISHED = frozenset({ReceiptState.SCHEDULED, ReceiptState.CHECKING})
UNSETTLED = UNFINISHED | {ReceiptState.PENDING}
"""What was asked for must not be wiped yet."""

Also = Callable[[Statements, Intent], Awaitable[None]]
"""What is kept with a change of an intent, or not at all."""


class Plans(Protocol):
    async def keep(self, plan: KeptPlan) -> None: ...

    async def get(self, mall_id: MallId, plan_id: str) -> KeptPlan | None:
        """None also for what no key opens any more."""
        ...


class Intents(Protocol):
    """One intent a plan, and one unfinished a (mall, order)."""

    async def accept(self, intent: Intent, also: Also) -> bool:
        """False when the plan has an intent, or the order an unfinished one; then nothing is kept."""
        ...

    async def get(self, mall_id: MallId, receipt_id: str) -> Intent | None: ...

    async def of_plan(self, mall_id: MallId, plan_id: str) -> Intent | None: ...

    async def of_job(self, mall_id: MallId, job_id: str) -> Intent | None: ...

    async def of_order(self, mall_id: MallId, order_id: OrderId, state: ReceiptState) -> list[Intent]: ...

    async def unfinished(self, mall_id: MallId, order_ids: Iterable[OrderId]) -> list[Intent]:
        """Also those that wait for a manager; oldest first."""
        ...

    async def move(
        self,
        intent: Intent,
        to: Settled,
        at: datetime,
        also: Also | None = None,
        *,
        stale: bool = False,
        waits: Waits | None = None,
        decided: Decided | None = None,
        look_at: datetime | None = None,
    ) -> Intent | None:
        """Compare-and-set from `intent.state` of the same job: exactly one mover wins, the others get None.
        `look_at`: when a request is looked at without news of it.
        """
        ...

    async def approve(self, intent: Intent, decided: Decided, job_id: str, also: Also) -> Intent | None:
        """From `pending` to `checking`, for a job of its own. None when it waits no more, or something else works on
        its order.
        """
        ...

    async def show(self, intent: Intent, shown: Json) -> Intent | None:
        """Adds to what the receipt shows; None when it has failed or was withdrawn meanwhile."""
        ...

    async def answer(self, intent: Intent, also: Also) -> Intent | None:
        """Marks an unfinished intent `answered`; None when it is finished or was marked before."""
        ...


class Looks(Protocol):
    """Receipts in `requested`, by when they are looked at next."""

    async def malls(self, now: datetime, limit: int) -> list[MallId]:
        """Those with a look that is due, the longest waiting first."""
        ...

    async def take(self, mall_id: MallId, now: datetime, *, until: datetime) -> Intent | None:
        """The one that waited longest, for exactly one taker; due again at `until` unless it is put off."""
        ...

    async def put_off(self, intent: Intent, due_at: datetime | None) -> None:
        """None: not looked at any more. Nothing happens to one that is decided."""
        ...
