"""The limiter's rows in Redis, shared by all processes. Imported only where REDIS_URL is set: it needs an extra."""

import logging

from redis.asyncio import Redis
from redis.exceptions import RedisError

from .limiter import MemoryRates

log = logging.getLogger(__name__)
# Redis' own clock is used: those of the callers may differ. Times are seconds; rows end when their bucket is empty.
_TAKE = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local empty_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + tonumber(ARGV[1])
local wait = empty_at - tonumber(ARGV[2]) - now
if wait > 0.000001 then return tostring(wait) end
redis.call('SET', KEYS[1], string.format('%.6f', empty_at), 'PX', math.ceil((empty_at - now) * 1000) + 1)
return '0'
"""
_FILL = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local empty_at = now + tonumber(ARGV[1])
if empty_at > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%.6f', empty_at), 'PX', math.ceil((empty_at - now) * 1000) + 1)
end
return '0'
"""


class RedisRates:
    """A `RateStore`. While Redis is away each process keeps its own count, and the mall's headers correct it."""

    def __init__(self, redis: Redis, *, prefix: str = "jumun:rate:") -> None:
        self._redis = redis
        self._prefix = prefix
        self._take = redis.register_script(_TAKE)
        self._fill = redis.register_script(_FILL)
        self._alone = MemoryRates()

    async def take(self, key: str, *, now: float, interval: float, tolerance: float) -> float:
        try:
            return float(await self._take(keys=[self._prefix + key], args=[interval, tolerance]))
        except (RedisError, OSError) as error:
            _complain(error)
            return await self._alone.take(key, now=now, interval=interval, tolerance=tolerance)

    async def fill(self, key: str, *, now: float, ahead: float) -> None:
        try:
            await self._fill(keys=[self._prefix + key], args=[ahead])
        except (RedisError, OSError) as error:
            _complain(error)
            await self._alone.fill(key, now=now, ahead=ahead)

    async def close(self) -> None:
        await self._redis.aclose()


def _complain(error: Exception) -> None:
    log.warning("redis is away", extra={"facts": {"system": "redis", "type": type(error).__name__}})


def connect(url: str) -> RedisRates:
    """The store at a Redis address; a second without an answer counts as away."""
    return RedisRates(Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0))
