"""Variants: stock, extra price and what is on sale; at most a minute old, whatever the mall itself remembers."""

import httpx
import pytest

from app.cafe24.variants import READ, WAYS, Cafe24Variants
from app.errors import Throttled, Unavailable
from tests.cafe24.doubles import HANOK, scripted, simulated

ROW = {
    "variant_code": "P000000R000C",
    "options": [{"name": "색상", "value": "쪽빛"}],
    "additional_amount": "-1000.00",
    "display": "T",
    "selling": "T",
    "image": "//samplemall.cafe24.com/1.jpg",
    "quantity": 6,
    "use_inventory": "T",
}


def variants(rig):
    return Cafe24Variants(rig.client, rig.limiter, clock=rig.time.now)


async def read(**changed):
    rig, _ = scripted(httpx.Response(200, json={"variants": [ROW | changed]}))
    return await variants(rig).of_product(HANOK, 11, fresh=True)


async def test_a_variant():
    (one,) = await read()
    assert (one.variant_code, one.options, one.stock) == ("P000000R000C", (("색상", "쪽빛"),), 6)
    assert (one.extra_price.plain(), one.extra_price.currency) == ("-1000", "KRW")
    assert (one.on_sale, one.picture) == (True, "https://samplemall.cafe24.com/1.jpg")


@pytest.mark.parametrize(
    ("_case", "changed", "stock"),
    [
        ("not counted", {"use_inventory": "F"}, None),
        ("below zero", {"quantity": -3}, 0),
        ("counted but unreadable", {"quantity": None}, 0),
        ("whether it is counted is unreadable", {"use_inventory": None}, 6),
        (
            "beside the row",
            {"quantity": None, "use_inventory": None, "inventories": {"quantity": 4, "use_inventory": "T"}},
            4,
        ),
        (
            "in a list",
            {"quantity": None, "use_inventory": None, "inventories": [{"use_inventory": "F"}]},
            None,
        ),
    ],
)
async def test_stock(_case, changed, stock):
    (one,) = await read(**changed)
    assert one.stock == stock


@pytest.mark.parametrize("changed", [{"display": "F"}, {"selling": "F"}, {"display": None}, {"selling": "?"}])
async def test_only_what_is_shown_and_sold_is_on_sale(changed):
    (one,) = await read(**changed)
    assert one.on_sale is False


@pytest.mark.parametrize("changed", [{"additional_amount": None}, {"variant_code": ""}])
async def test_what_cannot_be_priced_or_named_is_not_offered(changed):
    assert await read(**changed) == ()


async def test_a_product_that_is_gone_has_none():
    rig, _ = scripted(httpx.Response(404, json={"error": {"code": 404, "message": "No data found."}}))
    assert await variants(rig).of_product(HANOK, 11, fresh=True) == ()
    assert await variants(rig).of_product(HANOK, 0, fresh=True) == ()


async def test_a_mall_that_does_not_answer_is_unavailable():
    rig, _ = scripted(httpx.Response(503), httpx.Response(503))
    with pytest.raises(Unavailable):
        await variants(rig).of_product(HANOK, 11, fresh=True)


async def test_fresh_is_never_the_malls_answer_of_a_minute_ago():
    rig = simulated()
    port = variants(rig)
    shelf = rig.mall.products[11].variants[1]
    assert (await port.of_product(HANOK, 11, fresh=False))[1].stock == 40
    shelf.quantity = 1
    assert (await port.of_product(HANOK, 11, fresh=False))[1].stock == 40
    assert (await port.of_product(HANOK, 11, fresh=True))[1].stock == 1
    assert (await port.of_product(HANOK, 11, fresh=False))[1].stock == 1
    shelf.quantity = 0
    rig.time.passes(seconds=61)
    assert (await port.of_product(HANOK, 11, fresh=False))[1].stock == 0
    urls = [call.query["fields"] for call in rig.mall.calls]
    assert len(set(urls)) == len(urls) == 3
    assert all(set(READ) <= set(url.split(",")) for url in urls)


async def test_when_no_url_is_left_nothing_old_is_taken_for_new():
    rig = simulated()
    port = variants(rig)
    for _ in range(WAYS):
        rig.mall.reset_calls()
        rig.time.passes(seconds=0.5)
        await port.of_product(HANOK, 11, fresh=True)
    with pytest.raises(Throttled):
        await port.of_product(HANOK, 11, fresh=True)
    rig.time.passes(seconds=66)
    assert await port.of_product(HANOK, 11, fresh=True)


async def test_the_demo_shop():
    rig = simulated()
    port = variants(rig)
    pants = await port.of_product(HANOK, 11, fresh=False)
    assert [v.stock for v in pants] == [0, 40, 40, 40, 40, 2]
    assert pants[5].extra_price.plain() == "2000"
    assert {v.stock for v in await port.of_product(HANOK, 19, fresh=False)} == {None}
    assert [v.on_sale for v in await port.of_product(HANOK, 23, fresh=False)] == [True, True, False]
