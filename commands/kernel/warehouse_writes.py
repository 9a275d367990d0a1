"""Writes to a warehouse as durable steps: each may be made twice, since its key makes it once."""

from collections.abc import Awaitable, Callable

from .plan import Interrupted, Steps
from .ports import OutcomeUnknown
from .warehouse import MarkResult

DONE, REFUSED = "done", "refused"
Work = Callable[[], Awaitable[str]]


async def step_again(step: Steps, name: str, work: Work) -> str:
    """A marked step that is simply made again where nobody knows whether it was. Raises as `work` does."""
    try:
        return str(await step(name, work, mark=True))
    except Interrupted:
        await step.forget(name)
        return str(await step(name, work, mark=True))


async def told(write: Awaitable[MarkResult]) -> str:
    """`DONE` or `REFUSED`. Raises `OutcomeUnknown`, `Unavailable`."""
    result = await write
    if result.outcome == "unknown":
        raise OutcomeUnknown
    return result.outcome
