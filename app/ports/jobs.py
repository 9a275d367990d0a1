"""Work that survives us."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from commands.kernel.plan import Steps

from .database import Statements


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of durable work. `attempt` is 1 at first; await `step(name, fn)` for what must run once."""

    id: str
    mall_id: str
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    step: Steps = field(repr=False)


class Jobs(Protocol):
    """Work that survives us. Jobs of one mall run one after the other, in order of `due_at`."""

    async def put(
        self,
        mall_id: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        due_at: datetime | None = None,
        unique: str | None = None,
    ) -> str | None:
        """The job's id; None when a job with this `unique` key exists already."""
        ...

    async def put_in(
        self,
        statements: Statements,
        mall_id: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        job_id: str | None = None,
        due_at: datetime | None = None,
        unique: str | None = None,
    ) -> str | None:
        """As `put`, and kept only if the transaction is; `wake` after its commit."""
        ...

    def wake(self) -> None:
        """The workers of this process look at the queue now."""
        ...


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A job that will not run again. `error` is None when it killed its workers, or could not be opened;
    `may_have_acted`: a marked call was made, or nobody knows.
    """

    id: str
    mall_id: str
    error: Exception | None
    may_have_acted: bool


OnGiveUp = Callable[[GivenUp], Awaitable[None]]
"""Comes before the job ends, and again if it breaks: settle what waits for the job."""
JobHandler = Callable[[Job], Awaitable[None]]
