"""Rows of photos. Who sent one is sealed; alike pictures are found by bands of their fingerprints."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.clock import from_millis, to_millis
from app.keys import KeyRing
from app.ports import Row
from app.ports.evidence import KeptPhoto, Limits
from commands.kernel.order import OrderId
from commands.kernel.who import ChannelId, MallId

from .database import OpenDatabase
from .sealed import PHOTO_OWNER
from .values import instant_or_none, millis_or_none

BANDS = 4
BAND_BITS = 16
_BATCH = 500
REQUESTED_FOR = timedelta(days=400)
"""A request that the mall never told the end of counts as open no longer than this."""
# Ten minutes are for servers whose clocks differ. A claim is open in these states, whatever `settled_at` says;
# a null there means that an effect is on its way.
_CLAIMED = """SELECT 1 FROM plan JOIN intent ON intent.mall_id = plan.mall_id AND intent.plan_id = plan.id
    WHERE intent.mall_id = photo.mall_id AND intent.order_id = photo.order_id
    AND plan.created_at BETWEEN photo.created_at - 600000 AND photo.used_at AND intent.stale = 0 AND (
        intent.settled_at IS NULL OR intent.state = 'pending'
        OR (intent.state = 'requested' AND intent.settled_at > :requested_after)
        OR intent.settled_at > :settled_before)"""
_DOOM = f"""UPDATE photo SET state = 'doomed' WHERE channel_id = :channel_id AND (
    (state = 'storing' AND created_at <= :unfinished_before)
    OR (state = 'stored' AND created_at <= :unused_before
        AND (used_at IS NULL OR (used_at <= :unused_before AND NOT EXISTS ({_CLAIMED})))))"""  # noqa: S608


class SqlPhotos:
    """The `PhotoRows` port. A photo belongs to a claim when the claim's plan was made no later than the photo was
    last asked about: a preview asks about its photos before it makes a plan. So no photo of a plan can be missed.
    """

    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def begin(self, photo: KeptPhoto) -> None:
        print_ = photo.fingerprint
        bands = _bands(print_) if print_ is not None else (None,) * BANDS
        await self._database.write(
            """INSERT INTO photo (mall_id, ref, channel_id, order_id, owner_enc, state, taken_at, fingerprint,
                band0, band1, band2, band3, created_at, used_at)
            VALUES (:mall_id, :ref, :channel_id, :order_id, :owner_enc, 'storing', :taken_at, :fingerprint,
                :band0, :band1, :band2, :band3, :created_at, :used_at)""",
            mall_id=photo.mall_id,
            ref=photo.ref,
            channel_id=photo.channel_id,
            order_id=photo.order_id,
            owner_enc=PHOTO_OWNER.seal(self._keys, photo.owner.encode(), photo.mall_id, photo.ref),
            taken_at=photo.taken_at.isoformat() if photo.taken_at else None,
            fingerprint=None if print_ is None else f"{print_:016x}",
            **{f"band{number}": band for number, band in enumerate(bands)},
            created_at=to_millis(photo.created_at),
            used_at=millis_or_none(photo.used_at),
        )

    async def finish(self, mall_id: MallId, ref: str) -> bool:
        rows = await self._database.write(
            """UPDATE photo SET state = 'stored'
            WHERE mall_id = :mall_id AND ref = :ref AND state = 'storing' RETURNING ref""",
            mall_id=mall_id,
            ref=ref,
        )
        return bool(rows)

    async def some(self, mall_id: MallId, refs: Sequence[str]) -> list[KeptPhoto]:
        where, names = _among(refs)
        sql = f"SELECT * FROM photo WHERE mall_id = :mall_id AND state = 'stored' AND {where}"  # noqa: S608
        rows = await self._database.read(sql, mall_id=mall_id, **names)
        return [photo for row in rows if (photo := self._photo(row))]

    async def use(self, mall_id: MallId, refs: Sequence[str], now: datetime) -> int:
        where, names = _among(refs)
        rows = await self._database.write(
            f"""UPDATE photo
            SET used_at = CASE WHEN used_at > CAST(:now AS BIGINT) THEN used_at ELSE CAST(:now AS BIGINT) END
            WHERE mall_id = :mall_id AND state = 'stored' AND {where} RETURNING ref""",  # noqa: S608
            mall_id=mall_id,
            now=to_millis(now),
            **names,
        )
        return len(rows)

    async def of_link(self, channel_id: ChannelId, ref: str) -> KeptPhoto | None:
        rows = await self._database.read(
            "SELECT * FROM photo WHERE channel_id = :channel_id AND ref = :ref AND state = 'stored'",
            channel_id=channel_id,
            ref=ref,
        )
        return self._photo(rows[0]) if rows else None

    async def is_known_elsewhere(self, photo: KeptPhoto, *, within: int) -> bool:
        if photo.fingerprint is None:
            return False
        bands = {f"band{number}": band for number, band in enumerate(_bands(photo.fingerprint))}
        # One look-up a band, and nothing else that a planner without statistics could prefer an index for.
        alike = " UNION ALL ".join(
            f"""SELECT fingerprint, order_id, used_at, state FROM photo
            WHERE mall_id = :mall_id AND {band} = :{band}"""  # noqa: S608  names are ours
            for band in bands
        )
        return any(
            (photo.fingerprint ^ int(row["fingerprint"], 16)).bit_count() <= within
            for row in await self._database.read(alike, mall_id=photo.mall_id, **bands)
            if row["order_id"] != photo.order_id and row["used_at"] is not None and row["state"] == "stored"
        )

    async def channels(self) -> list[ChannelId]:
        rows = await self._database.read("SELECT DISTINCT channel_id FROM photo ORDER BY channel_id")
        return [ChannelId(row["channel_id"]) for row in rows]

    async def doom_lapsed(self, channel_id: ChannelId, limits: Limits, now: datetime) -> None:
        def before(seconds: int) -> int:
            return to_millis(now - timedelta(seconds=seconds))

        await self._database.write(
            _DOOM,
            channel_id=channel_id,
            unfinished_before=before(limits.unfinished),
            unused_before=before(limits.unused),
            settled_before=before(limits.settled),
            requested_after=to_millis(now - REQUESTED_FOR),
        )

    async def doom_owned(self, mall_id: MallId, owner: str) -> int:
        """Opens each of the mall's rows: erasing is rare, and a hash would not outlive a new secret key."""
        doomed, last = 0, ""
        while rows := await self._database.read(
            f"""SELECT mall_id, ref, owner_enc FROM photo
            WHERE mall_id = :mall_id AND ref > :last AND state <> 'doomed' ORDER BY ref LIMIT {_BATCH}""",  # noqa: S608
            mall_id=mall_id,
            last=last,
        ):
            last = rows[-1]["ref"]
            for row in rows:
                if self._owner(row) == owner:
                    await self._doom(mall_id, row["ref"])
                    doomed += 1
        return doomed

    async def _doom(self, mall_id: MallId, ref: str) -> None:
        await self._database.write(
            "UPDATE photo SET state = 'doomed' WHERE mall_id = :mall_id AND ref = :ref",
            mall_id=mall_id,
            ref=ref,
        )

    async def doomed(self, at_most: int) -> list[tuple[MallId, str]]:
        rows = await self._database.read(
            "SELECT mall_id, ref FROM photo WHERE state = 'doomed' ORDER BY created_at, ref LIMIT :at_most",
            at_most=at_most,
        )
        return [(MallId(row["mall_id"]), row["ref"]) for row in rows]

    async def drop(self, mall_id: MallId, ref: str) -> None:
        await self._database.write(
            "DELETE FROM photo WHERE mall_id = :mall_id AND ref = :ref AND state = 'doomed'",
            mall_id=mall_id,
            ref=ref,
        )

    def _owner(self, row: Row) -> str | None:
        opened = PHOTO_OWNER.open_or_none(self._keys, row["owner_enc"], row["mall_id"], row["ref"])
        return None if opened is None else opened.decode()

    def _photo(self, row: Row) -> KeptPhoto | None:
        """None for a row whose key is gone: nobody can say whose it was."""
        owner = self._owner(row)
        if owner is None:
            return None
        return KeptPhoto(
            mall_id=MallId(row["mall_id"]),
            ref=row["ref"],
            channel_id=ChannelId(row["channel_id"]),
            order_id=OrderId(row["order_id"]),
            owner=owner,
            created_at=from_millis(row["created_at"]),
            taken_at=datetime.fromisoformat(row["taken_at"]) if row["taken_at"] else None,
            fingerprint=None if row["fingerprint"] is None else int(row["fingerprint"], 16),
            used_at=instant_or_none(row["used_at"]),
        )


def _among(refs: Sequence[str]) -> tuple[str, dict[str, str]]:
    names = {f"ref{number}": ref for number, ref in enumerate(refs)}
    return f"ref IN ({', '.join(f':{name}' for name in names)})", names


def _bands(fingerprint: int) -> tuple[int, ...]:
    mask = (1 << BAND_BITS) - 1
    return tuple(fingerprint >> BAND_BITS * number & mask for number in range(BANDS))
