"""Connections on their way. Tokens that no second yes binds stay until `lapsed` hands them out to be revoked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.clock import Clock, from_millis, to_millis
from app.keys import KeyRing
from app.ports import Pairing, Row, Statements, TokenPair
from commands.kernel.who import ChannelId, Language, MallId

from .database import OpenDatabase, in_transaction
from .sealed import PAIRING_TOKENS
from .values import from_json, hashed, to_json

_UNFINISHED = "phase IN ('started', 'consented', 'held')"


class SqlPairings:
    def __init__(self, database: OpenDatabase, keys: KeyRing, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock

    async def start(self, pairing: Pairing, state: str) -> None:
        async def replace(statements: Statements) -> None:
            await statements.run(
                f"UPDATE pairing SET phase = 'ended' WHERE channel_id = :channel_id AND {_UNFINISHED}",  # noqa: S608
                channel_id=pairing.channel_id,
            )
            await statements.run(
                _INSERT,
                mall_id=pairing.mall_id,
                id=pairing.id,
                shop_no=pairing.shop_no,
                channel_id=pairing.channel_id,
                manager_id=pairing.manager_id,
                language=pairing.language.value,
                state_hash=hashed("state", state),
                created_at=to_millis(self._clock()),
                expires_at=to_millis(pairing.expires_at),
            )

        await in_transaction(self._database, replace)

    async def consume_state(self, state: str, now: datetime) -> Pairing | None:
        rows = await self._database.write(
            """UPDATE pairing SET phase = 'consented'
            WHERE state_hash = :state_hash AND phase = 'started' AND expires_at > :now RETURNING *""",
            state_hash=hashed("state", state),
            now=to_millis(now),
        )
        return self._pairing(rows[0]) if rows else None

    async def hold(
        self,
        pairing_id: str,
        tokens: TokenPair,
        shops: Sequence[Mapping[str, Any]],
        ticket: str,
        expires_at: datetime,
    ) -> None:
        """A pairing that was replaced meanwhile keeps the tokens too, to be revoked, and its ticket is void."""
        await self._database.write(
            """UPDATE pairing SET tokens_enc = :tokens_enc, shops = :shops, ticket_hash = :ticket_hash,
                expires_at = :expires_at, phase = CASE WHEN phase = 'consented' THEN 'held' ELSE 'ended' END
            WHERE id = :id""",
            id=pairing_id,
            tokens_enc=PAIRING_TOKENS.seal(self._keys, _to_bytes(tokens), pairing_id),
            shops=to_json([dict(shop) for shop in shops]),
            ticket_hash=hashed("ticket", ticket),
            expires_at=to_millis(expires_at),
        )

    async def see(self, ticket: str, now: datetime) -> Pairing | None:
        rows = await self._database.read(
            "SELECT * FROM pairing WHERE ticket_hash = :ticket_hash AND phase = 'held' AND expires_at > :now",
            ticket_hash=hashed("ticket", ticket),
            now=to_millis(now),
        )
        return self._pairing(rows[0]) if rows else None

    async def finish(self, ticket: str, now: datetime) -> Pairing | None:
        rows = await self._database.write(
            """DELETE FROM pairing
            WHERE ticket_hash = :ticket_hash AND phase = 'held' AND expires_at > :now RETURNING *""",
            ticket_hash=hashed("ticket", ticket),
            now=to_millis(now),
        )
        return self._pairing(rows[0]) if rows else None

    async def of_channel(self, channel_id: ChannelId, now: datetime) -> Pairing | None:
        rows = await self._database.read(
            f"""SELECT * FROM pairing WHERE channel_id = :channel_id AND {_UNFINISHED} AND expires_at > :now
            ORDER BY created_at DESC, id DESC LIMIT 1""",  # noqa: S608
            channel_id=channel_id,
            now=to_millis(now),
        )
        return self._pairing(rows[0]) if rows else None

    async def lapsed(self, now: datetime) -> list[Pairing]:
        rows = await self._database.write(
            """DELETE FROM pairing WHERE tokens_enc IS NOT NULL AND (phase = 'ended' OR expires_at <= :now)
            RETURNING *""",
            now=to_millis(now),
        )
        return [self._pairing(row) for row in rows]

    def _pairing(self, row: Row) -> Pairing:
        plain = PAIRING_TOKENS.open_or_none(self._keys, row["tokens_enc"], row["id"])
        return Pairing(
            id=row["id"],
            mall_id=MallId(row["mall_id"]),
            shop_no=row["shop_no"],
            channel_id=ChannelId(row["channel_id"]),
            manager_id=row["manager_id"],
            language=Language(row["language"]),
            expires_at=from_millis(row["expires_at"]),
            tokens=None if plain is None else _from_bytes(plain),
            shops=() if row["shops"] is None else tuple(from_json(row["shops"])),
        )


_INSERT = """INSERT INTO pairing (mall_id, id, shop_no, channel_id, manager_id, language, phase, state_hash,
    created_at, expires_at)
VALUES (:mall_id, :id, :shop_no, :channel_id, :manager_id, :language, 'started', :state_hash,
    :created_at, :expires_at)"""


def _to_bytes(pair: TokenPair) -> bytes:
    kept = {
        "access": pair.access,
        "refresh": pair.refresh,
        "expires_at": to_millis(pair.expires_at),
        "refresh_expires_at": to_millis(pair.refresh_expires_at),
        "scopes": sorted(pair.scopes),
        "operator": pair.operator,
        "generation": pair.generation,
    }
    return to_json(kept).encode()


def _from_bytes(plain: bytes) -> TokenPair:
    kept = from_json(plain)
    return TokenPair(
        access=kept["access"],
        refresh=kept["refresh"],
        expires_at=from_millis(kept["expires_at"]),
        refresh_expires_at=from_millis(kept["refresh_expires_at"]),
        scopes=frozenset(kept["scopes"]),
        operator=kept["operator"],
        generation=kept["generation"],
    )
