"""Things that happen once. The database's own conflict rule decides who was first."""

from datetime import datetime

from app.clock import to_millis
from app.keys import KeyRing

from .database import OpenDatabase
from .sealed import ONCE_VALUE
from .values import hashed


class SqlOnce:
    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def first(self, purpose: str, key: str, now: datetime, until: datetime, value: str = "") -> bool:
        key_hash = hashed(key)
        rows = await self._database.write(
            """INSERT INTO once (purpose, key_hash, value_enc, ends_at)
            VALUES (:purpose, :key_hash, :value_enc, :ends_at)
            ON CONFLICT (purpose, key_hash) DO UPDATE
                SET value_enc = excluded.value_enc, ends_at = excluded.ends_at
                WHERE once.ends_at <= :now
            RETURNING purpose""",
            purpose=purpose,
            key_hash=key_hash,
            value_enc=ONCE_VALUE.seal(self._keys, value.encode(), purpose, key_hash) if value else None,
            ends_at=to_millis(until),
            now=to_millis(now),
        )
        return bool(rows)

    async def peek(self, purpose: str, key: str, now: datetime) -> str | None:
        rows = await self._database.read(
            """SELECT value_enc FROM once
            WHERE purpose = :purpose AND key_hash = :key_hash AND ends_at > :now""",
            purpose=purpose,
            key_hash=hashed(key),
            now=to_millis(now),
        )
        return self._value(purpose, key, rows[0]["value_enc"]) if rows else None

    async def take(self, purpose: str, key: str, now: datetime) -> str | None:
        rows = await self._database.write(
            """DELETE FROM once
            WHERE purpose = :purpose AND key_hash = :key_hash AND ends_at > :now RETURNING value_enc""",
            purpose=purpose,
            key_hash=hashed(key),
            now=to_millis(now),
        )
        return self._value(purpose, key, rows[0]["value_enc"]) if rows else None

    def _value(self, purpose: str, key: str, sealed: bytes | None) -> str | None:
        if sealed is None:
            return ""
        plain = ONCE_VALUE.open_or_none(self._keys, sealed, purpose, hashed(key))
        return None if plain is None else plain.decode()
