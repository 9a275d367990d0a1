"""Ids that we make ourselves: UUID version 7, so that they sort by the time they were made."""

import secrets
import threading
import uuid
from datetime import datetime

from app.clock import to_millis

_TAIL_BITS = 74


class _Maker:
    """Within one millisecond the tail grows, so that ids of one process keep the order they were made in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millis = -1
        self._tail = 0

    def make(self, millis: int) -> uuid.UUID:
        with self._lock:
            if millis == self._millis:
                self._tail += 1 + secrets.randbelow(2**32)
            else:
                # The top bit stays free, so that growing never overflows into the version.
                self._millis, self._tail = millis, secrets.randbits(_TAIL_BITS - 1)
            tail = self._tail
        high, low = tail >> 62, tail & (2**62 - 1)
        return uuid.UUID(int=(millis & (2**48 - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


_maker = _Maker()


def new_id(at: datetime) -> str:
    return str(_maker.make(to_millis(at)))
