"""The limiter's rows in Redis, shared by all processes. Needs the extra `redis`; imported only where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis.asyncio import Redis

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
    """A `RateStore`. The caller owns the connection and closes it."""

    def __init__(self, redis: Redis, *, prefix: str = "jumun:rate:") -> None:
        self._prefix = prefix
        self._take = redis.register_script(_TAKE)
        self._fill = redis.register_script(_FILL)

    async def take(self, key: str, *, now: float, interval: float, tolerance: float) -> float:  # noqa: ARG002
        return float(await self._take(keys=[self._prefix + key], args=[interval, tolerance]))

    async def fill(self, key: str, *, now: float, ahead: float) -> None:  # noqa: ARG002
        await self._fill(keys=[self._prefix + key], args=[ahead])


def connect(url: str) -> RedisRates:
    """The store at a Redis address."""
    from redis.asyncio import Redis as Client

    return RedisRates(Client.from_url(url))
