"""Marks asked of warehouses, and warehouses in trouble."""

from datetime import datetime

from app.clock import from_millis, to_millis
from app.keys import KeyRing
from app.ports.wms import KeptMark, MarkOutcome, WmsState
from commands.kernel.who import ChannelId, Shop

from .database import OpenDatabase
from .sealed import WMS_ASKED

_FIND = "SELECT * FROM wms_mark WHERE mall_id = :mall_id AND mark_key = :key"


class SqlMarkBook:
    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def begin(self, shop: Shop, key: str, asked: str, now: datetime) -> KeptMark | None:
        """The primary key decides who of several at once is the first."""
        while True:
            made = await self._database.write(
                """INSERT INTO wms_mark (mall_id, mark_key, channel_id, asked_enc, outcome, begun_at)
                VALUES (:mall_id, :key, :channel_id, :asked, 'begun', :at)
                ON CONFLICT (mall_id, mark_key) DO NOTHING RETURNING mark_key""",
                mall_id=shop.mall_id,
                key=key,
                channel_id=shop.channel_id,
                asked=WMS_ASKED.seal(self._keys, asked.encode(), shop.mall_id, key),
                at=to_millis(now),
            )
            if made:
                return None
            rows = await self._database.read(_FIND, mall_id=shop.mall_id, key=key)
            if rows:
                break
        row = rows[0]
        kept = WMS_ASKED.open_or_none(self._keys, row["asked_enc"], shop.mall_id, key)
        return KeptMark(
            outcome=row["outcome"],
            message=row["message"],
            begun_at=from_millis(row["begun_at"]),
            same=kept is None or kept.decode() == asked,
        )

    async def begin_again(self, shop: Shop, key: str, seen: KeptMark, now: datetime) -> bool:
        rows = await self._database.write(
            """UPDATE wms_mark SET outcome = 'begun', begun_at = :at
            WHERE mall_id = :mall_id AND mark_key = :key AND begun_at = :seen_at AND outcome = :outcome
            RETURNING mark_key""",
            mall_id=shop.mall_id,
            key=key,
            at=to_millis(now),
            seen_at=to_millis(seen.begun_at),
            outcome=seen.outcome,
        )
        return bool(rows)

    async def settle(self, shop: Shop, key: str, outcome: MarkOutcome, message: str | None) -> None:
        await self._database.write(
            """UPDATE wms_mark SET outcome = :outcome, message = :message
            WHERE mall_id = :mall_id AND mark_key = :key""",
            mall_id=shop.mall_id,
            key=key,
            outcome=outcome,
            message=message,
        )

    async def drop(self, shop: Shop, key: str) -> None:
        await self._database.write(
            "DELETE FROM wms_mark WHERE mall_id = :mall_id AND mark_key = :key AND outcome = 'begun'",
            mall_id=shop.mall_id,
            key=key,
        )


class SqlWmsTroubles:
    def __init__(self, database: OpenDatabase) -> None:
        self._database = database

    async def note(self, channel_id: ChannelId, state: WmsState, made_of: str, now: datetime) -> None:
        await self._database.write(
            """INSERT INTO wms_trouble (channel_id, state, made_of, at)
            VALUES (:channel_id, :state, :made_of, :at)
            ON CONFLICT (channel_id) DO UPDATE
                SET state = excluded.state, made_of = excluded.made_of, at = excluded.at""",
            channel_id=channel_id,
            state=state.value,
            made_of=made_of,
            at=to_millis(now),
        )

    async def of(self, channel_id: ChannelId, made_of: str) -> WmsState | None:
        rows = await self._database.read(
            "SELECT state FROM wms_trouble WHERE channel_id = :channel_id AND made_of = :made_of",
            channel_id=channel_id,
            made_of=made_of,
        )
        return WmsState(rows[0]["state"]) if rows else None

    async def clear(self, channel_id: ChannelId) -> None:
        await self._database.write(
            "DELETE FROM wms_trouble WHERE channel_id = :channel_id", channel_id=channel_id
        )
