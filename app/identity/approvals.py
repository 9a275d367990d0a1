"""A second code, for one act of an agent: whoever types it has read what it allows (3 minutes, 3 tries).

It goes to the number that the first code proved, and counts under the same limits.
"""

from dataclasses import dataclass, replace

from app.keys import BadToken
from app.ports import Call, Connection, KeptCode, PhoneSession, PhoneSessions

from . import codes
from .limits import NUMBER_COOL_DOWN
from .phone import masked
from .sealing import new_session, number_of
from .sessions import is_alive
from .verification import (
    CODE_LIFE,
    CodeGone,
    CodeMalformed,
    CodeNotSent,
    CodeSent,
    CodeWrong,
    SendProblem,
    Verification,
    _row_id,
)

TRIES = 3


@dataclass(frozen=True, slots=True)
class Approved:
    """The code was right, and is used up."""


class ApprovalCodes(Verification):
    """`sessions` hold the number. Codes for different subjects live beside one another."""

    def of_sessions(self, sessions: PhoneSessions) -> "ApprovalCodes":
        self._sessions = sessions
        return self

    async def ask(
        self, call: Call, connection: Connection, subject: str, about: str
    ) -> CodeSent | CodeNotSent:
        """`about`: action, order and amount in few words. Without a proven number: NOT_OPENED."""
        sender = self._sender_of(connection)
        if sender is None:
            return CodeNotSent(SendProblem.OFF)
        e164 = await self._number(call)
        if e164 is None:
            return CodeNotSent(SendProblem.NOT_OPENED)
        code = codes.new_code()
        new = self._new_verification(call, e164, code, None)
        new = replace(new, purpose=_purpose(subject), max_attempts=TRIES)
        refusal = await self._reserve(new, connection)
        if refusal is not None:
            await self._note(call, connection, "approvalRefused", new.id, limit=refusal.limit)
            return CodeNotSent(SendProblem.TOO_MANY, refusal.retry_after)
        if not await self._deliver(sender, new.id, e164, approval_text(connection.shop.name, about, code)):
            await self._note(call, connection, "approvalNotSent", new.id, provider=sender.name)
            return CodeNotSent(SendProblem.NOT_SENT)
        await self._note(call, connection, "approvalSent", new.id)
        life, pause = CODE_LIFE.total_seconds(), NUMBER_COOL_DOWN.within.total_seconds()
        return CodeSent(new.id, masked(e164), int(life), int(pause))

    async def judge(
        self, call: Call, subject: str, verification_id: str, typed: str
    ) -> Approved | CodeWrong | CodeGone | CodeMalformed:
        code = codes.typed_code(typed)
        if code is None:
            return CodeMalformed()
        now = self._clock()
        # What a right code opens is a session; this one is of nobody who could ever call.
        nobody = replace(call, caller_id=f"{call.caller_id}#{subject}")

        def judge(kept: KeptCode) -> PhoneSession | None:
            e164 = self._proven_number(kept, code)
            return None if e164 is None else new_session(self._keys, nobody, e164, kept.phone_hash, None, now)

        answer = await self._store.attempt(
            _row_id(verification_id), call.channel_id, call.caller_id, _purpose(subject), now, judge
        )
        if answer.session is not None:
            await self._sessions.end(nobody.channel_id, nobody.caller_id)
            await self._note(call, None, "approvalRight", verification_id)
            return Approved()
        if answer.left is None:
            return CodeGone()
        await self._note(call, None, "approvalWrong", verification_id, left=answer.left)
        return CodeWrong(answer.left)

    async def _number(self, call: Call) -> str | None:
        session = await self._sessions.of_user(call.channel_id, call.caller_id)
        if session is None or not is_alive(session, self._clock()):
            return None
        try:
            return number_of(self._keys, session)
        except BadToken:
            return None


def _purpose(subject: str) -> str:
    return f"approval:{subject}"


def approval_text(mall_name: str, about: str, code: str) -> str:
    return codes.named(mall_name, f" {about} 승인번호 [{code}]", codes.LONGEST_TEXT_BYTES)
