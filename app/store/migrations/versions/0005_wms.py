"""what is known of a warehouse"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wms_mark",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("mark_key", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("asked_enc", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mall_id", "mark_key", name=op.f("pk_wms_mark")),
    )
    op.create_index(op.f("ix_wms_mark_begun_at"), "wms_mark", ["begun_at"], unique=False)
    op.create_index(op.f("ix_wms_mark_channel_id"), "wms_mark", ["channel_id"], unique=False)
    op.create_table(
        "wms_trouble",
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_of", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_wms_trouble")),
    )


def downgrade() -> None:
    op.drop_table("wms_trouble")
    op.drop_index(op.f("ix_wms_mark_channel_id"), table_name="wms_mark")
    op.drop_index(op.f("ix_wms_mark_begun_at"), table_name="wms_mark")
    op.drop_table("wms_mark")
