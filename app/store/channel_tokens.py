"""Channel tokens. The refresher's lease may stand before the first token does."""

from datetime import datetime

from app.clock import from_millis, to_millis
from app.keys import KeyRing
from app.ports import KeptToken

from .database import OpenDatabase
from .sealed import CHANNEL_PAIR
from .values import from_json, to_json


class SqlChannelTokens:
    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def get(self, channel_id: str) -> KeptToken | None:
        rows = await self._database.read(
            "SELECT pair_enc, expires_at FROM channel_token WHERE channel_id = :channel_id",
            channel_id=channel_id,
        )
        plain = CHANNEL_PAIR.open_or_none(self._keys, rows[0]["pair_enc"], channel_id) if rows else None
        if plain is None:
            return None
        access, refresh = from_json(plain)
        return KeptToken(access=access, refresh=refresh, expires_at=from_millis(rows[0]["expires_at"]))

    async def take(self, channel_id: str, now: datetime, until: datetime) -> bool:
        rows = await self._database.write(
            """INSERT INTO channel_token (channel_id, lease_until) VALUES (:channel_id, :until)
            ON CONFLICT (channel_id) DO UPDATE SET lease_until = excluded.lease_until
                WHERE channel_token.lease_until IS NULL OR channel_token.lease_until <= :now
            RETURNING channel_id""",
            channel_id=channel_id,
            now=to_millis(now),
            until=to_millis(until),
        )
        return bool(rows)

    async def put(self, channel_id: str, token: KeptToken) -> None:
        plain = to_json([token.access, token.refresh]).encode()
        await self._database.write(
            """INSERT INTO channel_token (channel_id, pair_enc, expires_at, lease_until)
            VALUES (:channel_id, :pair_enc, :expires_at, NULL)
            ON CONFLICT (channel_id) DO UPDATE SET pair_enc = excluded.pair_enc,
                expires_at = excluded.expires_at, lease_until = NULL""",
            channel_id=channel_id,
            pair_enc=CHANNEL_PAIR.seal(self._keys, plain, channel_id),
            expires_at=to_millis(token.expires_at),
        )

    async def release(self, channel_id: str) -> None:
        await self._database.write(
            "UPDATE channel_token SET lease_until = NULL WHERE channel_id = :channel_id",
            channel_id=channel_id,
        )

    async def drop(self, channel_id: str) -> None:
        await self._database.write(
            "DELETE FROM channel_token WHERE channel_id = :channel_id", channel_id=channel_id
        )
