"""The identity Functions: who am I, send a code, check it, choose an account, forget me."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, assert_never

from app.ports import Call, Connection, ConnectionOf, ConnectionState, Function, Surface
from commands.kernel.calendar import KST
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Unavailable
from commands.kernel.texts import Texts, beside
from commands.kernel.who import Language

from . import wire
from .asking import language_of
from .codes import DIGITS
from .sessions import OfferedChoice, Sessions, WhoIsIt
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

TEXTS: Texts = beside(__file__)


async def connected(connection_of: ConnectionOf, call: Call) -> tuple[Call, Connection]:
    """The shop, and the call in the language that its answer is written in. Raises `Failure(notConnected)`."""
    connection = await connection_of(call.channel_id) if call.channel_id else None
    if connection is None or connection.state is not ConnectionState.CONNECTED:
        raise Failure(FailureType.NOT_CONNECTED, TEXTS.say(call.language, "error.notConnected"))
    return replace(call, language=language_of(call, connection)), connection


class IdentityFunctions:
    def __init__(self, verification: Verification, sessions: Sessions, connection_of: ConnectionOf) -> None:
        self._verification = verification
        self._sessions = sessions
        self._connection_of = connection_of

    def all(self) -> tuple[Function, ...]:
        return (
            _function("identity.get", wire.GetParams, wire.IdentityResult, self.get),
            _function("identity.sendCode", wire.SendCodeParams, wire.SendCodeResult, self.send_code),
            _function("identity.verifyCode", wire.VerifyCodeParams, wire.VerifyCodeResult, self.verify_code),
            _function("identity.choose", wire.ChooseParams, wire.IdentityResult, self.choose),
            _function("identity.end", wire.EndParams, wire.IdentityResult, self.end),
        )

    async def get(self, call: Call, _: wire.GetParams) -> wire.IdentityResult:
        call, _connection = await connected(self._connection_of, call)
        return _identity(await self._sessions.who(call))

    async def send_code(self, call: Call, params: wire.SendCodeParams) -> wire.SendCodeResult:
        call, connection = await connected(self._connection_of, call)
        match await self._verification.send(call, connection, params.phone):
            case CodeSent() as sent:
                return wire.SendCodeResult(
                    verification_id=sent.verification_id,
                    masked_phone=sent.masked_phone,
                    expires_in=sent.expires_in,
                    resend_after=sent.resend_after,
                )
            case CodeNotSent() as refused:
                raise not_sent(refused, call.language)
            case never:
                assert_never(never)

    async def verify_code(self, call: Call, params: wire.VerifyCodeParams) -> wire.VerifyCodeResult:
        call, connection = await connected(self._connection_of, call)
        match await self._verification.check(call, params.verification_id, params.code):
            case CodeRight():
                return _offer(await self.offered(call, connection))
            case CodeWrong(left=left):
                text = TEXTS.say(call.language, "error.wrongCode", left=left)
                raise Failure(FailureType.WRONG_CODE, text, left=left)
            case CodeGone():
                raise Failure(FailureType.EXPIRED_CODE, TEXTS.say(call.language, "error.expiredCode"))
            case CodeMalformed():
                text = TEXTS.say(call.language, "error.malformedCode", digits=DIGITS)
                raise Failure(FailureType.INVALID_PARAMS, text, member="code")
            case never:
                assert_never(never)

    async def choose(self, call: Call, params: wire.ChooseParams) -> wire.IdentityResult:
        call, connection = await connected(self._connection_of, call)
        return _identity(await self.chosen(call, connection, params.account_ref, guest=params.guest))

    async def end(self, call: Call, _: wire.EndParams) -> wire.IdentityResult:
        """Works without a connection too: forgetting somebody must always be possible."""
        await self._sessions.end(call)
        return _identity(await self._sessions.who(call))

    async def offered(self, call: Call, connection: Connection) -> OfferedChoice:
        try:
            choice = await self._sessions.offer_accounts(call, connection)
        except Unavailable as error:
            raise Failure(
                FailureType.UPSTREAM_UNAVAILABLE, TEXTS.say(call.language, "error.mallAway")
            ) from error
        if choice is None:
            raise Failure(FailureType.NOT_IDENTIFIED, TEXTS.say(call.language, "error.notIdentified"))
        return choice

    async def chosen(
        self, call: Call, connection: Connection, account_ref: str | None, *, guest: bool
    ) -> WhoIsIt:
        try:
            who = await self._sessions.choose(call, connection, account_ref=account_ref, guest=guest)
        except Unavailable as error:
            raise Failure(
                FailureType.UPSTREAM_UNAVAILABLE, TEXTS.say(call.language, "error.mallAway")
            ) from error
        if who is None:
            raise Failure(FailureType.NOT_IDENTIFIED, TEXTS.say(call.language, "error.notIdentified"))
        return who


def not_sent(refused: CodeNotSent, language: Language) -> Failure:
    """Every refusal by a limit looks alike and carries only the seconds to wait."""
    match refused.problem:
        case SendProblem.INVALID_NUMBER:
            text = TEXTS.say(language, "error.invalidNumber")
            return Failure(FailureType.INVALID_PARAMS, text, member="phone")
        case SendProblem.NOT_OPENED:
            return Failure(FailureType.NOT_IDENTIFIED, TEXTS.say(language, "error.openAgain"))
        case SendProblem.OFF:
            return Failure(FailureType.NOT_IDENTIFIED, TEXTS.say(language, "error.off"))
        case SendProblem.TOO_MANY:
            text = TEXTS.say(language, "error.tooMany")
            return Failure(FailureType.TOO_MANY, text, retryAfter=refused.retry_after)
        case SendProblem.NOT_SENT:
            return Failure(FailureType.UPSTREAM_UNAVAILABLE, TEXTS.say(language, "error.notSent"))
        case never:
            assert_never(never)


def _function(
    name: str, params: type[Any], result: type[Any], run: Callable[[Call, Any], Awaitable[Any]]
) -> Function:
    return Function(name, params, result, run, frozenset({Surface.USER}))


def _identity(who: WhoIsIt) -> wire.IdentityResult:
    return wire.IdentityResult(
        state=who.state.value,
        label=who.label,
        expires_at=None if who.expires_at is None else who.expires_at.astimezone(KST),
    )


def _offer(choice: OfferedChoice) -> wire.VerifyCodeResult:
    accounts = [wire.AccountResult(account_ref=one.ref, label=one.label) for one in choice.accounts]
    return wire.VerifyCodeResult(accounts=accounts, guest_orders=choice.guest_orders)
