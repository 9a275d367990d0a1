"""Jobs, and the plans and receipts behind them."""

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text

from .base import Table, instant, instant_or_null, key, words, words_or_null


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


def _some(name: str, where: str, *columns: str) -> Index:
    """An index of a few of many rows."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class IntentRow(Table, table=True):
    """The receipt of a confirmed plan. `stale`: nothing was asked of the mall; `answered`: somebody was told of it.
    From `channel_id` on: of a claim that waits, or waited, for a manager.
    """

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
        _some("ix_intent_waiting", "state = 'pending'", "mall_id", "channel_id", "id"),
        _some("ix_intent_waiting_kind", "state = 'pending'", "mall_id", "channel_id", "kind", "id"),
        _some("ix_intent_decided", "verdict <> 'withdrawn'", "mall_id", "channel_id", "decided_at", "id"),
        _some("ix_intent_due", "due_at IS NOT NULL", "due_at"),
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
    channel_id: str | None = words_or_null()
    kind: str | None = words_or_null()
    due_at: int | None = instant_or_null()
    verdict: str | None = words_or_null()
    decided_by: str | None = words_or_null()
    decided_at: int | None = instant_or_null()
    words_enc: bytes | None = None
