"""Webhook deliveries: kept before they are answered, worked by a job, known again when they come twice."""

from datetime import datetime

from app.clock import to_millis
from app.keys import KeyRing
from commands.kernel.who import MallId

from .database import OpenDatabase
from .sealed import WEBHOOK_BODY
from .values import hashed


class SqlDeliveries:
    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def keep(self, mall_id: MallId, dedupe_key: str, body: bytes, at: datetime) -> bool:
        dedupe_hash = hashed(dedupe_key)
        rows = await self._database.write(
            """INSERT INTO webhook_delivery (mall_id, dedupe_hash, body_enc, received_at)
            VALUES (:mall_id, :dedupe_hash, :body_enc, :at) ON CONFLICT DO NOTHING RETURNING mall_id""",
            mall_id=mall_id,
            dedupe_hash=dedupe_hash,
            body_enc=WEBHOOK_BODY.seal(self._keys, body, mall_id, dedupe_hash),
            at=to_millis(at),
        )
        return bool(rows)

    async def open_body(self, mall_id: MallId, dedupe_key: str) -> bytes | None:
        dedupe_hash = hashed(dedupe_key)
        rows = await self._database.read(
            """SELECT body_enc FROM webhook_delivery
            WHERE mall_id = :mall_id AND dedupe_hash = :dedupe_hash AND settled_at IS NULL""",
            mall_id=mall_id,
            dedupe_hash=dedupe_hash,
        )
        return (
            WEBHOOK_BODY.open_or_none(self._keys, rows[0]["body_enc"], mall_id, dedupe_hash) if rows else None
        )

    async def settle(self, mall_id: MallId, dedupe_key: str, at: datetime) -> None:
        await self._database.write(
            """UPDATE webhook_delivery SET settled_at = :at
            WHERE mall_id = :mall_id AND dedupe_hash = :dedupe_hash AND settled_at IS NULL""",
            mall_id=mall_id,
            dedupe_hash=hashed(dedupe_key),
            at=to_millis(at),
        )
