"""The only reader of the time. Everything else takes a `Clock` or `now`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  this is the one place


def to_millis(at: datetime) -> int:
    """Epoch milliseconds: how both databases keep an instant."""
    return int(at.timestamp() * 1000)


def from_millis(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)
