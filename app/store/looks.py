"""Requests that lie in a mall, by when they are looked at next: `due_at` of a receipt in `requested`."""

from datetime import datetime

from app.clock import to_millis
from app.keys import KeyRing
from app.ports import Intent
from commands.kernel.who import MallId

from .database import OpenDatabase
from .intents import intent_of
from .values import millis_or_none


class SqlLooks:
    """The `Looks` port."""

    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def malls(self, now: datetime, limit: int) -> list[MallId]:
        rows = await self._database.read(
            """SELECT mall_id FROM intent
            WHERE due_at IS NOT NULL AND due_at <= :now AND state = 'requested'
            GROUP BY mall_id ORDER BY min(due_at), mall_id LIMIT :at_most""",
            now=to_millis(now),
            at_most=limit,
        )
        return [MallId(row["mall_id"]) for row in rows]

    async def take(self, mall_id: MallId, now: datetime, *, until: datetime) -> Intent | None:
        rows = await self._database.write(
            """UPDATE intent SET due_at = :until
            WHERE mall_id = :mall_id AND due_at <= :now AND state = 'requested' AND id = (
                SELECT next.id FROM intent AS next
                WHERE next.mall_id = :mall_id AND next.due_at IS NOT NULL AND next.due_at <= :now
                    AND next.state = 'requested'
                ORDER BY next.due_at, next.id LIMIT 1)
            RETURNING *""",
            mall_id=mall_id,
            now=to_millis(now),
            until=to_millis(until),
        )
        return intent_of(rows[0], self._keys) if rows else None

    async def put_off(self, intent: Intent, due_at: datetime | None) -> None:
        await self._database.write(
            """UPDATE intent SET due_at = :due_at
            WHERE mall_id = :mall_id AND id = :id AND state = 'requested'""",
            mall_id=intent.mall_id,
            id=intent.id,
            due_at=millis_or_none(due_at),
        )
