"""What the shop decides later: receipts in `requested` are read again when the mall says that something changed."""

from collections.abc import Sequence

from app.clock import Clock
from app.errors import Unauthorized
from app.ports import Intent, Intents, KeptPlan, Plans
from commands.kernel.order import OrderId
from commands.kernel.plan import ReceiptState
from commands.kernel.spec import CommandSpec, Follow
from commands.kernel.who import MallId

from .asks import Asks
from .settling import Settling, receipt_of


class Following:
    def __init__(
        self,
        commands: Sequence[CommandSpec],
        asks: Asks,
        plans: Plans,
        intents: Intents,
        settling: Settling,
        clock: Clock,
    ) -> None:
        self._follow: dict[str, Follow] = {c.name: c.follow for c in commands if c.follow is not None}
        self._takes_back = {c.name for c in commands if c.take_back is not None}
        self._asks = asks
        self._plans = plans
        self._intents = intents
        self._settling = settling
        self._clock = clock

    async def changed(self, mall_id: MallId, order_ids: Sequence[str]) -> None:
        """News of orders, maybe again, late, or about nothing of ours. Raises `Unavailable`."""
        for order_id in dict.fromkeys(order_ids):
            await self.follow(mall_id, OrderId(order_id))

    async def follow(self, mall_id: MallId, order_id: OrderId) -> int:
        """How many receipts came to their end. May be called as often as one likes. Raises `Unavailable`."""
        ended = 0
        for intent in await self._intents.of_order(mall_id, order_id, ReceiptState.REQUESTED):
            plan = await self._plans.get(mall_id, intent.plan_id)
            if plan is not None and await self._follow_one(plan, intent):
                ended += 1
        return ended

    async def _follow_one(self, plan: KeptPlan, intent: Intent) -> bool:
        follow = self._follow.get(plan.command)
        if follow is None:
            return False
        try:
            ask = await self._asks.again(plan, intent)
        except Unauthorized:
            return False  # a shop that is away may come back; the next change of the order leads here again
        end = await follow(ask, receipt_of(plan, intent))
        if end is None or end.state is intent.state:
            return False
        tells = await self._tells(plan)
        back = end.state is ReceiptState.FAILED and plan.command in self._takes_back
        moved = await self._settling.move(
            plan, intent, end, self._clock(), tells=tells, later=True, takes_back=back
        )
        return moved is not None

    async def _tells(self, plan: KeptPlan) -> bool:
        """The setting `notify.claimResults`."""
        connection = await self._asks.connection_of(plan.channel_id)
        notify = connection.settings.get("notify") if connection else None
        return bool((notify or {}).get("claimResults", True))
