"""What was read lately, for a minute: a short memory with an end to every entry and to their number."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from app.clock import Clock

Value = TypeVar("Value")


class Memory(Generic[Value]):
    def __init__(self, clock: Clock, *, seconds: float, most: int = 20_000) -> None:
        self._clock = clock
        self._life = timedelta(seconds=seconds)
        self._most = most
        self._entries: dict[Hashable, tuple[Value, datetime]] = {}

    def get(self, key: Hashable) -> Value | None:
        entry = self._entries.get(key)
        return entry[0] if entry and self._clock() < entry[1] else None

    def put(self, key: Hashable, value: Value) -> None:
        now = self._clock()
        if len(self._entries) >= self._most:
            self._entries = {k: entry for k, entry in self._entries.items() if now < entry[1]}
        if len(self._entries) >= self._most:
            self._entries.clear()
        self._entries[key] = (value, now + self._life)

    def forget(self, wanted: Callable[[Hashable], bool]) -> None:
        self._entries = {key: entry for key, entry in self._entries.items() if not wanted(key)}
