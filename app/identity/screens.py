"""The steps of phone verification as screens: number → code → account → on to what was wanted.

Each step is answered by the server; the client only carries scalars along. What it carries grants nothing: the
session stands in the store under the signed caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, assert_never

from app.clock import Clock
from app.ports import Call, Connection, ConnectionOf
from commands.kernel.failures import Failure, FailureType
from commands.kernel.screen import Screen

from . import pages
from .functions import TEXTS, IdentityFunctions, connected
from .pages import Sent, Way
from .phone import masked, normalise_kr_mobile
from .sessions import GUEST, Sessions
from .verification import (
    CodeGone,
    CodeMalformed,
    CodeNotSent,
    CodeRight,
    CodeSent,
    CodeWrong,
    SendProblem,
    Verification,
)

OWN_INPUT = frozenset(
    {"phone", "code", "verificationId", "codeEndsAt", "resendAt", "accountRef", "guest", "screen"}
)
_MOST_CARRIED = 12
_LONGEST_CARRIED = 200


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: who asks, of which shop, with what typed in."""

    call: Call
    connection: Connection
    given: Mapping[str, Any]
    way: Way

    def text(self, name: str) -> str:
        value = self.given.get(name)
        return value if isinstance(value, str) and len(value) <= _LONGEST_CARRIED else ""

    def number(self, name: str) -> int:
        value = self.given.get(name)
        return value if type(value) is int else 0


class IdentityScreens:
    """`screen` is what `identity.screen` calls; None is the first step."""

    def __init__(
        self,
        verification: Verification,
        sessions: Sessions,
        functions: IdentityFunctions,
        connection_of: ConnectionOf,
        clock: Clock,
    ) -> None:
        self._verification = verification
        self._sessions = sessions
        self._functions = functions
        self._connection_of = connection_of
        self._clock = clock
        self._steps = {
            "phone": self._phone,
            "send": self._send,
            "code": self._code,
            "verify": self._verify,
            "accounts": self._accounts,
            "choose": self._choose,
        }

    async def screen(self, call: Call, screen: str | None, given: Mapping[str, Any]) -> Screen:
        """Raises `Failure`: notConnected, upstreamUnavailable, and invalidParams for a screen that is not ours."""
        build = self._steps.get(screen or "phone")
        if build is None:
            raise Failure(FailureType.INVALID_PARAMS)
        call, connection = await connected(self._connection_of, call)
        return await build(_Step(call, connection, given, _way(call, given)))

    async def _phone(self, step: _Step, *, error: str = "", notice: str = "") -> Screen:
        if not self._verification.is_offered(step.connection):
            return pages.off(step.way)
        await self._verification.opened(step.call)
        return pages.phone(step.way, step.text("phone"), error=error, notice=notice)

    async def _send(self, step: _Step) -> Screen:
        match await self._verification.send(step.call, step.connection, step.text("phone")):
            case CodeSent() as sent:
                now = int(self._clock().timestamp())
                return pages.code(
                    step.way,
                    Sent(
                        phone=step.text("phone"),
                        masked_phone=sent.masked_phone,
                        verification_id=sent.verification_id,
                        ends_at=now + sent.expires_in,
                        resend_at=now + sent.resend_after,
                    ),
                    now,
                    notice=TEXTS.say(step.call.language, "code.sent"),
                )
            case CodeNotSent(problem=problem, retry_after=retry_after):
                return await self._not_sent(step, problem, retry_after)
            case never:
                assert_never(never)

    async def _not_sent(self, step: _Step, problem: SendProblem, retry_after: int) -> Screen:
        language = step.call.language
        match problem:
            case SendProblem.INVALID_NUMBER:
                return await self._phone(step, error=TEXTS.say(language, "error.invalidNumber"))
            case SendProblem.NOT_OPENED:
                return await self._phone(step, notice=TEXTS.say(language, "error.openAgain"))
            case SendProblem.OFF:
                return pages.off(step.way)
            case SendProblem.TOO_MANY:
                wait = pages.wait_text(language, retry_after)
                return await self._phone(step, notice=TEXTS.say(language, "error.tooManyWait", wait=wait))
            case SendProblem.NOT_SENT:
                return await self._phone(step, notice=TEXTS.say(language, "error.notSent"))
            case never:
                assert_never(never)

    async def _code(self, step: _Step, *, error: str = "") -> Screen:
        e164 = normalise_kr_mobile(step.text("phone"))
        if e164 is None or not step.text("verificationId"):
            return await self._phone(step)
        now = int(self._clock().timestamp())
        sent = Sent(
            phone=step.text("phone"),
            masked_phone=masked(e164),
            verification_id=step.text("verificationId"),
            ends_at=step.number("codeEndsAt"),
            resend_at=step.number("resendAt"),
        )
        return pages.code(step.way, sent, now, error=error)

    async def _verify(self, step: _Step) -> Screen:
        language = step.call.language
        match await self._verification.check(step.call, step.text("verificationId"), step.text("code")):
            case CodeRight():
                return await self._accounts(step)
            case CodeMalformed():
                return await self._code(step, error=pages.malformed(language))
            case CodeWrong(left=left) if left > 0:
                return await self._code(step, error=TEXTS.say(language, "error.wrongCode", left=left))
            case CodeWrong():
                return await self._phone(step, notice=TEXTS.say(language, "error.noTriesLeft"))
            case CodeGone():
                # the same press that arrived twice: the first one has opened the session already
                if await self._has_just_verified(step):
                    return await self._accounts(step)
                return await self._phone(step, notice=TEXTS.say(language, "error.expiredCode"))
            case never:
                assert_never(never)

    async def _has_just_verified(self, step: _Step) -> bool:
        session = await self._sessions.active(step.call)
        recent = timedelta(minutes=1)
        return session is not None and not session.chosen and self._clock() - session.created_at < recent

    async def _accounts(self, step: _Step, *, error: str = "") -> Screen:
        try:
            choice = await self._functions.offered(step.call, step.connection)
        except Failure as failure:
            if failure.type is FailureType.UPSTREAM_UNAVAILABLE:
                return pages.mall_away(step.way)
            if failure.type is FailureType.NOT_IDENTIFIED:
                return await self._phone(step, notice=failure.message)
            raise
        return pages.accounts(step.way, choice, error=error)

    async def _choose(self, step: _Step) -> Screen:
        ref = step.text("accountRef")
        guest = ref == GUEST or step.given.get("guest") is True
        try:
            who = await self._functions.chosen(
                step.call, step.connection, None if guest else ref, guest=guest
            )
        except Failure as failure:
            if failure.type is FailureType.UPSTREAM_UNAVAILABLE:
                return pages.mall_away(step.way)
            if failure.type is FailureType.NOT_IDENTIFIED:
                # nothing was picked, or the session is over: the list itself knows which
                return await self._accounts(step, error=TEXTS.say(step.call.language, "accounts.pick"))
            raise
        return pages.done(step.way, who)


def _way(call: Call, given: Mapping[str, Any]) -> Way:
    carried = {
        name: value
        for name, value in given.items()
        if name not in OWN_INPUT and isinstance(value, (str, int)) and len(str(value)) <= _LONGEST_CARRIED
    }
    return Way(call.language, dict(list(carried.items())[:_MOST_CARRIED]))
