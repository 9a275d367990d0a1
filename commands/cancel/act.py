"""Carries a confirmed cancel out, in a job that may be run again after a crash (ENGINE, rules 2–5).

A warehouse that holds the lines is stopped first, and started again when the mall says no. Deciding and calling stand
inside one marked step: a crash anywhere in it leaves a mark, and then the mall is read before anything else. A call is
repeated only where the mall surely holds none of it.
"""

from datetime import datetime, timedelta

from commands.kernel.decision import Allowed
from commands.kernel.failures import Failure
from commands.kernel.marked import MARKED
from commands.kernel.order import Order
from commands.kernel.plan import Interrupted, Json, ReceiptState, Settled, Steps, WentStale
from commands.kernel.ports import MallRefused, OutcomeUnknown, Unavailable
from commands.kernel.spec import Ask

from .calling import STALE, answer_seen, called, claim_code_of, state_of, took_effect, untouched
from .command import TEXTS, facts_of, one_order, seen_by
from .endings import (
    MALL_REFUSED,
    MALL_SILENT,
    MUST_BE_TOLD,
    STILL_SHIPS,
    STILL_STOPPED,
    UNCLEAR,
    WAREHOUSE_REFUSED,
    ending,
)
from .facts import CancelPlan
from .packing import Packing, packing_of
from .rules import decide_cancellation
from .stopping import Stand, Stopping, stopped_late, to_stop
from .wish import Wish, parts_of

CALL, REFUSED, SILENT = "call", "refused", "silent"
NOT_DONE = {STALE: None, REFUSED: MALL_REFUSED, SILENT: MALL_SILENT}
"""Answers after which the mall surely holds nothing of it, and how they end."""
PATIENCE = timedelta(minutes=30)
"""How long a warehouse stands still for a mall that cannot be asked."""


async def act(ask: Ask, payload: Json, seen: str, step: Steps) -> Settled | WentStale:
    return await _Cancel(ask, Wish.from_json(payload), seen, step).carried_out()


