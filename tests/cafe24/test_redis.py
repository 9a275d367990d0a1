"""The limiter's rows in a real Redis: the same rules as in memory, shared by two processes' connections."""

import os
import shutil
import socket
import subprocess
import time as real_time

import pytest

from app.cafe24.limiter import MemoryRates

redis = pytest.importorskip("redis.asyncio")
from app.cafe24.limiter_redis import RedisRates, connect  # noqa: E402  needs the extra

pytestmark = pytest.mark.redis
REQUIRED = "redis" in os.environ.get("JUMUN_TESTS_REQUIRE", "")  # noqa: TID251


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    program = shutil.which("redis-server")
    if program is None:
        if REQUIRED:
            pytest.fail("JUMUN_TESTS_REQUIRE names redis, and there is no redis-server on this machine")
        pytest.skip("no redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            real_time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
async def two(redis_url):
    """The same rows, seen by two workers."""
    clients = [redis.Redis.from_url(redis_url) for _ in range(2)]
    await clients[0].flushdb()
    yield [RedisRates(client) for client in clients]
    for client in clients:
        await client.aclose()


async def take(rates, key="mall|orders", interval=10.0, tolerance=30.0):
    return await rates.take(key, now=0.0, interval=interval, tolerance=tolerance)


async def test_two_workers_share_a_bucket(two):
    one, other = two
    assert [await take(one), await take(other), await take(one)] == [0, 0, 0]
    for rates in two:
        assert await take(rates) == pytest.approx(10, abs=0.5)
    assert await take(other, "othermall|orders") == 0


async def test_filling_never_shortens(two):
    one, other = two
    await one.fill("mall|*", now=0.0, ahead=60)
    await other.fill("mall|*", now=0.0, ahead=5)
    assert await take(other, "mall|*", 1.0, 1.0) == pytest.approx(60, abs=0.5)


async def test_rows_end_when_their_bucket_is_empty(two, redis_url):
    await take(two[0], "mall|short", 0.05, 1.0)
    client = redis.Redis.from_url(redis_url)
    assert 0 < await client.pttl("jumun:rate:mall|short") <= 60
    await client.aclose()


async def test_memory_and_redis_answer_alike(two):
    memory = MemoryRates()
    for tolerance in (5.0, 5.0, 5.0, 10.0, 1.0, 60.0):
        waits = []
        for rates in (memory, two[0]):
            now = real_time.time()
            waits.append(await rates.take("k", now=now, interval=5.0, tolerance=tolerance))
        assert waits[0] == pytest.approx(waits[1], abs=0.3)


async def test_without_redis_each_process_counts_alone():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    rates = connect(f"redis://127.0.0.1:{port}/0")
    assert [await take(rates) for _ in range(4)] == [0, 0, 0, pytest.approx(10)]
    await rates.fill("mall|*", now=0.0, ahead=60)
    assert await take(rates, "mall|*", 1.0, 1.0) == pytest.approx(60)
    await rates.close()
