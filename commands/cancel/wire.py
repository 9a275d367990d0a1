"""Params and results of `cancel.*` (DESIGN §3)."""

import datetime as dt
from typing import Literal

from pydantic import Field

from commands.claiming import AccountParams, HiddenOrder, LineParams
from commands.shapes import (
    CommandParams,
    DecisionShape,
    ItemShape,
    LineShape,
    OrderCard,
    Params,
    PreviewShape,
    RefundShape,
    Shape,
)

from .reasons import REASONS

ReasonType = Literal["changeOfMind", "deliveryDelay", "dissatisfiedService", "other"]


class CandidateItem(ItemShape):
    selectable: bool
    decision: DecisionShape | None = None


class CandidateOrder(OrderCard):
    items: list[CandidateItem]  # type: ignore[assignment]


class CandidatesResult(Shape):
    """At most five orders. `hidden`: orders that a customer would expect here, each with its why."""

    orders: list[CandidateOrder]
    why: DecisionShape | None = None
    hidden: list[HiddenOrder]


class ReasonParams(Params):
    type: ReasonType
    text: str | None = Field(None, max_length=500)


class PreviewParams(CommandParams):
    order_id: str = Field(min_length=1, max_length=40)
    items: list[LineParams] = Field(min_length=1, max_length=100)
    reason: ReasonParams
    refund_account: AccountParams | None = None
    orderer_name: str | None = Field(None, max_length=60)


class PreviewResult(PreviewShape):
    """No `planToken` while the verdict is not `allowed` or something is `missing`."""

    items: list[LineShape]
    outcome: Literal["complete", "request"]
    refund: RefundShape
    plan_token: str | None = None
    missing: list[str] | None = None
    expires_at: dt.datetime | None = None


class UndoParams(CommandParams):
    receipt_id: str = Field(min_length=1, max_length=60)


assert set(REASONS) == set(ReasonType.__args__)  # type: ignore[attr-defined]
