"""Claims that wait for a manager: the queue, and the one decision on each (H44, H68). Of two managers, or a manager
and the customer or the deadline, one wins by compare-and-set and the others see who did.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal

from app.clock import Clock, from_millis, to_millis
from app.ports import (
    ClaimPage,
    Connection,
    ConnectionOf,
    ConnectionState,
    Decided,
    Intent,
    Intents,
    KeptClaim,
    KeptClaims,
    KeptPlan,
    PendingClaim,
    Plans,
    Verdict,
)
from commands.kernel.failures import Failure, FailureType
from commands.kernel.masking import masked_cellphone
from commands.kernel.plan import Receipt
from commands.kernel.who import CallerKind, ChannelId, Customer, Language, MallId, Member

from .endings import TEXTS, rejected, shop_gone
from .settling import Settling, receipt_of

RunBeside = Callable[[MallId, float], Awaitable[None]]
BUDGET = timedelta(seconds=2.5)
LOOK_SECONDS = 0.05
LONGEST_WORDS = 1000
LONGEST_CURSOR = 60
MILLIS_DIGITS = 15


class PendingQueue:
    """The `PendingClaims` port. `run_beside`: runs a mall's due jobs while an approval waits for its own."""

    def __init__(
        self,
        claims: KeptClaims,
        plans: Plans,
        intents: Intents,
        settling: Settling,
        connection_of: ConnectionOf,
        clock: Clock,
        run_beside: RunBeside,
        *,
        budget: timedelta = BUDGET,
    ) -> None:
        self._claims = claims
        self._plans = plans
        self._intents = intents
        self._settling = settling
        self._connection_of = connection_of
        self._clock = clock
        self._run_beside = run_beside
        self._budget = budget.total_seconds()

    async def page(
        self,
        channel_id: ChannelId,
        *,
        cursor: str | None = None,
        limit: int = 30,
        kind: str | None = None,
        decided: bool = False,
    ) -> ClaimPage:
        connection = await self._connection_of(channel_id)
        if connection is None or not (kind or "").isprintable():
            return ClaimPage(())
        where = (connection.shop.mall_id, channel_id)
        if decided:
            before = _moment(cursor)
            found = await self._claims.decided(*where, before=before, limit=limit + 1, kind=kind)
        else:
            after = _receipt_id(cursor)
            found = await self._claims.waiting(*where, after=after, limit=limit + 1, kind=kind)
        claims = [pending_claim(kept) for kept in found[:limit]]
        return ClaimPage(claims, _cursor(claims[-1], decided=decided) if len(found) > limit else None)

    async def kinds(self, channel_id: ChannelId) -> dict[str, int]:
        connection = await self._connection_of(channel_id)
        return await self._claims.kinds(connection.shop.mall_id, channel_id) if connection else {}

    async def one(self, channel_id: ChannelId, pending_id: str) -> PendingClaim | None:
        connection = await self._connection_of(channel_id)
        wanted = _uuid(pending_id)
        if connection is None or wanted is None:
            return None
        kept = await self._claims.one(connection.shop.mall_id, channel_id, wanted)
        return pending_claim(kept) if kept else None

    async def decide(
        self,
        channel_id: ChannelId,
        pending_id: str,
        *,
        manager_id: str,
        action: Literal["approve", "reject"],
        message: str | None,
        language: Language,
    ) -> Receipt:
        words = said(message, language) if action == "reject" else None
        verdict = Verdict.REJECTED if action == "reject" else Verdict.APPROVED
        wanted = Decided(verdict, f"manager:{manager_id}", self._clock(), words)
        connection = await self._connection_of(channel_id)
        plan, intent = await self._claim(connection, channel_id, pending_id, language)
        if intent.decided is None:
            if verdict is Verdict.REJECTED:
                await self._reject(plan, intent, wanted)
            else:
                _require_connected(connection, language)
                await self._settling.approve(plan, intent, wanted)
            intent = await self._reload(intent)
        if intent.decided is None:
            raise Failure(FailureType.CONFLICT, TEXTS.say(language, "decide.busy"))
        if (intent.decided.verdict, intent.decided.words) != (wanted.verdict, wanted.words):
            raise _conflict(intent.decided, language)
        return receipt_of(plan, await self._ended(intent), CallerKind.MANAGER)

    async def approve_by_deadline(self, intent: Intent, at: datetime) -> bool:
        """As a manager's yes. False when it could not be done now."""
        plan = await self._plans.get(intent.mall_id, intent.plan_id)
        if plan is None:
            return False
        decided = Decided(Verdict.APPROVED, "deadline", at)
        return await self._settling.approve(plan, intent, decided) is not None

    async def end_without_shop(self, intent: Intent, at: datetime) -> None:
        plan = await self._plans.get(intent.mall_id, intent.plan_id)
        if plan is None:
            await self._intents.move(intent, shop_gone(Language.KO), at)
            return
        await self._settling.move(plan, intent, shop_gone(plan.reach.language or Language.KO), at)

    async def _reject(self, plan: KeptPlan, intent: Intent, decided: Decided) -> None:
        end = rejected(plan.reach.language or Language.KO)
        await self._settling.move(plan, intent, end, decided.at, decided=decided)

    async def _claim(
        self, connection: Connection | None, channel_id: ChannelId, pending_id: str, language: Language
    ) -> tuple[KeptPlan, Intent]:
        """One answer for every claim that is not in this channel's queue."""
        wanted = _uuid(pending_id)
        if connection is not None and wanted is not None:
            intent = await self._intents.get(connection.shop.mall_id, wanted)
            if intent and intent.waits and intent.waits.channel_id == channel_id:
                plan = await self._plans.get(intent.mall_id, intent.plan_id)
                if plan is not None:
                    return plan, intent
        raise Failure(FailureType.NOT_FOUND, TEXTS.say(language, "decide.notFound"))

    async def _ended(self, intent: Intent) -> Intent:
        """The end of an approval if it comes within the budget; else the receipt as it is."""
        now = asyncio.get_running_loop().time
        until = now() + self._budget
        while not intent.finished and (left := until - now()) > 0:
            await self._run_beside(intent.mall_id, min(LOOK_SECONDS, left))
            intent = await self._reload(intent)
        return intent

    async def _reload(self, intent: Intent) -> Intent:
        return await self._intents.get(intent.mall_id, intent.id) or intent


