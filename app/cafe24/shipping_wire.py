"""Cafe24's shipping settings in the vendor's names, as far as we read them.

Shapes: contracts/cafe24/orders.openapi.yaml.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator

from .fields import Amount, Flag, Text
from .wire import Inbound


class RegionalSurchargeRow(Inbound):
    """By postcode the two ends are filled, by place `surcharge_region_name`."""

    region_name: Text = ""
    surcharge_region_name: Text = ""
    start_zipcode: Text = ""
    end_zipcode: Text = ""
    regional_surcharge_amount: Amount = None


def _rows_or_none(value: Any) -> list[Any] | None:
    """A row that is none stays as an empty one: that it stood there matters."""
    return [row if isinstance(row, dict) else {} for row in value] if isinstance(value, list) else None


class RegionalSurcharge(Inbound):
    """지역별 배송비. `region_setting_type`: A simple, N by place name, Z by postcode."""

    use_regional_surcharge: Flag = None
    region_setting_type: Text = ""
    regional_surcharge_list: Annotated[list[RegionalSurchargeRow] | None, BeforeValidator(_rows_or_none)] = (
        None
    )
    jeju_surcharge_amount: Amount = None
    remote_area_surcharge_amount: Amount = None


class Shipping(Inbound):
    """배송 설정. `supplier_regional_surcharge`: A the mall's own, S each supplier's."""

    supplier_regional_surcharge: Text = ""
