"""The recurring look at orders whose ship date was promised. Gentle: few orders of a mall a turn, each twice a day."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date

from app.clock import Clock
from app.errors import Unauthorized
from app.log import say
from app.ports import Job
from app.ports.promises import End, OrderPromises, ShipPromises
from commands.kernel.calendar import kst_day
from commands.kernel.order import ItemState, Order, OrderItem, OrderItemCode
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ask
from commands.kernel.who import MallId

from .keeper import LOOK_EVERY
from .telling import Tell

ORDERS_A_TURN, OF_A_MALL = 100, 10
MALLS_AT_ONCE = 10
SHIPPED = frozenset({ItemState.IN_TRANSIT, ItemState.DELIVERED})
AskAgain = Callable[[OrderPromises], Awaitable[Ask]]
Days = Mapping[OrderItemCode, date | None]
log = logging.getLogger("jumun.promises")


class Looking:
    """`again` rebuilds the customer's question, asked by nobody in particular: what it finds is no new promise. It
    raises `Unauthorized` for a shop that is away.
    """

    def __init__(self, promises: ShipPromises, again: AskAgain, tell: Tell, clock: Clock) -> None:
        self._promises = promises
        self._again = again
        self._tell = tell
        self._clock = clock

    async def look(self, _job: Job) -> None:
        by_mall: dict[MallId, list[OrderPromises]] = {}
        for promises in await self._promises.due(self._clock(), ORDERS_A_TURN, of_a_mall=OF_A_MALL):
            by_mall.setdefault(promises.mall_id, []).append(promises)
        # Beside one another: other recurring work waits behind this, and a slow mall must not make it wait for all.
        at_once = asyncio.Semaphore(MALLS_AT_ONCE)
        async with asyncio.TaskGroup() as malls:
            for of_mall in by_mall.values():
                malls.create_task(self._look_at(of_mall, at_once))

    async def _look_at(self, of_mall: Sequence[OrderPromises], at_once: asyncio.Semaphore) -> None:
        async with at_once:
            for promises in of_mall:
                await self._look_at_one(promises)

    async def _look_at_one(self, promises: OrderPromises) -> None:
        try:
            told, ended = await self._found(promises)
        except (Unavailable, Unauthorized):
            told, ended = {}, {}
        except Exception as error:  # noqa: BLE001  one that breaks must not hold up the others
            say(log, "error", "a promised ship date was not looked at", error=type(error).__name__)
            told, ended = {}, {}
        await self._promises.looked(promises, told, ended, self._clock() + LOOK_EVERY)

    async def _found(self, promises: OrderPromises) -> tuple[Days, Mapping[OrderItemCode, End]]:
        ask = await self._again(promises)
        order = await ask.ports.orders.one(ask.shop, ask.customer, promises.order_id)
        if order is None:
            return {}, dict.fromkeys(promises.told, "gone")
        today = kst_day(self._clock())
        ended = {
            code: end for code in promises.told if (end := _end(order, code, promises.first[code], today))
        }
        days = await self._days(ask, order)
        changed = {
            code: days[code]
            for code, day in promises.told.items()
            if code not in ended and code in days and days[code] != day
        }
        if changed:
            # Told before it is kept: a crash between the two finds the same message already said.
            await self._tell(ask, promises, changed)
        return changed, ended

    @staticmethod
    async def _days(ask: Ask, order: Order) -> Days:
        """Of the items that the warehouse could be asked about."""
        groups = await ask.ports.ship_dates.of(ask, order)
        return {code: group.ship_date for group in groups if group.known for code in group.codes}


def _end(order: Order, code: OrderItemCode, first: date, today: date) -> End | None:
    item = next((item for item in order.items if item.code == code), None)
    if item is None:
        return "gone"
    if item.state is ItemState.PREPARING:
        return None
    return _shipped(item, first, today) if item.state in SHIPPED else "gone"


def _shipped(item: OrderItem, first: date, today: date) -> End:
    """By the mall's own day; where it tells none, a look twice a day is near enough."""
    left = kst_day(item.shipped_at) if item.shipped_at else today
    return "kept" if left <= first else "late"
