"""`PendingClaims` in memory, by the port's own words; and photo links to pictures that the test serves."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.ports import ClaimPage, PendingClaim
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import OrderId
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.who import ChannelId, Language

SHIRT = {
    "orderItemCode": "20261118-0000123-01",
    "productName": "오가닉 코튼 셔츠",
    "optionText": "화이트 / L",
    "quantity": 2,
}


def claim(number: int, channel: str, at: datetime, **changed: Any) -> PendingClaim:
    """A return of a shirt with a defect; what a test cares for it changes."""
    shown = {
        "items": [SHIRT],
        "reason": {"type": "defective", "text": "소매 안쪽이 10cm 정도 찢어져 있어요."},
        "shippingPayer": "mall",
        "currency": "KRW",
        "pickup": {"receiverName": "김*지", "address1": "서울특별시 마포구 양화로 45"},
    }
    plain: dict[str, Any] = {
        "id": f"0193{number:08x}",
        "kind": "return:defective",
        "order_id": OrderId(f"20261118-{number:07d}"),
        "customer_label": "minji",
        "at": at,
        "due_at": at + timedelta(hours=48),
        "state": ReceiptState.PENDING,
        "shown": shown | changed.pop("shown", {}),
    }
    return PendingClaim(**(plain | changed))


@dataclass
class WaitingRoom:
    """`decides`: what each decision was. `busy`: what the next decision raises instead."""

    clock: Any
    by_channel: dict[str, dict[str, PendingClaim]] = field(default_factory=dict)
    decides: list[tuple[str, str, str, str | None]] = field(default_factory=list)
    approved_as: ReceiptState = ReceiptState.REQUESTED
    busy: Exception | None = None

    def put(self, channel: str, *claims: PendingClaim) -> None:
        self.by_channel.setdefault(channel, {}).update({c.id: c for c in claims})

    async def page(
        self,
        channel_id: ChannelId,
        *,
        cursor: str | None = None,
        limit: int = 30,
        kind: str | None = None,
        decided: bool = False,
    ) -> ClaimPage:
        claims = [
            c
            for c in self.by_channel.get(channel_id, {}).values()
            if (c.decided_by is not None) is decided and kind in {None, c.kind}
        ]
        if decided:
            claims.sort(key=lambda c: (c.decided_at, c.id), reverse=True)
        else:
            claims.sort(key=lambda c: (c.at, c.id))
        ids = [c.id for c in claims]
        start = ids.index(cursor) + 1 if cursor in ids else 0
        shown = claims[start : start + limit]
        return ClaimPage(shown, shown[-1].id if start + limit < len(claims) else None)

    async def kinds(self, channel_id: ChannelId) -> dict[str, int]:
        counts: dict[str, int] = {}
        for waiting in self.by_channel.get(channel_id, {}).values():
            if waiting.decided_by is None:
                counts[waiting.kind] = counts.get(waiting.kind, 0) + 1
        return counts

    async def one(self, channel_id: ChannelId, pending_id: str) -> PendingClaim | None:
        return self.by_channel.get(channel_id, {}).get(pending_id)

    async def decide(
        self,
        channel_id: ChannelId,
        pending_id: str,
        *,
        manager_id: str,
        action: str,
        message: str | None,
        language: Language,
    ) -> Receipt:
        await asyncio.sleep(0)
        if self.busy:
            raise self.busy
        waiting = await self.one(channel_id, pending_id)
        if waiting is None:
            raise Failure(FailureType.NOT_FOUND)
        state = self.approved_as if action == "approve" else ReceiptState.FAILED
        wanted = replace(
            waiting,
            state=state,
            decided_by=f"manager:{manager_id}",
            decided_at=self.clock(),
            message=message,
        )
        if waiting.decided_by is not None and (waiting.message, waiting.state) != (message, state):
            at = waiting.decided_at
            raise Failure(FailureType.CONFLICT, decidedBy=waiting.decided_by, decidedAt=at and at.isoformat())
        if waiting.decided_by is None:
            self.decides.append((pending_id, action, manager_id, message))
            self.put(channel_id, wanted)
        return Receipt(
            pending_id, "exchangeReturn", state, waiting.order_id, waiting.shown, "user", waiting.at
        )


class Photos:
    def links(self, channel_id: ChannelId, ref: str) -> tuple[str, str]:
        return f"/photos/{channel_id}/{ref}?small", f"/photos/{channel_id}/{ref}"
