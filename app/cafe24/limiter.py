"""How fast we may call a mall: GCRA per (mall, API group), customers before background work.

Two places are needed for a call: one in the leaky bucket of its API (40, draining 2 a second) and one in the pace of
the mall (under 10 calls a second from one address). What the mall's own headers say raises both.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from app.errors import Throttled
from app.ports import RateStore

SYSTEM = "cafe24"
DRAIN_SECONDS = 0.5
BUCKET = 40
# Of ten calls within a second Cafe24 may think ill: a burst of three, then six a second, never is ten.
PACE_SECONDS = 1 / 6
PACE_BURST = 3
SLOW_FROM_PERCENT = 80.0
USAGE_LIFE_SECONDS = 60.0
# Seconds since the epoch have about seven digits behind the point.
CLOSE_ENOUGH_SECONDS = 1e-5
SHORTEST_WAIT_SECONDS = 0.001
LONGEST_BACKOFF_SECONDS = 30.0
KEPT_MALLS = 10_000


class Priority(IntEnum):
    """Customers wait for their answer; background work leaves the last share of the bucket to them."""

    CUSTOMER = 0
    BACKGROUND = 1


RESERVED_SHARE: Mapping[Priority, float] = {Priority.CUSTOMER: 0.0, Priority.BACKGROUND: 0.25}
# How much slower per percent of usage above the mark: at 100 % customers go 3 times, background 11 times slower.
SLOWING: Mapping[Priority, float] = {Priority.CUSTOMER: 0.1, Priority.BACKGROUND: 0.5}
# A block must also hold for a customer whose burst is stretched by the slowing at full usage.
_SLOWEST_BURST = PACE_BURST * PACE_SECONDS * (1 + (100.0 - SLOW_FROM_PERCENT) * SLOWING[Priority.CUSTOMER])


@dataclass(frozen=True, slots=True)
class Api:
    """An API group of a mall: all calls of one path template share a bucket."""

    mall_id: str
    group: str
    size: int = BUCKET

    @property
    def key(self) -> str:
        return f"{self.mall_id}|{self.group}"


class MemoryRates:
    """The store of one process. Rows whose bucket is empty again are dropped as new ones come."""

    def __init__(self, kept: int = KEPT_MALLS) -> None:
        self._empty_at: OrderedDict[str, float] = OrderedDict()
        self._kept = kept
        self._prune_at = kept

    async def take(self, key: str, *, now: float, interval: float, tolerance: float) -> float:
        next_at = max(self._empty_at.get(key, now), now) + interval
        wait = next_at - tolerance - now
        if wait > CLOSE_ENOUGH_SECONDS:
            return wait
        self._keep(key, next_at, now)
        return 0.0

    async def fill(self, key: str, *, now: float, ahead: float) -> None:
        self._keep(key, max(self._empty_at.get(key, now), now + ahead), now)

    def _keep(self, key: str, empty_at: float, now: float) -> None:
        self._empty_at[key] = empty_at
        self._empty_at.move_to_end(key)
        if len(self._empty_at) > self._prune_at:
            self._empty_at = OrderedDict((k, at) for k, at in self._empty_at.items() if at > now)
            # Full of living rows: looked at again only when it has doubled.
            self._prune_at = max(self._kept, 2 * len(self._empty_at))


class Limiter:
    """`time` is monotonic or wall seconds of the store; `jitter` answers 0..1."""

    def __init__(
        self,
        store: RateStore,
        *,
        time: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._time = time
        self._sleep = sleep
        self._jitter = jitter
        self._usage: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._refusals: Counter[str] = Counter()

    async def enter(self, api: Api, priority: Priority, *, within: float) -> None:
        """Waits for a place, at most `within` seconds. Raises `Throttled` when that is too short.

        Under load background work sees a smaller bucket and no burst, so its turn always comes after a customer's.
        """
        until = self._time() + within
        slower = self._slowing(api.mall_id, priority)
        # The pace carries the block of a used-up quota, so it is asked first: a call that must wait for it takes
        # no place in the bucket.
        pace = PACE_SECONDS * slower
        burst = PACE_BURST if priority is Priority.CUSTOMER else 1
        await self._take(_pace(api.mall_id), pace, burst * pace, until)
        interval = DRAIN_SECONDS * slower
        room = api.size * DRAIN_SECONDS * (1 - RESERVED_SHARE[priority])
        await self._take(api.key, interval, max(room, interval), until)

    async def _take(self, key: str, interval: float, tolerance: float, until: float) -> None:
        while True:
            now = self._time()
            wait = await self._store.take(key, now=now, interval=interval, tolerance=tolerance)
            if wait <= 0:
                return
            if now + wait > until:
                raise Throttled(SYSTEM, key.partition("|")[2], retry_after=wait)
            await self._sleep(max(wait, SHORTEST_WAIT_SECONDS))

    async def unused(self, mall_id: str, name: str, *, of: int, seconds: float) -> int:
        """A number 1..`of` that nobody, in any process, got for `name` within the last `seconds`."""
        first = int(self._jitter() * of)
        for step in range(of):
            number = (first + step) % of + 1
            key = f"{mall_id}|{name}:{number}"
            if await self._store.take(key, now=self._time(), interval=seconds, tolerance=seconds) <= 0:
                return number
        raise Throttled(SYSTEM, name.partition(":")[0], retry_after=seconds)

    async def learn(self, api: Api, status: int, headers: Mapping[str, str]) -> float:
        """What an answer says about the limits. For a 429: the seconds to wait, else 0."""
        now = self._time()
        used, size = _bucket(headers.get("X-Api-Call-Limit", ""))
        if used:
            await self._store.fill(api.key, now=now, ahead=min(used, size) * DRAIN_SECONDS)
        self._note_usage(api.mall_id, headers, now)
        remain = max(_seconds(headers, "X-Cafe24-Call-Remain"), _seconds(headers, "X-Cafe24-Time-Remain"))
        if remain:
            await self._store.fill(_pace(api.mall_id), now=now, ahead=remain + _SLOWEST_BURST)
        if status != 429:
            self._refusals.pop(api.key, None)
            return remain
        if not remain:
            self._refusals[api.key] += 1
            doubled = min(2.0 ** (self._refusals[api.key] - 1), LONGEST_BACKOFF_SECONDS)
            remain = doubled * (1 + self._jitter() / 4)
            await self._store.fill(api.key, now=now, ahead=remain + (api.size - 1) * DRAIN_SECONDS)
        return remain

    def _note_usage(self, mall_id: str, headers: Mapping[str, str], now: float) -> None:
        usage = max(_seconds(headers, "X-Cafe24-Call-Usage"), _seconds(headers, "X-Cafe24-Time-Usage"))
        if usage:
            self._usage[mall_id] = (usage, now)
            self._usage.move_to_end(mall_id)
            if len(self._usage) > KEPT_MALLS:
                self._usage.popitem(last=False)

    def _slowing(self, mall_id: str, priority: Priority) -> float:
        usage, at = self._usage.get(mall_id, (0.0, 0.0))
        if self._time() - at > USAGE_LIFE_SECONDS:
            return 1.0
        above = min(max(usage - SLOW_FROM_PERCENT, 0.0), 100.0 - SLOW_FROM_PERCENT)
        return 1 + above * SLOWING[priority]


def _pace(mall_id: str) -> str:
    return f"{mall_id}|*"


def _bucket(text: str) -> tuple[int, int]:
    used, _, size = text.partition("/")
    if used.strip().isdecimal() and size.strip().isdecimal():
        return int(used), int(size)
    return 0, 0


def _seconds(headers: Mapping[str, str], name: str) -> float:
    """A figure of a header; what cannot be read counts as absent."""
    try:
        figure = float(headers.get(name, "0"))
    except ValueError:
        return 0.0
    return min(figure, 3600.0) if figure > 0 else 0.0
