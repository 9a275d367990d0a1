"""the first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_line",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("mall_id", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_line")),
    )
    op.create_index(op.f("ix_audit_line_channel_id_at"), "audit_line", ["channel_id", "at"], unique=False)
    op.create_table(
        "channel_token",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("pair_enc", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_channel_token")),
    )
    op.create_table(
        "chat_of_user",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("user_chat_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "user_id", name=op.f("pk_chat_of_user")),
    )
    op.create_table(
        "connection",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("shop_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("shop_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("secrets_enc", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("connected_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("mall_id", "shop_no", name=op.f("pk_connection")),
        sa.UniqueConstraint("channel_id", name=op.f("uq_connection_channel_id")),
    )
    op.create_table(
        "job",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload_enc", sa.LargeBinary(), nullable=True),
        sa.Column("unique_key", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("mall_id", "id", name=op.f("pk_job")),
        sa.UniqueConstraint("mall_id", "unique_key", name=op.f("uq_job_mall_id_unique_key")),
    )
    op.create_index(
        op.f("ix_job_mall_id_state_due_at_id"), "job", ["mall_id", "state", "due_at", "id"], unique=False
    )
    op.create_index(op.f("ix_job_state_due_at"), "job", ["state", "due_at"], unique=False)
    op.create_table(
        "mall_lease",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mall_id", name=op.f("pk_mall_lease")),
    )
    op.create_table(
        "mall_token",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("pair_enc", sa.LargeBinary(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("refresh_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mall_id", name=op.f("pk_mall_token")),
    )
    op.create_table(
        "once",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("value_enc", sa.LargeBinary(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "key_hash", name=op.f("pk_once")),
    )
    op.create_index(op.f("ix_once_ends_at"), "once", ["ends_at"], unique=False)
    op.create_table(
        "pairing",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop_no", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("manager_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("ticket_hash", sa.Text(), nullable=True),
        sa.Column("tokens_enc", sa.LargeBinary(), nullable=True),
        sa.Column("shops", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mall_id", "id", name=op.f("pk_pairing")),
    )
    op.create_index(op.f("ix_pairing_channel_id"), "pairing", ["channel_id"], unique=False)
    op.create_index(op.f("ix_pairing_state_hash"), "pairing", ["state_hash"], unique=False)
    op.create_index(op.f("ix_pairing_ticket_hash"), "pairing", ["ticket_hash"], unique=False)
    op.create_table(
        "phone_session",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("chat_user_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("phone_enc", sa.LargeBinary(), nullable=False),
        sa.Column("phone_hash", sa.Text(), nullable=False),
        sa.Column("user_chat_id", sa.Text(), nullable=True),
        sa.Column("accounts_enc", sa.LargeBinary(), nullable=True),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.Column("orderer_tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "chat_user_id", name=op.f("pk_phone_session")),
    )
    op.create_table(
        "rate",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("api", sa.Text(), nullable=False),
        sa.Column("empty_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mall_id", "api", name=op.f("pk_rate")),
    )
    op.create_index(op.f("ix_rate_empty_at"), "rate", ["empty_at"], unique=False)
    op.create_table(
        "sms_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("chat_user_id", sa.Text(), nullable=False),
        sa.Column("phone_hash", sa.Text(), nullable=False),
        sa.Column("block_hash", sa.Text(), nullable=False),
        sa.Column("client_ip", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_event")),
    )
    op.create_index(op.f("ix_sms_event_at"), "sms_event", ["at"], unique=False)
    op.create_index(op.f("ix_sms_event_block_hash_at"), "sms_event", ["block_hash", "at"], unique=False)
    op.create_index(op.f("ix_sms_event_channel_id_at"), "sms_event", ["channel_id", "at"], unique=False)
    op.create_index(op.f("ix_sms_event_chat_user_id_at"), "sms_event", ["chat_user_id", "at"], unique=False)
    op.create_index(op.f("ix_sms_event_phone_hash_at"), "sms_event", ["phone_hash", "at"], unique=False)
    op.create_table(
        "sms_verification",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("chat_user_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("phone_hash", sa.Text(), nullable=False),
        sa.Column("phone_enc", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("resend_after", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("provider_result", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_verification")),
    )
    op.create_index(
        "uq_sms_verification_pending",
        "sms_verification",
        ["channel_id", "chat_user_id", "purpose"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("dedupe_hash", sa.Text(), nullable=False),
        sa.Column("body_enc", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("mall_id", "dedupe_hash", name=op.f("pk_webhook_delivery")),
    )
    op.create_table(
        "job_step",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.BigInteger(), nullable=False),
        sa.Column("answer_enc", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mall_id", "job_id"], ["job.mall_id", "job.id"], name=op.f("fk_job_step_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mall_id", "job_id", "name", name=op.f("pk_job_step")),
    )


def downgrade() -> None:
    op.drop_table("job_step")
    op.drop_table("webhook_delivery")
    op.drop_index(
        "uq_sms_verification_pending",
        table_name="sms_verification",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_table("sms_verification")
    op.drop_index(op.f("ix_sms_event_phone_hash_at"), table_name="sms_event")
    op.drop_index(op.f("ix_sms_event_chat_user_id_at"), table_name="sms_event")
    op.drop_index(op.f("ix_sms_event_channel_id_at"), table_name="sms_event")
    op.drop_index(op.f("ix_sms_event_block_hash_at"), table_name="sms_event")
    op.drop_index(op.f("ix_sms_event_at"), table_name="sms_event")
    op.drop_table("sms_event")
    op.drop_index(op.f("ix_rate_empty_at"), table_name="rate")
    op.drop_table("rate")
    op.drop_table("phone_session")
    op.drop_index(op.f("ix_pairing_ticket_hash"), table_name="pairing")
    op.drop_index(op.f("ix_pairing_state_hash"), table_name="pairing")
    op.drop_index(op.f("ix_pairing_channel_id"), table_name="pairing")
    op.drop_table("pairing")
    op.drop_index(op.f("ix_once_ends_at"), table_name="once")
    op.drop_table("once")
    op.drop_table("mall_token")
    op.drop_table("mall_lease")
    op.drop_index(op.f("ix_job_state_due_at"), table_name="job")
    op.drop_index(op.f("ix_job_mall_id_state_due_at_id"), table_name="job")
    op.drop_table("job")
    op.drop_table("connection")
    op.drop_table("chat_of_user")
    op.drop_table("channel_token")
    op.drop_index(op.f("ix_audit_line_channel_id_at"), table_name="audit_line")
    op.drop_table("audit_line")
