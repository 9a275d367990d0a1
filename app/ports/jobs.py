"""Work that survives us."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


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
