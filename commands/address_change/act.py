"""Carries a confirmed change out: the warehouse first, which can be taken back, then each shipment in the mall.

Every write is a full address, so that a write that may have been made may be made again; what was promised to be whole
is led back to where it was when a part of it is refused. What cannot be led back is told to a manager, with what
stands where.
"""

from commands.kernel.address import Address
from commands.kernel.decision import Allowed, Fact
from commands.kernel.failures import Failure
from commands.kernel.order import Order
from commands.kernel.plan import Interrupted, Json, ReceiptState, Settled, Steps, WentStale
from commands.kernel.ports import MallRefused, OutcomeUnknown, Unavailable
from commands.kernel.spec import Ask
from commands.kernel.warehouse_writes import DONE, REFUSED, Work, step_again, told

from .command import seen_by
from .endings import disagree, refused
from .finding_out import TEXTS, facts_for, one_order
from .rules import decide_address_change, still_standing_in_the_way
from .wish import Wish, is_at

NEW, OLD, OTHER, UNKNOWN = "new", "old", "other", "unknown"
GONE = "gone"


async def act(ask: Ask, payload: Json, seen: str, step: Steps) -> Settled | WentStale:
    return await _Change(ask, Wish.from_json(payload), seen, step).carried_out()


class _Change:
    """One run of the job, maybe after a crash. `looked`: the order was judged in this very run."""

    def __init__(self, ask: Ask, wish: Wish, seen: str, step: Steps) -> None:
        self._ask = ask
        self._wish = wish
        self._seen = seen
        self._step = step
        self._looked = False

    async def carried_out(self) -> Settled | WentStale:
        if not await self._step("judge", self._judge):
            return WentStale()
        if self._wish.held:
            told = await self._once("warehouse", self._tell_warehouse)
            if told == REFUSED:
                return refused(self._ask, "warehouse")
            if told == GONE:
                if await self._is_elsewhere():
                    return disagree(self._ask, {"mall": OTHER, "warehouse": UNKNOWN})
                # It may have been told before the pause.
                back = await self._once("warehouse.back", self._tell_warehouse_back)
                stand: dict[str, Fact] = {"mall": OLD, "warehouse": UNKNOWN}
                return WentStale() if back == DONE else disagree(self._ask, stand)
        written: list[str] = []
        for shipment in self._wish.shipments:
            if await self._once(f"mall:{shipment}", self._writing(shipment)) != DONE:
                return await self._led_back(written)
            written.append(shipment)
        return await self._ended()

    async def _once(self, name: str, work: Work) -> str:
        """The same address may be written again where nobody knows whether it was."""
        return await step_again(self._step, name, work)

    async def _judge(self) -> bool:
        try:
            order = await one_order(self._ask, self._wish.order_id)
        except Failure:
            return False
        facts = await facts_for(self._ask, order, self._wish.address, under_way=False)
        decision = decide_address_change(facts)
        self._looked = True
        return isinstance(decision, Allowed) and seen_by(order, decision) == self._seen

    async def _may_go_on(self) -> bool:
        """After a pause: unless something left the house, or somebody else changed the address meanwhile. A mall that
        cannot be read now raises `Unavailable`: nobody knows yet.
        """
        if self._looked:
            return True
        try:
            order = await one_order(self._ask, self._wish.order_id)
        except Failure:
            return False
        facts = await facts_for(self._ask, order, self._wish.address, under_way=False)
        self._looked = self._is_ours(order) and not still_standing_in_the_way(facts)
        return self._looked

    def _is_ours(self, order: Order) -> bool:
        """Whether every shipment goes to the new address or still to the old one."""
        places = [r for r in order.receivers if r.shipment_code in self._wish.shipments]
        return all(is_at(r, self._wish.address) or is_at(r, self._wish.before) for r in places)

    async def _tell_warehouse(self) -> str:
        return await self._tell(self._wish.address, "to") if await self._may_go_on() else GONE

    async def _tell_warehouse_back(self) -> str:
        return await self._tell(self._wish.before, "back")

    async def _tell_late(self) -> str:
        return await self._tell(self._wish.address, "late")

    async def _tell(self, address: Address, what: str) -> str:
        """Raises `OutcomeUnknown`, `Unavailable`."""
        key = f"{self._wish.key}:{what}"
        warehouse, order_id = self._ask.ports.warehouse, self._wish.order_id
        return await told(warehouse.change_address(self._ask.shop, order_id, address, key))

    def _writing(self, shipment: str) -> Work:
        async def write() -> str:
            return await self._put(shipment, self._wish.address) if await self._may_go_on() else GONE

        return write

    async def _put(self, shipment: str, address: Address) -> str:
        try:
            await self._ask.ports.receivers.change(self._ask.shop, self._wish.order_id, shipment, address)
        except MallRefused:
            return REFUSED
        return DONE

    async def _led_back(self, written: list[str]) -> Settled:
        """All or nothing: what was changed goes back to where it was."""
        if await self._is_elsewhere():
            return disagree(self._ask, {"mall": OTHER, "warehouse": UNKNOWN if self._wish.held else "none"})
        mall = [await self._once(f"back:{shipment}", self._back(shipment)) == DONE for shipment in written]
        held = self._wish.held
        warehouse = not held or await self._once("warehouse.back", self._tell_warehouse_back) == DONE
        if all(mall) and warehouse:
            return refused(self._ask, "mall")
        stand = {"mall": OLD if all(mall) else "mixed", "warehouse": OLD if warehouse else NEW}
        return disagree(self._ask, stand)

    async def _is_elsewhere(self) -> bool:
        """Somebody else changed the address meanwhile: neither of ours may overwrite theirs."""
        order = await self._read()
        return order is not None and not self._is_ours(order)

    def _back(self, shipment: str) -> Work:
        async def back() -> str:
            return await self._put(shipment, self._wish.before)

        return back

    async def _ended(self) -> Settled:
        """What the mall shows now; when it does not answer, its answers to our calls stand."""
        order = await self._read()
        held = self._wish.held
        if order is not None and not all(self._stands(order, shipment) for shipment in self._wish.shipments):
            return disagree(self._ask, {"mall": UNKNOWN, "warehouse": NEW if held else "none"})
        if (
            not held
            and await self._collected_late()
            and await self._once("warehouse.late", self._tell_late) != DONE
        ):
            return disagree(self._ask, {"mall": NEW, "warehouse": OLD})
        await self._noted()
        return Settled(ReceiptState.DONE)

    def _stands(self, order: Order, shipment: str) -> bool:
        seen = next((r for r in order.receivers if r.shipment_code == shipment), None)
        return seen is not None and is_at(seen, self._wish.address)

    async def _collected_late(self) -> bool:
        """The warehouse may have collected the order while we were at it, with the old address (WMS.md §4.4-1)."""
        warehouse, shop, order_id = self._ask.ports.warehouse, self._ask.shop, self._wish.order_id
        if await warehouse.capabilities(shop) is None:
            return False
        return order_id in await warehouse.orders(shop, [order_id], fresh=True)

    async def _noted(self) -> None:
        """A memo for the shop's managers; an order without one is changed all the same."""

        async def note() -> str:
            text = TEXTS.say(self._ask.language, "memo")
            await self._ask.ports.receivers.note(self._ask.shop, self._wish.order_id, text)
            return DONE

        try:
            await self._step("note", note, mark=True)
        except (Interrupted, MallRefused, OutcomeUnknown, Unavailable):
            return

    async def _read(self) -> Order | None:
        try:
            return await one_order(self._ask, self._wish.order_id)
        except (Failure, Unavailable):
            return None
