"""An agent carries nothing out by itself: the customer's second code, a manager, or a setting allows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from app.clock import Clock
from app.ids import new_id
from app.ports import Call, Connection
from app.ports.agents import AgentApproval, AgentApprovals, ApprovalState
from commands.kernel.failures import Failure, FailureType
from commands.kernel.mall import AgentChoices
from commands.kernel.who import Language

from . import wire
from .customers import TEXTS
from .rules import Case, Permission, Subject, decide_permission
from .tools import Turn

LIFE = timedelta(minutes=10)
SMS = "sms"
WAYS = ["sms", "manager"]


class Codes(Protocol):
    """The second text message. Both raise `Failure`."""

    async def send(self, call: Call, connection: Connection, subject: str, about: str) -> wire.SentCode: ...

    async def check(self, call: Call, subject: str, verification_id: str, code: str) -> None:
        """Returns when the code was right, and is used up."""
        ...


class Subjects(Protocol):
    """What a token or a receipt of this very conversation stands for; None for everything else."""

    async def plan(self, call: Call, connection: Connection, token: str) -> Subject | None: ...

    async def receipt(self, turn: Turn, receipt_id: str) -> Subject | None: ...


@dataclass(frozen=True, slots=True)
class Approvals:
    store: AgentApprovals
    codes: Codes
    subjects: Subjects
    choices_of: Callable[[Connection], AgentChoices]
    clock: Clock

    async def ask(self, turn: Turn, params: wire.ApprovalParams) -> wire.AskedApproval:
        connection = shop_of(turn)
        if (params.plan_token is None) == (params.receipt_id is None):
            raise Failure(FailureType.INVALID_PARAMS, _say(turn, "approval.one"))
        if params.plan_token is not None:
            subject = await self.subjects.plan(turn.call, connection, params.plan_token)
        else:
            subject = await self.subjects.receipt(turn, params.receipt_id or "")
        if subject is None or self.clock() >= subject.expires_at:
            raise Failure(FailureType.NOT_FOUND, _say(turn, "approval.nothing"))
        kept = await self.store.ask(self._new(turn, connection, subject))
        if params.by == SMS and kept.state is ApprovalState.WAITING:
            return await self._text(turn, connection, subject, kept)
        return _asked(subject, kept, self._left(kept), turn.call.language, params.by)

    async def _text(
        self, turn: Turn, connection: Connection, subject: Subject, kept: AgentApproval
    ) -> wire.AskedApproval:
        words = Language.KO  # as every text message of ours
        about = f"{TEXTS.say(words, f'act.{subject.act}')} {subject.order_id} {amount_text(subject, words)}"
        sent = await self.codes.send(turn.call, connection, subject.key, about)
        await self.store.texted(kept, sent.verification_id)
        asked = _asked(subject, kept, sent.expires_in, turn.call.language, SMS)
        more = {"masked_phone": sent.masked_phone, "resend_after": sent.resend_after}
        return asked.model_copy(update=more)

    async def permit(self, turn: Turn, subject: Subject | None) -> Permission:
        """Why it may be done. Raises `Failure`: notFound, forbidden, wrongCode, expiredCode."""
        connection = shop_of(turn)
        if subject is None:
            raise Failure(FailureType.NOT_FOUND, _say(turn, "approval.nothing"))
        permission = await self._permission(subject, connection)
        if permission is Permission.NEEDED and turn.approval_code is not None:
            await self._typed(turn, subject, connection, turn.approval_code)
            permission = await self._permission(subject, connection)
        match permission:
            case Permission.REFUSED:
                raise Failure(FailureType.FORBIDDEN, _say(turn, "approval.refused"), approval="refused")
            case Permission.NEEDED:
                raise Failure(
                    FailureType.FORBIDDEN, _say(turn, "approval.needed"), approval="needed", ways=WAYS
                )
            case _:
                return permission

    async def _permission(self, subject: Subject, connection: Connection) -> Permission:
        shop, now = connection.shop, self.clock()
        approval = await self.store.of_subject(shop.mall_id, subject.key)
        return decide_permission(Case(subject, approval, self.choices_of(connection), shop.currency, now))

    async def _typed(self, turn: Turn, subject: Subject, connection: Connection, code: str) -> None:
        """Raises `Failure` unless this is the code that was sent for just this."""
        kept = await self.store.of_subject(connection.shop.mall_id, subject.key)
        if kept is None or kept.verification_id is None:
            raise Failure(FailureType.EXPIRED_CODE, _say(turn, "approval.gone"))
        await self.codes.check(turn.call, subject.key, kept.verification_id, code)
        await self.store.decide(kept, ApprovalState.APPROVED, SMS, self.clock())

    def _new(self, turn: Turn, connection: Connection, subject: Subject) -> AgentApproval:
        now = self.clock()
        assert turn.conversation is not None
        return AgentApproval(
            id=new_id(now),
            mall_id=connection.shop.mall_id,
            channel_id=connection.shop.channel_id,
            key_id=turn.key.id,
            conversation_id=turn.conversation.id,
            subject=subject.key,
            act=subject.act,
            order_id=subject.order_id,
            amount=None if subject.total is None else f"{subject.total} {subject.currency}",
            created_at=now,
            expires_at=min(subject.expires_at, now + LIFE),
        )

    def _left(self, kept: AgentApproval) -> int:
        return max(0, int((kept.expires_at - self.clock()).total_seconds()))


def amount_text(subject: Subject, language: Language) -> str:
    if subject.command == "addressChange":
        return TEXTS.say(language, "amount.address")
    if not subject.is_plan or subject.act == "exchange":
        return TEXTS.say(language, "amount.none")
    if subject.total is None:
        return TEXTS.say(language, "amount.unknown")
    if subject.currency == "KRW":
        return TEXTS.say(language, "amount.refund", amount=f"{subject.total:,.0f}")
    return TEXTS.say(language, "amount.other", amount=f"{subject.total:,}", currency=subject.currency)


def _asked(
    subject: Subject, kept: AgentApproval, seconds: int, language: Language, by: str
) -> wire.AskedApproval:
    return wire.AskedApproval(
        state=kept.state.value,
        by="sms" if by == SMS else "manager",
        action=TEXTS.say(language, f"act.{subject.act}"),
        order_id=subject.order_id,
        amount=amount_text(subject, language),
        expires_in=seconds,
    )


def shop_of(turn: Turn) -> Connection:
    if turn.connection is None:
        raise Failure(FailureType.NOT_CONNECTED)
    return turn.connection


def _say(turn: Turn, key: str) -> str:
    return TEXTS.say(turn.call.language, key)
