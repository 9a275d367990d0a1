"""What lies in the inbox of a phone number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

Outbox = Callable[[], Sequence[Mapping[str, Any]]]
_CODE = re.compile(r"(?<!\d)(\d{4,8})(?!\d)")
_NEWEST = 30


class Phone:
    """Reads the outbox of the app: entries with `to`, `text` and `at` (datetime or ISO text)."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def inbox(self) -> list[dict[str, Any]]:
        """The newest messages first; `code` is the first number in the text that looks like a one-time code."""
        messages = sorted(self._outbox(), key=lambda message: _stamp(message["at"]), reverse=True)
        return [_shown(message) for message in messages[:_NEWEST]]


def _shown(message: Mapping[str, Any]) -> dict[str, Any]:
    text = str(message["text"])
    code = _CODE.search(text)
    return {
        "to": local_number(str(message["to"])),
        "text": text,
        "at": _stamp(message["at"]),
        "code": code[1] if code else None,
    }


def _stamp(at: object) -> str:
    return at.isoformat() if isinstance(at, datetime) else str(at)


def local_number(number: str) -> str:
    """`+821012345678` and `01012345678` as a person in Korea writes them."""
    digits = re.sub(r"\D", "", number)
    if number.startswith("+82"):
        digits = "0" + digits.removeprefix("82")
    match = re.fullmatch(r"(01\d)(\d{3,4})(\d{4})", digits)
    return "-".join(match.groups()) if match else number
