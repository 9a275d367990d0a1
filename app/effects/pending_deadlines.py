"""What happens when nobody decided in time (`exchangeReturn.atDeadline`): a recurring look at claims that are due.

Each acts once per hour that it was due at: who moves the hour on, acts, and nobody else does.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import assert_never

from app.clock import Clock
from app.log import say
from app.ports import Connection, ConnectionOf, ConnectionState, Intent, Job, KeptClaims, Statements
from commands.kernel.mall import Choices, ExchangeReturnChoices

from .gate import may_try
from .pending import PendingQueue
from .pending_telling import HAND_OVER
from .settling import Settling

log = logging.getLogger("jumun.effects")
MOST_AT_A_LOOK = 200
LATER_WHEN_AWAY = timedelta(hours=1)
LATER_WHEN_BUSY = timedelta(minutes=10)


class Deadlines:
    """Handles the recurring job `claims_due`."""

    def __init__(
        self,
        claims: KeptClaims,
        queue: PendingQueue,
        settling: Settling,
        connection_of: ConnectionOf,
        choices_of: Callable[[Connection], Choices],
        clock: Clock,
    ) -> None:
        self._claims = claims
        self._queue = queue
        self._settling = settling
        self._connection_of = connection_of
        self._choices_of = choices_of
        self._clock = clock

    async def look(self, _job: Job | None = None) -> None:
        """Whatever was seen due is not due any more afterwards, so that this ends."""
        now = self._clock()
        while orphaned := await self._claims.orphaned(MOST_AT_A_LOOK):
            for intent in orphaned:
                await self._queue.end_without_shop(intent, now)
        while due := await self._claims.due(now, MOST_AT_A_LOOK):
            for intent in due:
                try:
                    await self._act(intent, now)
                except Exception as error:  # noqa: BLE001  one that breaks must not hold up the others
                    say(log, "error", "a waiting claim's hour was missed", error=type(error).__name__)
                    await self._claims.put_off(intent, now + LATER_WHEN_AWAY)

    async def _act(self, intent: Intent, now: datetime) -> None:
        connection = await self._connection_of(intent.waits.channel_id) if intent.waits else None
        if connection is None or connection.state is not ConnectionState.CONNECTED:
            await self._claims.put_off(intent, now + LATER_WHEN_AWAY)
            return
        chosen = self._choices_of(connection).exchange_return
        match chosen.at_deadline:
            case "approve" if not await self._may_go_unasked(intent, connection):
                await self._remind(intent, chosen, now)
            case "approve":
                if not await self._queue.approve_by_deadline(intent, now):
                    await self._claims.put_off(intent, now + LATER_WHEN_BUSY)
            case "remind":
                await self._remind(intent, chosen, now)
            case "handOver":
                await self._announce(intent, None, HAND_OVER, now)
            case _:
                assert_never(chosen.at_deadline)

    async def _may_go_unasked(self, intent: Intent, connection: Connection) -> bool:
        """Not while the shop is on trial, but for its test members."""
        kept = await self._claims.one(intent.mall_id, connection.shop.channel_id, intent.id)
        return kept is not None and kept.customer is not None and may_try(kept.customer, connection)

    async def _remind(self, intent: Intent, chosen: ExchangeReturnChoices, now: datetime) -> None:
        await self._announce(intent, now + timedelta(hours=chosen.deadline_hours), "remind", now)

    async def _announce(self, intent: Intent, next_at: datetime | None, about: str, now: datetime) -> None:
        async def also(statements: Statements, put_off: Intent) -> None:
            await self._settling.announce(statements, put_off, about, now)

        await self._claims.put_off(intent, next_at, also)
