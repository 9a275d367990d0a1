"""Lets a call go on after its question was answered: signed, ten minutes, bound to app, Function, channel and caller
(CHANNEL.md §8). It holds nothing else: what is asked for is checked anew when the call goes on.
"""

from datetime import datetime, timedelta

import orjson

from app.clock import to_millis
from app.keys import BadToken, KeyRing
from app.ports import Call

PURPOSE = "continuation"
LIFE = timedelta(minutes=10)


def continuation(keys: KeyRing, call: Call, *, app_id: str, function: str, now: datetime) -> str:
    return keys.sign(PURPOSE, orjson.dumps([*_bound(call, app_id, function), to_millis(now + LIFE)]))


def goes_on(keys: KeyRing, token: str, call: Call, *, app_id: str, function: str, now: datetime) -> bool:
    """False when it is altered, over, or made for anybody or anything else."""
    try:
        *bound, until = orjson.loads(keys.verify(PURPOSE, token))
    except (BadToken, orjson.JSONDecodeError, ValueError, TypeError):
        return False
    same: bool = bound == _bound(call, app_id, function)
    return same and to_millis(now) < until


def _bound(call: Call, app_id: str, function: str) -> list[str]:
    return [app_id, function, call.channel_id, call.surface.value, call.caller_id]
