"""Params and results of `cancel.*` (DESIGN §3)."""

import datetime as dt
from typing import Literal

from pydantic import Field, field_validator

from commands.shapes import (
    CommandParams,
    DecisionShape,
    ItemShape,
    LineShape,
    OrderCard,
    Params,
    RefundShape,
    Shape,
)

from .reasons import BANKS, REASONS

ReasonType = Literal["changeOfMind", "deliveryDelay", "dissatisfiedService", "other"]


class CandidatesParams(CommandParams):
    pass


class CandidateItem(ItemShape):
    selectable: bool
    decision: DecisionShape | None = None


class CandidateOrder(OrderCard):
    items: list[CandidateItem]  # type: ignore[assignment]


class HiddenOrder(Shape):
    order_id: str
    decision: DecisionShape


class CandidatesResult(Shape):
    """At most five orders. `hidden`: orders that a customer would expect here, each with its why."""

    orders: list[CandidateOrder]
    why: DecisionShape | None = None
    hidden: list[HiddenOrder]


class LineParams(Params):
    order_item_code: str = Field(min_length=1, max_length=40)
    quantity: int = Field(ge=1, le=9_999, strict=True)


class ReasonParams(Params):
    type: ReasonType
    text: str | None = Field(None, max_length=500)


class AccountParams(Params):
    """`bankCode` is Cafe24's `bank_NN`; digits and hyphens in the number; the holder as the bank has it."""

    bank_code: str
    account_number: str = Field(min_length=6, max_length=30, pattern=r"^[0-9][0-9-]*[0-9]$")
    holder: str = Field(min_length=1, max_length=15)

    @field_validator("holder")
    @classmethod
    def _named(cls, value: str) -> str:
        if not any(c.isprintable() and not c.isspace() for c in value):
            raise ValueError("is empty")
        return value

    @field_validator("bank_code")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in BANKS:
            raise ValueError("is not a bank of the list")
        return value


class PreviewParams(CommandParams):
    order_id: str = Field(min_length=1, max_length=40)
    items: list[LineParams] = Field(min_length=1, max_length=100)
    reason: ReasonParams
    refund_account: AccountParams | None = None
    orderer_name: str | None = Field(None, max_length=60)


class PreviewResult(Shape):
    """No `planToken` while the verdict is not `allowed` or something is `missing`."""

    decision: DecisionShape
    items: list[LineShape]
    outcome: Literal["complete", "request"]
    refund: RefundShape
    plan_token: str | None = None
    missing: list[str] | None = None
    expires_at: dt.datetime | None = None


class ConfirmParams(CommandParams):
    plan_token: str = Field(min_length=1, max_length=400)


class UndoParams(CommandParams):
    receipt_id: str = Field(min_length=1, max_length=60)


assert set(REASONS) == set(ReasonType.__args__)  # type: ignore[attr-defined]
