"""The commands' `Promises`: what a customer was told is kept with whoever asked."""

from collections.abc import Sequence
from datetime import timedelta

from app.ports import Reach
from app.ports.promises import Asker, ShipPromises
from commands.kernel.spec import Ask, Promise

LOOK_EVERY = timedelta(hours=12)


class PromiseKeeper:
    def __init__(self, promises: ShipPromises) -> None:
        self._promises = promises

    async def given(self, ask: Ask, promises: Sequence[Promise]) -> None:
        asker = Asker(ask.shop.shop_no, ask.customer, Reach(ask.caller.id, ask.chat_id, ask.language))
        await self._promises.promise(
            ask.shop.mall_id,
            ask.shop.channel_id,
            asker,
            [(promise.order_id, promise.code, promise.ship_date) for promise in promises],
            at=ask.now,
            look_at=ask.now + LOOK_EVERY,
        )
