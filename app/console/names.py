"""Managers by the names that their team knows them by."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta

from app.clock import Clock
from commands.kernel.who import ChannelId

from .sessions import MANAGER, OPERATOR

LIFE, UNKNOWN_LIFE = timedelta(minutes=10), timedelta(minutes=1)
WAIT_SECONDS = 1.0
AT_ONCE = 20
MOST = 10_000
AskNames = Callable[[ChannelId, str], Awaitable[tuple[str, str]]]
"""Of a channel and of a manager; their ids where Channel does not say. Never raises."""
Names = Mapping[str, str]
"""By who it is: `manager:12` → `김지우`. Whoever is not in it is called by the id."""
NOBODY: Names = {}


class ManagerNames:
    """A page waits for names no longer than a second: without them it shows ids."""

    def __init__(self, ask: AskNames, clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._known: dict[tuple[ChannelId, str], tuple[datetime, str]] = {}

    async def of(self, channel_id: ChannelId, people: Iterable[str | None]) -> Names:
        managers = {who.removeprefix(MANAGER) for who in people if who and _is_manager(who)}
        await self._learn(channel_id, [one for one in sorted(managers) if not self._fresh(channel_id, one)])
        kept = {one: self._known.get((channel_id, one)) for one in managers}
        return {f"{MANAGER}{one}": name[1] for one, name in kept.items() if name and name[1]}

    def _fresh(self, channel_id: ChannelId, manager_id: str) -> bool:
        kept = self._known.get((channel_id, manager_id))
        return kept is not None and self._clock() < kept[0]

    async def _learn(self, channel_id: ChannelId, manager_ids: list[str]) -> None:
        asked = {asyncio.ensure_future(self._ask(channel_id, one)): one for one in manager_ids[:AT_ONCE]}
        if not asked:
            return
        done, late = await asyncio.wait(asked, timeout=WAIT_SECONDS)
        for question in late:
            question.cancel()
        if len(self._known) > MOST:
            self._known.clear()
        for question, manager_id in asked.items():
            name = question.result()[1] if question in done else manager_id
            known = "" if name == manager_id else name
            until = self._clock() + (LIFE if known else UNKNOWN_LIFE)
            self._known[(channel_id, manager_id)] = (until, known)


def _is_manager(who: str) -> bool:
    return who.startswith(MANAGER) and not who.startswith(MANAGER + OPERATOR)
