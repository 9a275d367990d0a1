"""Days as a Korean shop counts them: `_date` is a KST calendar day, `_at` an aware instant."""

from datetime import date, datetime, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")
LONGEST_WINDOW_MONTHS = 3


def kst_day(at: datetime) -> date:
    return at.astimezone(KST).date()


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


def windows_back(today: date, months: int) -> list[tuple[date, date]]:
    """Inclusive day ranges of at most three months, newest first, reaching `months` back."""
    windows: list[tuple[date, date]] = []
    end = today
    for step in range(LONGEST_WINDOW_MONTHS, months + LONGEST_WINDOW_MONTHS, LONGEST_WINDOW_MONTHS):
        start = months_before(today, min(step, months)) + timedelta(days=1)
        windows.append((start, end))
        end = start - timedelta(days=1)
    return windows
