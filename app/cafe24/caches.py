"""A small cache with an end to every entry and to their number."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from app.clock import Clock

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """The oldest entries go first when it is full; entries past their life go as new ones come."""

    def __init__(self, most: int, clock: Clock) -> None:
        self._most = most
        self._clock = clock
        self._entries: OrderedDict[Key, tuple[Value, datetime]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if self._clock() >= entry[1]:
            del self._entries[key]
            return None
        return entry[0]

    def put(self, key: Key, value: Value, seconds: float) -> None:
        now = self._clock()
        self._entries.pop(key, None)
        self._entries[key] = (value, now + timedelta(seconds=seconds))
        while self._entries:
            oldest, (_, until) = next(iter(self._entries.items()))
            if len(self._entries) <= self._most and now < until:
                break
            del self._entries[oldest]

    def forget(self, wanted: Callable[[Key, Value], bool]) -> None:
        for key in [key for key, (value, _) in self._entries.items() if wanted(key, value)]:
            del self._entries[key]

    def __len__(self) -> int:
        return len(self._entries)
