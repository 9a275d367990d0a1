"""Keeps the warehouse from shipping what is cancelled, and starts it again when the mall says no (WMS.md §4.4).

A mark is its own durable step with a key of the plan. Whether it is taken back, the mall decides: what is free there
is shipped again, what is claimed there stays stopped.
"""

from collections.abc import Callable, Iterable, Mapping

from commands.kernel.claim_rules import CLAIMED
from commands.kernel.decision import Fact
from commands.kernel.failures import Failure
from commands.kernel.marked import MARKED, marked, taken_back
from commands.kernel.order import ItemState, Order, OrderId, OrderItem, OrderItemCode
from commands.kernel.plan import Json, Receipt, Steps
from commands.kernel.ports import OutcomeUnknown, Unavailable
from commands.kernel.spec import Ask
from commands.kernel.warehouse import Mark
from commands.kernel.warehouse_writes import DONE, step_again, told

from .command import TEXTS, one_order
from .packing import Packing, is_all, packing_of

STOP, START_AGAIN = "warehouse", "warehouse.back"
Free = Callable[[Order], bool | None]
"""Whether the mall shows the lines untouched; None where that is not clear."""
Stand = Mapping[str, Fact]


def to_stop(order: Order, items: list[OrderItem], packing: Packing) -> Json:
    """What to mark, as a step keeps it."""
    codes = packing.to_stop(items)
    return {"mark": packing.stop, "codes": codes, "whole": is_all(order, [item.code for item in items])}


class Stopping:
    """The warehouse's half of one confirmed cancel. `asked`: as `to_stop` has it."""

    def __init__(self, ask: Ask, order_id: OrderId, key: str, step: Steps, asked: Json) -> None:
        self._ask = ask
        self._order_id = order_id
        self._key = key
        self._step = step
        self._mark: Mark = asked["mark"]
        self.codes = {OrderItemCode(code) for code in asked["codes"]}
        self._whole = bool(asked["whole"])

    def as_marked(self) -> Json:
        """For the receipt of a request."""
        return marked(self._mark, self.codes)

    async def stopped(self) -> bool:
        """False: it said no, and nothing happened. Raises `OutcomeUnknown`, `Unavailable`."""

        async def stop() -> str:
            reason = TEXTS.say(self._ask.language, "warehouse.reason")
            write = self._ask.ports.warehouse.mark(
                self._ask.shop,
                self._mark,
                self._order_id,
                sorted(self.codes),
                reason,
                f"{self._key}:stop",
                whole=self._whole,
            )
            return await told(write)

        return await step_again(self._step, STOP, stop) == DONE

    async def started_again(self, free: Free) -> Stand | None:
        """What stands where when the two do not agree now. Raises as `stopped` does."""
        order = await self._read()
        untouched = free(order) if order else None
        if untouched is False:
            return None  # somebody else claimed the lines: they must not leave
        if untouched is None:
            return {"mall": "unclear", "warehouse": "stopped"}

        async def start() -> str:
            write = self._ask.ports.warehouse.restore(
                self._ask.shop, self._mark, self._order_id, sorted(self.codes), f"{self._key}:start"
            )
            return await told(write)

        if await step_again(self._step, START_AGAIN, start) == DONE:
            return None
        return {"mall": "open", "warehouse": "stopped"}

    async def _read(self) -> Order | None:
        try:
            return await one_order(self._ask, self._order_id)
        except Failure:
            return None


async def ship_again(ask: Ask, receipt: Receipt, step: Steps) -> bool:
    """After the shop has refused a request. False: a line of ours may stand still until a person sees to it. Raises
    as `Stopping.stopped` does.
    """
    try:
        order = await one_order(ask, receipt.order_id)
    except Failure:
        return False
    done = await taken_back(ask, receipt, order, CLAIMED, step)
    # Asked for anew: the new request found the line stopped, and will not start it again when it is refused too.
    codes = (receipt.shown.get(MARKED) or {}).get("codes", ())
    asked_anew = any(i.code in codes and i.state is ItemState.CANCEL_REQUESTED for i in order.items)
    return done and not asked_anew


async def stopped_late(
    ask: Ask, order: Order, codes: Iterable[str], parts: Iterable[str], key: str
) -> Stand | None:
    """After the mall cancelled: stops what the warehouse still holds, since it collects at any moment. What stands
    where when that cannot be done; nobody waits for it. Simply made again after a crash. `parts`: of these lines
    some pieces stay, and the warehouse knows no pieces.
    """
    packing = await packing_of(ask, order.order_id)
    if packing is None:
        return None
    if packing.silent or (packing.held is None and packing.stop is None):
        return {"mall": "cancelled", "warehouse": "unknown"}
    chosen, cut = set(codes), set(parts)
    asked = to_stop(order, [item for item in order.items if item.code in chosen], packing)
    if not asked["codes"]:
        return None
    if packing.stop is None or cut & set(asked["codes"]):
        return {"mall": "cancelled", "warehouse": "ships"}
    reason = TEXTS.say(ask.language, "warehouse.reason")
    write = ask.ports.warehouse.mark(
        ask.shop, packing.stop, order.order_id, asked["codes"], reason, f"{key}:late", whole=asked["whole"]
    )
    try:
        done = await told(write) == DONE
    except (OutcomeUnknown, Unavailable):
        return {"mall": "cancelled", "warehouse": "unknown"}
    return None if done else {"mall": "cancelled", "warehouse": "ships"}
