"""How Cafe24 writes single values: null, "" and the text "null" are empty, numbers come as text or number.

Nothing here raises for a strange value: it becomes empty, and the rules send what is empty to a person.
"""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator

from commands.kernel.calendar import KST

EMPTY_WORDS = frozenset({"", "null", "0000-00-00", "0000-00-00 00:00:00"})
_DIGITS = re.compile(r"[+-]?\d{1,30}")


def to_text(value: Any) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    text = str(value).strip()
    return "" if text in EMPTY_WORDS else text


def to_optional_text(value: Any) -> str | None:
    return to_text(value) or None


def to_amount(value: Any) -> Decimal | None:
    """Never by way of a float's binary digits."""
    text = to_text(value).replace(",", "")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def to_number(value: Any) -> int | None:
    """Long ids are text in one place and numbers in another; a float would lose their last digits."""
    text = to_text(value)
    if _DIGITS.fullmatch(text):
        return int(text)
    amount = to_amount(value)
    return int(amount) if amount is not None and amount == amount.to_integral_value() else None


def to_flag(value: Any) -> bool | None:
    return {"T": True, "F": False}.get(to_text(value))


def to_instant(value: Any) -> datetime | None:
    """Without an offset it is Korean local time."""
    text = to_text(value)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=KST)


def to_rows(value: Any) -> list[Any]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def to_words(value: Any) -> list[str]:
    """A list of words, or one comma list."""
    words = value if isinstance(value, list) else to_text(value).split(",")
    return [word for word in map(to_text, words) if word]


Text = Annotated[str, BeforeValidator(to_text)]
OptionalText = Annotated[str | None, BeforeValidator(to_optional_text)]
Amount = Annotated[Decimal | None, BeforeValidator(to_amount)]
Number = Annotated[int | None, BeforeValidator(to_number)]
Flag = Annotated[bool | None, BeforeValidator(to_flag)]
Instant = Annotated[datetime | None, BeforeValidator(to_instant)]
Words = Annotated[list[str], BeforeValidator(to_words)]
