"""What must never happen to claims, checked against the mall's own books."""

from collections import Counter
from dataclasses import dataclass, field

from .books import Books, Lines, Plan
from .claim_choices import LETTERS
from .town import Effect

What = tuple[str, Lines, str, str]
"""Order, lines, kind and the letter of the reason."""


@dataclass(eq=False)
class Wanted(Plan):
    """A claim that somebody was shown. `promised`: request or pending. `yeses`: approvals that were sent and not
    surely refused; `decided`: the decisions that were answered with a receipt.
    """

    kind: str = "return"
    reason: str = "defective"
    yeses: int = 0
    decided: set[str] = field(default_factory=set)

    @property
    def waits(self) -> bool:
        return self.promised == "pending"

    @property
    def may_have_effect(self) -> bool:
        return super().may_have_effect and (not self.waits or self.yeses > 0)

    @property
    def what(self) -> What:
        return (self.order_id, self.lines, self.kind, LETTERS[self.reason])

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]}, {self.kind} {self.reason}, {self.promised}, {self.decided})"


def done(effect: Effect) -> What:
    assert effect.request is not None, "only the shop claims without a request"
    return (effect.order_id, effect.lines, effect.request.kind, effect.request.reason_type)


class ClaimBooks(Books):
    def look(self, effects: list[Effect], wanted: list[Wanted]) -> None:
        self.nothing_is_refunded_twice()
        self.each_line_is_claimed_once()
        for claim in wanted:
            if claim.may_have_effect:
                self.asked.add(claim.order_id)
        self.nobody_else_is_touched()
        self.each_request_was_agreed_to(effects, wanted)

    @staticmethod
    def each_request_was_agreed_to(effects: list[Effect], wanted: list[Wanted]) -> None:
        """By the customer, and by a manager where one had to look first."""
        agreed = Counter(claim.what for claim in wanted if claim.may_have_effect)
        for what, count in Counter(done(effect) for effect in effects).items():
            said = [claim for claim in wanted if claim.order_id == what[0]]
            assert count <= agreed[what], f"{count} requests for {agreed[what]} agreements on {what}: {said}"
        for claim in wanted:
            assert len(claim.decided) <= 1, f"two decisions: {claim}"
