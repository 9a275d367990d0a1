"""A road whose photos stand in a folder of the test, and two customers of the demo mall."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import HandClock, Road, opened_road

from .customers import Uploader


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
async def road(database_url: str, clock: HandClock, folder: Path) -> AsyncIterator[Road]:
    async with opened_road(database_url, clock, evidence_url=str(folder)) as opened:
        yield opened


@pytest.fixture
async def minji(road: Road) -> Uploader:
    return await Uploader.arrives(road, "u-minji", "minji")
