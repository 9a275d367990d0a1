"""A slow look at requests that lie in the mall: the news of a shop's decision may have been lost on its way.

Few of a mall an hour, and whoever waited longest comes first.
"""

import logging
from datetime import timedelta

from app.clock import Clock
from app.log import say
from app.ports import Job, Jobs, Looks
from commands.kernel.ports import Unavailable
from commands.kernel.who import MallId

from .following import Following
from .looks import next_look

LOOK = "look"
FEW = 4
MOST_MALLS = 500
WHEN_AWAY = timedelta(hours=1)
log = logging.getLogger("jumun.effects")


class Looking:
    """`sweep` is the recurring job; it leaves one `look` a mall."""

    def __init__(self, looks: Looks, jobs: Jobs, following: Following, clock: Clock) -> None:
        self._looks = looks
        self._jobs = jobs
        self._following = following
        self._clock = clock

    async def sweep(self, job: Job) -> None:
        """In rows of their own: a mall that does not answer holds up neither the others nor its own customers."""
        for mall_id in await self._looks.malls(self._clock(), MOST_MALLS):
            unique = f"{LOOK}:{job.id}"
            await self._jobs.put(f"{mall_id}:{LOOK}", LOOK, {"mall": mall_id}, unique=unique)

    async def look(self, job: Job) -> None:
        """A crash, and a mall that is away, leave what was taken for the next hour."""
        mall_id = MallId(job.payload["mall"])
        for _ in range(FEW):
            now = self._clock()
            intent = await self._looks.take(mall_id, now, until=now + WHEN_AWAY)
            if intent is None:
                return
            try:
                await self._following.follow(mall_id, intent.order_id)
            except Unavailable as error:
                say(log, "info", "a look at a request is put off", error=type(error).__name__)
                return
            await self._looks.put_off(intent, next_look(intent.at, now))
