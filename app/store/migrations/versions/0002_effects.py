"""plans, and the intents to carry them out"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_step", sa.Column("marked", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "plan",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shop_no", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_enc", sa.LargeBinary(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("payload_enc", sa.LargeBinary(), nullable=True),
        sa.Column("shown_enc", sa.LargeBinary(), nullable=False),
        sa.Column("settings_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mall_id", "id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_channel_id"), "plan", ["channel_id"], unique=False)
    op.create_index(op.f("ix_plan_created_at"), "plan", ["created_at"], unique=False)
    op.create_table(
        "intent",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_kind", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undo_until", sa.BigInteger(), nullable=True),
        sa.Column("claim_code", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("shown_enc", sa.LargeBinary(), nullable=True),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["mall_id", "plan_id"], ["plan.mall_id", "plan.id"], name=op.f("fk_intent_plan")),
        sa.PrimaryKeyConstraint("mall_id", "id", name=op.f("pk_intent")),
        sa.UniqueConstraint("mall_id", "job_id", name=op.f("uq_intent_mall_id_job_id")),
        sa.UniqueConstraint("mall_id", "plan_id", name=op.f("uq_intent_mall_id_plan_id")),
    )
    op.create_index(
        op.f("ix_intent_mall_id_order_id_state"), "intent", ["mall_id", "order_id", "state"], unique=False
    )
    op.create_index(op.f("ix_intent_settled_at"), "intent", ["settled_at"], unique=False)
    op.create_index(
        "uq_intent_unfinished",
        "intent",
        ["mall_id", "order_id"],
        unique=True,
        sqlite_where=sa.text("finished = 0"),
        postgresql_where=sa.text("finished = 0"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_intent_unfinished",
        table_name="intent",
        sqlite_where=sa.text("finished = 0"),
        postgresql_where=sa.text("finished = 0"),
    )
    op.drop_index(op.f("ix_intent_settled_at"), table_name="intent")
    op.drop_index(op.f("ix_intent_mall_id_order_id_state"), table_name="intent")
    op.drop_table("intent")
    op.drop_index(op.f("ix_plan_created_at"), table_name="plan")
    op.drop_index(op.f("ix_plan_channel_id"), table_name="plan")
    op.drop_table("plan")
    with op.batch_alter_table("job_step") as job_step:
        job_step.drop_column("marked")
