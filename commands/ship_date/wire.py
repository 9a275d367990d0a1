"""Params and results of `shipDate.view` (DESIGN §3)."""

from pydantic import Field

from commands.shapes import CommandParams, DecisionShape, Shape, ShipGroup


class ViewParams(CommandParams):
    """Without an order: up to five that are being prepared."""

    order_id: str | None = Field(None, min_length=1, max_length=40)


class OrderDates(Shape):
    order_id: str
    groups: list[ShipGroup]


class ViewResult(Shape):
    """`why` only when no order has anything to ship."""

    orders: list[OrderDates]
    why: DecisionShape | None = None
