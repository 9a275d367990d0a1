"""The access token of a mall, renewed in time by exactly one refresher across all processes.

A refresh token works once. Who refreshes first takes the mall's lease (compare-and-set), so a crash between
Cafe24's answer and our commit leaves a mark: the next one tries that token once more, and `invalid_grant` means
that the mall must consent again. Nothing here loops: token requests beyond 15 in two hours get the app blocked.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from weakref import WeakValueDictionary

from app.clock import Clock
from app.errors import OutcomeUnknown, Unauthorized, Unavailable, Upstream
from app.ports import Connections, ConnectionState, MallTokens, TokenPair
from commands.kernel.who import MallId

from .limiter import SYSTEM
from .oauth import InvalidGrant

EARLY = timedelta(minutes=5)
LEASE = timedelta(seconds=30)
IDLE = timedelta(days=10)
WAIT_SECONDS = 0.15
MOST_WAITS = 20
FEW_WAITS = 3
FINAL = frozenset({"invalid_grant", "no_tokens"})
KNOWN_LIFE = timedelta(seconds=30)
KEPT_MALLS = 5_000


class Refresher(Protocol):
    async def refresh(self, mall_id: MallId, refresh_token: str) -> TokenPair: ...


class TokenSource:
    def __init__(
        self,
        *,
        store: MallTokens,
        oauth: Refresher,
        connections: Connections,
        clock: Clock,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._oauth = oauth
        self._connections = connections
        self._clock = clock
        self._sleep = sleep
        self._locks: WeakValueDictionary[MallId, asyncio.Lock] = WeakValueDictionary()
        self._known: OrderedDict[MallId, tuple[TokenPair, datetime]] = OrderedDict()

    async def access(self, mall_id: MallId) -> TokenPair:
        """A pair whose access token is alive. Raises `Unauthorized` when the mall must consent again."""
        now = self._clock()
        known = self._known.get(mall_id)
        if known and now < known[1] and known[0].expires_at - now > EARLY:
            return known[0]
        pair = await self._stored(mall_id)
        if pair.expires_at - now > EARLY:
            return self._keep(mall_id, pair)
        alive = now < pair.expires_at
        try:
            return await self.renewed(mall_id, pair, waits=FEW_WAITS if alive else MOST_WAITS)
        except (Unavailable, Unauthorized) as error:
            if alive and error.wire_code not in FINAL:
                return pair
            raise

    async def renewed(self, mall_id: MallId, seen: TokenPair, *, waits: int = MOST_WAITS) -> TokenPair:
        """A pair newer than the one `seen`: a peer's, or one refresh. Raises `Unauthorized`, `Unavailable`."""
        lock = self._locks.setdefault(mall_id, asyncio.Lock())
        async with lock:
            for _ in range(waits):
                pair = await self._stored(mall_id)
                if pair.generation != seen.generation:
                    return self._keep(mall_id, pair)
                now = self._clock()
                attempt = await self._store.take_refresh(mall_id, pair.generation, now + LEASE, now)
                if attempt:
                    return self._keep(mall_id, await self._refresh(mall_id, pair, attempt))
                await self._sleep(WAIT_SECONDS)
        raise Unavailable(SYSTEM, "refresh", note="a peer has been refreshing for long")

    async def give_up(self, mall_id: MallId, pair: TokenPair) -> None:
        """Refused although just renewed, or refused for good: only a new consent helps."""
        self.forget(mall_id)
        await self._store.kill(mall_id, pair.generation)
        if await self._store.get(mall_id) is not None:
            return
        for connection in await self._connections.of_mall(mall_id):
            # A suspended shop stays suspended: its tokens may die of the very reason that suspended it.
            if connection.state is ConnectionState.CONNECTED:
                await self._connections.set_state(mall_id, connection.shop.shop_no, ConnectionState.RECONNECT)

    def forget(self, mall_id: MallId) -> None:
        """The next call reads the store again."""
        self._known.pop(mall_id, None)

    async def refresh_idle(self, now: datetime) -> int:
        """Renews the pairs of malls that nobody has asked for in ten days. How many were renewed."""
        renewed = 0
        for mall_id in await self._store.idle_since(now - IDLE):
            pair = await self._store.get(mall_id)
            if pair is None:
                continue
            try:
                await self.renewed(mall_id, pair)
            except Upstream:
                continue
            renewed += 1
        return renewed

    async def _stored(self, mall_id: MallId) -> TokenPair:
        pair = await self._store.get(mall_id)
        if pair is None:
            self.forget(mall_id)
            raise Unauthorized(SYSTEM, "access", wire_code="no_tokens", note="the mall must consent again")
        return pair

    def _keep(self, mall_id: MallId, pair: TokenPair) -> TokenPair:
        self._known[mall_id] = (pair, self._clock() + KNOWN_LIFE)
        self._known.move_to_end(mall_id)
        if len(self._known) > KEPT_MALLS:
            self._known.popitem(last=False)
        return pair

    async def _refresh(self, mall_id: MallId, pair: TokenPair, attempt: int) -> TokenPair:
        """We hold the lease. Attempts 1, 2, 4, 8 … call; the others let the lease run out, to stay under 15."""
        if attempt & (attempt - 1):
            raise Unavailable(SYSTEM, "refresh", note=f"attempt {attempt} waits")
        try:
            new = await self._ask(mall_id, pair, attempt)
        except InvalidGrant:
            await self.give_up(mall_id, pair)
            raise
        new = replace(new, generation=pair.generation + 1)
        rotated = await self._store.rotate(mall_id, pair.generation, new)
        # Not rotated: a new consent came in between, and its pair is the one to use.
        return new if rotated else await self._stored(mall_id)

    async def _ask(self, mall_id: MallId, pair: TokenPair, attempt: int) -> TokenPair:
        first = attempt == 1
        try:
            return await self._oauth.refresh(mall_id, pair.refresh)
        except OutcomeUnknown as error:
            if not first:
                raise Unavailable(SYSTEM, "refresh", note="no answer") from error
        except Unavailable as error:
            # Only here nothing can have happened: the request never left, now and in no earlier attempt.
            if first and error.status is None:
                await self._store.release_refresh(mall_id, pair.generation, attempt)
            raise
        # The silent one may have worked on the other side; the same token, once more, tells.
        try:
            return await self._oauth.refresh(mall_id, pair.refresh)
        except OutcomeUnknown as error:
            raise Unavailable(SYSTEM, "refresh", note="no answer, twice") from error
