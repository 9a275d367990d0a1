"""One exchange with a provider, and what its failure means. URLs never reach a log: Fassto's key travels in one."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.errors import OffContract, OutcomeUnknown, Rejected, Throttled, Unauthorized, Unavailable
from app.http import Client, ConnectFailed, Response, TransportFailed
from app.log import say

TRIES_OF_A_READ = 3
USUAL_PAUSE, LONGEST_PAUSE = 0.15, 1.0
DEFAULT_RETRY_AFTER, MOST_RETRY_AFTER = 1.0, 600.0
CALL_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """`operation` is the path's template: what logs and errors may show. `write`: it has an effect."""

    system: str
    operation: str
    method: str
    url: str = field(repr=False)
    params: Sequence[tuple[str, str]] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)
    write: bool = False


class Caller:
    """`sleep` and `jitter` are the test's to replace; `on_call(system, status)` counts."""

    def __init__(
        self,
        client: Client,
        *,
        time: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        on_call: Callable[[str, str], None] = lambda _system, _status: None,
    ) -> None:
        self._client = client
        self._time = time
        self._sleep = sleep
        self._jitter = jitter
        self._on_call = on_call

    async def send(self, call: Call) -> Any:
        """The JSON of a success. A read is tried again twice, a write never. Raises the tree of app/errors."""
        for left in reversed(range(TRIES_OF_A_READ)):
            try:
                return await self._once(call)
            except Unavailable as error:
                pause = (
                    error.retry_after if isinstance(error, Throttled) else USUAL_PAUSE * (1 + self._jitter())
                )
                if call.write or not left or pause > LONGEST_PAUSE:
                    raise
                await self._sleep(pause)
        raise AssertionError  # the last try returns or raises

    async def _once(self, call: Call) -> Any:
        started, status = self._time(), "none"
        try:
            response = await self._client.request(
                call.method,
                call.url,
                params=list(call.params) or None,
                headers={"accept": "application/json", **call.headers},
                json=call.body,
                timeout=CALL_SECONDS,
            )
            status = str(response.status_code)
        except ConnectFailed:
            raise Unavailable(call.system, call.operation, note="no connection") from None
        except TransportFailed:
            raise _lost(call, note="no answer") from None
        finally:
            self._on_call(call.system, status)
            millis = round((self._time() - started) * 1000)
            say(
                _log,
                "info",
                "warehouse called",
                provider=call.system,
                operation=call.operation,
                status=status,
                duration_ms=millis,
            )
        return _answer(call, response)


def _answer(call: Call, response: Response) -> Any:
    status = response.status_code
    if status in {401, 403}:
        raise Unauthorized(call.system, call.operation, status=status)
    if status == 429:
        raise Throttled(call.system, call.operation, retry_after=_retry_after(response))
    if status >= 500 or status == 408:
        raise _lost(call, status=status)
    if 400 <= status < 500:
        raise Rejected(call.system, call.operation, status=status)
    try:
        body = orjson.loads(response.content) if response.is_success else None
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict | list):
        return body
    if call.write:
        raise OutcomeUnknown(call.system, call.operation, status=status, note="no JSON")
    raise OffContract(call.system, call.operation, status=status, note="no JSON")


def _lost(call: Call, *, status: int | None = None, note: str = "") -> Unavailable | OutcomeUnknown:
    """A write that got no clear answer may have taken effect."""
    kind = OutcomeUnknown if call.write else Unavailable
    return kind(call.system, call.operation, status=status, note=note)


def _retry_after(response: Response) -> float:
    """Seconds only; a date, or nonsense, counts as the default."""
    try:
        given = float(response.headers.get("retry-after", DEFAULT_RETRY_AFTER))
    except ValueError:
        return DEFAULT_RETRY_AFTER
    return min(max(given, 0.0), MOST_RETRY_AFTER) if given == given else DEFAULT_RETRY_AFTER  # noqa: PLR0124  NaN
