"""A shop, its mall and its channel."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from .base import Table, instant, instant_or_null, key, words, words_or_null


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


class RateRow(Table, table=True):
    """When the bucket of a mall's API will be empty, in microseconds: too fine for the other instants."""

    __tablename__ = "rate"
    __table_args__ = (Index(None, "empty_at"),)
    mall_id: str = key()
    api: str = key()
    empty_at: int = instant()
