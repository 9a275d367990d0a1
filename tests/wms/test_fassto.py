"""Fassto FMS by its contract (WMS.md §5, §8): the truth inside HTTP 200, whole releases, inbound days."""

from datetime import date

import pytest

from commands.kernel.ports import Unavailable
from commands.kernel.warehouse import Capability, Stage

from .rig import FASSTO, ONE, SHOP, SKUS, THREE, TWO, Rig, codes


@pytest.fixture
def rig() -> Rig:
    return Rig(FASSTO)


async def cancel(rig: Rig, key: str = "key-1", *, whole: bool = True):
    return await rig.gateway.mark(SHOP, "cancel", ONE, codes(ONE), "변심", key, whole=whole)


async def test_what_it_cannot_do_is_a_missing_capability(rig: Rig) -> None:
    served = await rig.gateway.capabilities(SHOP)
    assert served == {
        Capability.ORDERS,
        Capability.STOCK,
        Capability.RESTOCK_DATE,
        Capability.CANCEL,
        Capability.PACKAGES,
    }
    for mark in ("hold", "return", "exchange"):
        assert (await rig.gateway.mark(SHOP, mark, ONE, codes(ONE), "", mark)).message == "not_served"
    assert (await rig.gateway.restore(SHOP, "cancel", ONE, codes(ONE), "r")).message == "not_served"
    assert rig.calls == []


async def test_two_calls_an_order_and_two_beside_remembered_for_a_minute(rig: Rig) -> None:
    await rig.look.check(rig.connection)
    rig.forget_calls()
    assert (await rig.gateway.orders(SHOP, [ONE, TWO, THREE])).keys() == {ONE, TWO, THREE}
    assert (await rig.gateway.stock(SHOP, SKUS)).keys() == set(SKUS)
    assert len(rig.calls) == 2 * 3 + 2
    rig.clock.forward(seconds=59)
    await rig.gateway.orders(SHOP, [ONE, TWO, THREE])
    await rig.gateway.stock(SHOP, SKUS)
    assert len(rig.calls) == 8
    rig.clock.forward(seconds=2)
    await rig.gateway.orders(SHOP, [ONE])
    assert len(rig.calls) == 10


async def test_never_more_than_four_at_a_time() -> None:
    now, most = 0, 0

    def counting(app):
        async def run(scope, receive, send) -> None:
            nonlocal now, most
            import asyncio

            now += 1
            most = max(most, now)
            await asyncio.sleep(0.002)
            await app(scope, receive, send)
            now -= 1

        return run

    rig = Rig(FASSTO, wrap=counting)
    await rig.look.check(rig.connection)
    most = 0
    await rig.gateway.orders(SHOP, [f"20261123-00000{n:02d}" for n in range(12)])
    assert most == 4


async def test_a_slow_server_is_cut_while_orders_still_wait_for_their_turn() -> None:
    rig = Rig(FASSTO, read_seconds=0.3)
    await rig.look.check(rig.connection)
    rig.faults.slow_seconds = 5
    rig.faults.inject("slow", times=20)
    with pytest.raises(Unavailable):
        await rig.gateway.orders(SHOP, [f"20261123-00000{n:02d}" for n in range(12)])


async def test_items_are_joined_by_sku(rig: Rig) -> None:
    order = (await rig.gateway.orders(SHOP, [ONE]))[ONE]
    assert [(i.order_item_code, i.sku, i.quantity, i.stage) for i in order.items] == [
        (None, SKUS[0], 1, Stage.RECEIVED),
        (None, SKUS[1], 1, Stage.RECEIVED),
    ]
    assert order.deliveries == (tuple(item.id for item in order.items),)
    rig.depot.print_label(ONE)
    printed = (await rig.gateway.orders(SHOP, [ONE], fresh=True))[ONE].items[0]
    assert (printed.stage, printed.raw_stage) == (Stage.LABEL_PRINTED, "운송장 등록")
    assert (printed.label_printed, printed.courier) == (True, "CJ대한통운")
    rig.depot.ship(ONE)
    assert (await rig.gateway.orders(SHOP, [ONE], fresh=True))[ONE].items[0].stage is Stage.SHIPPED


