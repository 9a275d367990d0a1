import pytest

from app.store import OpenDatabase, Store, store_on

from .given import MovingClock, keys


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def store(database: OpenDatabase, clock: MovingClock) -> Store:
    return store_on(database, keys(), clock)
