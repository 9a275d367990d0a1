"""photos of customers"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BANDS = ("band0", "band1", "band2", "band3")


def upgrade() -> None:
    op.create_table(
        "photo",
        sa.Column("mall_id", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("owner_enc", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        *(sa.Column(band, sa.Integer(), nullable=True) for band in BANDS),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("mall_id", "ref", name=op.f("pk_photo")),
    )
    for band in BANDS:
        op.create_index(op.f(f"ix_photo_mall_id_{band}"), "photo", ["mall_id", band], unique=False)
    op.create_index(op.f("ix_photo_mall_id_order_id"), "photo", ["mall_id", "order_id"], unique=False)
    op.create_index(op.f("ix_photo_channel_id_ref"), "photo", ["channel_id", "ref"], unique=False)
    op.create_index(op.f("ix_photo_state_created_at"), "photo", ["state", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_photo_state_created_at"), table_name="photo")
    op.drop_index(op.f("ix_photo_channel_id_ref"), table_name="photo")
    op.drop_index(op.f("ix_photo_mall_id_order_id"), table_name="photo")
    for band in reversed(BANDS):
        op.drop_index(op.f(f"ix_photo_mall_id_{band}"), table_name="photo")
    op.drop_table("photo")
