"""Deleting what is kept of one customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commands.kernel.who import Customer, MallId


@dataclass(frozen=True, slots=True)
class Erased:
    """How many of what. `busy`: receipts that something works on; then nothing was touched."""

    busy: int = 0
    plans: int = 0
    receipts: int = 0
    sessions: int = 0
    chats: int = 0


class ErasedRows(Protocol):
    async def erase(
        self, mall_id: MallId, customer: Customer, at: datetime, by: str, *, phone_hashes: Iterable[str] = ()
    ) -> Erased:
        """Claims that wait for a manager are taken back. A second time, or after a crash, does what is left."""
        ...
