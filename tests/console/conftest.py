from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.console.world import World


@pytest.fixture
async def world(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[World]:
    world = World(migrated_sqlite, tmp_path)
    yield world
    await world.store.close()
