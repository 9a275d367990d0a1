from datetime import timedelta

import pytest

from app.errors import (
    Misconfigured,
    OffContract,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unauthorized,
    Unavailable,
)
from app.jobs.retry import ErrorKind, GiveUp, RetryIn, decide_retry, kind_of
from app.ports import Interrupted
from app.store import TransactionLost
from commands.kernel import ports as kernel


def wait(seconds, *, counts=True):
    return RetryIn(timedelta(seconds=seconds), counts)


K = ErrorKind
HOURS, MINUTE, NOT_YET = timedelta(hours=6), timedelta(minutes=1), timedelta(0)
DECISIONS = [
    ("throttled waits as told", K.THROTTLED, 1, 7.5, wait(7.5, counts=False)),
    ("throttled for nothing waits a second", K.THROTTLED, 1, 0, wait(1, counts=False)),
    ("throttled without a word waits a second", K.THROTTLED, 1, None, wait(1, counts=False)),
    ("throttled does not count", K.THROTTLED, 1000, 3, wait(3, counts=False)),
    ("throttled for hours", K.THROTTLED, 1, 3, wait(3, counts=False), timedelta(hours=5)),
    (
        "throttled: not longer than we are patient",
        K.THROTTLED,
        1,
        1e18,
        wait(60, counts=False),
        HOURS - MINUTE,
    ),
    ("throttled for six hours: given up", K.THROTTLED, 1, 3, GiveUp(), HOURS),
    ("away after hours of throttling: by its attempts", K.UNAVAILABLE, 1, None, wait(2), 2 * HOURS),
    ("away: soon", K.UNAVAILABLE, 1, None, wait(2)),
    ("away: then twice as long", K.UNAVAILABLE, 3, None, wait(8)),
    ("away: ten minutes at most", K.UNAVAILABLE, 14, None, wait(600)),
    ("away: given up", K.UNAVAILABLE, 15, None, GiveUp()),
    ("to reconcile: leaves the mall a moment", K.TO_RECONCILE, 1, None, wait(5)),
    ("to reconcile: given up", K.TO_RECONCILE, 15, None, GiveUp()),
    ("a fault of ours: three more times", K.UNEXPECTED, 3, None, wait(40)),
    ("a fault of ours: given up", K.UNEXPECTED, 4, None, GiveUp()),
    ("final at once", K.FINAL, 1, None, GiveUp()),
]


@pytest.mark.parametrize(
    ("_case", "kind", "attempt", "after", "expected", "throttled_for"),
    [(*row, NOT_YET)[:6] for row in DECISIONS],
    ids=[row[0] for row in DECISIONS],
)
def test_decision(_case, kind, attempt, after, expected, throttled_for):
    assert decide_retry(kind, attempt, after, throttled_for) == expected


KINDS = [
    (Throttled("cafe24", "read", retry_after=2), False, K.THROTTLED),
    (Unavailable("cafe24", "read"), False, K.UNAVAILABLE),
    (kernel.Unavailable(), True, K.UNAVAILABLE),
    (OutcomeUnknown("cafe24", "cancel"), True, K.TO_RECONCILE),
    (kernel.OutcomeUnknown(), True, K.TO_RECONCILE),
    (OutcomeUnknown("cafe24", "cancel"), False, K.FINAL),
    (Unauthorized("cafe24", "read"), False, K.FINAL),
    (Rejected("cafe24", "cancel"), False, K.FINAL),
    (OffContract("cafe24", "read"), False, K.FINAL),
    (Misconfigured(), False, K.FINAL),
    (Interrupted("cancel"), True, K.FINAL),
    (TransactionLost(), False, K.UNEXPECTED),
    (KeyError("x"), False, K.UNEXPECTED),
]


@pytest.mark.parametrize(("error", "open_mark", "kind"), KINDS, ids=lambda value: str(value or "none"))
def test_kind(error, open_mark, kind):
    assert kind_of(error, open_mark=open_mark) is kind
