"""Small things that are kept."""

from sqlalchemy import Index

from .base import Table, instant, key, words, words_or_null


class OnceRow(Table, table=True):
    __tablename__ = "once"
    __table_args__ = (Index(None, "ends_at"),)
    purpose: str = key()
    key_hash: str = key()
    value_enc: bytes | None = None
    ends_at: int = instant()


class ChatOfUserRow(Table, table=True):
    __tablename__ = "chat_of_user"
    channel_id: str = key()
    user_id: str = key()
    user_chat_id: str = words()
    at: int = instant()


class AuditLineRow(Table, table=True):
    __tablename__ = "audit_line"
    __table_args__ = (Index(None, "channel_id", "at"),)
    id: str = key()
    channel_id: str = words()
    mall_id: str | None = words_or_null()
    act: str = words()
    by_whom: str = words()
    subject: str = words()
    at: int = instant()
    facts: str = words()
