"""Durable steps in memory, as app/jobs/steps.py has them."""

from collections.abc import Awaitable, Callable
from typing import Any

from commands.kernel.plan import Interrupted
from commands.kernel.ports import MallRefused, Unavailable


class KeptSteps:
    """`answers`: what was recorded, by the step's name; `marks`: marked calls whose answer nobody knows."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.marks: set[str] = set()

    async def __call__(self, name: str, work: Callable[[], Awaitable[Any]], *, mark: bool = False) -> Any:
        if name in self.answers:
            return self.answers[name]
        if name in self.marks:
            raise Interrupted(name)
        if mark:
            self.marks.add(name)
        try:
            self.answers[name] = await work()
        except (MallRefused, Unavailable):
            self.marks.discard(name)
            raise
        self.marks.discard(name)
        return self.answers[name]

    async def settle(self, name: str, answer: Any) -> None:
        self.answers[name] = answer
        self.marks.discard(name)

    async def forget(self, name: str) -> None:
        self.marks.discard(name)
