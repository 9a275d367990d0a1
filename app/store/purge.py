"""What ends by itself, and when. Each rule is one statement of its own: a stop between two loses nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.clock import to_millis
from app.ports import Database

PHONE_ACTS = "phone%"
"""Audit lines whose act matches this are about phone checks (contracts: 90 days)."""
RECEIPTS_KEPT_FOR = timedelta(days=400)
"""A year of shopping and a month for the questions about it."""

_WEEK = timedelta(days=7) // timedelta(milliseconds=1)

_RULES: Mapping[str, tuple[timedelta, str]] = {
    "sms_verification": (timedelta(hours=24), "DELETE FROM sms_verification WHERE created_at <= :before"),
    "sms_event": (timedelta(days=8), "DELETE FROM sms_event WHERE at <= :before"),
    "phone_session": (timedelta(0), "DELETE FROM phone_session WHERE ends_at <= :before"),
    "phone_session_idle": (timedelta(hours=2), "DELETE FROM phone_session WHERE last_seen_at <= :before"),
    "rate": (timedelta(0), "DELETE FROM rate WHERE empty_at / 1000 <= :before"),
    "once": (timedelta(0), "DELETE FROM once WHERE ends_at <= :before"),
    "pairing": (
        timedelta(hours=24),
        "DELETE FROM pairing WHERE tokens_enc IS NULL AND expires_at <= :before",
    ),
    "pairing_unrevoked": (timedelta(days=14), "DELETE FROM pairing WHERE expires_at <= :before"),
    "chat_of_user": (timedelta(days=90), "DELETE FROM chat_of_user WHERE at <= :before"),
    "webhook_body": (
        timedelta(hours=24),
        "UPDATE webhook_delivery SET body_enc = NULL WHERE body_enc IS NOT NULL AND settled_at <= :before",
    ),
    "webhook_delivery": (timedelta(days=30), "DELETE FROM webhook_delivery WHERE received_at <= :before"),
    "audit_line": (
        timedelta(days=90),
        f"DELETE FROM audit_line WHERE act LIKE '{PHONE_ACTS}' AND at <= :before",  # noqa: S608
    ),
    # A mall's tokens end when nothing of it was in use for a day; a new connection needs a moment to be bound.
    "mall_token": (
        timedelta(hours=24),
        """UPDATE mall_token SET pair_enc = NULL, lease_until = NULL
        WHERE pair_enc IS NOT NULL AND issued_at <= :before AND NOT EXISTS (
            SELECT 1 FROM connection WHERE connection.mall_id = mall_token.mall_id
            AND (connection.state <> 'suspended' OR connection.state_at > :before))""",
    ),
    "job_step": (
        timedelta(hours=24),
        """DELETE FROM job_step WHERE EXISTS (SELECT 1 FROM job
        WHERE job.mall_id = job_step.mall_id AND job.id = job_step.job_id AND job.ended_at <= :before)""",
    ),
    "job_payload": (
        timedelta(hours=24),
        "UPDATE job SET payload_enc = NULL WHERE payload_enc IS NOT NULL AND ended_at <= :before",
    ),
    "job": (timedelta(days=30), "DELETE FROM job WHERE ended_at <= :before"),
    "plan_payload": (
        timedelta(hours=24),
        """UPDATE plan SET payload_enc = NULL WHERE payload_enc IS NOT NULL AND EXISTS (SELECT 1 FROM intent
        WHERE intent.mall_id = plan.mall_id AND intent.plan_id = plan.id AND intent.settled_at <= :before)""",
    ),
    # Photos count their days from the receipts of their order, so these stay until the photos are gone.
    "intent": (
        RECEIPTS_KEPT_FOR,
        """DELETE FROM intent WHERE settled_at <= :before AND NOT EXISTS (SELECT 1 FROM photo
        WHERE photo.mall_id = intent.mall_id AND photo.order_id = intent.order_id
        AND photo.used_at IS NOT NULL)""",
    ),
    # What a removed connection had left without an end; a week is longer than any purge stays away.
    "intent_of_removed": (
        timedelta(hours=24),
        f"""DELETE FROM intent WHERE settled_at <= :before AND settled_at > :before - {_WEEK}
        AND NOT EXISTS (SELECT 1 FROM plan JOIN connection ON connection.channel_id = plan.channel_id
        WHERE plan.mall_id = intent.mall_id AND plan.id = intent.plan_id)""",  # noqa: S608
    ),
    "plan": (
        timedelta(days=1),
        """DELETE FROM plan WHERE created_at <= :before AND NOT EXISTS (SELECT 1 FROM intent
        WHERE intent.mall_id = plan.mall_id AND intent.plan_id = plan.id)""",
    ),
    # Nobody waits for longer; ended ones are the kept-rate of a season.
    "ship_promise": (timedelta(days=120), "DELETE FROM ship_promise WHERE promised_at <= :before"),
    "wms_mark_asked": (
        timedelta(hours=24),
        "UPDATE wms_mark SET asked_enc = NULL WHERE asked_enc IS NOT NULL AND begun_at <= :before",
    ),
    "wms_mark": (timedelta(days=30), "DELETE FROM wms_mark WHERE begun_at <= :before"),
    # A handle lives for half an hour; what an agent did is told by the audit, which stays.
    "agent_conversation": (
        timedelta(hours=24),
        "DELETE FROM agent_conversation WHERE created_at <= :before",
    ),
    "agent_approval": (timedelta(hours=24), "DELETE FROM agent_approval WHERE expires_at <= :before"),
    "mall_lease": (timedelta(days=7), "DELETE FROM mall_lease WHERE lease_until <= :before"),
}


async def purge(database: Database, now: datetime) -> None:
    for age, sql in _RULES.values():
        await database.write(sql, before=to_millis(now - age))
