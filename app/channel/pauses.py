"""When a token may be asked for again: ten token calls per half hour are all that an app has (CHANNEL.md §4)."""

from datetime import datetime, timedelta

from app.errors import OffContract, OutcomeUnknown, Rejected, Throttled, Unauthorized

AFTER_REFUSAL = timedelta(minutes=3)
AFTER_FIRST_SILENCE = timedelta(seconds=0.5)
_DOUBLINGS = 9
_ALL = "*"


class Pauses:
    """The limit and the secret are the app's own: a refusal for either stops every channel."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._silences: dict[str, int] = {}

    def seconds_left(self, channel_id: str, now: datetime) -> float:
        ends = max(self._until.get(channel_id, now), self._until.get(_ALL, now))
        return (ends - now).total_seconds()

    def after(self, channel_id: str, error: BaseException, now: datetime) -> None:
        """No pause where the call surely was not counted: no connection, or our own caller gave up."""
        match error:
            case Throttled(retry_after=seconds):
                self._until[_ALL] = now + max(AFTER_REFUSAL, timedelta(seconds=seconds))
            case Unauthorized():
                self._until[_ALL] = now + AFTER_REFUSAL
            case Rejected() | OffContract():
                self._until[channel_id] = now + AFTER_REFUSAL
            case OutcomeUnknown():
                times = self._silences.get(channel_id, 0)
                self._silences[channel_id] = min(times + 1, _DOUBLINGS)
                self._until[channel_id] = now + min(AFTER_FIRST_SILENCE * 2**times, AFTER_REFUSAL)
            case _:
                pass

    def lift(self, channel_id: str) -> None:
        """A token came, or the app was installed anew."""
        for key in (channel_id, _ALL):
            self._until.pop(key, None)
            self._silences.pop(key, None)
