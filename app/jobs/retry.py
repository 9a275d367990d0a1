"""What happens to a job whose handler raised: a pure decision, read as a table."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.errors import Misconfigured, OffContract, Throttled, Unauthorized
from app.ports import Interrupted
from commands.kernel.ports import MallRefused, OutcomeUnknown, Unavailable


class ErrorKind(StrEnum):
    THROTTLED = "throttled"
    """The system asked us to wait: not the job's fault, and not for ever."""
    UNAVAILABLE = "unavailable"
    """Surely without effect."""
    TO_RECONCILE = "to_reconcile"
    """A marked call with an unknown outcome: the next attempt sees the mark and reads first."""
    FINAL = "final"
    """Asking again gives the same answer, or might repeat an effect."""
    UNEXPECTED = "unexpected"
    """A fault of ours or of the database."""


@dataclass(frozen=True, slots=True)
class RetryIn:
    """`counts`: the attempt was the job's own failure."""

    wait: timedelta
    counts: bool = True


@dataclass(frozen=True, slots=True)
class GiveUp:
    pass


_LONGEST = timedelta(minutes=10)
_ATTEMPTS = {ErrorKind.UNAVAILABLE: 15, ErrorKind.TO_RECONCILE: 15, ErrorKind.UNEXPECTED: 4}
_FIRST_WAIT = {ErrorKind.UNAVAILABLE: 2, ErrorKind.TO_RECONCILE: 5, ErrorKind.UNEXPECTED: 10}
_PATIENCE = timedelta(hours=6)
"""How long a job lets itself be put off: somebody may be waiting for its receipt."""
_FINAL = (Unauthorized, MallRefused, OffContract, Misconfigured, Interrupted)


def kind_of(error: Exception, *, open_mark: bool) -> ErrorKind:
    """`open_mark`: a marked step of this job has no answer."""
    if isinstance(error, Throttled):
        return ErrorKind.THROTTLED
    if isinstance(error, Unavailable):
        return ErrorKind.UNAVAILABLE
    if isinstance(error, OutcomeUnknown):
        return ErrorKind.TO_RECONCILE if open_mark else ErrorKind.FINAL
    return ErrorKind.FINAL if isinstance(error, _FINAL) else ErrorKind.UNEXPECTED


def decide_retry(
    error_kind: ErrorKind,
    attempt: int,
    retry_after: float | None,
    throttled_for: timedelta = timedelta(0),
) -> RetryIn | GiveUp:
    """`attempt` is 1 after the first failure. Waits double from the kind's first one, up to ten minutes.
    `throttled_for`: how long ago this job was first asked to wait.
    """
    if error_kind is ErrorKind.FINAL:
        return GiveUp()
    if error_kind is ErrorKind.THROTTLED:
        left = (_PATIENCE - throttled_for).total_seconds()
        wait = min(max(retry_after or 0, 1), left)
        return RetryIn(timedelta(seconds=wait), counts=False) if left > 0 else GiveUp()
    if attempt >= _ATTEMPTS[error_kind]:
        return GiveUp()
    doubled = timedelta(seconds=_FIRST_WAIT[error_kind] * 2 ** min(attempt - 1, 10))
    return RetryIn(min(doubled, _LONGEST))
