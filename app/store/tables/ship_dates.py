"""Ship dates that customers were told."""

from sqlalchemy import Index

from .base import Table, instant, key, words, words_or_null


class ShipPromiseRow(Table, table=True):
    """One item. `first_date`: what was promised first, which is what the kept-rate counts; `told_date`: what the
    customer knows now, null when they know that there is no day; `state`: open, kept, late, or gone.
    """

    __tablename__ = "ship_promise"
    __table_args__ = (
        Index(None, "state", "look_at"),
        Index(None, "channel_id", "state"),
    )
    mall_id: str = key()
    order_id: str = key()
    item_code: str = key()
    channel_id: str = words()
    asker_enc: bytes
    first_date: str = words()
    told_date: str | None = words_or_null()
    state: str = words()
    look_at: int = instant()
    promised_at: int = instant()