def pending_claim(kept: KeptClaim) -> PendingClaim:
    intent, decided = kept.intent, kept.intent.decided
    return PendingClaim(
        id=intent.id,
        kind=intent.waits.kind if intent.waits else "",
        order_id=intent.order_id,
        customer_label=label(kept.customer) if kept.customer else "",
        at=intent.at,
        due_at=intent.waits.due_at if intent.waits and decided is None else None,
        state=intent.state,
        shown=kept.shown,
        photos=tuple(kept.shown.get("photos", ())),
        decided_by=decided.by if decided else None,
        decided_at=decided.at if decided else None,
        message=decided.words if decided else None,
    )


def label(customer: Customer) -> str:
    """For managers: the member id, which they look up in the mall; a guest's number masked."""
    if isinstance(customer, Member):
        return customer.member_id
    return masked_cellphone(customer.cellphone.replace("+82", "0", 1))


def said(message: str | None, language: Language) -> str:
    """The manager's words. Raises `invalidParams` for none, or too many."""
    lines = (message or "").replace("\r\n", "\n")
    words = "".join(c for c in lines if c >= " " or c == "\n").strip()
    if not any(c.isprintable() and not c.isspace() for c in words):
        raise Failure(FailureType.INVALID_PARAMS, TEXTS.say(language, "decide.words"))
    if len(words) > LONGEST_WORDS:
        sentence = TEXTS.say(language, "decide.words.long", most=LONGEST_WORDS)
        raise Failure(FailureType.INVALID_PARAMS, sentence)
    return words


def _require_connected(connection: Connection | None, language: Language) -> None:
    """An approval that cannot reach the mall would only fail: the claim goes on waiting."""
    if connection is None or connection.state is not ConnectionState.CONNECTED:
        raise Failure(FailureType.NOT_CONNECTED, TEXTS.say(language, "decide.notConnected"))


def _conflict(decided: Decided, language: Language) -> Failure:
    sentence = TEXTS.say(language, "decide.conflict")
    at = decided.at.isoformat()
    return Failure(FailureType.CONFLICT, sentence, decidedBy=decided.by, decidedAt=at)


def _uuid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def _cursor(last: PendingClaim, *, decided: bool) -> str:
    return f"{to_millis(last.decided_at)}.{last.id}" if decided and last.decided_at else last.id


def _receipt_id(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    if wanted := _uuid(cursor):
        return wanted
    raise Failure(FailureType.INVALID_PARAMS, TEXTS.say(Language.KO, "page.cursor"))


def _moment(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    millis, _, receipt_id = cursor[:LONGEST_CURSOR].partition(".")
    wanted = _uuid(receipt_id)
    if wanted and millis.isascii() and millis.isdigit() and len(millis) < MILLIS_DIGITS:
        return from_millis(int(millis)), wanted
    raise Failure(FailureType.INVALID_PARAMS, TEXTS.say(Language.KO, "page.cursor"))
