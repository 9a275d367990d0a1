import pytest

from .given import World


@pytest.fixture
def world(database) -> World:
    return World(database)
