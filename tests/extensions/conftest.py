"""The platform's own calls meet the real application on a fresh road, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from tests.world import HandClock, Road, opened_road


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def road(database_url: str, clock: HandClock) -> AsyncIterator[Road]:
    async with opened_road(database_url, clock) as opened:
        yield opened
