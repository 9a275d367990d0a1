"""Work that survives us."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from commands.kernel.plan import Steps


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


JobHandler = Callable[[Job], Awaitable[None]]
