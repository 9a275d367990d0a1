"""Params and results of `addressChange.*` (DESIGN §3)."""

import datetime as dt

from pydantic import Field

from commands.claiming import HiddenOrder
from commands.postal import AddressParams
from commands.shapes import CommandParams, DecisionShape, ItemShape, OrderCard, PreviewShape, Shape


class CandidateItem(ItemShape):
    """The address is one for the whole order, so that every item is selectable or none."""

    selectable: bool


class CandidateOrder(OrderCard):
    items: list[CandidateItem]  # type: ignore[assignment]


class CandidatesResult(Shape):
    """At most five orders. `hidden`: orders that a customer would expect here, each with its why."""

    orders: list[CandidateOrder]
    why: DecisionShape | None = None
    hidden: list[HiddenOrder]


class PreviewParams(CommandParams):
    order_id: str = Field(min_length=1, max_length=40)
    address: AddressParams
    orderer_name: str | None = Field(None, max_length=60)


class PreviewResult(PreviewShape):
    """Fees are the regional surcharge, in the shop's currency, and left out where not certain. No `planToken` while the
    verdict is not `allowed` or something is `missing`.
    """

    fee_before: str | None = None
    fee_after: str | None = None
    currency: str
    plan_token: str | None = None
    missing: list[str] | None = None
    expires_at: dt.datetime | None = None
