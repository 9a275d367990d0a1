"""claims that wait for a manager"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "channel_id": sa.Text(),
    "kind": sa.Text(),
    "due_at": sa.BigInteger(),
    "verdict": sa.Text(),
    "decided_by": sa.Text(),
    "decided_at": sa.BigInteger(),
    "words_enc": sa.LargeBinary(),
}
INDEXES = {
    "ix_intent_waiting": ("state = 'pending'", ["mall_id", "channel_id", "id"]),
    "ix_intent_waiting_kind": ("state = 'pending'", ["mall_id", "channel_id", "kind", "id"]),
    "ix_intent_decided": ("verdict <> 'withdrawn'", ["mall_id", "channel_id", "decided_at", "id"]),
    "ix_intent_due": ("due_at IS NOT NULL", ["due_at"]),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("intent", sa.Column(name, kind, nullable=True))
    for name, (where, columns) in INDEXES.items():
        some = sa.text(where)
        op.create_index(name, "intent", columns, unique=False, sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="intent")
    for name in COLUMNS:
        op.execute(f"ALTER TABLE intent DROP COLUMN {name}")  # keeps the partial index that a copy would lose
