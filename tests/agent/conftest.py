from collections.abc import AsyncIterator

import pytest

from tests.world import HandClock, Road

from .talk import Agent, agent_of, town


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def road(database_url: str, clock: HandClock) -> AsyncIterator[Road]:
    async with town(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def agent(road: Road) -> Agent:
    return await agent_of(road)
