"""The end of a story of claims: nothing waits any more, and receipts, messages and the mall say the same."""

from collections import Counter, defaultdict

from app.cafe24.webhooks import DELIVERY_JOB
from app.effects.settling import ANNOUNCE, EFFECT, TELL
from app.sandbox.cafe24.ledger import Act

from .acting import met
from .choices import FINAL, WITHOUT_KNOWING
from .claim_books import done
from .claim_choices import FILES_LATER, WORDS
from .claim_deciding import ClaimDeciding
from .ending import codes_of

WORK = (EFFECT, TELL, ANNOUNCE, DELIVERY_JOB)
ENDS = {"done", "failed", "withdrawn"}
EVENT_OF = {"return": (90027, "return_order"), "exchange": (90028, "exchange_order")}


class ClaimEnding(ClaimDeciding):
    async def _becomes_quiet(self) -> None:
        """Nothing breaks any more; whoever confirmed asks again; what still waits is rejected; time passes."""
        town = self.town
        town.world.malls.faults.clear()
        self.hindered = None
        await self._answer("minji", "orderList.view", {})
        if self.cut_off:
            await self._reconnects()
        await town.shop_chooses({"mode": "live", "commands": {"exchangeReturn": True}})
        await town.shop_chooses(FILES_LATER)
        for claim in self.wanted:
            if claim.said or claim.open:
                await self._confirm(claim, [claim.of])
        await self._works()
        await self._nobody_waits()
        self.events += [Act(e.order_id, *EVENT_OF[done(e)[2]]) for e in town.effects]
        await self._tell(self.events)
        await self._works()

    async def _works(self) -> None:
        waiting = f"SELECT * FROM job WHERE state = 'ready' AND kind IN {WORK}"
        for _ in range(60):
            await self.town.works()
            if not self.town.rows(waiting):
                return
            self.town.clock.forward(minutes=5)
            if self.by_deadline:
                self._time_may_have_approved()
        raise AssertionError(f"never quiet: {self.town.rows(waiting)}")

    def _time_may_have_approved(self) -> None:
        for claim in self.wanted:
            claim.yeses += claim.waits and (claim.open or bool(claim.receipts))

    async def _nobody_waits(self) -> None:
        rows = self.town.rows("SELECT id FROM intent WHERE state = 'pending'")
        listed = await self._queue(2)
        assert {row["id"] for row in rows} == set(listed), "the queue is what waits"
        for pending_id, shown in listed.items():
            claim = self._listed(pending_id, shown)
            await self._decide(claim, "mgr-jiwoo", "reject", pending_id)
        assert await self._queue(100) == {}

    def _everything_is_settled(self) -> None:
        rows = self.town.rows("SELECT id, order_id, state, stale, decision, verdict FROM intent")
        claims = {receipt: claim for claim in self.wanted for receipt in claim.receipts}
        left = list(self.town.effects)
        met.update(f"effect {effect.outcome}" for effect in left)
        # Of several claims on the same lines the one that says that it did it gets the effect.
        for row in sorted(rows, key=lambda row: row["state"] not in {"done", "requested"}):
            met[f"ended {row['state']} {row['verdict']}"] += 1
            claim, state = claims.get(row["id"]), row["state"]
            if claim is None:
                assert (state, row["stale"]) == ("failed", 1), f"nobody has a receipt for {row}"
                continue
            what = f"{state} {row['verdict']} {codes_of(row)} of {claim}"
            assert state in FINAL | {"requested"}, what
            effect = next((e for e in left if done(e) == claim.what), None)
            if effect is None or row["verdict"] in {"rejected", "withdrawn"}:
                known = state not in {"done", "requested"} or self.books.all_claimed(claim)
                assert known, f"nothing in the mall, and {what}"
                continue
            left.remove(effect)
            fits = {"accepted": {"done"}, "open": {"requested"}, "rejected": {"failed"}}[effect.outcome]
            unclear = (claim.takes_part or self.was_cut_off) and bool(WITHOUT_KNOWING & codes_of(row))
            assert state in fits or unclear, f"{effect.outcome} in the mall, and {what}"
        assert not left, f"requests without a receipt: {left} of {self.known}"
        self._each_end_was_told_once()

    def _each_end_was_told_once(self) -> None:
        told: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for chat in self.town.world.talk.chats.values():
            for message in chat.messages:
                receipt_id, _, about = (message.request_id or "").rpartition("-")
                told[receipt_id].append((about, str(message.blocks)))
        for row in self.town.rows("SELECT id, order_id, state, stale, verdict FROM intent"):
            messages = told[row["id"]]
            assert max(Counter(about for about, _ in messages).values(), default=0) <= 1, messages
            refusals = [about for about, text in messages if any(words in text for words in WORDS.values())]
            assert refusals == ["failed"] * (row["verdict"] == "rejected"), messages
            ends = [(about, text) for about, text in messages if about in ENDS]
            assert len(ends) <= 1, ends
            if row["verdict"] in {"rejected", "withdrawn"}:
                ((about, text),) = ends
                assert about == row["state"]
                assert row["order_id"] in text
