"""What customers saw and may confirm. Who they are and what they wrote is sealed."""

from dataclasses import asdict

from app.clock import from_millis, to_millis
from app.keys import KeyRing
from app.ports import KeptPlan, Row
from commands.kernel.order import OrderId
from commands.kernel.who import ChannelId, Customer, MallId

from .database import OpenDatabase
from .people import customer_from_json, customer_to_json, reach_from_json
from .sealed import PLAN_CUSTOMER, PLAN_PAYLOAD, PLAN_SHOWN
from .values import from_json, to_json


class SqlPlans:
    """The `Plans` port."""

    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def keep(self, plan: KeptPlan) -> None:
        key = (plan.mall_id, plan.id)
        who = {"customer": customer_to_json(plan.customer), "reach": asdict(plan.reach)}
        await self._database.write(
            """INSERT INTO plan (mall_id, id, shop_no, channel_id, command, order_id, customer_enc, seen,
                payload_enc, shown_enc, settings_version, created_at, expires_at)
            VALUES (:mall_id, :id, :shop_no, :channel_id, :command, :order_id, :customer_enc, :seen,
                :payload_enc, :shown_enc, :settings_version, :created_at, :expires_at)""",
            mall_id=plan.mall_id,
            id=plan.id,
            shop_no=plan.shop_no,
            channel_id=plan.channel_id,
            command=plan.command,
            order_id=plan.order_id,
            customer_enc=PLAN_CUSTOMER.seal(self._keys, to_json(who).encode(), *key),
            seen=plan.seen,
            payload_enc=PLAN_PAYLOAD.seal(self._keys, to_json(dict(plan.payload or {})).encode(), *key),
            shown_enc=PLAN_SHOWN.seal(self._keys, to_json(dict(plan.shown)).encode(), *key),
            settings_version=plan.settings_version,
            created_at=to_millis(plan.created_at),
            expires_at=to_millis(plan.expires_at),
        )

    async def get(self, mall_id: MallId, plan_id: str) -> KeptPlan | None:
        rows = await self._database.read(
            "SELECT * FROM plan WHERE mall_id = :mall_id AND id = :id", mall_id=mall_id, id=plan_id
        )
        return self._plan(rows[0]) if rows else None

    def _plan(self, row: Row) -> KeptPlan | None:
        key = (row["mall_id"], row["id"])
        who = PLAN_CUSTOMER.open_or_none(self._keys, row["customer_enc"], *key)
        shown = PLAN_SHOWN.open_or_none(self._keys, row["shown_enc"], *key)
        payload = PLAN_PAYLOAD.open_or_none(self._keys, row["payload_enc"], *key)
        if who is None or shown is None:
            return None
        known = from_json(who)
        return KeptPlan(
            id=row["id"],
            mall_id=MallId(row["mall_id"]),
            shop_no=row["shop_no"],
            channel_id=ChannelId(row["channel_id"]),
            command=row["command"],
            order_id=OrderId(row["order_id"]),
            customer=customer_from_json(known["customer"]),
            reach=reach_from_json(known["reach"]),
            seen=row["seen"],
            payload=None if payload is None else from_json(payload),
            shown=from_json(shown),
            settings_version=row["settings_version"],
            created_at=from_millis(row["created_at"]),
            expires_at=from_millis(row["expires_at"]),
        )


def customer_of(opened: bytes) -> Customer:
    """Of what `PLAN_CUSTOMER` held."""
    return customer_from_json(from_json(opened)["customer"])
