"""Sending a code and checking it (SMS.md §3.6). Nothing here tells whether the mall knows a number.

The limits, the old code's end and the new row are one step; then the message goes out once. A provider's silence is
not repeated: the message may be on its way.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.clock import Clock
from app.keys import BadToken, KeyRing
from app.log import say
from app.ports import (
    Audit,
    AuditLine,
    Call,
    Chats,
    Connection,
    KeptCode,
    NewVerification,
    Once,
    PhoneSession,
    SendHistory,
    SendRefusal,
    SmsError,
    SmsSender,
    SmsTrouble,
    Verifications,
)

from . import codes, limits
from .choices import identity_choices
from .phone import masked, normalise_kr_mobile, number_block
from .sealing import new_session, open_number, seal_number

PURPOSE = "identity"
NONCE = "phone_nonce"
NONCE_LIFE = timedelta(minutes=10)
CODE_LIFE = timedelta(seconds=180)
MOST_TRIES = 5
_NO_ID = "-"
_log = logging.getLogger(__name__)


class SendProblem(StrEnum):
    INVALID_NUMBER = "invalid_number"
    NOT_OPENED = "not_opened"
    OFF = "off"
    TOO_MANY = "too_many"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class CodeSent:
    """The same for every number, also when the provider did not answer in time."""

    verification_id: str
    masked_phone: str
    expires_in: int
    resend_after: int


@dataclass(frozen=True, slots=True)
class CodeNotSent:
    problem: SendProblem
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class CodeRight:
    session: PhoneSession


@dataclass(frozen=True, slots=True)
class CodeWrong:
    left: int


@dataclass(frozen=True, slots=True)
class CodeGone:
    """Absent, foreign, expired, used, exhausted: one answer."""


@dataclass(frozen=True, slots=True)
class CodeMalformed:
    """It cannot be a code, so it costs no try."""


class Verification:
    """`sender_of` answers None where the mall has no text messages."""

    def __init__(
        self,
        store: Verifications,
        once: Once,
        chats: Chats,
        audit: Audit,
        keys: KeyRing,
        clock: Clock,
        sender_of: Callable[[Connection], SmsSender | None],
        *,
        app_daily_budget: int = limits.DEFAULT_APP_BUDGET,
    ) -> None:
        self._store = store
        self._once = once
        self._chats = chats
        self._audit = audit
        self._keys = keys
        self._clock = clock
        self._sender_of = sender_of
        self._app_daily_budget = app_daily_budget

    def is_offered(self, connection: Connection) -> bool:
        return self._sender_of(connection) is not None

    async def opened(self, call: Call) -> None:
        """The phone screen is shown: codes may be asked for during the next ten minutes."""
        now = self._clock()
        await self._once.take(NONCE, _asker(call), now)
        await self._once.first(NONCE, _asker(call), now, now + NONCE_LIFE, "open")

    async def send(
        self, call: Call, connection: Connection, raw_number: str, *, client_ip: str | None = None
    ) -> CodeSent | CodeNotSent:
        """`client_ip` only where the customer's own browser asked us: Functions come from Channel's servers."""
        e164 = normalise_kr_mobile(raw_number)
        if e164 is None:
            return CodeNotSent(SendProblem.INVALID_NUMBER)
        sender = self._sender_of(connection)
        if sender is None:
            return CodeNotSent(SendProblem.OFF)
        if await self._once.peek(NONCE, _asker(call), self._clock()) is None:
            return CodeNotSent(SendProblem.NOT_OPENED)
        code = codes.new_code()
        new = self._new_verification(call, e164, code, client_ip)
        refusal = await self._reserve(new, connection)
        if refusal is not None:
            await self._note(call, connection, "codeRefused", new.id, limit=refusal.limit)
            return CodeNotSent(SendProblem.TOO_MANY, refusal.retry_after)
        if not await self._deliver(sender, new.id, e164, codes.sms_text(connection.shop.name, code)):
            await self._note(call, connection, "codeNotSent", new.id, provider=sender.name)
            return CodeNotSent(SendProblem.NOT_SENT)
        await self._note(call, connection, "codeSent", new.id, number=new.phone_hash)
        cool_down = limits.NUMBER_COOL_DOWN.within
        return CodeSent(new.id, masked(e164), _seconds(CODE_LIFE), _seconds(cool_down))

    async def check(
        self, call: Call, verification_id: str, typed: str
    ) -> CodeRight | CodeWrong | CodeGone | CodeMalformed:
        code = codes.typed_code(typed)
        if code is None:
            return CodeMalformed()
        chat = call.user_chat_id or await self._chats.of_user(call.channel_id, call.caller_id)
        now = self._clock()

        def judge(kept: KeptCode) -> PhoneSession | None:
            e164 = self._proven_number(kept, code)
            return None if e164 is None else new_session(self._keys, call, e164, kept.phone_hash, chat, now)

        answer = await self._store.attempt(
            _row_id(verification_id), call.channel_id, call.caller_id, PURPOSE, now, judge
        )
        if answer.session is not None:
            await self._note(call, None, "codeRight", verification_id)
            return CodeRight(answer.session)
        if answer.left is None:
            return CodeGone()
        await self._note(call, None, "codeWrong", verification_id, left=answer.left)
        return CodeWrong(answer.left)

    def _new_verification(self, call: Call, e164: str, code: str, client_ip: str | None) -> NewVerification:
        now, number_key = self._clock(), self._keys.key("phone")
        verification_id, key_id = str(uuid.uuid4()), self._keys.newest
        return NewVerification(
            id=verification_id,
            channel_id=call.channel_id,
            chat_user_id=call.caller_id,
            purpose=PURPOSE,
            phone_hash=codes.phone_hash(number_key, e164),
            block_hash=codes.block_hash(number_key, number_block(e164)),
            phone_enc=seal_number(self._keys, e164, verification_id),
            code_hash=codes.otp_hash(self._keys.key("otp", key_id), verification_id, e164, code),
            key_id=key_id,
            max_attempts=MOST_TRIES,
            created_at=now,
            expires_at=now + CODE_LIFE,
            resend_after=now + limits.NUMBER_COOL_DOWN.within,
            address=limits.address_key(client_ip),
        )

    async def _reserve(self, new: NewVerification, connection: Connection) -> SendRefusal | None:
        channel_budget = identity_choices(connection.settings).daily_budget
        budgets = limits.Budgets(channel_budget, self._app_daily_budget)

        def decide(past: SendHistory) -> SendRefusal | None:
            return limits.decide_send(past, new.phone_hash, budgets, new.created_at)

        refusal, past = await self._store.reserve(new, decide)
        if refusal is not None:
            for stop in sorted(refusal.stops):
                say(_log, "error", "text messages stopped", channel=new.channel_id, reason=stop.value)
        elif limits.budget_alarm(past.channel_day, budgets.channel):
            say(_log, "warning", "text message budget nearly spent", channel=new.channel_id, reason="channel")
        elif limits.budget_alarm(past.app_day, budgets.app):
            say(_log, "warning", "text message budget nearly spent", reason="app")
        return refusal

    async def _deliver(self, sender: SmsSender, verification_id: str, e164: str, text: str) -> bool:
        """False: surely not sent. An uncertain result keeps the code alive, for the message may arrive."""
        ref: str | None = None
        outcome, failed, provider = "accepted", False, sender.name
        try:
            ref = await sender.send(to_e164=e164, text=text, ref=verification_id)
        except SmsError as error:
            outcome, provider = f"{error.trouble}:{error.code}", error.provider
            failed = error.trouble is not SmsTrouble.UNCERTAIN
            say(
                _log,
                "warning",
                "text message trouble",
                provider=provider,
                code=error.code,
                kind=error.trouble,
            )
        await self._store.settle(verification_id, provider=provider, ref=ref, outcome=outcome, failed=failed)
        return not failed

    def _proven_number(self, kept: KeptCode, code: str) -> str | None:
        """The number if this is its code. A code made with a key that is gone has simply expired."""
        try:
            e164 = open_number(self._keys, kept.phone_enc, kept.id)
            key = self._keys.key("otp", kept.key_id)
        except BadToken:
            return None
        return e164 if codes.same(codes.otp_hash(key, kept.id, e164, code), kept.code_hash) else None

    async def _note(
        self, call: Call, connection: Connection | None, act: str, subject: str, **facts: object
    ) -> None:
        mall_id = connection.shop.mall_id if connection is not None else None
        line = AuditLine(
            call.channel_id, f"phone.{act}", call.caller_id, subject, self._clock(), mall_id, facts
        )
        await self._audit.add(line)


def _asker(call: Call) -> str:
    return f"{call.channel_id}|{call.caller_id}"


def _row_id(verification_id: str) -> str:
    """Anything that is no UUID becomes an id that no row has, so that it costs the same statement."""
    try:
        return str(uuid.UUID(verification_id))
    except ValueError:
        return _NO_ID


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
