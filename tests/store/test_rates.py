"""The limiter's rows in both databases behave as those in memory do."""

import asyncio
import random

from app.cafe24.limiter import MemoryRates
from app.store.database import OpenDatabase
from app.store.rates import SqlRates

START = 1_795_000_000.0


async def test_the_same_answers_as_in_memory(database: OpenDatabase) -> None:
    rows, memory, dice, now = SqlRates(database), MemoryRates(), random.Random(7), START
    for _ in range(120):
        now += dice.choice((0.0, 0.05, 0.4, 3.0))
        key = dice.choice(("hanok|orders", "hanok|shops", "byeol|orders"))
        if dice.random() < 0.1:
            await rows.fill(key, now=now, ahead=4.0)
            await memory.fill(key, now=now, ahead=4.0)
            continue
        asked = {"now": now, "interval": 0.5, "tolerance": dice.choice((2.0, 5.0))}
        assert abs(await rows.take(key, **asked) - await memory.take(key, **asked)) < 0.001


async def test_workers_at_once_take_each_place_once(database: OpenDatabase) -> None:
    rows = SqlRates(database)
    asked = {"now": START, "interval": 1.0, "tolerance": 5.0}
    waits = await asyncio.gather(*(rows.take("hanok|orders", **asked) for _ in range(20)))
    assert sorted(waits)[:6] == [0.0] * 5 + [1.0]
    assert waits.count(0.0) == 5


async def test_a_filled_bucket_is_never_shortened(database: OpenDatabase) -> None:
    rows = SqlRates(database)
    await rows.fill("hanok|orders", now=START, ahead=10.0)
    await rows.fill("hanok|orders", now=START, ahead=2.0)
    assert await rows.take("hanok|orders", now=START, interval=1.0, tolerance=5.0) == 6.0
