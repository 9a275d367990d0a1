"""ship dates that were promised"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ship_promise",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("asker_enc", sa.LargeBinary(), nullable=False),
        sa.Column("first_date", sa.Text(), nullable=False),
        sa.Column("told_date", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("look_at", sa.BigInteger(), nullable=False),
        sa.Column("promised_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mall_id", "order_id", "item_code", name=op.f("pk_ship_promise")),
    )
    op.create_index(op.f("ix_ship_promise_state_look_at"), "ship_promise", ["state", "look_at"], unique=False)
    op.create_index(
        op.f("ix_ship_promise_channel_id_state"), "ship_promise", ["channel_id", "state"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_ship_promise_channel_id_state"), table_name="ship_promise")
    op.drop_index(op.f("ix_ship_promise_state_look_at"), table_name="ship_promise")
    op.drop_table("ship_promise")
