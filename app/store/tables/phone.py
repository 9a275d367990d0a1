"""Phone codes and sessions."""

from sqlalchemy import Index, text

from .base import Table, instant, key, words, words_or_null


class SmsVerificationRow(Table, table=True):
    __tablename__ = "sms_verification"
    __table_args__ = (
        Index(
            "uq_sms_verification_pending",
            "channel_id",
            "chat_user_id",
            "purpose",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )
    id: str = key()
    channel_id: str = words()
    chat_user_id: str = words()
    purpose: str = words()
    phone_hash: str = words()
    phone_enc: bytes
    code_hash: str | None = words_or_null()
    key_id: str = words()
    attempts: int
    max_attempts: int
    created_at: int = instant()
    expires_at: int = instant()
    resend_after: int = instant()
    state: str = words()
    provider: str | None = words_or_null()
    provider_ref: str | None = words_or_null()
    provider_result: str | None = words_or_null()


class PhoneSessionRow(Table, table=True):
    __tablename__ = "phone_session"
    channel_id: str = key()
    chat_user_id: str = key()
    id: str = words()
    phone_enc: bytes
    phone_hash: str = words()
    user_chat_id: str | None = words_or_null()
    accounts_enc: bytes | None = None
    chosen: str | None = words_or_null()
    orderer_tries: int
    created_at: int = instant()
    last_seen_at: int = instant()
    ends_at: int = instant()


class SmsEventRow(Table, table=True):
    """What the limits count: kinds sent, verified, wrong, failed."""

    __tablename__ = "sms_event"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "phone_hash", "at"),
        Index(None, "channel_id", "at"),
        Index(None, "chat_user_id", "at"),
        Index(None, "block_hash", "at"),
    )
    id: str = key()
    at: int = instant()
    kind: str = words()
    channel_id: str = words()
    chat_user_id: str = words()
    phone_hash: str = words()
    block_hash: str = words()
    client_ip: str | None = words_or_null()
