"""지역별 배송비 as facts: one row that cannot be read makes the table unknown, and what is unknown is never free."""

from decimal import Decimal

import httpx
import pytest

from app.cafe24 import shipping_wire as wire
from app.cafe24.surcharges import Cafe24Surcharges, to_surcharges
from app.errors import Unavailable
from commands.kernel.surcharges import PlaceSurcharge, PostcodeSurcharge, RegionalSurcharges, RegionsBy
from tests.cafe24.doubles import HANOK, scripted, simulated

JEJU = {"start_zipcode": "63000", "end_zipcode": "63644", "regional_surcharge_amount": "3000.00"}
UDO = {
    "region_name": "제주특별자치도",
    "surcharge_region_name": "제주시 우도면",
    "regional_surcharge_amount": 7000,
}


def table(by="Z", rows=(JEJU,), **more):
    listed = {"regional_surcharge_list": None if rows is None else list(rows)}
    row = {"use_regional_surcharge": "T", "region_setting_type": by} | listed | more
    return to_surcharges(wire.RegionalSurcharge.model_validate(row), wire.Shipping())


def test_by_postcode():
    found = table()
    assert (found.in_use, found.regions_by) == (True, RegionsBy.POSTCODE)
    assert found.postcodes == (PostcodeSurcharge("63000", "63644", Decimal(3000)),)


def test_by_place():
    found = table("N", [UDO])
    assert found.places == (PlaceSurcharge("제주특별자치도", "제주시 우도면", Decimal(7000)),)


def test_simple():
    found = table("A", None, jeju_surcharge_amount=3000, remote_area_surcharge_amount="5000.00")
    assert (found.regions_by, found.jeju, found.islands) == (RegionsBy.SIMPLE, Decimal(3000), Decimal(5000))


@pytest.mark.parametrize(
    ("_case", "by", "rows"),
    [
        ("a type that nobody knows", "X", [JEJU]),
        ("no type", "", [JEJU]),
        ("no list", "Z", None),
        ("no list of places", "N", None),
        ("a row without its amount", "Z", [JEJU, JEJU | {"regional_surcharge_amount": None}]),
        ("an old postcode", "Z", [JEJU | {"start_zipcode": "690-150"}]),
        ("ends the wrong way round", "Z", [JEJU | {"end_zipcode": "62999"}]),
        ("a row that is none", "Z", [JEJU, "x"]),
        ("a place without a name", "N", [UDO, UDO | {"surcharge_region_name": ""}]),
    ],
)
def test_what_cannot_be_read_whole_is_unknown(_case, by, rows):
    found = table(by, rows)
    assert (found.regions_by, found.postcodes, found.places) == (RegionsBy.UNRECOGNISED, (), ())


def test_a_mall_with_an_empty_list_charges_nobody():
    assert (table(rows=[]).regions_by, table(rows=[]).postcodes) == (RegionsBy.POSTCODE, ())


@pytest.mark.parametrize(("word", "own"), [("A", False), ("S", True), (None, None), ("?", None)])
def test_whose_table_it_is(word, own):
    shipping = wire.Shipping.model_validate({"supplier_regional_surcharge": word})
    assert to_surcharges(wire.RegionalSurcharge(), shipping).by_supplier is own


async def test_a_mall_that_will_not_tell_is_unknown_and_one_that_is_away_is_unavailable():
    refused = httpx.Response(403, json={"error": {"code": 403, "message": "insufficient_scope"}})
    rig, _ = scripted(refused, refused)
    port = Cafe24Surcharges(rig.client, clock=rig.time.now)
    assert await port.surcharges(HANOK, fresh=True) == RegionalSurcharges(in_use=None)
    rig, _ = scripted(httpx.Response(503), httpx.Response(503))
    with pytest.raises(Unavailable):
        await Cafe24Surcharges(rig.client, clock=rig.time.now).surcharges(HANOK, fresh=True)


async def test_it_is_kept_for_five_minutes_or_one_where_a_plan_depends_on_it():
    rig = simulated()
    port = Cafe24Surcharges(rig.client, clock=rig.time.now)
    first = await port.surcharges(HANOK, fresh=False)
    assert (len(first.postcodes), first.by_supplier) == (2, False)
    rig.mall.settings[1].regionalsurcharge["use_regional_surcharge"] = "F"
    rig.time.passes(seconds=61)
    assert (await port.surcharges(HANOK, fresh=False)).in_use is True
    assert (await port.surcharges(HANOK, fresh=True)).in_use is False
    assert len(rig.mall.calls) == 4
