"""Marks happen once: a key stands for one request, and its outcome is kept and answered again (WMS.md §4.2)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256

import orjson

from app.clock import Clock
from app.errors import OutcomeUnknown, Unavailable, Upstream
from app.ports.wms import KeptMark, MarkBook
from commands.kernel.warehouse import MarkResult
from commands.kernel.who import Shop

WRITE_SECONDS = 10.0
HANDS_OFF = timedelta(seconds=20)
"""As long as a call may still be under way, nobody else makes it."""
KEY_OF_ANOTHER = MarkResult("refused", "key_of_another_request")
LONGEST_MESSAGE = 80


def asked_for(*parts: str) -> str:
    """What a key stands for, as one short text without personal data in the clear."""
    return sha256(orjson.dumps(parts)).hexdigest()


class Marks:
    def __init__(self, book: MarkBook, clock: Clock, *, seconds: float = WRITE_SECONDS) -> None:
        self._book = book
        self._clock = clock
        self._seconds = seconds

    async def once(
        self, shop: Shop, key: str, asked: str, call: Callable[[], Awaitable[MarkResult]]
    ) -> MarkResult:
        """`call` looks before it writes, so that an open mark is read, not repeated blindly. Raises `Upstream` where
        there surely was no effect.
        """
        kept = await self._book.begin(shop, key, asked, self._clock())
        if kept is not None:
            if not kept.same:
                return KEY_OF_ANOTHER
            if kept.outcome in {"done", "refused"}:
                return _stored(kept)
            if kept.outcome == "begun" and self._clock() < kept.begun_at + HANDS_OFF:
                return MarkResult("unknown", "under_way")
            if not await self._book.begin_again(shop, key, kept, self._clock()):
                return MarkResult("unknown", "under_way")
        return await self._made(shop, key, call, repeated=kept is not None)

    async def _made(
        self, shop: Shop, key: str, call: Callable[[], Awaitable[MarkResult]], *, repeated: bool
    ) -> MarkResult:
        try:
            async with asyncio.timeout(self._seconds):
                result = await call()
        except (TimeoutError, OutcomeUnknown):
            result = MarkResult("unknown", "no_answer")
        except (Unavailable, Upstream):
            # This try had no effect; an earlier one of the same key may have had one.
            if repeated:
                await self._book.settle(shop, key, "unknown", "no_answer")
            else:
                await self._book.drop(shop, key)
            raise
        message = (result.message or "")[:LONGEST_MESSAGE] or None
        await self._book.settle(shop, key, result.outcome, message)
        return result


def _stored(kept: KeptMark) -> MarkResult:
    return MarkResult("done" if kept.outcome == "done" else "refused", kept.message)
