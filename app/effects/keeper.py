"""The commands' `Effects`: keeps plans, and carries each confirmed one out once (DESIGN §7)."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import orjson

from app.ids import new_id
from app.keys import BadToken, KeyRing
from app.ports import (
    Audit,
    ConnectionOf,
    Decided,
    Intent,
    Intents,
    Jobs,
    KeptPlan,
    Plans,
    Reach,
    Statements,
    Verdict,
)
from commands.kernel.mall import Choices
from commands.kernel.order import OrderId
from commands.kernel.plan import Draft, Planned, Receipt, ReceiptState, Settled, StalePlan
from commands.kernel.spec import Ask
from commands.kernel.who import CallerKind, MallId

from .customers import may_see, owns
from .gate import check, check_proof, expired, not_found, too_late
from .inline import Inline, RunMall
from .pending_lines import open_receipt, together
from .settling import EFFECT, Settling, receipt_of

PURPOSE = "plan"
PLAN_LIFE = timedelta(minutes=10)
BUDGET = timedelta(seconds=2.5)
LOOK_SECONDS = 0.05
LEFT_SECONDS = 0.3
"""What a confirm may take above its budget to show what holds now instead of a stale plan."""
UndoMinutes = Callable[[str, Choices], int]


class EffectKeeper:
    """`undo_minutes`: by command, how long a confirmed plan waits for second thoughts. `budget`: how long a confirm
    waits for the end; call `runs_by` before the first one.
    """

    def __init__(
        self,
        *,
        plans: Plans,
        intents: Intents,
        jobs: Jobs,
        audit: Audit,
        keys: KeyRing,
        connection_of: ConnectionOf,
        undo_minutes: UndoMinutes,
        budget: timedelta = BUDGET,
    ) -> None:
        self._plans = plans
        self._intents = intents
        self._jobs = jobs
        self._keys = keys
        self._connection_of = connection_of
        self._undo_minutes = undo_minutes
        self._budget = budget.total_seconds()
        self._answer_within = self._budget + LEFT_SECONDS
        self._settling = Settling(intents, jobs, audit, keys)
        self._inline = Inline()

    def runs_by(self, run_mall: RunMall) -> None:
        """The worker of this process; without one a confirm waits for the workers of others."""
        self._inline.run_mall = run_mall

    async def run_beside(self, mall_id: MallId, at_most: float) -> None:
        """Runs the mall's due jobs for somebody who waits for one of them, `at_most` seconds."""
        await self._inline.run(mall_id, at_most)

    async def close(self) -> None:
        await self._inline.close()

    async def plan(self, ask: Ask, draft: Draft) -> Planned:
        is_user = ask.caller.kind is CallerKind.USER
        plan = KeptPlan(
            id=new_id(ask.now),
            mall_id=ask.shop.mall_id,
            shop_no=ask.shop.shop_no,
            channel_id=ask.shop.channel_id,
            command=draft.command,
            order_id=draft.order_id,
            customer=ask.customer,
            reach=Reach(
                user_id=ask.caller.id if is_user else None,
                chat_id=ask.chat_id,
                language=ask.language if is_user else None,
            ),
            seen=draft.seen,
            payload=draft.payload,
            shown=draft.shown,
            settings_version=ask.choices.version,
            created_at=ask.now,
            expires_at=ask.now + PLAN_LIFE,
        )
        await self._plans.keep(plan)
        return Planned(self._keys.sign(PURPOSE, orjson.dumps([plan.mall_id, plan.id])), plan.expires_at)

    async def confirm(self, ask: Ask, token: str, command: str | None = None) -> Receipt:
        now = asyncio.get_running_loop().time
        until = now() + self._answer_within
        try:
            return await self._confirmed(ask, token, command)
        except StalePlan as stale:
            stale.seconds_left = max(until - now(), 0.0)
            raise

    async def _confirmed(self, ask: Ask, token: str, command: str | None) -> Receipt:
        plan = await self._plan_of(ask, token, command)
        intent = await self._intents.of_plan(plan.mall_id, plan.id)
        if intent is None:
            await check(ask, plan, self._connection_of)
            intent = await self._accept(ask, plan)
        if not intent.finished and not intent.answered:
            intent = await self._ended_or_answered(plan, intent)
        if intent.stale and not intent.answered:
            raise _stale(ask, plan)
        return receipt_of(plan, intent, ask.caller.kind)

    async def undo(self, ask: Ask, receipt_id: str) -> Receipt:
        plan, intent = await self._own(ask, receipt_id)
        if intent.state is ReceiptState.WITHDRAWN:
            return receipt_of(plan, intent, ask.caller.kind)
        open_still = intent.undo_until is not None and ask.now < intent.undo_until
        if intent.state is not ReceiptState.SCHEDULED or not open_still:
            raise too_late(ask)
        check_proof(ask)
        withdrawn = await self._settling.move(plan, intent, Settled(ReceiptState.WITHDRAWN), ask.now)
        if withdrawn is not None:
            return receipt_of(plan, withdrawn)
        # Lost to the job that began, or to the same wish sent twice.
        plan, intent = await self._own(ask, receipt_id)
        if intent.state is not ReceiptState.WITHDRAWN:
            raise too_late(ask)
        return receipt_of(plan, intent, ask.caller.kind)

    async def withdraw(self, ask: Ask, pending_id: str) -> Receipt:
        plan, intent = await self._own(ask, pending_id)
        if intent.state is ReceiptState.PENDING:
            check_proof(ask)
            is_user = ask.caller.kind is CallerKind.USER
            by = CallerKind.USER.value if is_user else f"{ask.caller.kind}:{ask.caller.id}"
            decided = Decided(Verdict.WITHDRAWN, by, ask.now)
            end = Settled(ReceiptState.WITHDRAWN)
            await self._settling.move(plan, intent, end, ask.now, decided=decided)
            # Whoever was first: a manager, or the same wish sent twice.
            plan, intent = await self._own(ask, pending_id)
        if intent.decided is None or intent.decided.verdict is not Verdict.WITHDRAWN:
            raise too_late(ask)
        return receipt_of(plan, intent, ask.caller.kind)

    async def receipt(self, ask: Ask, receipt_id: str) -> Receipt:
        return receipt_of(*await self._own(ask, receipt_id), ask.caller.kind)

    async def open_receipts(self, ask: Ask, order_ids: Iterable[OrderId]) -> Mapping[OrderId, Receipt]:
        """One statement while nothing is open, and one more for each order that has something open."""
        found: dict[OrderId, Receipt] = {}
        for intent in await self._intents.unfinished(ask.shop.mall_id, order_ids):
            plan = await self._plans.get(intent.mall_id, intent.plan_id)
            own = plan is not None and owns(ask, plan) and may_see(ask, intent)
            receipt = open_receipt(plan, intent, may_see=own)
            found[intent.order_id] = together(found.get(intent.order_id), receipt)
        return found

    async def _plan_of(self, ask: Ask, token: str, command: str | None) -> KeptPlan:
        """One answer for every plan that is not this customer's to confirm here."""
        try:
            mall_id, plan_id = orjson.loads(self._keys.verify(PURPOSE, token))
        except BadToken:
            raise not_found(ask) from None
        plan = await self._plans.get(ask.shop.mall_id, plan_id) if mall_id == ask.shop.mall_id else None
        if plan is None or not owns(ask, plan) or command not in {None, plan.command}:
            raise not_found(ask)
        return plan

    async def _own(self, ask: Ask, receipt_id: str) -> tuple[KeptPlan, Intent]:
        try:
            wanted = str(uuid.UUID(receipt_id))
        except ValueError:
            raise not_found(ask) from None
        intent = await self._intents.get(ask.shop.mall_id, wanted)
        plan = await self._plans.get(intent.mall_id, intent.plan_id) if intent else None
        if intent is None or plan is None or not owns(ask, plan):
            raise not_found(ask)
        return plan, intent

    async def _accept(self, ask: Ask, plan: KeptPlan) -> Intent:
        """The plan's intent, ours or that of whoever was faster. Intent, job and audit line are one transaction."""
        window = timedelta(minutes=self._undo_minutes(plan.command, ask.choices))
        intent = Intent(
            id=new_id(ask.now),
            mall_id=plan.mall_id,
            plan_id=plan.id,
            job_id=new_id(ask.now),
            order_id=plan.order_id,
            state=ReceiptState.SCHEDULED if window else ReceiptState.CHECKING,
            caller=ask.caller,
            at=ask.now,
            undo_until=ask.now + window if window else None,
            answered=bool(window),
        )

        async def also(statements: Statements, new: Intent) -> None:
            await self._jobs.put_in(
                statements,
                plan.mall_id,
                EFFECT,
                {"receipt": new.id},
                job_id=new.job_id,
                due_at=new.undo_until or ask.now,
                unique=f"{EFFECT}:{plan.id}",
            )
            await self._settling.write_down(statements, plan, new, "confirmed", ask.now)

        if await self._intents.accept(intent, also):
            self._jobs.wake()
            return intent
        first = await self._intents.of_plan(plan.mall_id, plan.id)
        if first is None:
            # The order has an unfinished intent of another plan.
            raise _stale(ask, plan)
        return first

    async def _ended_or_answered(self, plan: KeptPlan, intent: Intent) -> Intent:
        """The end if it comes within the budget; else the receipt is given out as it is, with a message to follow."""
        now = asyncio.get_running_loop().time
        until = now() + self._budget
        while not intent.finished and (left := until - now()) > 0:
            await self._inline.run(plan.mall_id, at_most=min(LOOK_SECONDS, left))
            intent = await self._reload(intent)
        if intent.finished or intent.answered:
            return intent

        async def also(statements: Statements, slow: Intent) -> None:
            await self._settling.tell(statements, slow)

        slow = await self._intents.answer(intent, also)
        self._jobs.wake()
        return slow or await self._reload(intent)

    async def _reload(self, intent: Intent) -> Intent:
        return await self._intents.get(intent.mall_id, intent.id) or intent


def _stale(ask: Ask, plan: KeptPlan) -> Exception:
    """A plan whose wish is wiped cannot be previewed again."""
    return expired(ask) if plan.payload is None else StalePlan(plan.payload)
