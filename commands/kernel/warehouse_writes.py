"""Writes to a warehouse as durable steps: each may be made twice, since its key makes it once."""

from collections.abc import Awaitable, Callable

from .plan import Interrupted, Steps
from .ports import OutcomeUnknown
from .warehouse import MarkResult

DONE, REFUSED = "done", "refused"
Work = Callable[[], Awaitable[str]]


async def step_again(step: Steps, name: str, work: Work) -> str:
    """A marked step that is simply made again where nobody knows whether it was. Raises as `work` does.

    The mark stays until there is an answer: the first call may have come through, whatever becomes of later ones.
    """
    try:
        return str(await step(name, work, mark=True))
    except Interrupted:
        answer = str(await step(f"{name}:again", work))
        await step.settle(name, answer)
        return answer


async def told(write: Awaitable[MarkResult]) -> str:
    """`DONE` or `REFUSED`. Raises `OutcomeUnknown`, `Unavailable`."""
    result = await write
    if result.outcome == "unknown":
        raise OutcomeUnknown
    return result.outcome
