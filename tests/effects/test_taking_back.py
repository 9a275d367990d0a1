"""A request marked in the warehouse that the shop refuses later: whatever comes first, fails or dies, no mark of ours
is left standing in silence.
"""

from contextlib import suppress
from dataclasses import fields, replace
from itertools import product

import pytest

from commands.exchange_return.finding_out import TEXTS
from commands.exchange_return.marking import mark_in_warehouse, take_mark_back
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.plan import ReceiptState, Settled
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ports
from commands.kernel.warehouse import Capability, MarkResult, Stage, WarehouseItem, WarehouseOrder
from tests.commands.exchange_return.test_marking import PAYLOAD
from tests.commands.exchange_return.world import item, order

from .given import SHOP, Process
from .mall import command, nothing
from .watched import Killed, Watch

CAN = frozenset(Capability)
REFUSED = Settled(ReceiptState.FAILED, decision={"verdict": "blocked", "findings": []})
ACCEPTED = Settled(ReceiptState.DONE)
ALWAYS = 30
STRIDE = {"sqlite": 2, "postgresql": 9}


def line(order_id):
    return OrderItemCode(f"{order_id}-01")


class Outside:
    """Mall and warehouse of orders with one line. Like the gateway, the warehouse answers a key once."""

    def __init__(self):
        self.served = CAN
        self.stages, self.answers, self.writes = {}, {}, []
        self.troubles = {"mark": [], "restore": [], "look": []}
        self.statuses = {}
        self.watch = nothing

    async def one(self, _shop, _customer, order_id):
        return order(item(line(order_id), self.statuses.get(order_id, "N40")), order_id=order_id)

    async def capabilities(self, _shop):
        return self.served

    async def orders(self, _shop, ids, *, fresh=False):
        assert fresh
        if self._trouble("look") == "down":
            raise Unavailable
        return {
            i: WarehouseOrder("w", i, (WarehouseItem("w1", line(i), None, 1, self._stage(i)),)) for i in ids
        }

    async def mark(self, _shop, mark, order_id, codes, _reason, key, *, whole=False):
        return self._written("mark", order_id, codes, key, Stage.RETURN_MARKED)

    async def restore(self, _shop, mark, order_id, codes, key):
        return self._written("restore", order_id, codes, key, Stage.SHIPPED)

    def _stage(self, order_id):
        return self.stages.get(order_id, Stage.SHIPPED)

    def _trouble(self, name):
        return self.troubles[name].pop(0) if self.troubles[name] else None

    def _written(self, name, order_id, codes, key, stage):
        self.watch(f"before {name}")
        assert list(codes) == [line(order_id)]
        if key in self.answers:
            return MarkResult(self.answers[key])
        trouble = self._trouble(name)
        if trouble == "down":
            raise Unavailable
        if trouble == "refused":
            return self._answered(key, "refused")
        if trouble != "lost before":
            self.stages[order_id] = stage
            self.writes.append((name, order_id))
        self.watch(f"after {name}")
        if trouble in {"lost before", "lost after"}:
            return MarkResult("unknown")
        return self._answered(key, "done")

    def _answered(self, key, answer):
        self.answers[key] = answer
        return MarkResult(answer)

    def marked(self, order_id):
        return self._stage(order_id) is Stage.RETURN_MARKED


def returning(mall, outside):
    """`/교환반품` as far as its follow-ups go, around the boring command of these tests."""
    nobody = dict.fromkeys(field.name for field in fields(Ports))
    ports = Ports(**nobody | {"orders": outside, "warehouse": outside})

    async def mark(ask, payload, receipt_id, step, keep):
        order_id = payload["order"]
        wish = {"orderId": order_id, "lines": {line(order_id): 1}, "before": {line(order_id): ["N40", 1]}}
        return await mark_in_warehouse(replace(ask, ports=ports), PAYLOAD | wish, receipt_id, step, keep)

    async def back(ask, receipt, step):
        seen = replace(receipt, shown={**receipt.shown, "kind": "return"})
        return await take_mark_back(replace(ask, ports=ports), seen, step)

    spec = command(mall, ends=ReceiptState.REQUESTED)
    return replace(spec, texts=TEXTS, afterwards=mark, take_back=back)


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
async def process(database_url, clock, mall, talk, outside):
    async with Process(database_url, clock, mall, talk, specs=[returning(mall, outside)], budget=10) as one:
        await one.opens_shop()
        yield one


async def requests(process, order_id="o1"):
    receipt = await process.confirms(await process.plans(order_id))
    assert receipt.state is ReceiptState.REQUESTED
    return receipt


async def decides(process, mall, end=REFUSED, order_id="o1"):
    mall.decided[order_id] = end
    assert await process.work.following.follow(SHOP.mall_id, OrderId(order_id)) == 1


def asks_for_a_hand(talk, order_id="o1"):
    return [note for note in talk.notes() if "되돌리지 못했습니다" in note and order_id in note]


MARKINGS = [
    [],
    ["down"],
    ["lost before"],
    ["lost after"],
    ["refused"],
    ["down"] * ALWAYS,
    ["lost before"] * ALWAYS,
]
RESTORINGS = [[], ["down"], ["lost before"], ["lost after"], ["refused"], ["down"] * ALWAYS]
NO_RESTORE = CAN - {Capability.RESTORE}


