"""The schema, for Alembic and for readers; the statements are plain SQL in the repositories beside this file.

`mall_id` leads every key where a mall exists. Columns in `_enc` are sealed (see sealed.py), `_hash` are look-ups
of what is not kept, instants are epoch milliseconds, JSON is text. Ids are ours: no serials.
"""

from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, MetaData, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Table(SQLModel):
    metadata = metadata


def key() -> Any:
    return Field(primary_key=True, sa_type=Text)


def words() -> Any:
    return Field(sa_type=Text)


def words_or_null() -> Any:
    return Field(default=None, sa_type=Text)


def instant() -> Any:
    return Field(sa_type=BigInteger)


def instant_or_null() -> Any:
    return Field(default=None, sa_type=BigInteger)


class ConnectionRow(Table, table=True):
    """A shop bound to a channel. `state_at`: since when it is in this state."""

    __tablename__ = "connection"
    __table_args__ = (UniqueConstraint("channel_id"),)
    mall_id: str = key()
    shop_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    channel_id: str = words()
    shop_name: str = words()
    currency: str = words()
    operator: str = words()
    state: str = words()
    state_at: int = instant()
    settings: str = words()
    secrets_enc: bytes | None = None
    version: int
    connected_at: int | None = instant_or_null()


class MallTokenRow(Table, table=True):
    """`pair_enc` is null when the pair is dead. `attempts` counts refreshes begun on this generation."""

    __tablename__ = "mall_token"
    mall_id: str = key()
    pair_enc: bytes | None = None
    scopes: str = words()
    operator: str = words()
    expires_at: int = instant()
    refresh_expires_at: int = instant()
    issued_at: int = instant()
    generation: int
    lease_until: int | None = instant_or_null()
    attempts: int


class PairingRow(Table, table=True):
    """Phases: started, consented, held (tokens wait for the second yes), ended (tokens wait to be revoked)."""

    __tablename__ = "pairing"
    __table_args__ = (Index(None, "state_hash"), Index(None, "ticket_hash"), Index(None, "channel_id"))
    mall_id: str = key()
    id: str = key()
    shop_no: int | None = None
    channel_id: str = words()
    manager_id: str = words()
    language: str = words()
    phase: str = words()
    state_hash: str = words()
    ticket_hash: str | None = words_or_null()
    tokens_enc: bytes | None = None
    shops: str | None = words_or_null()
    created_at: int = instant()
    expires_at: int = instant()


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


class ChannelTokenRow(Table, table=True):
    """`channel_id` is empty for the app's own. A row without a pair only holds the refresher's lease."""

    __tablename__ = "channel_token"
    channel_id: str = key()
    pair_enc: bytes | None = None
    expires_at: int | None = instant_or_null()
    lease_until: int | None = instant_or_null()


class WebhookDeliveryRow(Table, table=True):
    """The hash outlives the body, so that a late repeat is known as one."""

    __tablename__ = "webhook_delivery"
    mall_id: str = key()
    dedupe_hash: str = key()
    body_enc: bytes | None = None
    received_at: int = instant()
    settled_at: int | None = instant_or_null()


class JobRow(Table, table=True):
    """States: ready (also while it runs: the mall's lease says who works), done, failed."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("mall_id", "unique_key"),
        Index(None, "state", "due_at"),
        Index(None, "mall_id", "state", "due_at", "id"),
    )
    mall_id: str = key()
    id: str = key()
    kind: str = words()
    payload_enc: bytes | None = None
    unique_key: str | None = words_or_null()
    due_at: int = instant()
    attempt: int
    state: str = words()
    error: str | None = words_or_null()
    created_at: int = instant()
    ended_at: int | None = instant_or_null()


class JobStepRow(Table, table=True):
    """A row without an answer is the mark of a call that began. `marked`: the step is a call with an effect."""

    __tablename__ = "job_step"
    __table_args__ = (
        ForeignKeyConstraint(["mall_id", "job_id"], ["job.mall_id", "job.id"], ondelete="CASCADE"),
    )
    mall_id: str = key()
    job_id: str = key()
    name: str = key()
    marked: int
    marked_at: int = instant()
    answer_enc: bytes | None = None


class MallLeaseRow(Table, table=True):
    """Who works on the mall's jobs. `turn` grows with each taking: an old holder knows that it lost."""

    __tablename__ = "mall_lease"
    mall_id: str = key()
    holder: str = words()
    turn: int
    lease_until: int = instant()


class PlanRow(Table, table=True):
    """What a customer saw. `payload_enc` is null once it was wiped."""

    __tablename__ = "plan"
    __table_args__ = (Index(None, "created_at"), Index(None, "channel_id"))
    mall_id: str = key()
    id: str = key()
    shop_no: int
    channel_id: str = words()
    command: str = words()
    order_id: str = words()
    customer_enc: bytes
    seen: str = words()
    payload_enc: bytes | None = None
    shown_enc: bytes
    settings_version: int
    created_at: int = instant()
    expires_at: int = instant()


class IntentRow(Table, table=True):
    """The receipt of a confirmed plan. `stale`: nothing was asked of the mall; `answered`: somebody was told of it."""

    __tablename__ = "intent"
    __table_args__ = (
        ForeignKeyConstraint(["mall_id", "plan_id"], ["plan.mall_id", "plan.id"]),
        UniqueConstraint("mall_id", "plan_id"),
        UniqueConstraint("mall_id", "job_id"),
        Index(
            "uq_intent_unfinished",
            "mall_id",
            "order_id",
            unique=True,
            sqlite_where=text("finished = 0"),
            postgresql_where=text("finished = 0"),
        ),
        Index(None, "mall_id", "order_id", "state"),
        Index(None, "settled_at"),
    )
    mall_id: str = key()
    id: str = key()
    plan_id: str = words()
    job_id: str = words()
    order_id: str = words()
    state: str = words()
    by_kind: str = words()
    by_id: str = words()
    at: int = instant()
    undo_until: int | None = instant_or_null()
    claim_code: str | None = words_or_null()
    decision: str | None = words_or_null()
    shown_enc: bytes | None = None
    finished: int
    stale: int
    answered: int
    settled_at: int | None = instant_or_null()


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


class RateRow(Table, table=True):
    """When the bucket of a mall's API will be empty, in microseconds: too fine for the other instants."""

    __tablename__ = "rate"
    __table_args__ = (Index(None, "empty_at"),)
    mall_id: str = key()
    api: str = key()
    empty_at: int = instant()
