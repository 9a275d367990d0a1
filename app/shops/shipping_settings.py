"""When the shop ships, and whether in parts (H46–H48): what `/발송예정일` counts with."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field, field_validator

from commands.kernel.mall import PartialShippingChoices, ShippingChoices

from .group import Group


class PartialShippingSettings(Group):
    """`minimum_amount` in won; None or 0: every order."""

    enabled: bool = False
    base_days: int = Field(3, ge=0, le=30)
    minimum_amount: int | None = Field(None, ge=0, le=100_000_000)


class ShippingSettings(Group):
    """`days`: ISO weekdays; `cutoff`: `HH:MM` in Korea; `extra_closed`: days beside the public holidays."""

    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(max_length=7)] = (1, 2, 3, 4, 5)
    cutoff: str = Field("14:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    extra_closed: Annotated[tuple[date, ...], Field(max_length=366)] = ()
    every_day: bool = False
    notify_change: bool = True

    @field_validator("days", "extra_closed")
    @classmethod
    def _in_order(cls, value: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(sorted(set(value)))


PARTIAL_BY_DEFAULT = PartialShippingChoices()
SHIPPING_BY_DEFAULT = ShippingChoices()


def partial_shipping_of(stored: Mapping[str, Any]) -> PartialShippingChoices:
    group = stored.get("partialShipping")
    if not group:
        return PARTIAL_BY_DEFAULT
    return PartialShippingChoices(**PartialShippingSettings.model_validate(group).model_dump())


def shipping_of(stored: Mapping[str, Any]) -> ShippingChoices:
    group = stored.get("shipping")
    if not group:
        return SHIPPING_BY_DEFAULT
    return ShippingChoices(**ShippingSettings.model_validate(group).model_dump())
