"""Sellmate by its contract (WMS.md §2, §4, §8), over HTTP to the simulated server."""

from datetime import date

import pytest

from app.errors import Throttled
from commands.kernel.address import Address
from commands.kernel.ports import Unavailable
from commands.kernel.warehouse import Capability, Stage, StockLevel

from .rig import ALL, ONE, SELLMATE, SHOP, SKUS, THREE, TWO, Rig, code, codes

ADDRESS = Address("이서준", "01099998888", "63000", "제주 제주시 첨단로 1", "101호", message="문 앞에")


async def test_five_orders_cost_two_calls_with_a_warm_token() -> None:
    rig = Rig()
    await rig.look.check(rig.connection)
    rig.forget_calls()
    orders = await rig.gateway.orders(SHOP, [ONE, TWO, THREE, "20261123-0000004", "20261123-0000005"])
    stock = await rig.gateway.stock(SHOP, SKUS)
    assert orders.keys() == {ONE, TWO, THREE}
    assert stock.keys() == set(SKUS)
    assert rig.calls == ["GET /external/hanok/orders", "GET /external/hanok/productVariants"]


async def test_numbers_come_as_text_and_days_in_three_forms() -> None:
    rig = Rig()
    rig.depot.stock_of = {SKUS[0]: 0, SKUS[1]: None}
    rig.depot.restock[SKUS[0]] = date(2026, 11, 27)
    for with_time in (False, True):
        rig.sellmate.restock_with_time = with_time
        rig.clock.forward(seconds=61)
        stock = await rig.gateway.stock(SHOP, SKUS)
        assert stock[SKUS[0]] == StockLevel(SKUS[0], 0, date(2026, 11, 27))
        assert stock[SKUS[1]] == StockLevel(SKUS[1], 0, None)  # availability null: the stock on hand counts
        assert stock[SKUS[2]] == StockLevel(SKUS[2], 5, None)


async def test_without_the_include_the_stock_on_hand_counts() -> None:
    rig = Rig()
    rig.sellmate.show_availability = False
    assert (await rig.gateway.stock(SHOP, SKUS[:1]))[SKUS[0]].available == 5


async def test_a_sku_without_partner_is_missing_and_a_barcode_is_one() -> None:
    rig = Rig()
    rig.depot.unknown_skus.add(SKUS[2])
    found = await rig.gateway.stock(SHOP, [*SKUS, "8800000500001", "odd,code", "a|b"])
    assert found.keys() == {SKUS[0], SKUS[1], "8800000500001"}


async def test_codes_of_another_shop_do_not_count() -> None:
    rig = Rig({**SELLMATE, "shopId": "2"})
    assert await rig.gateway.stock(SHOP, SKUS) == {}
    assert (await rig.gateway.stock(SHOP, ["40500001"]))["40500001"].available == 5


async def test_a_code_that_two_variants_carry_belongs_to_none() -> None:
    rig = Rig({"provider": "sellmate", "domain": "hanok"})
    rig.goods.append(rig.goods[0])
    assert SKUS[0] not in await rig.gateway.stock(SHOP, SKUS)


async def test_a_server_that_knows_no_filter_by_code_is_asked_for_barcodes() -> None:
    rig = Rig()
    rig.sellmate.filters = frozenset({"barcode1"})
    assert (await rig.gateway.stock(SHOP, [SKUS[1], "8800000500001"])).keys() == {"8800000500001"}


async def test_every_page_is_read() -> None:
    rig = Rig()
    rig.goods = [type(rig.goods[0])(f"P{n:07d}000A", "이름", n) for n in range(250)]
    stock = await rig.gateway.stock(SHOP, [goods.sku for goods in rig.goods])
    assert len(stock) == 250
    assert stock["P0000249000A"].available == 249


async def test_items_packages_and_labels() -> None:
    rig = Rig()
    rig.depot.combine(ONE, TWO)
    orders = await rig.gateway.orders(SHOP, [ONE])
    first = orders[ONE].items[0]
    assert (first.order_item_code, first.sku, first.quantity) == (code(ONE), SKUS[0], 1)
    assert (first.stage, first.raw_stage, first.label_printed) == (Stage.RECEIVED, "접수", False)
    assert await rig.gateway.package_orders(SHOP, first.package_id) == {ONE, TWO}
    rig.depot.print_label(ONE)
    assert not (await rig.gateway.orders(SHOP, [ONE]))[ONE].items[0].label_printed  # a minute's memory
    printed = (await rig.gateway.orders(SHOP, [ONE, TWO], fresh=True))[TWO].items[0]
    assert (printed.label_printed, printed.tracking_number) == (True, "600000000001")


async def test_a_word_of_tomorrow_is_unknown_and_never_not_printed() -> None:
    rig = Rig()
    rig.depot.parcel(ONE).lines[0].stage = "새로운"
    rig.sellmate.words["새로운"] = "새로운말"
    item = (await rig.gateway.orders(SHOP, [ONE]))[ONE].items[0]
    assert (item.stage, item.raw_stage, item.label_printed) == (Stage.UNKNOWN, "새로운말", None)
    refused = await rig.gateway.mark(SHOP, "cancel", ONE, codes(ONE), "변심", "key-1")
    assert (refused.outcome, refused.message) == ("refused", "stage_unknown")


async def test_an_expired_token_is_renewed_once() -> None:
    rig = Rig()
    await rig.gateway.stock(SHOP, SKUS[:1])
    rig.sellmate.forget_tokens()
    assert await rig.gateway.stock(SHOP, SKUS[1:2])
    assert [call for call in rig.calls if call.endswith("/auth")] == ["POST /external/hanok/auth"] * 2


