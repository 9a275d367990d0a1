"""agents, their keys and their calls"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_key")),
    )
    op.create_index(op.f("ix_agent_key_key_hash"), "agent_key", ["key_hash"], unique=True)
    op.create_index(
        op.f("ix_agent_key_channel_id_created_at"), "agent_key", ["channel_id", "created_at"], unique=False
    )
    op.create_table(
        "agent_conversation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("verification_id", sa.Text(), nullable=True),
        sa.Column("handle_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_conversation")),
    )
    op.create_index(
        op.f("ix_agent_conversation_handle_hash"), "agent_conversation", ["handle_hash"], unique=True
    )
    op.create_index(
        op.f("ix_agent_conversation_verification_id"), "agent_conversation", ["verification_id"], unique=False
    )
    op.create_index(
        op.f("ix_agent_conversation_key_id_created_at"),
        "agent_conversation",
        ["key_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "agent_approval",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=True),
        sa.Column("verification_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("mall_id", "id", name=op.f("pk_agent_approval")),
    )
    op.create_index(
        op.f("ix_agent_approval_channel_id_state_created_at"),
        "agent_approval",
        ["channel_id", "state", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agent_approval_mall_id_subject"), "agent_approval", ["mall_id", "subject"], unique=True
    )


def downgrade() -> None:
    for table in ("agent_approval", "agent_conversation", "agent_key"):
        op.drop_table(table)
