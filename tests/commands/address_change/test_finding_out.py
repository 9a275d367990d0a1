"""What is asked of a warehouse, and for how long it is waited for."""

import asyncio
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from commands.address_change.command import offer
from commands.address_change.finding_out import facts_for, packing_of
from commands.kernel.decision import Allowed
from commands.kernel.mall import Choices
from commands.kernel.order import OrderId
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ask, Ports
from commands.kernel.warehouse import Capability, Stage, WarehouseItem, WarehouseOrder
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop

from .facts import FIRST, MALL, NONE, SUWON, order

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
OTHER = OrderId("20261120-0000009")


class Depot:
    """An order of ours in two packages; every answer takes `seconds`."""

    def __init__(self, *, seconds=0.0, members=()):
        self.seconds = seconds
        self.members = frozenset(members)
        self.calls = []

    async def capabilities(self, _shop):
        return frozenset(Capability)

    async def orders(self, _shop, ids, *, fresh=False):
        self.calls.append("orders, read now" if fresh else "orders")
        await asyncio.sleep(self.seconds)
        items = tuple(
            WarehouseItem(f"w{p}", FIRST, None, 1, Stage.RECEIVED, package_id=p) for p in ("p1", "p2")
        )
        return {i: WarehouseOrder("w1", i, items) for i in ids}

    async def package_orders(self, _shop, package_id):
        self.calls.append(package_id)
        await asyncio.sleep(self.seconds)
        return self.members

    async def open_receipts(self, _ask, _ids):
        return {}

    async def rules(self, _shop, *, fresh):
        await asyncio.sleep(self.seconds)
        return MALL

    async def surcharges(self, _shop, *, fresh):
        return NONE


def asked(outside) -> Ask:
    nobody = dict.fromkeys(field.name for field in fields(Ports))
    return Ask(
        shop=Shop(MallId("mall"), 1, ChannelId("c1"), name="가게"),
        customer=Member("sujin", proven=True),
        caller=Caller(CallerKind.USER, "u1"),
        language=Language.KO,
        now=NOW,
        choices=Choices(version=1, commands_on=frozenset({"addressChange"})),
        ports=Ports(**nobody | dict.fromkeys(("rules", "surcharges", "effects", "warehouse"), outside)),
    )


async def test_an_offer_asks_what_a_list_would_and_reads_nothing_anew():
    """It stands beside every order that is shown."""
    depot = Depot()
    assert isinstance(await offer(asked(depot), order()), Allowed)
    assert depot.calls == ["orders"]


async def test_a_plan_rests_on_what_is_read_now():
    depot = Depot(members=[OTHER])
    facts = await facts_for(asked(depot), order(), SUWON)
    assert facts.packing.others == {OTHER}
    assert depot.calls == ["orders, read now", "p1", "p2"]


async def test_a_slow_warehouse_is_cut_for_all_its_answers_together():
    packing = await packing_of(asked(Depot(seconds=0.2)), order(), within=0.3)
    assert packing.silent


async def test_mall_and_warehouse_are_asked_side_by_side():
    both = asyncio.Barrier(2)

    class Waiting(Depot):
        async def orders(self, shop, ids, *, fresh=False):
            await both.wait()
            return await super().orders(shop, ids, fresh=fresh)

        async def rules(self, shop, *, fresh):
            await both.wait()
            return await super().rules(shop, fresh=fresh)

    async with asyncio.timeout(2):
        facts = await facts_for(asked(Waiting()), order(), SUWON)
    assert not facts.packing.silent


async def test_a_mall_that_cannot_be_asked_is_said():
    class Silent(Depot):
        async def rules(self, _shop, *, fresh):
            raise Unavailable

    with pytest.raises(Unavailable):
        await facts_for(asked(Silent()), order(), SUWON)
