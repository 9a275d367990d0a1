"""Ids that we make ourselves: UUID version 7, so that they sort by the time they were made."""

import secrets
import threading
import uuid
from datetime import datetime

from app.clock import to_millis

_TAIL_BITS = 74
_REMEMBERED = 256


class _Maker:
    """Within one millisecond the tail grows, so that ids of one process keep the order they were made in. Moments are
    those of questions, which end out of order: a few are remembered.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tails: dict[int, int] = {}

    def make(self, millis: int) -> uuid.UUID:
        with self._lock:
            before = self._tails.get(millis)
            # The top bit stays free, so that growing never overflows into the version.
            tail = (
                secrets.randbits(_TAIL_BITS - 1) if before is None else before + 1 + secrets.randbelow(2**32)
            )
            self._tails[millis] = tail
            if len(self._tails) > _REMEMBERED:
                del self._tails[next(iter(self._tails))]
        high, low = tail >> 62, tail & (2**62 - 1)
        return uuid.UUID(int=(millis & (2**48 - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


_maker = _Maker()


def new_id(at: datetime) -> str:
    return str(_maker.make(to_millis(at)))
