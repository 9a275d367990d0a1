"""A sender of text messages that fails when the panel says so."""

from __future__ import annotations

from typing import Protocol

from app.ports import SmsError, SmsTrouble
from app.sandbox.faults import Faults

SMS_FAULTS: dict[str, SmsTrouble] = {
    "503": SmsTrouble.UNAVAILABLE,
    "timeout_after_effect": SmsTrouble.UNCERTAIN,
    "429": SmsTrouble.REJECTED,
    "401_expired": SmsTrouble.AUTH,
}


class Sender(Protocol):
    """As `app.ports.SmsSender`."""

    name: str

    async def send(self, *, to_e164: str, text: str, ref: str) -> str: ...

    async def check(self) -> None: ...


class TroubledSender:
    """Passes on to the real outbox, unless a fault is planted."""

    def __init__(self, inner: Sender, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults
        self.name = inner.name

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        fault = self._faults.take("send")
        trouble = SMS_FAULTS.get(fault or "")
        if trouble is SmsTrouble.UNCERTAIN:  # it arrives, but nobody hears so
            await self._inner.send(to_e164=to_e164, text=text, ref=ref)
        if trouble is not None:
            raise SmsError(trouble, self.name, str(fault))
        return await self._inner.send(to_e164=to_e164, text=text, ref=ref)

    async def check(self) -> None:
        await self._inner.check()
