import pytest

from tests.store.given import MovingClock

from .given import Process, Talk
from .mall import Mall


@pytest.fixture
def clock():
    return MovingClock()


@pytest.fixture
def mall(tmp_path):
    return Mall(tmp_path / "mall")


@pytest.fixture
def talk():
    return Talk()


@pytest.fixture
async def process(database_url, clock, mall, talk):
    async with Process(database_url, clock, mall, talk) as one:
        await one.opens_shop()
        yield one
