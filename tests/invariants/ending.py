"""The end of a story: everything becomes quiet, and every receipt says what the mall says."""

from typing import Any

import orjson

from app.cafe24.webhooks import DELIVERY_JOB
from app.effects.settling import EFFECT, TELL
from app.sandbox.cafe24.ledger import Act

from .acting import Acting, met
from .choices import FINAL, WITHOUT_KNOWING

WORK = (EFFECT, TELL, DELIVERY_JOB)
"""Kinds of jobs that may still change what somebody sees: a delivery whose mall is away comes back later."""


class Ending(Acting):
    async def _becomes_quiet(self) -> None:
        """Nothing breaks any more; everybody who ever confirmed asks again; time passes until nothing is left."""
        town = self.town
        town.world.malls.faults.clear()
        await town.shop_chooses({"mode": "live", "commands": {"cancel": True}})
        await self._guest_enters()
        for plan in self.known:
            if plan.said or plan.open:
                await self._confirm(plan, [plan.of])
        for order_id in {effect.order_id for effect in town.effects}:
            self.events.append(Act(order_id, 90026, "cancel_order"))
        await self._tell(self.events)
        waiting = f"SELECT * FROM job WHERE state = 'ready' AND kind IN {WORK}"
        for _ in range(60):
            await town.works()
            if not town.rows(waiting):
                return
            town.clock.forward(minutes=5)
        raise AssertionError(f"never quiet: {town.rows(waiting)}")

    def _everything_is_settled(self) -> None:
        intents = self.town.rows("SELECT id, order_id, state, stale, decision FROM intent")
        by_id = {row["id"]: row for row in intents}
        plans = {receipt: plan for plan in self.known for receipt in plan.receipts}
        for row in intents:
            if row["id"] not in plans:
                assert (row["state"], row["stale"]) == ("failed", 1), f"nobody has a receipt for {row}"
        left = list(self.town.effects)
        met.update(f"effect {effect.outcome}" for effect in left)
        met.update(f"ended {row['state']}" for row in intents)
        # Of several plans for the same lines the one that says that it did it gets the effect.
        for receipt in sorted(
            plans, key=lambda receipt: by_id[receipt]["state"] not in {"done", "requested"}
        ):
            row, plan = by_id[receipt], plans[receipt]
            state, what = row["state"], f"{row['state']} {codes_of(row)} of {plan}"
            assert state in FINAL | {"requested"}, what
            effect = next((e for e in left if (e.order_id, e.lines) == (plan.order_id, plan.lines)), None)
            if effect is None or state == "withdrawn":
                # An unclear call may be explained by what the buyer did in the shop meanwhile.
                claimed = state not in {"done", "requested"} or self.books.all_claimed(plan)
                assert claimed, f"nothing in the mall, and {what}"
                continue
            left.remove(effect)
            fits = {"accepted": {"done"}, "open": {"requested"}, "rejected": {"failed"}}[effect.outcome]
            # Only a part leaves no sure trace in the mall.
            unclear = plan.takes_part and bool(WITHOUT_KNOWING & codes_of(row))
            assert state in fits or unclear, f"{effect.outcome} in the mall, and {what}"
        assert not left, f"effects without a receipt: {left} of {self.known}"


def codes_of(row: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in orjson.loads(row["decision"] or "{}").get("findings", ())}
