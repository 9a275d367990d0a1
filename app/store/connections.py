"""Which shop answers in which channel."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.clock import Clock, to_millis
from app.keys import KeyRing
from app.ports import AuditLine, BindOutcome, Connection, ConnectionState, Row, Statements
from commands.kernel.who import ChannelId, MallId, Shop

from .audit import SqlAudit
from .database import OpenDatabase, in_transaction
from .sealed import CONNECTION_SECRETS
from .values import from_json, instant_or_none, to_json

_OF_CHANNEL = "SELECT * FROM connection WHERE channel_id = :channel_id"
_KEPT_ABOUT_A_WAREHOUSE = ("wms_mark", "wms_trouble")
_KEPT_FOR_A_CHANNEL = (*_KEPT_ABOUT_A_WAREHOUSE, "chat_of_user", "phone_session", "sms_verification")
SETTLED_LONG_AGO = timedelta(hours=24)


class SqlConnections:
    def __init__(self, database: OpenDatabase, keys: KeyRing, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._audit = SqlAudit(database)

    async def of_channel(self, channel_id: ChannelId) -> Connection | None:
        rows = await self._database.read(_OF_CHANNEL, channel_id=channel_id)
        return self._connection(rows[0]) if rows else None

    async def of_mall(self, mall_id: MallId) -> list[Connection]:
        sql = "SELECT * FROM connection WHERE mall_id = :mall_id ORDER BY shop_no"
        return [self._connection(row) for row in await self._database.read(sql, mall_id=mall_id)]

    async def bind(self, connection: Connection, at: datetime) -> BindOutcome:
        """Each statement decides alone, so that two binders of one shop cannot both win. A renewal keeps the
        merchant's settings and secrets.
        """
        shop = connection.shop
        names = {"mall_id": shop.mall_id, "shop_no": shop.shop_no, "channel_id": shop.channel_id}
        kept = {
            "shop_name": shop.name,
            "currency": shop.currency,
            "operator": connection.operator,
            "state": connection.state.value,
            "at": to_millis(at),
        }
        first = {
            "settings": to_json(dict(connection.settings)),
            "secrets_enc": self._sealed(shop.channel_id, connection.secrets),
            "version": connection.version,
        }
        while True:
            if await self._database.write(_RENEW, **names, **kept):
                return BindOutcome.BOUND
            if await self._database.write(_INSERT, **names, **kept, **first):
                return BindOutcome.BOUND
            for holder in await self._database.read(_HOLDERS, **names):
                its_shop = holder["mall_id"] == shop.mall_id and holder["shop_no"] == shop.shop_no
                if its_shop != (holder["channel_id"] == shop.channel_id):
                    return BindOutcome.SHOP_TAKEN if its_shop else BindOutcome.CHANNEL_TAKEN
            # The one who stood in the way is gone, or it was our own twin: look again.

    async def set_state(
        self, mall_id: MallId, shop_no: int | None, state: ConnectionState
    ) -> list[ChannelId]:
        sql = _SET_STATE if shop_no is None else f"{_SET_STATE} AND shop_no = :shop_no"
        params = {} if shop_no is None else {"shop_no": shop_no}
        at = to_millis(self._clock())
        rows = await self._database.write(
            f"{sql} RETURNING channel_id", mall_id=mall_id, state=state.value, at=at, **params
        )
        return [ChannelId(row["channel_id"]) for row in rows]

    async def change_settings(
        self, channel_id: ChannelId, *, seen: int, settings: Mapping[str, Any], secrets: Mapping[str, str]
    ) -> int | None:
        """Without a warehouse nothing that was kept about one stays."""
        sealed = self._sealed(channel_id, secrets)

        async def change(statements: Statements) -> int | None:
            rows = await statements.run(
                _CHANGE,
                channel_id=channel_id,
                seen=seen,
                settings=to_json(dict(settings)),
                secrets_enc=sealed,
            )
            if rows and "wms" not in settings:
                for table in _KEPT_ABOUT_A_WAREHOUSE:
                    await statements.run(
                        f"DELETE FROM {table} WHERE channel_id = :channel_id",  # noqa: S608  names are ours
                        channel_id=channel_id,
                    )
            return int(rows[0]["version"]) if rows else None

        return await in_transaction(self._database, change)

    async def remove(self, channel_id: ChannelId) -> Connection | None:
        """Audit lines stay, and so do the sms counters: removing and connecting again lifts no limit. Receipts that
        have no end yet stay until they have one, which their jobs bring and tell, and a day longer.
        """
        now = self._clock()

        async def take(statements: Statements) -> Row | None:
            rows = await statements.run(
                "DELETE FROM connection WHERE channel_id = :channel_id RETURNING *", channel_id=channel_id
            )
            for left in await statements.run(_LEFT, channel_id=channel_id):
                await self._audit.add_in(statements, _left_behind(channel_id, left, now))
            await statements.run(
                _FORGET_RECEIPTS, channel_id=channel_id, before=to_millis(now - SETTLED_LONG_AGO)
            )
            await statements.run(_FORGET_PLANS, channel_id=channel_id)
            for table in _KEPT_FOR_A_CHANNEL:
                await statements.run(
                    f"DELETE FROM {table} WHERE channel_id = :channel_id",  # noqa: S608  names are ours
                    channel_id=channel_id,
                )
            return rows[0] if rows else None

        row = await in_transaction(self._database, take)
        return None if row is None else self._connection(row)

    def _sealed(self, channel_id: str, secrets: Mapping[str, str]) -> bytes | None:
        if not secrets:
            return None
        return CONNECTION_SECRETS.seal(self._keys, to_json(dict(secrets)).encode(), channel_id)

    def _connection(self, row: Row) -> Connection:
        channel_id = ChannelId(row["channel_id"])
        secrets = CONNECTION_SECRETS.open_or_none(self._keys, row["secrets_enc"], channel_id)
        return Connection(
            shop=Shop(
                mall_id=MallId(row["mall_id"]),
                shop_no=row["shop_no"],
                channel_id=channel_id,
                name=row["shop_name"],
                currency=row["currency"],
            ),
            state=ConnectionState(row["state"]),
            operator=row["operator"],
            settings=from_json(row["settings"]),
            secrets={} if secrets is None else from_json(secrets),
            version=row["version"],
            connected_at=instant_or_none(row["connected_at"]),
        )


def _left_behind(channel_id: ChannelId, left: Row, at: datetime) -> AuditLine:
    return AuditLine(
        channel_id=channel_id,
        act=f"{left['command']}.left",
        by="system",
        subject=left["order_id"],
        at=at,
        mall_id=MallId(left["mall_id"]),
        facts={"receipt": left["id"], "state": left["state"]},
    )


_OF_ITS_PLANS = """EXISTS (SELECT 1 FROM plan
WHERE plan.mall_id = intent.mall_id AND plan.id = intent.plan_id AND plan.channel_id = :channel_id)"""
_LEFT = """SELECT intent.mall_id, intent.id, intent.order_id, intent.state, plan.command
FROM plan JOIN intent ON intent.mall_id = plan.mall_id AND intent.plan_id = plan.id
WHERE plan.channel_id = :channel_id AND (intent.settled_at IS NULL OR intent.state = 'requested')
ORDER BY intent.id"""
_FORGET_RECEIPTS = f"DELETE FROM intent WHERE settled_at <= :before AND {_OF_ITS_PLANS}"  # noqa: S608  texts are ours
_FORGET_PLANS = """DELETE FROM plan WHERE channel_id = :channel_id AND NOT EXISTS (SELECT 1 FROM intent
WHERE intent.mall_id = plan.mall_id AND intent.plan_id = plan.id)"""
_CHANGE = """UPDATE connection SET settings = :settings, secrets_enc = :secrets_enc, version = version + 1
WHERE channel_id = :channel_id AND version = :seen RETURNING version"""
_RENEW = """UPDATE connection SET shop_name = :shop_name, currency = :currency, operator = :operator,
    state = :state, state_at = :at, connected_at = :at
WHERE mall_id = :mall_id AND shop_no = :shop_no AND channel_id = :channel_id RETURNING version"""
_INSERT = """INSERT INTO connection (mall_id, shop_no, channel_id, shop_name, currency, operator, state, state_at,
    settings, secrets_enc, version, connected_at)
VALUES (:mall_id, :shop_no, :channel_id, :shop_name, :currency, :operator, :state, :at,
    :settings, :secrets_enc, :version, :at)
ON CONFLICT DO NOTHING RETURNING version"""
_HOLDERS = """SELECT mall_id, shop_no, channel_id FROM connection
WHERE (mall_id = :mall_id AND shop_no = :shop_no) OR channel_id = :channel_id
ORDER BY CASE WHEN channel_id = :channel_id THEN 1 ELSE 0 END"""
_SET_STATE = """UPDATE connection SET state = :state, state_at = :at
WHERE mall_id = :mall_id AND state <> :state"""
