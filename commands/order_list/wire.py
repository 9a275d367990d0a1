"""Params and results of `orderList.*`."""

from pydantic import Field

from commands.shapes import (
    ActionShape,
    CommandParams,
    DecisionShape,
    OrderCard,
    OrderDetail,
    Shape,
    ShipGroup,
)


class ViewParams(CommandParams):
    pass


class ViewResult(Shape):
    """At most five orders, newest first; `why` only when there are none."""

    orders: list[OrderCard]
    why: DecisionShape | None = None


class DetailParams(CommandParams):
    order_id: str = Field(min_length=1, max_length=40)


class DetailResult(Shape):
    """`actions`: what the commands that exist would say to this order; `shipDates` only with a warehouse (H16)."""

    order: OrderDetail
    actions: list[ActionShape]
    ship_dates: list[ShipGroup] | None = None


class PicturesParams(CommandParams):
    """Empty: the pictures of the orders that `orderList.view` shows."""

    order_id: str | None = Field(None, max_length=40)


class PicturesResult(Shape):
    """Address by product number; asked for after the cards are shown."""

    pictures: dict[str, str]