async def test_a_token_lives_as_long_as_it_says_or_fifty_minutes() -> None:
    rig = Rig()
    for says, minutes in ((600, 9), (None, 50)):
        rig.sellmate.expires_in = says
        rig.clock.forward(hours=2)
        await rig.gateway.stock(SHOP, SKUS[:1])
        rig.forget_calls()
        rig.clock.forward(minutes=minutes, seconds=-1)
        await rig.gateway.stock(SHOP, SKUS[:1])
        assert len(rig.calls) == 1, says
        rig.clock.forward(seconds=62)
        await rig.gateway.stock(SHOP, SKUS[:1])
        assert rig.calls[1:] == ["POST /external/hanok/auth", "GET /external/hanok/productVariants"], says


async def test_a_merchants_own_key_and_a_ready_token() -> None:
    own = {**SELLMATE, "credential": "merchantKey"}
    rig = Rig(own, secrets={"wms.clientId": "mine", "wms.clientSecret": "own-secret"})
    assert await rig.gateway.stock(SHOP, SKUS[:1])
    token = next(iter(rig.sellmate._tokens))
    ready = Rig(own, secrets={"wms.apiKey": "ready-token"})
    ready.sellmate._tokens[token] = ready.clock.now
    with pytest.raises(Unavailable):
        await ready.gateway.stock(SHOP, SKUS[:1])
    assert not [call for call in ready.calls if call.endswith("/auth")]  # a ready token cannot be renewed


async def test_after_429_a_read_waits_and_asks_again() -> None:
    rig = Rig()
    rig.faults.inject("429", path="/external/hanok/productVariants")
    assert await rig.gateway.stock(SHOP, SKUS[:1])
    assert rig.slept == [1.0]
    rig.faults.inject("429", times=9)
    with pytest.raises(Throttled):
        await rig.gateway.stock(SHOP, SKUS[1:])


@pytest.mark.parametrize("fault", ["500", "503", "html_error"])
async def test_a_read_is_tried_three_times(fault: str) -> None:
    rig = Rig()
    await rig.look.check(rig.connection)
    rig.forget_calls()
    rig.faults.inject(fault, times=2)
    assert await rig.gateway.stock(SHOP, SKUS[:1])
    rig.faults.inject(fault, times=3)
    with pytest.raises(Unavailable):
        await rig.gateway.stock(SHOP, SKUS[1:])
    assert len(rig.calls) == 6


async def test_marks_and_their_restores() -> None:
    rig = Rig()
    for mark, marked in (
        ("hold", Stage.HELD),
        ("cancel", Stage.CANCEL_MARKED),
        ("return", Stage.RETURN_MARKED),
        ("exchange", Stage.EXCHANGE_MARKED),
    ):
        done = await rig.gateway.mark(SHOP, mark, ONE, [code(ONE)], "변심", f"{mark}-1")
        assert done.outcome == "done", mark
        items = (await rig.gateway.orders(SHOP, [ONE]))[ONE].items
        assert [item.stage for item in items] == [marked, Stage.RECEIVED]
        assert (await rig.gateway.restore(SHOP, mark, ONE, [code(ONE)], f"{mark}-2")).outcome == "done"
        assert (await rig.gateway.orders(SHOP, [ONE]))[ONE].items[0].stage is Stage.RECEIVED


async def test_what_has_a_label_is_not_cancelled_but_may_come_back() -> None:
    rig = Rig()
    rig.depot.print_label(ONE)
    refused = await rig.gateway.mark(SHOP, "cancel", ONE, codes(ONE), "변심", "k1")
    assert (refused.outcome, refused.message) == ("refused", "label_printed")
    assert rig.depot.parcel(ONE).marks == []
    assert (await rig.gateway.mark(SHOP, "return", ONE, codes(ONE), "변심", "k2")).outcome == "done"


async def test_what_is_not_there_is_refused_without_a_write() -> None:
    rig = Rig()
    absent = await rig.gateway.mark(SHOP, "cancel", "20261123-0000009", ["x"], "변심", "k1")
    strange = await rig.gateway.mark(SHOP, "cancel", ONE, [code(TWO)], "변심", "k2")
    assert [absent.message, strange.message] == ["not_held", "item_unknown"]
    assert not [call for call in rig.calls if call.startswith("POST /external/hanok/orders")]


async def test_an_address_is_changed_whole_and_only_once() -> None:
    rig = Rig()
    for key in ("k1", "k1", "k2"):
        assert (await rig.gateway.change_address(SHOP, ONE, ADDRESS, key)).outcome == "done"
    assert rig.depot.parcel(ONE).receiver["address1"] == "제주 제주시 첨단로 1"
    assert rig.depot.parcel(ONE).marks == [("address", "on")]
    rig.depot.print_label(TWO)
    refused = await rig.gateway.change_address(SHOP, TWO, ADDRESS, "k3")
    assert (refused.outcome, refused.message) == ("refused", "label_printed")


async def test_nothing_assumed_is_served_unless_the_operator_says_so() -> None:
    rig = Rig(assumed=frozenset())
    assert await rig.gateway.capabilities(SHOP) == {Capability.STOCK, Capability.RESTOCK_DATE}
    with pytest.raises(Unavailable):
        await rig.gateway.orders(SHOP, [ONE])
    refused = await rig.gateway.mark(SHOP, "cancel", ONE, codes(ONE), "변심", "k")
    assert (refused.outcome, refused.message) == ("refused", "not_served")
    assert rig.calls == []
    assert await Rig().gateway.capabilities(SHOP) == {Capability.STOCK, Capability.RESTOCK_DATE} | ALL
