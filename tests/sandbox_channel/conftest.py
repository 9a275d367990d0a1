from collections.abc import AsyncIterator

import pytest

from .world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.client.aclose()
    await made.http.aclose()
