"""The three kinds of claims: through which line states each goes, and what its fields are called."""

from __future__ import annotations

from dataclasses import dataclass

from app.sandbox.cafe24.order import ClaimKind

# Calls take the left letter, lines keep the right one; that they pair up so is an ASSUMPTION.
STORED_REASONS: dict[str, str] = {"A": "O", "E": "P", "K": "V", "J": "W"}


@dataclass(frozen=True, slots=True)
class Course:
    """States in the order in which a claim goes through them; `letter` begins its claim code."""

    kind: ClaimKind
    requested: str
    accepted: str
    waiting: str
    ended: str
    rejected: str
    letter: str
    undone: str
    requested_at: str
    ended_at: str
    by_buyer: str

    def stored(self, reason_type: str) -> str:
        """The letter that a line keeps of a buyer's request."""
        return reason_type if self.kind == "cancellation" else STORED_REASONS.get(reason_type, reason_type)


COURSES: dict[ClaimKind, Course] = {
    course.kind: course
    for course in (
        Course(
            "cancellation", "C00", "C10", "C34", "C40", "C11", "C",
            "Cancellation", "cancel_request_date", "cancel_date", "구매자 주문취소",
        ),
        Course(
            "return", "R00", "R10", "R34", "R40", "R11", "C",
            "Return", "return_request_date", "return_confirmed_date", "구매자 반품",
        ),
        Course(
            "exchange", "E00", "E10", "E31", "E40", "E11", "B",
            "Exchange", "exchange_request_date", "exchange_date", "구매자 교환",
        ),
    )
}  # fmt: skip
REQUESTED: dict[str, ClaimKind] = {course.requested: kind for kind, course in COURSES.items()}
