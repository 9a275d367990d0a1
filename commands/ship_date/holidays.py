"""Public holidays of Korea, from the `holidays` package. What is decreed late stands in the settings."""

from datetime import date
from functools import cache


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Substitute holidays included."""
    from holidays.countries.south_korea import SouthKorea  # a quarter of a second that lists need not pay

    return frozenset(SouthKorea(years=year))  # type: ignore[no-untyped-call]
