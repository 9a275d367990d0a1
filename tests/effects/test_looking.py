"""Requests whose news was lost are looked at slowly, until the shop has decided or nobody keeps them any more."""

from datetime import timedelta

import pytest

from app.effects.looking import FEW
from app.effects.looks import LAST_LOOK, next_look
from app.errors import Throttled
from app.store.purge import RECEIPTS_KEPT_FOR
from app.wiring.effects import SWEEP
from commands.kernel.plan import ReceiptState, Settled
from tests.store.given import NOON

from .given import Process
from .mall import command

ACCEPTED = Settled(ReceiptState.DONE, claim_code="C-9")
DAY = timedelta(days=1)
LOOKS = [
    ("fresh: tomorrow", timedelta(0), DAY),
    ("a month: still daily", 30 * DAY - timedelta(seconds=1), DAY),
    ("older: weekly", 30 * DAY, 7 * DAY),
    ("just before the end", LAST_LOOK - timedelta(seconds=1), 7 * DAY),
    ("not kept any longer", LAST_LOOK, None),
]


@pytest.mark.parametrize(("_case", "age", "wait"), LOOKS, ids=[row[0] for row in LOOKS])
def test_next_look(_case, age, wait):
    assert next_look(NOON - age, NOON) == (wait and NOON + wait)


def test_looked_at_as_long_as_kept():
    assert LAST_LOOK == RECEIPTS_KEPT_FOR


class Shop(dict):
    """What the shop decided, by order; notes who was asked for. `away`: how often it does not answer."""

    def __init__(self):
        self.asked, self.away = [], 0

    def get(self, order_id):
        self.asked.append(order_id)
        if self.away:
            self.away -= 1
            raise Throttled("cafe24", "read", retry_after=2)
        return super().get(order_id)


@pytest.fixture
def shop(mall):
    mall.decided = Shop()
    return mall.decided


@pytest.fixture
async def process(database_url, clock, mall, talk):
    spec = command(mall, ends=ReceiptState.REQUESTED)
    async with Process(database_url, clock, mall, talk, specs=[spec]) as one:
        await one.opens_shop()
        yield one


async def requests(process, *orders):
    for order in orders:
        assert (await process.confirms(await process.plans(order))).state is ReceiptState.REQUESTED
        process.clock.pass_(seconds=1)
    await process.works()


async def sweeps(process, **passed):
    """An hour's sweep, and what it leaves."""
    process.clock.pass_(**passed)
    await process.jobs.put("", SWEEP, {})
    await process.works(3)


async def test_not_on_the_first_day(process, shop):
    await requests(process, "o1")
    await sweeps(process, hours=23)
    assert shop.asked == []


async def test_lost_news_are_found_and_told_once(process, shop, talk):
    await requests(process, "o1")
    await sweeps(process, days=1)
    await sweeps(process, hours=1)
    assert shop.asked == ["o1"]
    shop["o1"] = ACCEPTED
    await sweeps(process, days=1)
    await sweeps(process, days=1)
    assert shop.asked == ["o1"] * 2
    assert talk.texts() == ["신청했어요 o1", "승인됐어요 o1"]
    assert await process.acts("o1") == ["confirmed", "requested", "done"]


async def test_few_of_a_mall_an_hour_and_the_longest_waiting_first(process, shop):
    orders = [f"o{n}" for n in range(FEW + 2)]
    await requests(process, *orders)
    await sweeps(process, days=1)
    assert shop.asked == orders[:FEW]
    await sweeps(process, hours=1)
    assert shop.asked == orders
    shop.asked.clear()
    await sweeps(process, days=1)
    assert shop.asked == orders[:FEW]


async def test_two_sweeps_at_once_look_once(process, shop):
    await requests(process, "o1")
    process.clock.pass_(days=1)
    for _ in range(2):
        await process.jobs.put("", SWEEP, {})
    await process.works(4)
    assert shop.asked == ["o1"]


async def test_a_mall_that_is_away_is_left_alone_for_an_hour(process, shop):
    await requests(process, "o1", "o2")
    shop.away = 1
    await sweeps(process, days=1)
    assert shop.asked == ["o1"]
    await sweeps(process, minutes=59)
    assert shop.asked == ["o1", "o2"]
    await sweeps(process, minutes=2)
    assert shop.asked == ["o1", "o2", "o1"]


async def test_it_ends_with_the_retention(process, shop):
    await requests(process, "o1")
    await sweeps(process, days=399)
    await sweeps(process, days=7)
    await sweeps(process, days=30)
    assert shop.asked == ["o1"] * 2
    (row,) = await process.rows("intent")
    assert (row["state"], row["due_at"]) == ("requested", None)
