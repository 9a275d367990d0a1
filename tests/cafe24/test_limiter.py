"""The limiter against an injected clock: nothing here sleeps for real."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cafe24.limiter import Api, Limiter, MemoryRates, Priority
from app.errors import Throttled
from tests.cafe24.doubles import Time

ORDERS = Api("hanokmall", "orders")


def limiter(time):
    return Limiter(MemoryRates(), time=time.seconds, sleep=time.sleep, jitter=lambda: 0.0)


async def calls(gate, time, count, *, api=ORDERS, priority=Priority.CUSTOMER, within=600.0):
    began = time.seconds()
    moments = []
    for _ in range(count):
        await gate.enter(api, priority, within=within)
        moments.append(time.seconds() - began)
    return moments


async def test_a_bucket_of_forty_then_two_a_second():
    time = Time()
    gate = limiter(time)
    moments = await calls(gate, time, 100)
    # While the pace fills it, the bucket also drains: after that the last twenty take ten seconds.
    assert 9.5 < moments[-1] - moments[-21] < 10.5
    assert moments[39] < 8


@given(st.lists(st.floats(0, 2), max_size=80))
@settings(max_examples=40, deadline=None)
async def test_never_ten_in_a_second_nor_more_than_the_bucket(pauses):
    time = Time()
    gate = limiter(time)
    moments = []
    for pause in pauses:
        time.passes(seconds=pause)
        await gate.enter(ORDERS, Priority.CUSTOMER, within=600.0)
        moments.append(time.seconds())
    for index, at in enumerate(moments):
        within_second = [m for m in moments[index:] if m - at < 1.0]
        assert len(within_second) < 10
        for later in range(index, len(moments)):
            assert later - index + 1 <= 40 + 2 * (moments[later] - at) + 1e-3


async def test_malls_and_groups_do_not_share_a_bucket():
    time = Time()
    gate = limiter(time)
    await calls(gate, time, 60)
    before = time.seconds()
    await gate.enter(Api("othermall", "orders"), Priority.CUSTOMER, within=0.0)
    await gate.enter(Api("hanokmall", "products"), Priority.CUSTOMER, within=1.0)
    assert time.seconds() - before < 0.6


async def test_the_last_share_is_for_customers():
    time = Time()
    gate = limiter(time)
    await gate.learn(ORDERS, 200, {"X-Api-Call-Limit": "34/40"})
    with pytest.raises(Throttled):
        await gate.enter(ORDERS, Priority.BACKGROUND, within=1.0)
    await gate.enter(ORDERS, Priority.CUSTOMER, within=0.0)


async def test_a_full_bucket_said_by_the_mall_makes_us_wait():
    time = Time()
    gate = limiter(time)
    await gate.learn(ORDERS, 200, {"X-Api-Call-Limit": "40/40"})
    with pytest.raises(Throttled) as refused:
        await gate.enter(ORDERS, Priority.CUSTOMER, within=0.1)
    assert 0 < refused.value.retry_after <= 0.6
    before = time.seconds()
    await gate.enter(ORDERS, Priority.CUSTOMER, within=1.0)
    assert 0.4 < time.seconds() - before < 0.7


async def test_a_spent_quota_blocks_every_group_for_as_long_as_it_says():
    time = Time()
    gate = limiter(time)
    spent = {
        "X-Cafe24-Call-Usage": "120.04",
        "X-Cafe24-Call-Remain": "32",
        "X-Cafe24-Time-Usage": "100.5",
        "X-Cafe24-Time-Remain": "7",
    }
    assert await gate.learn(ORDERS, 429, spent) == 32
    for priority in Priority:
        with pytest.raises(Throttled) as refused:
            await gate.enter(Api("hanokmall", "products"), priority, within=2.0)
        assert refused.value.retry_after >= 32
    await gate.enter(Api("othermall", "orders"), Priority.CUSTOMER, within=0.0)
    time.passes(seconds=36)
    await gate.enter(ORDERS, Priority.CUSTOMER, within=1.0)


async def test_refusals_without_a_figure_double():
    time = Time()
    gate = limiter(time)
    waits = [await gate.learn(ORDERS, 429, {}) for _ in range(7)]
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    with pytest.raises(Throttled):
        await gate.enter(ORDERS, Priority.CUSTOMER, within=29.0)
    await gate.learn(ORDERS, 200, {})
    assert await gate.learn(ORDERS, 429, {}) == 1


@pytest.mark.parametrize(("usage", "slower"), [("79", 1.0), ("90", 2.0), ("100", 3.0)])
async def test_slows_from_eighty_percent(usage, slower):
    time = Time()
    gate = limiter(time)
    await calls(gate, time, 1)
    await gate.learn(ORDERS, 200, {"X-Cafe24-Call-Usage": usage, "X-Api-Call-Limit": "40/40"})
    time.passes(seconds=1)
    moments = await calls(gate, time, 21)
    assert (moments[-1] - moments[0]) / 20 == pytest.approx(0.5 * slower, rel=0.15)


async def test_an_old_usage_figure_is_forgotten():
    time = Time()
    gate = limiter(time)
    await gate.learn(ORDERS, 200, {"X-Cafe24-Time-Usage": "99"})
    time.passes(seconds=61)
    moments = await calls(gate, time, 12)
    assert moments[-1] < 1.7


@pytest.mark.parametrize("strange", ["", "x/40", "-1/40", "nan", "1/40/2", "٣/٤٠"])
async def test_headers_that_cannot_be_read_change_nothing(strange):
    time = Time()
    gate = limiter(time)
    for name in ("X-Api-Call-Limit", "X-Cafe24-Call-Usage", "X-Cafe24-Call-Remain"):
        await gate.learn(ORDERS, 200, {name: strange})
    await gate.enter(ORDERS, Priority.CUSTOMER, within=0.0)


async def test_memory_drops_what_drained():
    rates = MemoryRates(kept=10)
    for index in range(500):
        await rates.take(f"mall-{index}|*", now=float(index), interval=0.5, tolerance=1.0)
    assert len(rates._empty_at) <= 11


async def test_a_number_is_given_once_in_its_time_across_workers():
    time, rates = Time(), MemoryRates()
    dice = random.Random(3)
    workers = [Limiter(rates, time=time.seconds, sleep=time.sleep, jitter=dice.random) for _ in range(3)]
    seen = {}
    for _ in range(400):
        time.passes(seconds=dice.random() / 4)
        number = await dice.choice(workers).unused("hanokmall", "fresh:1", of=1000, seconds=65.0)
        assert 1 <= number <= 1000
        assert time.seconds() - seen.get(number, 0.0) >= 65.0 - 1e-4
        seen[number] = time.seconds()


async def test_when_all_numbers_are_given_the_next_must_wait():
    time = Time()
    gate = limiter(time)
    numbers = [await gate.unused("hanokmall", "fresh:1", of=5, seconds=65.0) for _ in range(5)]
    assert sorted(numbers) == [1, 2, 3, 4, 5]
    with pytest.raises(Throttled):
        await gate.unused("hanokmall", "fresh:1", of=5, seconds=65.0)
    assert await gate.unused("hanokmall", "fresh:2", of=5, seconds=65.0) == 1
    assert await gate.unused("othermall", "fresh:1", of=5, seconds=65.0) == 1
    time.passes(seconds=65)
    assert await gate.unused("hanokmall", "fresh:1", of=5, seconds=65.0) == 1


async def test_memory_full_of_living_rows_is_not_swept_at_every_turn():
    rates = MemoryRates(kept=10)
    for index in range(100):
        await rates.take(f"mall-{index}|*", now=0.0, interval=65.0, tolerance=65.0)
    assert len(rates._empty_at) == 100
    for index in range(200):
        await rates.take(f"later-{index}|*", now=66.0 + index * 66.0, interval=65.0, tolerance=65.0)
    assert len(rates._empty_at) <= 161
