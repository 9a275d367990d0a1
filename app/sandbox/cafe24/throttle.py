"""The two brakes of the API: a leaky bucket per endpoint, and answers repeated for a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

DRAIN_PER_SECOND = 2
CACHE_LIFE = timedelta(seconds=60)


@dataclass(slots=True)
class _Bucket:
    level: float
    seen_at: datetime


class Buckets:
    """Leaky buckets of one mall, one per API path template."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def pour(self, template: str, size: int) -> int | None:
        """How full the bucket is after one more call, or None when there is no room for it."""
        now = self._now()
        bucket = self._buckets.setdefault(template, _Bucket(0, now))
        bucket.level = max(0, bucket.level - DRAIN_PER_SECOND * (now - bucket.seen_at).total_seconds())
        bucket.seen_at = now
        if bucket.level > size - 1:
            return None
        bucket.level += 1
        return max(1, round(bucket.level))


class AnswerCache:
    """Answers of one mall, each repeated to the letter for sixty seconds from its first time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._answers: dict[str, tuple[datetime, bytes]] = {}

    def get(self, url: str) -> bytes | None:
        """The remembered body, however the mall has changed since."""
        known = self._answers.get(url)
        return known[1] if known and self._now() < known[0] + CACHE_LIFE else None

    def put(self, url: str, body: bytes) -> None:
        """Remember a fresh answer; old ones, which stand in front, are dropped on the way."""
        now = self._now()
        self._answers.pop(url, None)
        while self._answers and now >= next(iter(self._answers.values()))[0] + CACHE_LIFE:
            del self._answers[next(iter(self._answers))]
        self._answers[url] = (now, body)
