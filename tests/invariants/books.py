"""What must never happen, checked against the mall's own books."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from app.sandbox.cafe24.order import Order
from app.sandbox.cafe24.state import Mall

from .town import Effect

Lines = tuple[tuple[str, int], ...]


@dataclass(eq=False)
class Plan:
    """What somebody was shown. `token` is None where there was nothing to confirm; `promised`: complete or request.

    `open`: a confirm was sent and nobody heard how it ended. `withdrawn`: an undo was answered so.
    """

    name: str
    of: str
    order_id: str
    lines: Lines
    token: str | None
    promised: str = ""
    takes_part: bool = False
    receipts: set[str] = field(default_factory=set)
    open: bool = False
    withdrawn: bool = False
    said: list[str] = field(default_factory=list)

    @property
    def may_have_effect(self) -> bool:
        return (bool(self.receipts) or self.open) and not self.withdrawn

    def __repr__(self) -> str:
        return f"{self.name}({self.of}, {self.order_id}, {self.lines}, said={self.said})"


class Books:
    def __init__(self, mall: Mall) -> None:
        self._mall = mall
        self._paid: dict[str, Decimal] = {}
        self._first: dict[str, object] = {}
        self.asked: set[str] = set()
        """Orders whose own customer, or the shop, wanted something of them."""
        self.open_accounts()

    def open_accounts(self) -> None:
        """For orders that are new."""
        for order_id, order in self._mall.orders.items():
            if order_id not in self._first:
                self._first[order_id] = _state(order)
                self._paid[order_id] = order.payable if order.paid_at else Decimal(0)

    def check(self, effects: list[Effect], plans: list[Plan]) -> None:
        self.nothing_is_refunded_twice()
        self.each_line_is_claimed_once()
        self.nobody_else_is_touched()
        self.each_effect_was_agreed_to(effects, plans)

    def nothing_is_refunded_twice(self) -> None:
        gone: Counter[str] = Counter()
        for refund in self._mall.refunds:
            gone[refund.order_id] += refund.amount  # type: ignore[assignment]
        for order_id, amount in gone.items():
            assert amount <= self._paid[order_id], f"{order_id}: {amount} refunded of {self._paid[order_id]}"
        claims = Counter(refund.claim_code for refund in self._mall.refunds)
        assert all(count == 1 for count in claims.values()), claims
        for order in self._mall.orders.values():
            points = sum((r.points for r in self._mall.refunds if r.order_id == order.order_id), Decimal(0))
            assert points <= order.points_spent, f"{order.order_id}: more points than were spent"

    def each_line_is_claimed_once(self) -> None:
        for order in self._mall.orders.values():
            claimed = Counter(code for c in order.claims if not c.undone for code in c.item_codes)
            assert all(count == 1 for count in claimed.values()), f"claims of {order.order_id}: {claimed}"
        asked = Counter(code for r in self._mall.requests if r.outcome != "rejected" for code, _ in r.items)
        assert all(count == 1 for count in asked.values()), f"requests: {asked}"

    def nobody_else_is_touched(self) -> None:
        for order_id, before in self._first.items():
            if order_id not in self.asked:
                assert _state(self._mall.orders[order_id]) == before, f"nobody asked for {order_id}"

    def all_claimed(self, plan: Plan) -> bool:
        """Each line, or as many pieces of it, stands in a claim or an open request, whoever made it."""
        order = self._mall.orders[plan.order_id]
        gone = {code for claim in order.claims if not claim.undone for code in claim.item_codes}
        gone |= {code for r in self._mall.requests if r.outcome == "open" for code, _ in r.items}
        taken = set(gone)
        for item in order.items:
            if item.code in gone and (cut_from := item.wire.get("original_item_no")):
                taken.add(f"{order.order_id}-{cut_from[0]:02d}")
        return all(code in taken for code, _ in plan.lines)

    @staticmethod
    def each_effect_was_agreed_to(effects: list[Effect], plans: list[Plan]) -> None:
        agreed = Counter((p.order_id, p.lines) for p in plans if p.may_have_effect)
        done = Counter((e.order_id, e.lines) for e in effects)
        for what, count in done.items():
            said = [plan for plan in plans if plan.order_id == what[0]]
            assert count <= agreed[what], f"{count} effects for {agreed[what]} plans of {what}: {said}"
        promised = {(p.order_id, p.lines) for p in plans if p.promised == "complete" and p.may_have_effect}
        cancelled = {(e.order_id, e.lines) for e in effects if e.request is None}
        assert cancelled <= promised, f"cancelled where a request was promised: {cancelled - promised}"


def _state(order: Order) -> object:
    return [(i.code, i.status, i.quantity, i.claim_code) for i in order.items], len(order.claims)
