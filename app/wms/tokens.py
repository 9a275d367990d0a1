"""Access tokens of warehouses, in memory: one for all who ask at once, forgotten when a provider refuses it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.clock import Clock
from app.errors import Unauthorized

from .account import Account

MOST = 2_000
REFUSED = 401


@dataclass(frozen=True, slots=True)
class Token:
    text: str = field(repr=False)
    until: datetime


class Tokens:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[Account, Token] = {}
        self._locks: dict[Account, asyncio.Lock] = {}

    async def get(self, account: Account, issue: Callable[[], Awaitable[Token]]) -> str:
        """The one in memory, or a new one; several who ask at once share one issue."""
        kept = self._tokens.get(account)
        if kept and self._clock() < kept.until:
            return kept.text
        async with self._locks.setdefault(account, asyncio.Lock()):
            kept = self._tokens.get(account)
            if kept is None or self._clock() >= kept.until:
                kept = await issue()
                self._make_room()
                self._tokens[account] = kept
            return kept.text

    async def use(
        self, account: Account, issue: Callable[[], Awaitable[Token]], send: Callable[[str], Awaitable[Any]]
    ) -> Any:
        """`send` with a token. A refused one is renewed once; the merchant's own ready token cannot be."""
        if account.token:
            return await send(account.token)
        for last in (False, True):
            token = await self.get(account, issue)
            try:
                return await send(token)
            except Unauthorized as refused:
                self.refused(account, token)
                if last or refused.status != REFUSED:
                    raise
        raise AssertionError  # the second round returns or raises

    def refused(self, account: Account, text: str) -> None:
        """Forgets it, unless somebody has renewed it meanwhile."""
        kept = self._tokens.get(account)
        if kept and kept.text == text:
            del self._tokens[account]

    def forget(self, account: Account) -> None:
        self._tokens.pop(account, None)
        self._locks.pop(account, None)

    def _make_room(self) -> None:
        if len(self._tokens) >= MOST:
            self._tokens.clear()
            self._locks = {account: lock for account, lock in self._locks.items() if lock.locked()}
