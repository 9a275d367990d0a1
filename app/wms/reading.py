"""Values as providers send them: numbers as text, days in several forms, nulls anywhere. What is unreadable is None."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:$|[ T].*)", re.DOTALL)
_WHOLE = re.compile(r"[+-]?\d{1,12}(?:\.0+)?")


def text(value: Any) -> str | None:
    """A word or a number as text; empty is None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def whole(value: Any) -> int | None:
    """`7`, `"7"` and `"7.0"`."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    plain = str(value).strip() if isinstance(value, str | int) else ""
    return int(float(plain)) if _WHOLE.fullmatch(plain) else None


def day(value: Any) -> date | None:
    """`2026-11-24`, `2026-11-24 09:00:00` and `20261124`; a clock time is left out, as both write Korean time."""
    found = _DAY.fullmatch(text(value) or "")
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def rows(value: Any) -> list[Mapping[str, Any]]:
    """A list of objects, or one object where a list of one was meant."""
    if isinstance(value, Mapping):
        return [value]
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
