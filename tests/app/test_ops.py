"""What operators look at: alive, ready, and numbers without names."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.world import ORIGIN, HandClock, Road, fresh_database, made_road, opened_road

TOKEN = "ops-token-of-the-test"


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with opened_road(fresh_database(tmp_path), HandClock()) as opened:
        yield opened


def visitor(road: Road, address: str = "203.0.113.7") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(road.application, client=(address, 4711))
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


async def test_alive_and_ready(road: Road) -> None:
    async with visitor(road) as client:
        assert (await client.get("/healthz")).text == "ok\n"
        assert (await client.get("/readyz")).status_code == 200


async def test_not_ready_when_the_database_is_away_but_alive(tmp_path: Path) -> None:
    road = made_road(fresh_database(tmp_path), HandClock())
    async with road.application.running():
        pass
    async with visitor(road) as client:
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "the database does not answer\n")
        assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("::1", 200),
        ("203.0.113.7", 401),
        ("10.0.0.1", 401),
        ("testclient", 401),
        ("", 401),
    ],
)
async def test_without_a_token_metrics_are_for_loopback(road: Road, address: str, status: int) -> None:
    async with visitor(road, address) as client:
        answer = await client.get("/metrics")
        assert answer.status_code == status
        assert ("jumun_calls_total" in answer.text) == (status == 200)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (None, 401),
        ("", 401),
        ("Bearer ", 401),
        (f"Bearer {TOKEN}x", 401),
        (f"bearer {TOKEN}", 401),
        (TOKEN, 401),
    ],
)
async def test_with_a_token_only_the_token_counts(tmp_path: Path, header: str | None, status: int) -> None:
    road = made_road(fresh_database(tmp_path), HandClock(), ops_token=TOKEN)
    async with road.application.running():
        for address in ("127.0.0.1", "203.0.113.7"):
            async with visitor(road, address) as client:
                headers = {} if header is None else {"authorization": header}
                answer = await client.get("/metrics", headers=headers)
                assert answer.status_code == status
                assert TOKEN not in answer.text


async def test_numbers_carry_names_of_functions_and_nobodys_id(road: Road) -> None:
    minji = road.user("u-minji-4711", "minji")
    await road.customer_calls(minji, "orderList.view")
    for made_up in ("no.such.function.1", "no.such.function.2"):
        with pytest.raises(Exception, match="methodNotFound"):
            await road.customer_calls(minji, made_up)
    async with visitor(road, "127.0.0.1") as client:
        page = (await client.get("/metrics")).text
    assert 'jumun_calls_total{function="orderList.view",outcome="ok"} 1.0' in page
    assert 'jumun_calls_total{function="unknown",outcome="methodNotFound"} 2.0' in page
    assert 'jumun_outside_calls_total{status="200",system="cafe24"}' in page
    for name in ("minji", "hanokmall", "ch-hanok", "no.such"):
        assert name not in page
