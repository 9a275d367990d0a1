"""What a command still does after its receipt has ended, in a job of its own: nobody waits for it, and what cannot be
done is told to the team, never to the customer (WMS.md §4.4-4).
"""

import logging
from collections.abc import Iterable

from app.errors import Unavailable as ChannelUnavailable
from app.log import say
from app.ports import Chats, Conversation, Intent, Intents, Job, Jobs, KeptPlan, Plans
from commands.kernel.ports import OutcomeUnknown, Unavailable
from commands.kernel.spec import Afterwards, CommandSpec
from commands.kernel.texts import Texts
from commands.kernel.who import MallId

from .asks import Asks
from .telling import chat_of

AFTERWARDS = "afterwards"
TRIES = 7
"""Over some five minutes: a team that hears too late cannot stop anything."""
NOTE = "note.afterwards"
log = logging.getLogger("jumun.effects")


class AfterwardJobs:
    """Handles jobs of the kind `afterwards`. The team's sentence is the command's `note.afterwards`, with {order}."""

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
        specs = [c for c in commands if c.afterwards is not None]
        self._works: dict[str, Afterwards] = {c.name: c.afterwards for c in specs if c.afterwards}
        self._texts: dict[str, Texts] = {c.name: c.texts for c in specs}
        self._asks = asks
        self._plans = plans
        self._intents = intents
        self._jobs = jobs
        self._chats = chats
        self._conversation = conversation

    async def put(self, plan: KeptPlan, intent: Intent) -> None:
        """Once per receipt, in a row of its own: a slow warehouse must not hold up the mall."""
        if plan.command not in self._works:
            return
        payload = {"mall": intent.mall_id, "receipt": intent.id}
        lane, unique = f"{intent.mall_id}:{AFTERWARDS}", f"{AFTERWARDS}:{intent.id}"
        await self._jobs.put(lane, AFTERWARDS, payload, unique=unique)

    async def work(self, job: Job) -> None:
        intent = await self._intents.get(MallId(job.payload["mall"]), job.payload["receipt"])
        plan = await self._plans.get(intent.mall_id, intent.plan_id) if intent else None
        if intent is None or plan is None or plan.payload is None:
            return
        ask = await self._asks.again(plan, intent)
        try:
            done = await self._works[plan.command](ask, plan.payload, intent.id, job.step)
        except (OutcomeUnknown, Unavailable):
            if job.attempt < TRIES:
                raise
            done = False
        if not done:
            await self._tell_the_team(plan, intent)

    async def _tell_the_team(self, plan: KeptPlan, intent: Intent) -> None:
        """Channel knows a repeated `request_id`: an unknown outcome may be asked for again."""
        chat = await chat_of(plan, self._chats)
        if chat is None:
            say(log, "warning", "nobody could be told of work left undone", channel=plan.channel_id)
            return
        language = await self._asks.shop_language(plan)
        text = self._texts[plan.command].say(language, NOTE, order=intent.order_id)
        request_id = f"{intent.id}-{AFTERWARDS}"
        try:
            await self._conversation.write(plan.channel_id, chat, text, private=True, request_id=request_id)
        except OutcomeUnknown as error:
            raise ChannelUnavailable("channel", "message", note="no answer") from error
