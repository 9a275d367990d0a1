"""How claims move: requested, accepted, in progress, refunded, rejected, withdrawn.

Nothing here refuses anything: callers have checked. Each act is whole, so a lost answer loses no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.sandbox.cafe24.claim_kinds import COURSES, REQUESTED, Course
from app.sandbox.cafe24.claim_lines import Pick, cut
from app.sandbox.cafe24.claim_money import (
    amount_due,
    balance_due,
    comes_back_by_itself,
    is_whole,
    refund_words,
)
from app.sandbox.cafe24.ledger import RefundEntry, RequestEntry, Target, WayBack
from app.sandbox.cafe24.order import Claim, ClaimKind, Item, Order, Refund
from app.sandbox.cafe24.product_fixture import Product
from app.sandbox.cafe24.wire import KST, Row

RejectResult = Literal["rejected", "previous"]
# Needs no gateway and no hand: the balance stands at the mall itself.
BALANCES = frozenset({"point", "credit", "coupon"})


@dataclass(frozen=True, slots=True)
class Why:
    """The reason of a claim; a buyer's request may have had its own."""

    reason_type: str
    reason: str


class ClaimBook:
    """The claims of one mall; `number` is the last claim number that was given out."""

    def __init__(self, now: Callable[[], datetime], products: dict[int, Product], number: int = 0) -> None:
        self.requests: list[RequestEntry] = []
        self.refunds: list[RefundEntry] = []
        self._now = now
        self._products = products
        self._number = number

    def request(
        self,
        order: Order,
        picks: Sequence[Pick],
        why: Why,
        account: Row,
        kind: ClaimKind = "cancellation",
        way_back: WayBack = WayBack(),  # noqa: B008  frozen
        targets: Sequence[Target] = (),
    ) -> RequestEntry:
        """C00, R00 or E00; a request has no claim code, an exchange's has a number."""
        course, lines = COURSES[kind], [cut(order, pick) for pick in picks]
        for line in lines:
            self._mark(line, course.requested, Why(course.stored(why.reason_type), why.reason), course)
            line.wire |= account
        entry = RequestEntry(order.order_id, _counted(lines), why.reason_type, why.reason, self._now())
        entry.kind, entry.way_back, entry.targets = kind, way_back, tuple(targets)
        if kind == "exchange":
            entry.number = 1 + sum(other.kind == "exchange" for other in self.requests)
        self.requests.append(entry)
        return entry

    def accept(
        self, order: Order, picks: Sequence[Pick], why: Why, kind: ClaimKind = "cancellation"
    ) -> Claim:
        """C10, R10 or E10 with a claim code; the reasons of request and acceptance are joined for all lines."""
        course, lines = COURSES[kind], [cut(order, pick) for pick in picks]
        requested = [line for line in lines if line.status == course.requested]
        asked = next((line.wire.get("claim_reason", "") for line in requested), "")
        letters = [line.wire.get("claim_reason_type") for line in requested]
        why = Why(why.reason_type or next((letter for letter in letters if letter), "I"), why.reason)
        if asked:
            why = Why(why.reason_type, f"{why.reason} ({course.by_buyer} : {asked})" if why.reason else asked)
        claim = Claim(self._code(course.letter), kind, self._now(), [], why.reason_type, why.reason)
        for line in lines:
            self._settle(order, line, "accepted", claim.code)
            self._mark(line, course.accepted, why, course)
            line.claim_code = claim.code
        claim.item_codes = [line.code for line in lines]
        order.claims.append(claim)
        return claim

    def receive_refund(self, order: Order, claim: Claim, letters: Sequence[str], account: Row) -> Refund:
        """C34, R34: the mall has computed what goes back, and the row waits in the refund list."""
        lines = lines_of(order, claim)
        amount = amount_due(order, lines, shipped=claim.kind == "return")
        points, credits_ = balance_due(order, lines)
        claim.refund = Refund(
            "F", amount, refund_words(order, letters), points=points, credits=credits_, account=account
        )
        for line in lines:
            line.status = COURSES[claim.kind].waiting
        return claim.refund

    def complete(self, order: Order, claim: Claim, refund: Refund, *, at_gateway: bool) -> None:
        """C40, R40: the money has gone back, at the gateway or on the mall's side only."""
        now, lines, course = self._now(), lines_of(order, claim), COURSES[claim.kind]
        refund.status, refund.refunded_at, refund.at_gateway = "T", now, at_gateway
        for line in lines:
            line.status = course.ended
            line.dates |= {course.ended_at: now, "refund_date": now}
        self.refunds.append(
            RefundEntry(
                order.order_id,
                claim.code,
                _counted(lines),
                refund.amount,
                automatic=at_gateway or set(order.payment_methods) <= BALANCES,
                at=now,
                points=refund.points,
                credits=refund.credits,
            )
        )

    def cancel_unpaid(self, order: Order, picks: Sequence[Pick], why: Why) -> Claim:
        """C49, without a refund (ASSUMPTION)."""
        claim = self.accept(order, picks, why)
        for line in lines_of(order, claim):
            line.status = "C49"
            line.dates["cancel_date"] = self._now()
        return claim

    def go_on(self, order: Order, claim: Claim, *, together: bool, by_itself: bool) -> None:
        """After acceptance: refund reception together with it or not; a whole order may refund itself."""
        if not together:
            return
        refund = self.receive_refund(order, claim, [], {})
        whole = is_whole(order, lines_of(order, claim))
        if by_itself and whole and comes_back_by_itself(order):
            self.complete(order, claim, refund, at_gateway="card" in order.payment_methods)

    def reject(self, order: Order, lines: Sequence[Item], reason: str, result: RejectResult) -> None:
        """C11, R11, E11, or back to where the line was; which of the two is unknown (ASSUMPTION)."""
        for line in lines:
            course = COURSES[REQUESTED[line.status]]
            self._settle(order, line, "rejected", None)
            before = line.wire.get("order_status_before_cs", "N20")
            line.status = course.rejected if result == "rejected" else before
            line.wire |= {"request_undone": course.undone} | ({"claim_reason": reason} if reason else {})

    def withdraw(self, order: Order, claim: Claim, wire: Row) -> None:
        """The lines go back to where they were before the claim; the claim stays, undone."""
        for line in lines_of(order, claim):
            line.status = line.wire.get("order_status_before_cs", "N20")
            line.claim_code = None
        if claim.restored_stock:
            claim.restored_stock = False
            self._stock(order, claim, -1)
        claim.undone, claim.refund = True, None
        claim.wire = claim.wire | wire

    def restore(self, order: Order, claim: Claim, *, stock: bool, coupon: bool) -> None:
        """Stock goes up once a claim; of coupons only the wish is kept."""
        if stock and not claim.restored_stock:
            claim.restored_stock = True
            self._stock(order, claim, +1)
        claim.restored_coupon = claim.restored_coupon or coupon

    def _stock(self, order: Order, claim: Claim, sign: int) -> None:
        for line in lines_of(order, claim):
            self.move_stock(line, sign * line.quantity)

    def move_stock(self, line: Item, pieces: int) -> None:
        """So many more of what the line is of."""
        product = self._products.get(line.product_no)
        for variant in product.variants if product else []:
            if variant.variant_code == line.variant_code and variant.counted:
                variant.quantity += pieces

    def _mark(self, line: Item, status: str, why: Why, course: Course) -> None:
        if line.status not in {course.requested, course.accepted}:
            line.wire = line.wire | {"order_status_before_cs": line.status}
            line.dates[course.requested_at] = self._now()
        line.status = status
        line.wire = line.wire | {
            "claim_reason_type": why.reason_type,
            "claim_reason": why.reason,
            "request_undone": None,
        }

    def _settle(
        self, order: Order, line: Item, outcome: Literal["accepted", "rejected"], code: str | None
    ) -> None:
        for entry in self.requests:
            known = {item for item, _ in entry.items}
            if entry.order_id == order.order_id and entry.outcome == "open" and line.code in known:
                entry.outcome, entry.claim_code = outcome, code

    def _code(self, letter: str) -> str:
        self._number += 1
        return f"{letter}{self._now().astimezone(KST):%Y%m%d}-{self._number:07d}"


def lines_of(order: Order, claim: Claim) -> list[Item]:
    """The lines of a claim, in the order of the order."""
    return [item for item in order.items if item.code in claim.item_codes]


def _counted(lines: Sequence[Item]) -> tuple[tuple[str, int], ...]:
    return tuple((line.code, line.quantity) for line in lines)
