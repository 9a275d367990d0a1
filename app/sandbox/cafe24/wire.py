"""How values travel at Cafe24: decimal text, T/F flags, Korean time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

Row = dict[str, Any]

KST = timezone(timedelta(hours=9), "KST")


def money(amount: Decimal | int) -> str:
    """Decimal text with two places, also for won."""
    return f"{Decimal(amount):.2f}"


def flag(yes: object) -> str:
    """T or F, never a JSON boolean."""
    return "T" if yes else "F"


def stamp(moment: datetime | None) -> str | None:
    """ISO 8601 with +09:00, to the second."""
    return moment.astimezone(KST).isoformat(timespec="seconds") if moment else None


def plain_stamp(moment: datetime) -> str:
    """Korean time without an offset, the form of the item resource and of the payment timeline."""
    return moment.astimezone(KST).strftime("%Y-%m-%d %H:%M:%S")


def token_stamp(moment: datetime) -> str:
    """Korean time without an offset, the form of the token answer (reads like UTC, and is not)."""
    return moment.astimezone(KST).strftime("%Y-%m-%dT%H:%M:%S.000")


def digits(number: str) -> str:
    """Only the digits of a phone number."""
    return "".join(character for character in number if character.isdigit())
