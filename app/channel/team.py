"""`manager.call`: a customer wants a person. A private note for the team, and the chat is opened, once in ten
minutes; and the invitation to verify a phone number that a manager sends into a chat.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from pydantic import Field

from app.clock import Clock
from app.errors import AppError
from app.ports import Asking, Call, Chats, Conversation, Function, Once, Surface
from commands.explain import WORDS, finding_text
from commands.kernel.decision import Finding
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import OrderId
from commands.kernel.ports import Unavailable
from commands.kernel.texts import Texts
from commands.kernel.who import ChannelId, Language
from commands.shapes import CommandParams, Params, Shape

ONCE_PER = timedelta(minutes=10)
SLOT_SECONDS = int(ONCE_PER.total_seconds())
INVITED_TO = "orderList"
TEAM_LANGUAGE = Language.KO
DECIDED_WITHIN_SECONDS = 2.0
"""A mall that is slower costs the note its facts, not the customer their person."""
ChatOf = Callable[[Call, str | None], str | None]


class CallManagerParams(Params):
    order_id: str | None = Field(None, max_length=40, pattern=r"^[0-9A-Za-z-]+$")
    code: str = Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_]+$")
    command: str | None = Field(None, max_length=40, pattern=r"^[A-Za-z]+$")
    """On whose screen they asked: several commands may have a finding with this code."""


class Done(Shape):
    pass


class Team:
    """`chat_of(call, chat_token)`: the chat that a manager's token stands for, or None. `texts`: the commands' by
    name, whose findings a customer may ask about; `asking` lets the note say what holds for the order.
    """

    def __init__(
        self,
        conversation: Conversation,
        chats: Chats,
        once: Once,
        clock: Clock,
        *,
        chat_of: ChatOf,
        texts: Mapping[str, Texts],
        asking: Asking | None = None,
    ) -> None:
        self._conversation = conversation
        self._chats = chats
        self._once = once
        self._clock = clock
        self._chat_of = chat_of
        self._texts = texts
        self._asking = asking

    def functions(self) -> list[Function]:
        return [
            Function("manager.call", CallManagerParams, Done, self.call_manager, frozenset({Surface.USER})),
            Function("identity.invite", CommandParams, Done, self.invite, frozenset({Surface.MANAGER})),
        ]

    async def call_manager(self, call: Call, params: CallManagerParams) -> Done:
        chat_id = call.user_chat_id or await self._chats.of_user(call.channel_id, call.caller_id)
        if chat_id is None:
            raise Failure(FailureType.NOT_FOUND, "there is no chat to write to")
        made = partial(self._note, call, params)
        await self._write_once("manager_call", call.channel_id, chat_id, made, private=True)
        return Done()

    async def _note(self, call: Call, params: CallManagerParams) -> str:
        """What a manager needs to begin: the order, the reason with its facts, where the setting is, the code."""
        say = partial(WORDS.say, TEAM_LANGUAGE)
        order = params.order_id or say("manager.note.none")
        reason, path = reason_text(params.code, self._texts_for(params.command), TEAM_LANGUAGE), ""
        if found := await self._found(call, params):
            finding, texts = found
            reason = finding_text(finding, texts, TEAM_LANGUAGE, "manager")
            path = finding.setting_path or ""
        lines = [say("manager.note", order=order, reason=reason)]
        if path:
            lines.append(say("manager.note.setting", path=path))
        if reason != say("manager.reason.other"):
            lines.append(say("manager.note.code", code=params.code))
        if params.order_id:
            lines.append(say("manager.note.why"))
        return "\n".join(lines)

    def _texts_for(self, command: str | None) -> list[Texts]:
        """Those of the command that they asked from come first."""
        names = sorted(self._texts, key=lambda name: name != command)
        return [WORDS, *(self._texts[name] for name in names)]

    async def _found(self, call: Call, params: CallManagerParams) -> tuple[Finding, Texts] | None:
        """The finding with this code as it holds now, if the order is theirs and the mall answers."""
        if self._asking is None or params.order_id is None:
            return None
        try:
            async with asyncio.timeout(DECIDED_WITHIN_SECONDS):
                ask = await self._asking.ask(call, None, None)
                order = await ask.ports.orders.one(ask.shop, ask.customer, OrderId(params.order_id))
                offers = await ask.ports.offers.of(ask, order) if order else []
        except (Failure, AppError, Unavailable, TimeoutError):
            return None
        asked_first = sorted(offers, key=lambda offer: offer.command != params.command)
        found = ((f, offer.texts) for offer in asked_first for f in offer.decision.findings)
        return next(((f, texts) for f, texts in found if f.code == params.code), None)

    async def invite(self, call: Call, params: CommandParams) -> Done:
        chat_id = self._chat_of(call, params.chat_token)
        if chat_id is None:
            raise Failure(FailureType.NOT_IDENTIFIED, WORDS.say(call.language, "failure.customerUnknown"))

        async def made() -> str:
            return WORDS.say(call.language, "manager.identify.message")

        await self._write_once("invite", call.channel_id, chat_id, made, private=False)
        return Done()

    async def _write_once(
        self,
        purpose: str,
        channel_id: ChannelId,
        chat_id: str,
        made: Callable[[], Awaitable[str]],
        *,
        private: bool,
    ) -> None:
        """The mark is taken back when nothing was written, so that the customer may try again."""
        now = self._clock()
        key = f"{channel_id}/{chat_id}"
        if not await self._once.first(purpose, key, now, now + ONCE_PER):
            return
        try:
            await self._send(channel_id, chat_id, await made(), now, private=private)
        except Exception:
            await self._once.take(purpose, key, now)
            raise

    async def _send(
        self, channel_id: ChannelId, chat_id: str, text: str, now: datetime, *, private: bool
    ) -> None:
        request_id = f"{'note' if private else 'invite'}-{chat_id}-{int(now.timestamp()) // SLOT_SECONDS}"
        label = WORDS.say(Language.KO, "manager.identify.command")
        command = None if private else (label, INVITED_TO)
        await self._conversation.write(
            channel_id, chat_id, text, private=private, request_id=request_id, command=command
        )
        if private:
            await self._conversation.open_for_team(channel_id, chat_id)


def reason_text(code: str, texts: Sequence[Texts], language: Language) -> str:
    """What a code says to a manager: words of its own, else the sentence of the finding with this code, else what
    the customer was told. A sentence that needs facts cannot be said here: a code comes without them.
    """
    own = f"manager.reason.{code}"
    if WORDS.has(own):
        return WORDS.say(language, own)
    for reader in ("manager", "customer"):
        for command in texts:
            if sentence := _plain_sentence(command, f"{code}.{reader}", language):
                return sentence if reader == "manager" else _seen(sentence, language)
    failure = _plain_sentence(WORDS, f"failure.{code}", language)
    return _seen(failure, language) if failure else WORDS.say(language, "manager.reason.other")


def _plain_sentence(texts: Texts, key: str, language: Language) -> str:
    sentence = texts.say(language, key) if texts.has(key) else ""
    return "" if "{" in sentence else sentence


def _seen(sentence: str, language: Language) -> str:
    return WORDS.say(language, "manager.reason.seen", text=sentence)
