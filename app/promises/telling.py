"""Tells the customer who asked that a ship date is another one now: once, in the chat of their last command."""

import logging
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Protocol

from app.errors import OutcomeUnknown, Rejected, Unavailable
from app.log import say
from app.ports import Chats, Conversation
from app.ports.promises import OrderPromises
from commands.explain import date_text
from commands.kernel.calendar import kst_day
from commands.kernel.order import OrderItemCode
from commands.kernel.spec import Ask
from commands.ship_date import TEXTS

Days = Mapping[OrderItemCode, date | None]
log = logging.getLogger("jumun.promises")


class Tell(Protocol):
    async def __call__(self, ask: Ask, promises: OrderPromises, changed: Days) -> None: ...


class TellingDates:
    """Silent where the setting `shipping.notifyChange` is off, or no chat is known."""

    def __init__(self, chats: Chats, conversation: Conversation) -> None:
        self._chats = chats
        self._conversation = conversation

    async def __call__(self, ask: Ask, promises: OrderPromises, changed: Days) -> None:
        """Raises `Unavailable`; the same change again is the same message."""
        chat = await self._chat_of(promises)
        if chat is None or not ask.choices.shipping.notify_change:
            return
        text = "\n".join(
            dict.fromkeys(self._sentence(ask, promises, code, day) for code, day in changed.items())
        )
        try:
            await self._conversation.write(
                promises.channel_id, chat, text, request_id=_request_id(promises, changed)
            )
        except OutcomeUnknown as error:
            raise Unavailable("channel", "message", note="no answer") from error
        except Rejected as error:
            say(log, "warning", "a chat took no news of a ship date", code=error.wire_code)

    async def _chat_of(self, promises: OrderPromises) -> str | None:
        reach = promises.asker.reach
        latest = await self._chats.of_user(promises.channel_id, reach.user_id) if reach.user_id else None
        return latest or reach.chat_id

    @staticmethod
    def _sentence(ask: Ask, promises: OrderPromises, code: OrderItemCode, day: date | None) -> str:
        today, before = kst_day(ask.now), promises.told[code]
        words: dict[str, str] = {"order": promises.order_id}
        if before:
            words["before"] = date_text(before, ask.language, today)
        if day:
            words["after"] = date_text(day, ask.language, today)
        key = "message.unknown" if not day else "message.changed" if before else "message.known"
        return TEXTS.say(ask.language, key, **words)


def _request_id(promises: OrderPromises, changed: Days) -> str:
    whole = [
        promises.order_id,
        *(f"{code}:{promises.told[code]}:{day}" for code, day in sorted(changed.items())),
    ]
    return f"ship-{sha256('|'.join(whole).encode()).hexdigest()[:32]}"
