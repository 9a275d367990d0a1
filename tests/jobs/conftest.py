import pytest

from app.jobs import JobQueue
from app.store import OpenDatabase
from tests.store.given import MovingClock, keys


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def jobs(database: OpenDatabase, clock: MovingClock) -> JobQueue:
    return JobQueue(database, keys(), clock)
