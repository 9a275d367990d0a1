"""지역별 배송비 of the mall: the kernel's `Surcharges` port. What cannot be read stays unknown; nothing is guessed."""

import re
from collections.abc import Mapping

from app.clock import Clock
from commands.kernel.surcharges import PlaceSurcharge, PostcodeSurcharge, RegionalSurcharges, RegionsBy
from commands.kernel.who import Shop

from . import shipping_wire as wire
from .client import Cafe24Client
from .warm import Warm, read_record

BY_SUPPLIER: Mapping[str, bool] = {"A": False, "S": True}
_POSTCODE = re.compile(r"\d{5}")
Row = wire.RegionalSurchargeRow


class Cafe24Surcharges:
    """Two calls when they are cold."""

    def __init__(self, client: Cafe24Client, *, clock: Clock) -> None:
        self._client = client
        self._kept = Warm(self._read, clock)

    async def surcharges(self, shop: Shop, *, fresh: bool) -> RegionalSurcharges:
        """The port's."""
        return await self._kept.of(shop, fresh=fresh)

    async def _read(self, shop: Shop) -> tuple[RegionalSurcharges, bool]:
        table = await read_record(self._client, shop, "regionalsurcharges", "regionalsurcharge")
        shipping = await read_record(self._client, shop, "shipping", "shipping")
        found = to_surcharges(
            wire.RegionalSurcharge.model_validate(table or {}), wire.Shipping.model_validate(shipping or {})
        )
        return found, table is not None and shipping is not None


def to_surcharges(table: wire.RegionalSurcharge, shipping: wire.Shipping) -> RegionalSurcharges:
    """A single row that cannot be read makes the whole table unknown: without it a fee would be missed."""
    by, rows = _regions_by(table), table.regional_surcharge_list or []
    postcodes = [made for row in rows if by is RegionsBy.POSTCODE and (made := _postcode(row))]
    places = [named for row in rows if by is RegionsBy.PLACE and (named := _place(row))]
    all_read = by is RegionsBy.SIMPLE or len(postcodes) + len(places) == len(rows)
    return RegionalSurcharges(
        in_use=table.use_regional_surcharge,
        regions_by=by if all_read else RegionsBy.UNRECOGNISED,
        postcodes=tuple(postcodes) if all_read else (),
        places=tuple(places) if all_read else (),
        jeju=table.jeju_surcharge_amount,
        islands=table.remote_area_surcharge_amount,
        by_supplier=BY_SUPPLIER.get(shipping.supplier_regional_surcharge),
    )


def _regions_by(table: wire.RegionalSurcharge) -> RegionsBy:
    """By postcode or place there is a list, though it may be empty; without one nothing is known."""
    try:
        by = RegionsBy(table.region_setting_type)
    except ValueError:
        return RegionsBy.UNRECOGNISED
    listed = table.regional_surcharge_list is not None
    return by if listed or by is RegionsBy.SIMPLE else RegionsBy.UNRECOGNISED


def _postcode(row: Row) -> PostcodeSurcharge | None:
    start, end, amount = row.start_zipcode, row.end_zipcode, row.regional_surcharge_amount
    if amount is None or not _POSTCODE.fullmatch(start) or not _POSTCODE.fullmatch(end) or end < start:
        return None
    return PostcodeSurcharge(start, end, amount)


def _place(row: Row) -> PlaceSurcharge | None:
    if row.regional_surcharge_amount is None or not row.surcharge_region_name:
        return None
    return PlaceSurcharge(row.region_name, row.surcharge_region_name, row.regional_surcharge_amount)
