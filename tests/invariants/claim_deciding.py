"""How managers and customers decide on claims that wait, and what they may be told."""

import uuid
from typing import Any

from app.sandbox.channel.errors import FunctionFailed

from .acting import met
from .choices import MAYBE
from .claim_acting import ClaimActing
from .claim_books import Wanted
from .claim_choices import NOT_DECIDED, WORDS


class ClaimDeciding(ClaimActing):
    async def _says(self, claim: Wanted, manager: str, verdict: str) -> None:
        for pending_id in set(claim.receipts):
            await self._decide(claim, manager, verdict, pending_id)

    async def _decide(self, claim: Wanted | None, manager: str, verdict: str, pending_id: str) -> None:
        action, words = verdict.partition(" ")[0], WORDS.get(verdict)
        if claim and action == "approve":
            claim.yeses += 1
        params = {"pendingId": pending_id, "action": action} | ({"message": words} if words else {})
        try:
            answer = await self.town.road.manager_calls("claims.decide", params, manager=manager)
        except FunctionFailed as failed:
            refused = failed.kind
        else:
            refused = None
        if refused:
            assert refused in NOT_DECIDED | MAYBE
            met[f"decide {refused}"] += 1
            self.cut_off = self.cut_off or refused == "notConnected"
            if claim and action == "approve" and refused in NOT_DECIDED:
                claim.yeses -= 1
            return
        receipt = answer["receipt"]
        met[f"{action} {receipt['state']}"] += 1
        assert receipt["receiptId"] == pending_id
        if claim:
            assert claim.waits, f"nobody had to look at {claim}"
            claim.decided.add(verdict)
        if words:
            told = [f["customerText"] for f in receipt["decision"]["findings"] if f["decisive"]]
            assert (receipt["state"], len(told)) == ("failed", 1), receipt
            assert words in told[0]
        else:
            assert receipt["state"] in {"requested", "done", "checking", "failed"}, receipt

    async def _withdraws(self, claim: Wanted, person: str) -> None:
        for pending_id in set(claim.receipts):
            answer = await self._answer(person, "exchangeReturn.withdraw", {"pendingId": pending_id})
            if isinstance(answer, dict):
                assert self._is_of(claim, person), f"{person} withdrew {claim}"
                assert answer["receipt"]["state"] == "withdrawn"
                claim.withdrawn = True
                claim.decided.add("withdraw")
                met["withdrawn by customer"] += 1
            else:
                met[f"withdraw {answer}"] += 1

    async def _queue(self, limit: int) -> dict[str, tuple[str, tuple[tuple[str, int], ...]]]:
        """What waits, page by page: order and lines by id."""
        found: dict[str, Any] = {}
        params: dict[str, Any] = {"limit": limit}
        while True:
            page = await self.town.road.manager_calls("claims.pending", params)
            for claim in page["claims"]:
                assert claim["pendingId"] not in found, "listed twice"
                assert claim["state"] == "pending", claim
                lines = sorted((line["orderItemCode"], line["quantity"]) for line in claim["items"])
                found[claim["pendingId"]] = (claim["orderId"], tuple(lines))
            if not page.get("next"):
                return found
            params["cursor"] = page["next"]

    def _listed(self, pending_id: str, shown: Any) -> Wanted | None:
        """The claim behind a row of the queue. None when its receipt never reached the customer."""
        assert str(uuid.UUID(pending_id)) == pending_id
        agreed = [c for c in self.wanted if c.waits and c.open and (c.order_id, c.lines) == shown]
        assert agreed, f"nobody asked for {shown}"
        return next((claim for claim in agreed if pending_id in claim.receipts), None)
