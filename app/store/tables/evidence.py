"""Photos of customers: the rows; their bytes are files (ports.evidence)."""

from sqlalchemy import Index

from .base import Table, instant, instant_or_null, key, words, words_or_null


class PhotoRow(Table, table=True):
    """States: storing (its bytes are on their way), stored, doomed (its bytes are about to go). `fingerprint` in hex,
    and again as four bands of sixteen bits: two fingerprints that differ in three bits have one band in common.
    """

    __tablename__ = "photo"
    __table_args__ = (
        *(Index(None, "mall_id", band) for band in ("band0", "band1", "band2", "band3")),
        Index(None, "mall_id", "order_id"),
        Index(None, "channel_id", "ref"),
        Index(None, "state", "created_at"),
    )
    mall_id: str = key()
    ref: str = key()
    channel_id: str = words()
    order_id: str = words()
    owner_enc: bytes
    state: str = words()
    taken_at: str | None = words_or_null()
    fingerprint: str | None = words_or_null()
    band0: int | None = None
    band1: int | None = None
    band2: int | None = None
    band3: int | None = None
    created_at: int = instant()
    used_at: int | None = instant_or_null()
