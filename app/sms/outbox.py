"""Keeps messages in memory: the phone of the sandbox. They never leave the process."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from app.clock import Clock

MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Message:
    to: str
    text: str
    at: datetime


class Outbox:
    """`messages`: oldest first, the last two hundred."""

    name = "outbox"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.messages: deque[Message] = deque(maxlen=MOST_KEPT)
        self._sent = 0

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:  # noqa: ARG002  a phone shows no reference
        self._sent += 1
        self.messages.append(Message(to_e164, text, self._clock()))
        return f"outbox-{self._sent}"

    async def check(self) -> None:
        """There is nothing that could be wrong."""
