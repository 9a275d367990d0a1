"""The queue of claims that wait for a manager: pages by key, one statement each; ten thousand wait no slower."""

from datetime import datetime
from typing import Any

from app.clock import to_millis
from app.keys import KeyRing
from app.ports import Also, Intent, KeptClaim, Row, Statements
from commands.kernel.who import ChannelId, MallId

from .database import OpenDatabase, in_transaction
from .intents import intent_of
from .plans import customer_of
from .sealed import PLAN_CUSTOMER, PLAN_SHOWN
from .values import from_json, millis_or_none

_SELECT = """SELECT intent.*, plan.customer_enc, plan.shown_enc AS plan_shown_enc
FROM intent JOIN plan ON plan.mall_id = intent.mall_id AND plan.id = intent.plan_id
WHERE intent.mall_id = :mall_id AND intent.channel_id = :channel_id"""


class SqlClaims:
    """The `KeptClaims` port."""

    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def waiting(
        self, mall_id: MallId, channel_id: ChannelId, *, after: str | None, limit: int, kind: str | None
    ) -> list[KeptClaim]:
        """Ids grow with the time they were made at."""
        where = "intent.state = 'pending'"
        params: dict[str, Any] = {"mall_id": mall_id, "channel_id": channel_id, "at_most": limit}
        if after is not None:
            where, params = f"{where} AND intent.id > :after", params | {"after": after}
        return await self._page(where, "intent.id", kind, params)

    async def decided(
        self,
        mall_id: MallId,
        channel_id: ChannelId,
        *,
        before: tuple[datetime, str] | None,
        limit: int,
        kind: str | None,
    ) -> list[KeptClaim]:
        where = "intent.verdict <> 'withdrawn'"
        params: dict[str, Any] = {"mall_id": mall_id, "channel_id": channel_id, "at_most": limit}
        if before is not None:
            where = f"{where} AND (intent.decided_at, intent.id) < (:before_at, :before_id)"
            params |= {"before_at": to_millis(before[0]), "before_id": before[1]}
        return await self._page(where, "intent.decided_at DESC, intent.id DESC", kind, params)

    async def kinds(self, mall_id: MallId, channel_id: ChannelId) -> dict[str, int]:
        rows = await self._database.read(
            """SELECT kind, count(*) AS claims FROM intent
            WHERE mall_id = :mall_id AND channel_id = :channel_id AND state = 'pending'
            GROUP BY kind ORDER BY kind""",
            mall_id=mall_id,
            channel_id=channel_id,
        )
        return {row["kind"]: row["claims"] for row in rows}

    async def one(self, mall_id: MallId, channel_id: ChannelId, receipt_id: str) -> KeptClaim | None:
        rows = await self._database.read(
            f"{_SELECT} AND intent.id = :id", mall_id=mall_id, channel_id=channel_id, id=receipt_id
        )
        return self._claim(rows[0]) if rows else None

    async def due(self, now: datetime, limit: int) -> list[Intent]:
        rows = await self._database.read(
            """SELECT * FROM intent WHERE due_at IS NOT NULL AND due_at <= :now AND state = 'pending'
            ORDER BY due_at LIMIT :at_most""",
            now=to_millis(now),
            at_most=limit,
        )
        return [intent_of(row, self._keys) for row in rows]

    async def orphaned(self, limit: int) -> list[Intent]:
        rows = await self._database.read(
            """SELECT * FROM intent WHERE state = 'pending' AND NOT EXISTS (
                SELECT 1 FROM plan JOIN connection ON connection.mall_id = plan.mall_id
                    AND connection.channel_id = plan.channel_id AND connection.shop_no = plan.shop_no
                WHERE plan.mall_id = intent.mall_id AND plan.id = intent.plan_id
                    AND plan.channel_id = intent.channel_id)
            LIMIT :at_most""",
            at_most=limit,
        )
        return [intent_of(row, self._keys) for row in rows]

    async def put_off(self, intent: Intent, due_at: datetime | None, also: Also | None = None) -> bool:
        seen = intent.waits.due_at if intent.waits else None

        async def work(statements: Statements) -> bool:
            rows = await statements.run(
                """UPDATE intent SET due_at = :due_at
                WHERE mall_id = :mall_id AND id = :id AND state = 'pending' AND due_at = :seen RETURNING *""",
                mall_id=intent.mall_id,
                id=intent.id,
                due_at=millis_or_none(due_at),
                seen=millis_or_none(seen),
            )
            if rows and also is not None:
                await also(statements, intent_of(rows[0], self._keys))
            return bool(rows)

        return await in_transaction(self._database, work)

    async def _page(
        self, where: str, order: str, kind: str | None, params: dict[str, Any]
    ) -> list[KeptClaim]:
        if kind is not None:
            where, params = f"{where} AND intent.kind = :kind", params | {"kind": kind}
        rows = await self._database.read(f"{_SELECT} AND {where} ORDER BY {order} LIMIT :at_most", **params)
        return [self._claim(row) for row in rows]

    def _claim(self, row: Row) -> KeptClaim:
        intent = intent_of(row, self._keys)
        key = (row["mall_id"], row["plan_id"])
        customer = PLAN_CUSTOMER.open_or_none(self._keys, row["customer_enc"], *key)
        shown = PLAN_SHOWN.open_or_none(self._keys, row["plan_shown_enc"], *key)
        planned = {} if shown is None else from_json(shown)
        return KeptClaim(
            intent=intent,
            customer=None if customer is None else customer_of(customer),
            shown={**planned, **(intent.shown or {})},
        )
