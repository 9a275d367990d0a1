"""Agents: their keys, the conversations they lead, what they were allowed to do."""

from sqlalchemy import Index

from .base import Table, instant, instant_or_null, key, words, words_or_null


class AgentKeyRow(Table, table=True):
    __tablename__ = "agent_key"
    __table_args__ = (Index(None, "channel_id", "created_at"), Index(None, "key_hash", unique=True))
    id: str = key()
    channel_id: str = words()
    name: str = words()
    prefix: str = words()
    key_hash: str = words()
    scopes: str = words()
    created_by: str = words()
    created_at: int = instant()
    last_used_at: int | None = instant_or_null()
    revoked_at: int | None = instant_or_null()


class AgentConversationRow(Table, table=True):
    __tablename__ = "agent_conversation"
    __table_args__ = (
        Index(None, "handle_hash", unique=True),
        Index(None, "verification_id"),
        Index(None, "key_id", "created_at"),
    )
    id: str = key()
    key_id: str = words()
    channel_id: str = words()
    verification_id: str | None = words_or_null()
    handle_hash: str | None = words_or_null()
    created_at: int = instant()
    ends_at: int | None = instant_or_null()


class AgentApprovalRow(Table, table=True):
    __tablename__ = "agent_approval"
    __table_args__ = (
        Index(None, "channel_id", "state", "created_at"),
        Index(None, "mall_id", "subject", unique=True),
    )
    mall_id: str = key()
    id: str = key()
    channel_id: str = words()
    key_id: str = words()
    conversation_id: str = words()
    subject: str = words()
    act: str = words()
    order_id: str = words()
    amount: str | None = words_or_null()
    state: str = words()
    by_whom: str | None = words_or_null()
    verification_id: str | None = words_or_null()
    created_at: int = instant()
    expires_at: int = instant()
    decided_at: int | None = instant_or_null()
