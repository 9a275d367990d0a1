"""What Cafe24 tells us: kept and answered at once, worked by a job, and read again from the mall where it matters.

Deliveries come twice, late and out of order. Only a removed or expired app acts before the answer: it suspends.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.clock import Clock
from app.errors import Rejected, Unauthorized
from app.ports import Audit, Connections, ConnectionState, Deliveries, Job, Jobs, MallTokens, Once
from commands.kernel.who import ChannelId, MallId

from .binding import GONE, active_shops
from .client import Cafe24Client, rows
from .events import (
    APP_EXTENDED,
    APP_GONE,
    APP_REMOVED,
    NEW_ORDER,
    ORDER_EVENTS,
    SHOP_CLOSED,
    SHOP_EVENTS,
    Event,
    Unreadable,
    read_event,
)
from .forms import Oversized, read_body
from .limiter import Priority
from .reading import ORDER_ID
from .standing import Forgets, Standing

log = logging.getLogger(__name__)
LONGEST_BODY = 256 * 1024
DELIVERY_JOB = "cafe24.delivery"
WIPE_JOB = "cafe24.wipe"
FOLLOW_JOB = "cafe24.follow"
CACHE_IS_OLD_AFTER = timedelta(seconds=65)
WIPE_AFTER = timedelta(hours=24)
GONE_LIFE = timedelta(days=365)
SCOPE_ONLY = frozenset({"insufficient_scope"})


OnOrder = Callable[[MallId, Sequence[str]], Awaitable[None]]


async def nobody_follows(_mall_id: MallId, _order_ids: Sequence[str]) -> None:
    """No part of the app waits for news of orders."""


class Webhooks:
    """`keys` are the accepted values of X-API-Key. `changed` and `forget_tokens` drop what this process remembers.
    `on_order` hears of every order that the mall says has changed: maybe again, late, or without a change.
    """

    def __init__(
        self,
        *,
        keys: Sequence[str],
        deliveries: Deliveries,
        jobs: Jobs,
        connections: Connections,
        tokens: MallTokens,
        once: Once,
        audit: Audit,
        client: Cafe24Client,
        orders: Forgets,
        clock: Clock,
        changed: Callable[[ChannelId], None],
        forget_tokens: Callable[[MallId], None],
        on_order: OnOrder = nobody_follows,
    ) -> None:
        self._keys = [key.encode() for key in keys if key]
        if not self._keys:
            log.warning("no webhook key is configured: every webhook is refused")
        self._deliveries = deliveries
        self._jobs = jobs
        self._connections = connections
        self._tokens = tokens
        self._once = once
        self._client = client
        self._orders = orders
        self._clock = clock
        self._forget_tokens = forget_tokens
        self._on_order = on_order
        self._standing = Standing(connections, audit, orders, clock, changed)

    def routes(self) -> list[Route]:
        return [Route("/cafe24/webhooks", self.receive, methods=["POST"])]

    def handlers(self) -> dict[str, Callable[[Job], Awaitable[None]]]:
        return {DELIVERY_JOB: self.handle_delivery, WIPE_JOB: self.wipe, FOLLOW_JOB: self.follow}

    async def receive(self, request: Request) -> Response:
        if not self._is_cafe24(request.headers.get("X-API-Key", "").encode()):
            return PlainTextResponse("forbidden", 403)
        try:
            body = await read_body(request, LONGEST_BODY)
            event = read_event(body)
        except Oversized:
            return PlainTextResponse("too large", 413)
        except Unreadable:
            return PlainTextResponse("not an event", 400)
        if event.mall_id is None or not await self._connections.of_mall(event.mall_id):
            return PlainTextResponse("ok")
        now = self._clock()
        key = event.dedupe_key(now)
        first = await self._deliveries.keep(event.mall_id, key, body, now)
        await self._jobs.put(event.mall_id, DELIVERY_JOB, {"key": key}, unique=f"{DELIVERY_JOB}:{key}")
        if first and event.number in APP_GONE:
            await self._suspend_mall(event.mall_id, event)
        return PlainTextResponse("ok")

    def _is_cafe24(self, given: bytes) -> bool:
        """Every key is compared, so that time tells nothing."""
        return any([hmac.compare_digest(given, key) for key in self._keys])  # noqa: C419

    # ── the jobs ────────────────────────────────────────────────────────────────────────────────────────────
    async def handle_delivery(self, job: Job) -> None:
        """May run again after a crash anywhere in it. `Unavailable` comes out and is retried by the worker."""
        mall_id, key = MallId(job.mall_id), str(job.payload["key"])
        body = await self._deliveries.open_body(mall_id, key)
        if body is None:
            return
        event = read_event(body)
        if event.number in ORDER_EVENTS:
            await self._orders_changed(mall_id, event)
        elif event.number in APP_GONE:
            await self._app_gone(mall_id, event)
        elif event.number == APP_EXTENDED:
            await self._app_extended(mall_id, event)
        elif event.number in SHOP_EVENTS:
            await self._shops_changed(mall_id, event)
        else:
            log.info("webhook ignored", extra={"facts": {"mall": mall_id, "event_no": event.number}})
        await self._deliveries.settle(mall_id, key, self._clock())

    async def wipe(self, job: Job) -> None:
        """A day after the app was removed or ran out, unless a new consent or an extension came in between."""
        await self._wipe(MallId(job.mall_id), int(job.payload["event_no"]), str(job.payload["mark"]))

    async def _orders_changed(self, mall_id: MallId, event: Event) -> None:
        """A new order stands in no list that we remember, and belongs into one of them."""
        for order_id in event.order_ids or [""]:
            self._orders.forget(mall_id, None if event.number == NEW_ORDER or not order_id else order_id)
        order_ids = tuple(dict.fromkeys(n for n in event.order_ids if ORDER_ID.fullmatch(n)))
        if order_ids:
            await self._on_order(mall_id, order_ids)

    async def _app_gone(self, mall_id: MallId, event: Event) -> None:
        mark = await self._suspend_mall(mall_id, event)
        if mark is None:
            return
        payload = {"event_no": event.number, "mark": mark}
        due_at = self._clock() + WIPE_AFTER
        await self._jobs.put(mall_id, WIPE_JOB, payload, due_at=due_at, unique=f"{WIPE_JOB}:{mall_id}:{mark}")
        if await self._is_shut_out(mall_id):
            await self._wipe(mall_id, event.number, mark)

    async def _suspend_mall(self, mall_id: MallId, event: Event) -> str | None:
        """The mark that is set, or None for news from before the present consent or the last extension."""
        now = self._clock()
        happened_at = event.happened_at or now
        for connection in await self._connections.of_mall(mall_id):
            if connection.connected_at and happened_at < connection.connected_at:
                return None
        extended = await self._once.peek("cafe24_extended", mall_id, now)
        if extended and happened_at <= datetime.fromisoformat(extended):
            return None
        mark = f"{event.number}@{happened_at.isoformat()}"
        if event.number == APP_REMOVED:
            # Being removed weighs more than having run out.
            await self._once.take(GONE, mall_id, now)
        await self._once.first(GONE, mall_id, now, now + GONE_LIFE, mark)
        await self._standing.set(mall_id, None, ConnectionState.SUSPENDED, event.number)
        return await self._once.peek(GONE, mall_id, now)

    async def _is_shut_out(self, mall_id: MallId) -> bool:
        try:
            await self._client.get(mall_id, "shops", priority=Priority.BACKGROUND)
        except Unauthorized as error:
            return error.wire_code not in SCOPE_ONLY
        return False

    async def _wipe(self, mall_id: MallId, event_no: int, mark: str) -> None:
        """`suspended`, then `none` where the app was removed; an app that ran out may be extended again."""
        if await self._once.peek(GONE, mall_id, self._clock()) != mark:
            return
        await self._tokens.kill(mall_id)
        self._forget_tokens(mall_id)
        self._orders.forget(mall_id)
        if event_no == APP_REMOVED:
            await self._standing.end(mall_id, event_no)

    async def _app_extended(self, mall_id: MallId, event: Event) -> None:
        now = self._clock()
        at = event.happened_at or now
        await self._once.take("cafe24_extended", mall_id, now)
        await self._once.first("cafe24_extended", mall_id, now, now + GONE_LIFE, at.isoformat())
        await self._once.take(GONE, mall_id, now)
        if not await self._follow_shops(mall_id, event.number):
            alive = await self._tokens.get(mall_id) is not None
            state = ConnectionState.CONNECTED if alive else ConnectionState.RECONNECT
            await self._standing.set(mall_id, None, state, event.number)

    async def _shops_changed(self, mall_id: MallId, event: Event) -> None:
        """Now, and once more when the mall's cache has forgotten what it said before the change."""
        followed = await self._follow_shops(mall_id, event.number)
        if not followed and event.number in SHOP_CLOSED and event.shop_no:
            await self._standing.set(mall_id, event.shop_no, ConnectionState.SUSPENDED, event.number)
        due_at = self._clock() + CACHE_IS_OLD_AFTER
        unique = f"{FOLLOW_JOB}:{mall_id}:{int(due_at.timestamp()) // 10}"
        await self._jobs.put(mall_id, FOLLOW_JOB, {"event_no": event.number}, due_at=due_at, unique=unique)

    async def follow(self, job: Job) -> None:
        await self._follow_shops(MallId(job.mall_id), int(job.payload["event_no"]))

    async def _follow_shops(self, mall_id: MallId, event_no: int) -> bool:
        """States as the mall itself says now. False where it does not let us ask: the event's word must do."""
        try:
            body = await self._client.get(mall_id, "shops", priority=Priority.BACKGROUND)
        except (Unauthorized, Rejected):
            return False
        gone = await self._once.peek(GONE, mall_id, self._clock())
        active = {shop["shop_no"] for shop in active_shops(rows(body, "shops", "GET shops"))}
        for connection in await self._connections.of_mall(mall_id):
            shop_no = connection.shop.shop_no
            if shop_no not in active:
                await self._standing.set(mall_id, shop_no, ConnectionState.SUSPENDED, event_no)
            elif connection.state is ConnectionState.SUSPENDED and not gone:
                await self._standing.set(mall_id, shop_no, ConnectionState.CONNECTED, event_no)
        return True
