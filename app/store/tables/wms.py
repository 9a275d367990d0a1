"""Warehouses: what was asked of them, and whose credentials they refuse."""

from sqlalchemy import Index

from .base import Table, instant, key, words, words_or_null


class WmsMarkRow(Table, table=True):
    """Outcomes: begun, done, refused, unknown. `asked_enc` holds what the key stood for, until it is wiped."""

    __tablename__ = "wms_mark"
    __table_args__ = (Index(None, "channel_id"), Index(None, "begun_at"))
    mall_id: str = key()
    mark_key: str = key()
    channel_id: str = words()
    asked_enc: bytes | None = None
    outcome: str = words()
    message: str | None = words_or_null()
    begun_at: int = instant()


class WmsTroubleRow(Table, table=True):
    """`made_of`: a keyed hash of the credentials that were refused."""

    __tablename__ = "wms_trouble"
    channel_id: str = key()
    state: str = words()
    made_of: str = words()
    at: int = instant()
