"""What a regional surcharge would be for an address, as far as that is certain (ORDERS.md §5). Pure.

A place name in an address proves its row; that no name is found proves nothing within a province that the table
names. Jeju's postcodes are certain. The islands' are an ASSUMPTION (`islands.json`): they are good enough to say that a
mainland address is one, and to ask a person about the rest.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from commands.kernel.address import Address
from commands.kernel.surcharges import PlaceSurcharge, RegionalSurcharges, RegionsBy

NOTHING = Decimal(0)
JEJU = ("63000", "63644")
_PROVINCES = {
    "서울": "서울",
    "부산": "부산",
    "대구": "대구",
    "인천": "인천",
    "광주": "광주",
    "대전": "대전",
    "울산": "울산",
    "세종": "세종",
    "경기": "경기",
    "강원": "강원",
    "충북": "충북",
    "충청북": "충북",
    "충남": "충남",
    "충청남": "충남",
    "전북": "전북",
    "전라북": "전북",
    "전남": "전남",
    "전라남": "전남",
    "경북": "경북",
    "경상북": "경북",
    "경남": "경남",
    "경상남": "경남",
    "제주": "제주",
}


@dataclass(frozen=True, slots=True)
class Surcharge:
    """`certain` False: `amount` is the likely one only; None: nobody can tell."""

    amount: Decimal | None
    certain: bool = True


UNKNOWN = Surcharge(None, certain=False)
FREE = Surcharge(NOTHING)


def surcharge_of(table: RegionalSurcharges, address: Address) -> Surcharge:
    if table.in_use is None:
        return UNKNOWN
    if not table.in_use:
        return FREE
    reading = _READINGS.get(table.regions_by)
    return reading(table, address) if reading else UNKNOWN


def _by_postcode(table: RegionalSurcharges, address: Address) -> Surcharge:
    amounts = {row.amount for row in table.postcodes if row.start <= address.zipcode <= row.end}
    if len(amounts) > 1:
        return UNKNOWN
    return Surcharge(amounts.pop()) if amounts else FREE


def _by_place(table: RegionalSurcharges, address: Address) -> Surcharge:
    home = _province(address.address1)
    rows = [row for row in table.places if home is None or _province(row.region) in {None, home}]
    if not rows:
        return FREE
    words = f"{address.address1} {address.address2}"
    amounts = {row.amount for row in rows if _names(row, words)}
    return Surcharge(amounts.pop()) if len(amounts) == 1 and home else UNKNOWN


def _simple(table: RegionalSurcharges, address: Address) -> Surcharge:
    if JEJU[0] <= address.zipcode <= JEJU[1]:
        return Surcharge(table.jeju) if table.jeju is not None else UNKNOWN
    if any(start <= address.zipcode <= end for start, end in ISLANDS):
        return Surcharge(table.islands, certain=False)
    return FREE


def _province(address: str) -> str | None:
    """Of `경기도 …`, `경기 …`, `제주특별자치도 …`: one short name."""
    return next((short for name, short in _PROVINCES.items() if address.strip().startswith(name)), None)


def _names(row: PlaceSurcharge, words: str) -> bool:
    """`제주시 우도면` stands in the address word by word."""
    held = set(words.replace("(", " ").replace(")", " ").replace(",", " ").split())
    parts = row.place.split()
    return bool(parts) and set(parts) <= held


def _islands() -> tuple[tuple[str, str], ...]:
    kept = json.loads((Path(__file__).parent / "islands.json").read_text("utf-8"))
    return tuple((start, end) for start, end in kept["postcodes"])


ISLANDS = _islands()
_READINGS: Mapping[RegionsBy, Callable[[RegionalSurcharges, Address], Surcharge]] = {
    RegionsBy.POSTCODE: _by_postcode,
    RegionsBy.PLACE: _by_place,
    RegionsBy.SIMPLE: _simple,
}
