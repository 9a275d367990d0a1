"""Cafe24 token pairs, one a mall. A refresh is a lease on a generation, taken before the call."""

from datetime import datetime

from app.clock import Clock, from_millis, to_millis
from app.keys import KeyRing
from app.ports import TokenPair
from commands.kernel.who import MallId

from .database import OpenDatabase
from .sealed import MALL_PAIR
from .values import from_json, to_json


class SqlMallTokens:
    def __init__(self, database: OpenDatabase, keys: KeyRing, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock

    async def get(self, mall_id: MallId) -> TokenPair | None:
        rows = await self._database.read("SELECT * FROM mall_token WHERE mall_id = :mall_id", mall_id=mall_id)
        if not rows:
            return None
        row = rows[0]
        plain = MALL_PAIR.open_or_none(self._keys, row["pair_enc"], mall_id)
        if plain is None:
            return None
        access, refresh = from_json(plain)
        return TokenPair(
            access=access,
            refresh=refresh,
            expires_at=from_millis(row["expires_at"]),
            refresh_expires_at=from_millis(row["refresh_expires_at"]),
            scopes=frozenset(from_json(row["scopes"])),
            operator=row["operator"],
            generation=row["generation"],
        )

    async def put(self, mall_id: MallId, pair: TokenPair) -> None:
        """Always a new generation: a refresh of the former pair that is still on its way must not win."""
        await self._database.write(
            _PUT, mall_id=mall_id, generation=pair.generation, **self._pair(mall_id, pair)
        )

    async def take_refresh(self, mall_id: MallId, generation: int, until: datetime, now: datetime) -> int:
        rows = await self._database.write(
            """UPDATE mall_token SET lease_until = :until, attempts = attempts + 1
            WHERE mall_id = :mall_id AND generation = :generation AND pair_enc IS NOT NULL
                AND (lease_until IS NULL OR lease_until <= :now) RETURNING attempts""",
            mall_id=mall_id,
            generation=generation,
            until=to_millis(until),
            now=to_millis(now),
        )
        return int(rows[0]["attempts"]) if rows else 0

    async def rotate(self, mall_id: MallId, seen: int, pair: TokenPair) -> bool:
        rows = await self._database.write(_ROTATE, mall_id=mall_id, seen=seen, **self._pair(mall_id, pair))
        return bool(rows)

    async def release_refresh(self, mall_id: MallId, generation: int, attempt: int) -> None:
        """Takes back its own attempt only: one that vanished before stays counted, and whoever took the lease over
        keeps it.
        """
        await self._database.write(
            """UPDATE mall_token SET lease_until = NULL, attempts = attempts - 1
            WHERE mall_id = :mall_id AND generation = :generation AND attempts = :attempt
                AND lease_until IS NOT NULL""",
            mall_id=mall_id,
            generation=generation,
            attempt=attempt,
        )

    async def kill(self, mall_id: MallId, generation: int | None = None) -> None:
        sql = "UPDATE mall_token SET pair_enc = NULL, lease_until = NULL WHERE mall_id = :mall_id"
        if generation is None:
            await self._database.write(sql, mall_id=mall_id)
        else:
            await self._database.write(
                f"{sql} AND generation = :generation", mall_id=mall_id, generation=generation
            )

    async def idle_since(self, moment: datetime) -> list[MallId]:
        rows = await self._database.read(
            """SELECT mall_id FROM mall_token WHERE pair_enc IS NOT NULL AND issued_at < :moment
            ORDER BY issued_at, mall_id""",
            moment=to_millis(moment),
        )
        return [MallId(row["mall_id"]) for row in rows]

    def _pair(self, mall_id: MallId, pair: TokenPair) -> dict[str, object]:
        return {
            "pair_enc": MALL_PAIR.seal(self._keys, to_json([pair.access, pair.refresh]).encode(), mall_id),
            "scopes": to_json(sorted(pair.scopes)),
            "operator": pair.operator,
            "expires_at": to_millis(pair.expires_at),
            "refresh_expires_at": to_millis(pair.refresh_expires_at),
            "issued_at": to_millis(self._clock()),
        }


_PUT = """INSERT INTO mall_token (mall_id, pair_enc, scopes, operator, expires_at, refresh_expires_at, issued_at,
    generation, lease_until, attempts)
VALUES (:mall_id, :pair_enc, :scopes, :operator, :expires_at, :refresh_expires_at, :issued_at, :generation, NULL, 0)
ON CONFLICT (mall_id) DO UPDATE SET pair_enc = excluded.pair_enc, scopes = excluded.scopes,
    operator = excluded.operator, expires_at = excluded.expires_at,
    refresh_expires_at = excluded.refresh_expires_at, issued_at = excluded.issued_at,
    generation = mall_token.generation + 1, lease_until = NULL, attempts = 0"""
_ROTATE = """UPDATE mall_token SET pair_enc = :pair_enc, scopes = :scopes, operator = :operator,
    expires_at = :expires_at, refresh_expires_at = :refresh_expires_at, issued_at = :issued_at,
    generation = generation + 1, lease_until = NULL, attempts = 0
WHERE mall_id = :mall_id AND generation = :seen AND pair_enc IS NOT NULL RETURNING generation"""
