"""The query of one call, read the way the API reads it: comma lists, ranges, 422 on nonsense.

Parameters that a resource does not ask for are never looked at: the API ignores them silently.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.sandbox.cafe24.errors import missing, wrong
from app.sandbox.cafe24.wire import KST

DAY_OR_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ].+)?", re.ASCII)
COMMA_LIST_LIMIT = 100
MONTHS_PER_CALL = 3


@dataclass(frozen=True, slots=True)
class Window:
    """A search window, both ends included."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime | None) -> bool:
        """Whether the moment lies in the window."""
        return moment is not None and self.start <= moment <= self.end


class Query:
    """The parameters of one request, each given at most once (the last one counts)."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._parameters = parameters

    def __contains__(self, name: str) -> bool:
        return name in self._parameters

    def text(self, name: str, default: str = "") -> str:
        """The value as it came."""
        return self._parameters.get(name, default)

    def texts(self, name: str) -> list[str]:
        """A comma list; the API takes at most a hundred values."""
        values = [value.strip() for value in self.text(name).split(",") if value.strip()]
        if len(values) > COMMA_LIST_LIMIT:
            raise wrong(name, f"You can search up to {COMMA_LIST_LIMIT} values at once.")
        return values

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number inside its bounds, both included."""
        text = self.text(name, str(default))
        if not text.isdecimal() or not low <= int(text) <= high:
            raise wrong(name, f"[{name}] must be a number between {low} and {high}.")
        return int(text)

    def offset(self, ceiling: int) -> int:
        """Rows to skip; the ceiling itself is refused already, in these words."""
        text = self.text("offset", "0")
        if not text.isdecimal() or int(text) >= ceiling:
            raise wrong("offset", f"[Start location of list] must be less than {ceiling}.")
        return int(text)

    def choice(self, name: str, allowed: frozenset[str], default: str) -> str:
        """One word out of a closed list."""
        value = self.text(name, default)
        if value not in allowed:
            raise wrong(name, "It is not a valid value.")
        return value

    def choices(self, name: str, allowed: frozenset[str]) -> list[str]:
        """A comma list of words out of a closed list."""
        values = self.texts(name)
        if not set(values) <= allowed:
            raise wrong(name, "It is not a valid value.")
        return values

    def window(self) -> Window | None:
        """`start_date` and `end_date`: both or none, at most three months."""
        if "start_date" not in self and "end_date" not in self:
            return None
        for name in ("start_date", "end_date"):
            if not self.text(name):
                raise missing(name)
        window = Window(self._moment("start_date", time.min), self._moment("end_date", time.max))
        if window.end < window.start:
            raise wrong("start_date", "The start date is later than the end date.")
        if window.end.date() > months_after(window.start.date(), MONTHS_PER_CALL):
            raise wrong("start_date", f"The search period should be within {MONTHS_PER_CALL} months.")
        return window

    def _moment(self, name: str, day_edge: time) -> datetime:
        """A day, or a day with a time; without an offset it is Korean time."""
        text = self.text(name)
        try:
            shaped = DAY_OR_MOMENT.fullmatch(text)
            moment = datetime.fromisoformat(text if shaped else "")
        except ValueError:
            raise wrong(name, "It is not a valid date format.") from None
        if shaped and not shaped[1]:
            moment = datetime.combine(moment.date(), day_edge)
        return moment.replace(tzinfo=moment.tzinfo or KST)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def recent_window(now: datetime) -> Window:
    """What a search without dates covers. ASSUMPTION: the last three months."""
    start = months_after(now.astimezone(KST).date(), -MONTHS_PER_CALL)
    return Window(datetime.combine(start, time.min, KST), now + timedelta(days=1))