@pytest.mark.parametrize("when", ["before", "between", "after"])
@pytest.mark.parametrize("served", [CAN, NO_RESTORE, None], ids=["all", "no restore", "removed"])
@pytest.mark.parametrize(
    ("marking", "restoring"), list(product(MARKINGS, RESTORINGS)), ids=lambda t: f"{t[:1]}x{len(t)}"
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_mark_stands_in_silence(process, mall, talk, outside, marking, restoring, served, when):
    outside.troubles |= {"mark": list(marking), "restore": list(restoring)}
    await requests(process)
    match when:
        case "between":
            await process.works()
        case "after":
            await process.works(9, minutes=10)
    outside.served = served
    await decides(process, mall)
    await process.works(20, minutes=10)
    if served is CAN and len(restoring) < ALWAYS and "refused" not in restoring:
        assert not outside.marked("o1")
    if served is None and marking and marking[0] != "refused" and when != "before":
        assert len(asks_for_a_hand(talk)) <= 1  # nobody can look any more: it may stand
    else:
        assert len(asks_for_a_hand(talk)) == int(outside.marked("o1"))
    if when == "before":
        assert outside.writes == []
    assert await process.rows("job", "ended_at IS NULL AND kind <> 'look'") == []


async def test_a_request_that_is_accepted_stays_marked(process, mall, talk, outside):
    await requests(process)
    await process.works(2)
    await decides(process, mall, ACCEPTED)
    await process.works(5, minutes=1)
    assert outside.marked("o1")
    assert outside.writes == [("mark", "o1")]


async def test_an_accepted_request_is_marked_however_late(process, mall, outside):
    await requests(process)
    await decides(process, mall, ACCEPTED)
    await process.works(2)
    assert outside.marked("o1")


async def test_what_the_customer_asked_for_anew_stays_marked(process, mall, talk, outside):
    await requests(process)
    await process.works(2)
    await decides(process, mall)
    outside.statuses["o1"] = "R00"
    await process.works(3)
    assert outside.marked("o1")
    assert asks_for_a_hand(talk) == []


async def test_what_the_shop_marked_itself_is_left_alone(process, mall, talk, outside):
    outside.troubles["mark"] = ["refused"]
    await requests(process)
    await process.works(2)
    outside.stages["o1"] = Stage.RETURN_MARKED
    await decides(process, mall)
    await process.works(3)
    assert outside.writes == []
    assert asks_for_a_hand(talk) == []


async def test_a_warehouse_that_cannot_be_looked_into_is_looked_into_again(process, mall, talk, outside):
    await requests(process)
    await process.works(2)
    await decides(process, mall)
    outside.troubles["look"] = ["down"] * 3
    await process.works(8, minutes=10)
    assert not outside.marked("o1")
    assert asks_for_a_hand(talk) == []


async def test_news_that_comes_twice_restores_once(process, mall, outside):
    await requests(process)
    await process.works(2)
    await decides(process, mall)
    for _ in range(3):
        await process.work.following.changed(SHOP.mall_id, ["o1", "o1"])
        await process.works(2, minutes=1)
    assert outside.writes == [("mark", "o1"), ("restore", "o1")]


async def test_weeks_later_when_the_payload_is_wiped(process, mall, outside, clock):
    await requests(process)
    await process.works(2)
    await process.database.write("UPDATE plan SET payload_enc = NULL")
    clock.pass_(days=50)
    await decides(process, mall)
    await process.works(2)
    assert not outside.marked("o1")


async def goes_on(process, mall, order_id):
    """The mark, the shop's no, and what follows of it; as often as one likes."""
    await process.works(2, seconds=20)
    mall.decided[order_id] = REFUSED
    await process.work.following.follow(SHOP.mall_id, OrderId(order_id))
    await process.works(3, seconds=20)


@pytest.mark.parametrize("unknown", [False, True], ids=["answered", "answers lost"])
async def test_between_any_two_writes(process, database_url, clock, mall, talk, outside, unknown):
    n, died = 0, True
    while died:
        order_id, watch = f"o{n:03}", Watch(dies_at=n)
        receipt = await requests(process, order_id)
        outside.troubles |= {"mark": ["lost after"] * unknown, "restore": ["lost after"] * unknown}
        specs = [returning(mall, outside)]
        dying = Process(
            database_url, clock, mall, talk, watch=watch, worker_id="dying", works=False, specs=specs
        )
        outside.watch = watch
        with suppress(Killed):
            await goes_on(dying, mall, order_id)
        outside.watch = nothing
        await dying.database.close()
        died = len(watch.places) > n
        clock.pass_(seconds=31)
        async with Process(
            database_url, clock, mall, talk, worker_id="heir", works=False, specs=specs
        ) as heir:
            await goes_on(heir, mall, order_id)
            await heir.works(4, minutes=2)
        now = await process.keeper.receipt(process.ask(), receipt.receipt_id)
        assert now.state is ReceiptState.FAILED
        assert not outside.marked(order_id), watch.places[n : n + 1]
        assert asks_for_a_hand(talk, order_id) == []
        n += STRIDE[database_url.split(":")[0].split("+")[0]]
