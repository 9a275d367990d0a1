"""Places by words, asked of whatever the operator runs at `JUMUN_POSTCODE_SEARCH_URL`: `GET {url}?query=…` answers
`{"places": [{"zipcode": "06236", "address1": "서울특별시 강남구 테헤란로 10"}]}`. Words are never logged.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import orjson

from app.clock import Clock
from app.errors import Unavailable
from app.http import Client, TransportFailed, outside_url
from app.log import say
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Place
from commands.kernel.who import Caller, Shop
from commands.postal import read_place, read_search

SYSTEM, OPERATION = "postcodes", "find"
SECONDS = 2.0
MOST_PLACES = 20
MOST_BYTES = 256 * 1024
KEPT_FOR, MOST_KEPT = timedelta(seconds=60), 500
QUESTIONS, WITHIN = 20, timedelta(minutes=1)
Asker = tuple[str, str, str]
log = logging.getLogger("jumun.postcodes")


class HttpPostcodes:
    """The kernel's `PostcodeSearch`. What it remembers is this process's own."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        *,
        url: str,
        seconds: float = SECONDS,
        on_call: Callable[[str, str], None] = lambda _system, _status: None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._url = outside_url(url)
        self._seconds = seconds
        self._on_call = on_call
        self._kept: dict[str, tuple[datetime, tuple[Place, ...]]] = {}
        self._asked: dict[Asker, deque[datetime]] = {}

    async def find(self, shop: Shop, caller: Caller, words: str) -> tuple[Place, ...]:
        words, problem = read_search(words)
        if problem:
            return ()
        now = self._clock()
        self._forget(now)
        if kept := self._kept.get(words):
            return kept[1]
        self._count((shop.channel_id, caller.kind, caller.id), now)
        places = await self._ask(words)
        if len(self._kept) < MOST_KEPT:
            self._kept[words] = (now, places)
        return places

    def _forget(self, now: datetime) -> None:
        """Both stand in the order they were made or last used, so that the old ones are in front."""
        while self._kept and now - next(iter(self._kept.values()))[0] >= KEPT_FOR:
            del self._kept[next(iter(self._kept))]
        while self._asked and now - next(iter(self._asked.values()))[-1] >= WITHIN:
            del self._asked[next(iter(self._asked))]

    def _count(self, asker: Asker, now: datetime) -> None:
        """Only what goes outside counts. Raises `Failure(tooMany)`."""
        times = self._asked.pop(asker, None) or deque[datetime]()
        while times and now - times[0] >= WITHIN:
            times.popleft()
        if len(times) >= QUESTIONS:
            self._asked[asker] = times
            raise Failure(FailureType.TOO_MANY)
        times.append(now)
        self._asked[asker] = times

    async def _ask(self, words: str) -> tuple[Place, ...]:
        status = "none"
        try:
            async with asyncio.timeout(self._seconds):
                code, body = await self._get(words)
            status = str(code)
            if code != 200:
                raise _trouble(status=code)
            return _places(body)
        except (TransportFailed, TimeoutError) as error:
            raise _trouble(note=type(error).__name__) from None
        finally:
            self._on_call(SYSTEM, status)

    async def _get(self, words: str) -> tuple[int, bytes]:
        """Status and body; a body is read only of a 200, and only up to a bound."""
        url = f"{self._url}{'&' if '?' in self._url else '?'}query={quote(words)}"
        headers = {"accept": "application/json", "accept-encoding": "identity"}
        async with self._client.stream("GET", url, headers=headers, follow_redirects=False) as response:
            body = b""
            if response.status_code == 200:
                async for part in response.aiter_raw():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise _trouble(note="too large")
            return response.status_code, body


def _places(body: bytes) -> tuple[Place, ...]:
    """Places that the form would refuse are left out. Raises `Unavailable` for what is no answer at all."""
    try:
        answer: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _trouble(note="no JSON") from None
    rows = answer.get("places") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise _trouble(note="no places")
    named = (row for row in rows if isinstance(row, dict))
    found = (read_place(row.get("zipcode"), row.get("address1")) for row in named)
    return tuple(dict.fromkeys(place for place in found if place))[:MOST_PLACES]


def _trouble(*, status: int | None = None, note: str = "") -> Unavailable:
    say(log, "warning", "postcode search failed", system=SYSTEM, status=status, note=note)
    return Unavailable(SYSTEM, OPERATION, status=status, note=note)
