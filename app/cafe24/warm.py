"""What a shop has chosen, kept for a while in each process: warm for lists, fresher where a plan depends on it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from app.clock import Clock, to_millis
from app.errors import OffContract, Rejected, Unauthorized, Unavailable, Upstream
from commands.kernel.who import Shop

from .caches import Kept
from .client import Body, Cafe24Client
from .limiter import SYSTEM

log = logging.getLogger(__name__)
WARM_SECONDS = 300.0
FRESH_SECONDS = 60.0
KEPT_SHOPS = 2_000
FORBIDDEN = 403
Value = TypeVar("Value")


class Warm(Generic[Value]):
    """`read` answers the value, and whether all of it could be read: what could not is asked for again soon. It is
    called once, however many ask.
    """

    def __init__(self, read: Callable[[Shop], Awaitable[tuple[Value, bool]]], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._kept: Kept[tuple[str, int], tuple[Value, int]] = Kept(KEPT_SHOPS, clock)
        self._locks: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

    async def of(self, shop: Shop, *, fresh: bool) -> Value:
        """The mall itself may repeat its answer of up to a minute ago: these URLs cannot be varied."""
        seconds = FRESH_SECONDS if fresh else WARM_SECONDS
        key = (shop.mall_id, shop.shop_no)
        kept = self._young(key, seconds)
        if kept is None:
            lock = self._locks.setdefault(key, asyncio.Lock())
            async with lock:
                kept = self._young(key, seconds)
                if kept is None:
                    kept = await self._refresh(shop)
        return kept

    def _young(self, key: tuple[str, int], seconds: float) -> Value | None:
        kept = self._kept.get(key)
        young = kept is not None and to_millis(self._clock()) - kept[1] < seconds * 1000
        return kept[0] if kept and young else None

    async def _refresh(self, shop: Shop) -> Value:
        read_at = to_millis(self._clock())
        value, readable = await self._read(shop)
        life = WARM_SECONDS if readable else FRESH_SECONDS
        self._kept.put((shop.mall_id, shop.shop_no), (value, read_at), life)
        return value


async def read_record(client: Cafe24Client, shop: Shop, path: str, key: str) -> dict[str, Any] | None:
    """None where the mall will not tell, now and later: its settings are unknown then, the shop is not away."""
    refusal: Upstream | None = None
    body: Body = {}
    try:
        body = await client.get(shop.mall_id, path, shop_no=shop.shop_no)
    except (Rejected, OffContract, Unauthorized) as error:
        if isinstance(error, Unauthorized) and error.status != FORBIDDEN:
            raise Unavailable(SYSTEM, error.operation, status=error.status) from error
        refusal = error
    record = body.get(key)
    if isinstance(record, dict):
        return record
    facts = {"mall": shop.mall_id, "operation": f"GET {path}", "status": refusal and refusal.status}
    log.error("a setting of the mall cannot be read", extra={"facts": facts}, exc_info=refusal)
    return None