async def test_restock_days_come_from_open_inbound_slips_and_a_day_for_checking(rig: Rig) -> None:
    rig.depot.stock_of = {SKUS[0]: 0, SKUS[1]: 0}
    rig.depot.restock = {
        SKUS[0]: date(2026, 11, 27),
        SKUS[1]: date(2026, 11, 20),
        SKUS[2]: date(2026, 11, 30),
    }
    stock = await rig.gateway.stock(SHOP, SKUS)
    assert (stock[SKUS[0]].available, stock[SKUS[0]].restock_date) == (0, date(2026, 11, 28))
    assert stock[SKUS[1]].restock_date is None  # past
    assert stock[SKUS[2]].available == 5
    rig.connection = Rig({**FASSTO, "inboundLeadDays": 0}).connection
    assert (await rig.gateway.stock(SHOP, SKUS))[SKUS[0]].restock_date == date(2026, 11, 27)


async def test_stock_that_is_not_said_is_not_known(rig: Rig) -> None:
    rig.depot.stock_of[SKUS[0]] = None
    rig.depot.unknown_skus.add(SKUS[1])
    stock = await rig.gateway.stock(SHOP, SKUS)
    assert stock[SKUS[0]].available is None
    assert SKUS[1] not in stock


async def test_a_whole_order_is_cancelled_once(rig: Rig) -> None:
    assert (await cancel(rig)).outcome == "done"
    assert (await rig.gateway.orders(SHOP, [ONE]))[ONE].items[0].stage is Stage.CANCELLED
    assert (await cancel(rig)).outcome == "done"
    assert (await cancel(rig, "key-2")).outcome == "done"
    assert rig.depot.parcel(ONE).marks == [("cancel", "on")]


async def test_a_part_of_a_release_is_not_cancelled(rig: Rig) -> None:
    part = await cancel(rig, whole=False)
    assert (part.outcome, part.message) == ("refused", "part_of_a_release")
    assert rig.depot.parcel(ONE).marks == []


async def test_after_picking_it_is_too_late(rig: Rig) -> None:
    rig.depot.print_label(ONE)
    assert (await cancel(rig)).message == "label_printed"
    assert not [call for call in rig.calls if call.startswith("PATCH")]


async def test_an_item_that_fails_inside_a_good_answer_is_refused(rig: Rig) -> None:
    rig.fassto.refused_slips.add("TEST00000001")
    assert (await cancel(rig)).message == "release_refused"
    assert (await rig.gateway.orders(SHOP, [ONE]))[ONE].items[0].stage is Stage.RECEIVED


async def test_a_package_of_two_orders_and_one_that_is_not_understood(rig: Rig) -> None:
    single = (await rig.gateway.orders(SHOP, [THREE]))[THREE].items[0].package_id
    assert await rig.gateway.package_orders(SHOP, single) == {THREE}
    rig.depot.combine(ONE, TWO)
    package = (await rig.gateway.orders(SHOP, [ONE], fresh=True))[ONE].items[0].package_id
    assert await rig.gateway.package_orders(SHOP, package) == {ONE, TWO}
    with pytest.raises(Unavailable):
        await rig.gateway.package_orders(SHOP, "M-unknown")


async def test_refused_inside_http_200(rig: Rig) -> None:
    rig.fassto.envelope_error = "SYSTEM_ERROR"
    with pytest.raises(Unavailable):
        await rig.gateway.stock(SHOP, SKUS)


async def test_a_token_that_is_refused_inside_http_200_is_renewed_once(rig: Rig) -> None:
    await rig.gateway.stock(SHOP, SKUS[:1])
    rig.fassto.forget_tokens()
    assert await rig.gateway.orders(SHOP, [ONE])
    assert rig.calls.count("POST /api/v1/auth/connect") == 2


async def test_a_token_is_renewed_a_minute_before_its_end(rig: Rig) -> None:
    await rig.gateway.stock(SHOP, SKUS[:1])
    for minutes, connects in ((58, 1), (2, 2)):
        rig.clock.forward(minutes=minutes)
        await rig.gateway.stock(SHOP, SKUS[:1])
        assert rig.calls.count("POST /api/v1/auth/connect") == connects
