"""The days on which a shop hands parcels over (WMS.md §6.2 b, d)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from commands.kernel.calendar import KST, kst_day

LONGEST_CLOSURE = 60
"""No shop is closed for longer: a calendar without a shipping day has no answer."""


@dataclass(frozen=True, slots=True)
class ShippingDays:
    """`weekdays` are ISO numbers; `closed`: public holidays and the shop's own; `cutoff` KST."""

    weekdays: frozenset[int]
    closed: frozenset[date]
    cutoff: time
    every_day: bool = False

    def is_open(self, day: date) -> bool:
        return self.every_day or (day.isoweekday() in self.weekdays and day not in self.closed)

    def roll(self, day: date) -> date | None:
        """The first shipping day on or after `day`; None when the shop never ships."""
        days = (day + timedelta(days=ahead) for ahead in range(LONGEST_CLOSURE))
        return next((candidate for candidate in days if self.is_open(candidate)), None)

    def next_possible(self, now: datetime) -> date | None:
        """Today before the cut-off, else a later shipping day."""
        today = kst_day(now)
        in_time = now.astimezone(KST).time() < self.cutoff
        return self.roll(today if in_time else today + timedelta(days=1))
