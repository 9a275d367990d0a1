"""When a request that lies in the mall is looked at without news of it. Pure."""

from datetime import datetime, timedelta

OFTEN, OFTEN_FOR = timedelta(days=1), timedelta(days=30)
SELDOM = timedelta(days=7)
LAST_LOOK = timedelta(days=400)
"""As long as receipts are kept."""


def next_look(asked_at: datetime, now: datetime) -> datetime | None:
    """When a request of that age is looked at next; None when it is too old to be decided."""
    age = now - asked_at
    if age >= LAST_LOOK:
        return None
    return now + (OFTEN if age < OFTEN_FOR else SELDOM)
