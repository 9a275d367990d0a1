"""The job that carries a confirmed plan out: the command's `act`, then the end of the receipt."""

from collections.abc import Iterable
from datetime import timedelta

from app.clock import Clock
from app.errors import Misconfigured
from app.ports import GivenUp, Intent, Intents, Job, Plans
from commands.kernel.mall import Choices
from commands.kernel.plan import ReceiptState, Settled, WentStale
from commands.kernel.spec import Act, CommandSpec
from commands.kernel.who import Language, MallId

from .afterwards import AfterwardJobs
from .asks import Asks
from .endings import given_up, outcome_from_json, outcome_to_json, went_stale
from .settling import Settling

HOLDS_IT = frozenset({ReceiptState.DONE, ReceiptState.REQUESTED})
"""Ends in which the mall has what was asked for."""


class EffectJobs:
    """Handles jobs of the kind `effect`, and their giving up."""

    def __init__(
        self,
        commands: Iterable[CommandSpec],
        asks: Asks,
        plans: Plans,
        intents: Intents,
        settling: Settling,
        clock: Clock,
        afterwards: AfterwardJobs,
    ) -> None:
        specs = list(commands)
        self._acts: dict[str, Act] = {c.name: c.act for c in specs if c.act is not None}
        self._approved: dict[str, Act] = {c.name: c.approve for c in specs if c.approve is not None}
        self._asks = asks
        self._plans = plans
        self._intents = intents
        self._settling = settling
        self._clock = clock
        self._afterwards = afterwards

    async def carry_out(self, job: Job) -> None:
        """May run again after any crash: `act` has its durable steps, the end is a compare-and-set."""
        intent = await self._begun(MallId(job.mall_id), job.payload["receipt"])
        if intent is None or intent.finished or intent.job_id != job.id:
            return  # the last: it waited, was approved, and has a job of its own
        plan = await self._plans.get(intent.mall_id, intent.plan_id)
        acts = self._approved if intent.decided else self._acts
        act = acts.get(plan.command) if plan else None
        if plan is None or plan.payload is None or act is None:
            raise Misconfigured("a confirmed plan cannot be opened, or its command is gone")
        ask = await self._asks.again(plan, intent)
        outcome = await act(ask, plan.payload, plan.seen, job.step)

        async def decided() -> object:
            return outcome_to_json(outcome)

        # The step ends whoever lost the mall meanwhile: what they saw may be their heir's doing.
        outcome = outcome_from_json(await job.step("outcome", decided))
        stale = isinstance(outcome, WentStale)
        end = went_stale(outcome, ask.language) if isinstance(outcome, WentStale) else outcome
        if end.state in HOLDS_IT:
            await self._afterwards.put(plan, intent)
        await self._settling.move(
            plan, intent, end, self._clock(), stale=stale, due_at=self._clock() + deadline(ask.choices)
        )

    async def _begun(self, mall_id: MallId, receipt_id: str) -> Intent | None:
        """The intent, its undo window closed by us or before; None when it is gone."""
        intent = await self._intents.get(mall_id, receipt_id)
        if intent is None or intent.state is not ReceiptState.SCHEDULED:
            return intent
        begun = await self._intents.move(intent, Settled(ReceiptState.CHECKING), self._clock())
        return begun or await self._intents.get(mall_id, receipt_id)

    async def give_up(self, given: GivenUp) -> None:
        """Nobody waits for ever: the receipt fails with the reason, and the team is told."""
        intent = await self._intents.of_job(MallId(given.mall_id), given.id)
        if intent is None or intent.finished:
            return
        plan = await self._plans.get(intent.mall_id, intent.plan_id)
        if plan is None:
            end = given_up(given, Language.KO, {})
            await self._intents.move(intent, end, self._clock())
            return
        language = await self._asks.language(plan)
        end = given_up(given, language, intent.shown or plan.shown)
        await self._settling.move(plan, intent, end, self._clock(), note=True)


def deadline(choices: Choices) -> timedelta:
    """How long a claim waits before somebody is reminded, or it is decided without one (H44)."""
    return timedelta(hours=choices.exchange_return.deadline_hours)
