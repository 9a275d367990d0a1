"""What a command still does once the mall has a request, and undoes once the shop has refused it, in jobs of their own:
nobody waits for them, and what cannot be done is told to the team, never to the customer (WMS.md §4.4-4).
"""

import logging
from collections.abc import Awaitable, Iterable

from app.errors import Unauthorized
from app.errors import Unavailable as ChannelUnavailable
from app.log import say
from app.ports import Chats, Conversation, Intent, Intents, Job, Jobs, KeptPlan, Plans
from commands.kernel.marked import MARKED
from commands.kernel.plan import Json, ReceiptState
from commands.kernel.ports import OutcomeUnknown, Unavailable
from commands.kernel.spec import Afterwards, CommandSpec, TakeBack
from commands.kernel.texts import Texts
from commands.kernel.who import MallId

from .asks import Asks
from .settling import AFTERWARDS, TAKE_BACK, beside_lane, receipt_of
from .telling import chat_of

TRIES = 7
"""Over some five minutes: a team that hears too late cannot stop anything."""
NOTES = {AFTERWARDS: "note.afterwards", TAKE_BACK: "note.takeBack"}
log = logging.getLogger("jumun.effects")


class AfterwardJobs:
    """Handles jobs of the kinds `afterwards` and `take_back`. The team's sentences are the command's, with {order}."""

    def __init__(
        self,
        commands: Iterable[CommandSpec],
        asks: Asks,
        plans: Plans,
        intents: Intents,
        jobs: Jobs,
        chats: Chats,
        conversation: Conversation,
    ) -> None:
        specs = list(commands)
        self._works: dict[str, Afterwards] = {c.name: c.afterwards for c in specs if c.afterwards}
        self._backs: dict[str, TakeBack] = {c.name: c.take_back for c in specs if c.take_back}
        self._texts: dict[str, Texts] = {c.name: c.texts for c in specs}
        self._asks = asks
        self._plans = plans
        self._intents = intents
        self._jobs = jobs
        self._chats = chats
        self._conversation = conversation

    async def put(self, plan: KeptPlan, intent: Intent) -> None:
        """Once per receipt."""
        if plan.command not in self._works:
            return
        payload = {"mall": intent.mall_id, "receipt": intent.id}
        unique = f"{AFTERWARDS}:{intent.id}"
        await self._jobs.put(beside_lane(intent.mall_id), AFTERWARDS, payload, unique=unique)

    async def work(self, job: Job) -> None:
        """A request that was refused meanwhile is undone instead: an earlier try may have marked it."""
        intent, plan = await self._of(job)
        if intent is None or plan is None:
            return
        if intent.state is ReceiptState.FAILED:
            await self._undo(job, plan, intent)
        elif plan.payload is not None:
            await self._tried(job, AFTERWARDS, plan, intent, self._do(job, plan, intent, plan.payload))

    async def take_back(self, job: Job) -> None:
        intent, plan = await self._of(job)
        if intent is not None and plan is not None:
            await self._undo(job, plan, intent)

    async def _of(self, job: Job) -> tuple[Intent | None, KeptPlan | None]:
        intent = await self._intents.get(MallId(job.payload["mall"]), job.payload["receipt"])
        return intent, await self._plans.get(intent.mall_id, intent.plan_id) if intent else None

    async def _undo(self, job: Job, plan: KeptPlan, intent: Intent) -> None:
        if plan.command in self._backs and (intent.shown or {}).get(MARKED):
            await self._tried(job, TAKE_BACK, plan, intent, self._back(job, plan, intent))

    async def _do(self, job: Job, plan: KeptPlan, intent: Intent, payload: Json) -> bool:
        async def keep(marked: Json | None) -> bool:
            return await self._intents.show(intent, {MARKED: marked}) is not None

        ask = await self._asks.again(plan, intent)
        return await self._works[plan.command](ask, payload, intent.id, job.step, keep)

    async def _back(self, job: Job, plan: KeptPlan, intent: Intent) -> bool:
        ask = await self._asks.again(plan, intent)
        return await self._backs[plan.command](ask, receipt_of(plan, intent), job.step)

    async def _tried(
        self, job: Job, kind: str, plan: KeptPlan, intent: Intent, work: Awaitable[bool]
    ) -> None:
        try:
            done = await work
        except (OutcomeUnknown, Unavailable):
            if job.attempt < TRIES:
                raise
            done = False
        except Unauthorized:  # the shop has gone, and its warehouse with it
            done = False
        if not done:
            await self._tell_the_team(plan, intent, kind)

    async def _tell_the_team(self, plan: KeptPlan, intent: Intent, kind: str) -> None:
        """Channel knows a repeated `request_id`: an unknown outcome may be asked for again."""
        chat = await chat_of(plan, self._chats)
        if chat is None:
            say(log, "warning", "nobody could be told of work left undone", channel=plan.channel_id)
            return
        language = await self._asks.shop_language(plan)
        text = self._texts[plan.command].say(language, NOTES[kind], order=intent.order_id)
        request_id = f"{intent.id}-{kind}"
        try:
            await self._conversation.write(plan.channel_id, chat, text, private=True, request_id=request_id)
        except OutcomeUnknown as error:
            raise ChannelUnavailable("channel", "message", note="no answer") from error
