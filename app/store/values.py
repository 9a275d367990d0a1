"""From and to the plain values that both databases keep."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from app.clock import from_millis, to_millis

OnStatement = Callable[[str], None]
"""Sees the text of each statement that runs: a test's counter."""


def to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def from_json(text: str | bytes) -> Any:
    return orjson.loads(text)


def millis_or_none(at: datetime | None) -> int | None:
    return None if at is None else to_millis(at)


def instant_or_none(millis: int | None) -> datetime | None:
    return None if millis is None else from_millis(millis)


def hashed(*parts: str) -> str:
    """For look-ups of random tokens. Not for phone numbers or codes: those need a keyed hash."""
    return sha256(orjson.dumps(parts)).hexdigest()
