"""One call of the Admin API: headers, limiter, token, time, and what each status means (PLATFORM.md §b).

A read is repeated at most once; a write never, unless Cafe24 surely did nothing (401, 429, no connection).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from app.errors import OffContract, Rejected, Throttled, Unauthorized, Unavailable
from app.http import Client, ConnectFailed, Response, TransportFailed, outside_url
from app.ports import TokenPair
from commands.kernel.who import MallId, Shop

from .answers import CallFailed, body_of, failure, unanswered
from .limiter import SYSTEM, Api, Limiter, Priority
from .paths import PATHS, Path

log = logging.getLogger(__name__)
DEFAULT_API_URL = "https://{mall_id}.cafe24api.com"
DEFAULT_VERSION = "2026-03-01"
PAUSE_SECONDS = 0.2
SHORTEST_READ_SECONDS = 0.1
# A write that is cut short is a write of unknown outcome.
SHORTEST_WRITE_SECONDS = 2.0
Body = Mapping[str, Any]


class Tokens(Protocol):
    """Where the client gets its access from: `tokens.TokenSource`."""

    async def access(self, mall_id: MallId) -> TokenPair: ...

    async def renewed(self, mall_id: MallId, seen: TokenPair) -> TokenPair: ...

    async def give_up(self, mall_id: MallId, pair: TokenPair) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """`*_within`: the longest a whole call may take, waiting and repeating included, if the caller says nothing."""

    api_url: str = DEFAULT_API_URL
    api_version: str = DEFAULT_VERSION
    customer_within: float = 2.8
    background_within: float = 20.0
    write_within: float = 10.0


@dataclass(frozen=True, slots=True)
class Called:
    """One HTTP exchange, for metrics and for tests that count. `status` is None when nothing came back."""

    method: str
    path: str
    status: int | None
    seconds: float


def _unobserved(_: Called) -> None:
    """Nobody counts."""


class Cafe24Client:
    def __init__(
        self,
        http: Client,
        tokens: Tokens,
        limiter: Limiter,
        settings: ClientSettings,
        *,
        time: Callable[[], float],
        on_call: Callable[[Called], None] = _unobserved,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._limiter = limiter
        self._settings = settings
        self._time = time
        self._on_call = on_call
        self._sleep = sleep

    async def get(
        self,
        mall_id: MallId,
        path: str,
        params: Mapping[str, object] | None = None,
        *,
        shop_no: int | None = None,
        priority: Priority = Priority.CUSTOMER,
        within: float | None = None,
        ids: Mapping[str, str] | None = None,
        access: str | None = None,
    ) -> Body:
        """`access`: a token that is not bound to a mall yet; it is not refreshed. Raises the tree of app/errors."""
        customer = priority is Priority.CUSTOMER
        default = self._settings.customer_within if customer else self._settings.background_within
        call = self._call("GET", mall_id, path, ids, priority, within or default, access)
        sent: dict[str, Any] = dict(params or {})
        if shop_no is not None and call.path.shop:
            sent["shop_no"] = shop_no
        strange = sent.keys() - call.path.parameters - {"shop_no"}
        if strange:
            message = f"{path} does not know {sorted(strange)}"
            raise ValueError(message)
        return await self._run(call, {"params": sent})

    async def ask(self, shop: Shop, path: str, params: Mapping[str, object], **more: Any) -> Body:
        """A read behind a port of the kernel: whatever goes wrong is `Unavailable` there, and an engineer reads why."""
        try:
            return await self.get(shop.mall_id, path, params, shop_no=shop.shop_no, **more)
        except (Unauthorized, Rejected, OffContract) as error:
            kept: dict[str, Any] = {n: getattr(error, n) for n in ("status", "wire_code", "request_id")}
            facts = {"mall": shop.mall_id, "operation": error.operation, "note": error.note}
            log.exception("the mall refused a read", extra={"facts": facts | kept})
            raise Unavailable(SYSTEM, error.operation, **kept) from error

    async def post(self, mall_id: MallId, path: str, body: Body, **more: Any) -> Body:
        """`body` is the `request` or `requests` of the envelope; `more` as `_write`."""
        return await self._write("POST", mall_id, path, body, **more)

    async def put(self, mall_id: MallId, path: str, body: Body, **more: Any) -> Body:
        """A 409 comes back as `Rejected` with status 409: the record already had this content."""
        return await self._write("PUT", mall_id, path, body, **more)

    async def _write(
        self,
        method: str,
        mall_id: MallId,
        path: str,
        body: Body,
        *,
        shop_no: int,
        ids: Mapping[str, str] | None = None,
        priority: Priority = Priority.CUSTOMER,
        within: float | None = None,
    ) -> Body:
        call = self._call(method, mall_id, path, ids, priority, within or self._settings.write_within, None)
        envelope = "requests" if "requests" in body else "request"
        content = body if envelope in body else {envelope: body}
        return await self._run(call, {"json": {"shop_no": shop_no, **content}})

    def _call(
        self,
        method: str,
        mall_id: MallId,
        path: str,
        ids: Mapping[str, str] | None,
        priority: Priority,
        within: float,
        access: str | None,
    ) -> "_Call":
        known = PATHS[path]
        filled = known.template.format_map({k: quote(v, safe="") for k, v in (ids or {}).items()})
        url = f"{outside_url(self._settings.api_url, mall_id=mall_id)}/api/v2/admin/{filled}"
        return _Call(method, mall_id, known, url, priority, self._time() + within, access)

    async def _run(self, call: "_Call", content: Mapping[str, Any]) -> Body:
        """At most one repetition, whatever its reason."""
        pair = None if call.access else await self._tokens.access(call.mall_id)
        for last in (False, True):
            access = call.access or (pair.access if pair else "")
            try:
                return await self._exchange(call, access, content)
            except CallFailed as failed:
                error = failed.error
                if isinstance(error, Unauthorized) and error.status == 401 and pair:
                    if last:
                        await self._tokens.give_up(call.mall_id, pair)
                        raise error from failed
                    pair = await self._tokens.renewed(call.mall_id, pair)
                    continue
                pause = failed.pause(PAUSE_SECONDS)
                if last or not failed.repeatable or pause >= self._left(call) - call.shortest:
                    raise error from failed
                await self._sleep(pause)
        raise AssertionError  # the second round returns or raises

    async def _exchange(self, call: "_Call", access: str, content: Mapping[str, Any]) -> Body:
        api = Api(call.mall_id, call.path.template, call.path.size)
        await self._limiter.enter(api, call.priority, within=self._left(call) - call.shortest)
        started = self._time()
        response: Response | None = None
        try:
            response = await self._http.request(
                call.method,
                call.url,
                headers={
                    "Authorization": f"Bearer {access}",
                    "Content-Type": "application/json",
                    "X-Cafe24-Api-Version": self._settings.api_version,
                },
                timeout=max(self._left(call), call.shortest),
                **content,
            )
        except ConnectFailed as error:
            raise unanswered(call.label, write=call.is_write, sent=False) from error
        except TransportFailed as error:
            raise unanswered(call.label, write=call.is_write, sent=True) from error
        finally:
            status = response.status_code if response else None
            self._on_call(Called(call.method, call.path.template, status, self._time() - started))
        wait = await self._limiter.learn(api, response.status_code, response.headers)
        if response.status_code == 429:
            raise CallFailed(Throttled(SYSTEM, call.label, retry_after=wait), repeatable=True)
        if not response.is_success:
            raise failure(call.label, response, scope=call.path.scope, write=call.is_write)
        return body_of(call.label, response, write=call.is_write)

    def _left(self, call: "_Call") -> float:
        return call.until - self._time()


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    mall_id: MallId
    path: Path
    url: str
    priority: Priority
    until: float
    access: str | None

    @property
    def label(self) -> str:
        return f"{self.method} {self.path.template}"

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def shortest(self) -> float:
        return SHORTEST_WRITE_SECONDS if self.is_write else SHORTEST_READ_SECONDS


def rows(body: Body, key: str, label: str) -> list[Any]:
    """The list of a list answer. Raises `Unavailable`: without it nothing can be said."""
    found = body.get(key)
    if not isinstance(found, list):
        log.error("an answer without its list", extra={"facts": {"operation": label, "system": SYSTEM}})
        raise Unavailable(SYSTEM, label, note=f"no list {key}")
    return found
