"""Regional surcharges (지역별 배송비) of a mall, as they stood when read: GET /regionalsurcharges and /shipping."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class RegionsBy(StrEnum):
    """How the mall tells regions apart: postcode ranges, place names, or one amount each for Jeju and the islands."""

    POSTCODE = "Z"
    PLACE = "N"
    SIMPLE = "A"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, slots=True)
class PostcodeSurcharge:
    """Both ends are in the range; five digits."""

    start: str
    end: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PlaceSurcharge:
    """`region` is the province or city, `place` the name that an address must hold."""

    region: str
    place: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RegionalSurcharges:
    """`in_use` None: not readable. `by_supplier`: suppliers' own tables apply (공급사별 지역별 배송비)."""

    in_use: bool | None
    regions_by: RegionsBy = RegionsBy.UNRECOGNISED
    postcodes: tuple[PostcodeSurcharge, ...] = ()
    places: tuple[PlaceSurcharge, ...] = ()
    jeju: Decimal | None = None
    islands: Decimal | None = None
    by_supplier: bool | None = None
