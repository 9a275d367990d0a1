"""How often one client may try a form. In memory and small: a worker's own count is enough to slow guessing."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST_CLIENTS = 2_000


class Turnstile:
    def __init__(self, limit: int, within: timedelta) -> None:
        self._limit = limit
        self._within = within
        self._passed: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, client: str, now: datetime) -> int:
        """Lets the client through and returns 0, or the seconds until it may try again."""
        times = self._passed.setdefault(client, deque())
        self._passed.move_to_end(client)
        while times and times[0] <= now - self._within:
            times.popleft()
        if len(times) >= self._limit:
            return max(1, int((times[0] + self._within - now).total_seconds()))
        times.append(now)
        while len(self._passed) > MOST_CLIENTS:
            self._passed.popitem(last=False)
        return 0