class _Cancel:
    """One run of the job, maybe after a crash. `_order`, `_plan`: what this very run read and decided."""

    def __init__(self, ask: Ask, wish: Wish, seen: str, step: Steps) -> None:
        self._ask = ask
        self._wish = wish
        self._seen = seen
        self._step = step
        self._order: Order | None = None
        self._plan: CancelPlan | None = None
        self._packing: Packing | None = None
        self._stopping: Stopping | None = None
        self._judged_at = ask.now

    async def carried_out(self) -> Settled | WentStale:
        judged: Json = await self._step("judge", self._judged) if self._wish.stops else {}
        if judged.get(STALE):
            return WentStale()
        if judged.get("codes"):
            self._judged_at = datetime.fromisoformat(judged["at"])
            stopping = Stopping(self._ask, self._wish.order_id, self._wish.key, self._step, judged)
            if not await stopping.stopped():
                return self._failed(WAREHOUSE_REFUSED)
            self._stopping = stopping
        answer = await self._answered()
        if word := next((word for word in NOT_DONE if answer.get(word)), None):
            return await self._taken_back(NOT_DONE[word])
        if answer.get(UNCLEAR):
            stand = {"mall": "unclear", "warehouse": "stopped"} if self._stopping else None
            return self._failed(UNCLEAR, stand)
        return await self._read_back(answer)

    async def _judged(self) -> Json:
        """What the warehouse has to be told: nothing while it does not hold the lines."""
        if not await self._decided() or self._order is None:
            return {STALE: True}
        lines = [item for item in self._order.items if item.code in self._wish.lines]
        asked = to_stop(self._order, lines, self._packing or Packing())
        return {**asked, "at": self._ask.now.isoformat()}

    async def _decided(self) -> bool:
        """Whether deciding again gives what the customer saw. What we stopped ourselves says nothing against it."""
        try:
            order = await one_order(self._ask, self._wish.order_id)
        except Failure:
            return False
        mall = await self._ask.ports.rules.rules(self._ask.shop, fresh=True)
        packing = Packing() if self._stopping else await packing_of(self._ask, order.order_id)
        decision = decide_cancellation(facts_of(self._ask, order, mall, self._wish, packing=packing))
        if not isinstance(decision, Allowed):
            return False
        outcome = "complete" if decision.plan.outcome_complete else "request"
        self._order, self._plan, self._packing = order, decision.plan, packing
        return seen_by(order, decision, outcome) == self._seen

    async def _answered(self) -> Json:
        """The mall's, asked again after a crash only where it surely holds nothing of it."""
        try:
            return await self._asked_mall()
        except Interrupted:
            answer = await self._reconciled()
            self._plan = None
            return await self._asked_mall() if answer is None else answer

    async def _asked_mall(self) -> Json:
        try:
            answer: Json = await self._step(CALL, self._call, mark=True)
        except Unavailable:
            if self._stopping is None or self._ask.now - self._judged_at < PATIENCE:
                raise
            # Recorded before anything is taken back: a crash must not lead to a late call.
            answer = {SILENT: True}
            await self._step.settle(CALL, answer)
        return answer

    async def _call(self) -> Json:
        if self._plan is None and not await self._decided():
            return {STALE: True}
        assert self._plan is not None
        try:
            return await called(self._ask, self._wish, self._plan)
        except MallRefused:
            if self._stopping is None:
                raise
            return {REFUSED: True}

    async def _reconciled(self) -> Json | None:
        """What an interrupted call did, by reading. None: surely nothing, so that it may be made now."""
        order = await one_order(self._ask, self._wish.order_id)
        took = [took_effect(order, self._wish, code) for code in self._wish.lines]
        if not any(took) and not parts_of(self._wish):
            await self._step.forget(CALL)
            return None
        # Some lines did and some did not, or part of a line, which leaves no sure trace: a person has to look.
        answer = answer_seen(order, self._wish) if all(took) else {UNCLEAR: True}
        await self._step.settle(CALL, answer)
        return answer

    async def _taken_back(self, code: str | None) -> Settled | WentStale:
        """The mall did not cancel: the warehouse goes on, unless somebody else cancelled there. None: it went stale."""
        stand = await self._stopping.started_again(self._untouched) if self._stopping else None
        if stand:
            return self._failed(STILL_STOPPED, stand)
        return self._failed(code) if code else WentStale()

    def _untouched(self, order: Order) -> bool | None:
        return untouched(order, self._wish)

    async def _read_back(self, answer: Json) -> Settled:
        """What the mall shows now; when it does not answer, its answer to our call stands."""
        complete = bool(answer["complete"])
        try:
            order = await one_order(self._ask, self._wish.order_id)
        except (Failure, Unavailable):
            order = None
        if order is not None:
            state = state_of(order, self._wish, complete=complete)
            code = claim_code_of(order, self._wish, answer)
        else:
            state = ReceiptState.DONE if complete else ReceiptState.REQUESTED
            code = str(answer["claimCode"]) if answer.get("claimCode") else None
        # A shop that refuses the request later must find the warehouse shipping again.
        requested, stopping = state is ReceiptState.REQUESTED, self._stopping
        shown = {MARKED: stopping.as_marked()} if requested and stopping else None
        return Settled(state, code, await self._open_end(order or self._order, state), shown)

    async def _open_end(self, order: Order | None, state: ReceiptState) -> Json | None:
        """What the shop has to see to, where mall and warehouse may not agree."""
        if state is ReceiptState.DONE:
            stand = await self._still_ships(order)
            return ending(self._ask, STILL_SHIPS, stand) if stand else None
        if self._wish.tells and not await self._noted():
            return ending(self._ask, MUST_BE_TOLD, {"mall": "requested", "warehouse": "unknown"})
        return None

    async def _still_ships(self, order: Order | None) -> Stand | None:
        wish = self._wish
        if self._stopping is not None and self._stopping.codes >= set(wish.lines):
            return None
        if order is not None:
            return await stopped_late(self._ask, order, wish.lines, parts_of(wish), wish.key)
        served = await self._ask.ports.warehouse.capabilities(self._ask.shop)
        return None if served is None else {"mall": "cancelled", "warehouse": "unknown"}

    async def _noted(self) -> bool:
        """A memo on the order: who accepts the request has to stop the warehouse."""

        async def note() -> bool:
            text = TEXTS.say(self._ask.language, "warehouse.memo")
            await self._ask.ports.receivers.note(self._ask.shop, self._wish.order_id, text)
            return True

        try:
            return bool(await self._step("note", note, mark=True))
        except (Interrupted, MallRefused, OutcomeUnknown, Unavailable):
            return False

    def _failed(self, code: str, stand: Stand | None = None) -> Settled:
        return Settled(ReceiptState.FAILED, decision=ending(self._ask, code, stand))
