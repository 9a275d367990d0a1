"""The sandbox over real HTTP on a free loopback port, and a headless Chromium in front of it."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from app.wiring.sandbox import open_sandbox
from tests.chromium import IN_BROWSER
from tests.world import fresh_database

from .stage import MovedClock, Stage, Visitor

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE:
            for mark in IN_BROWSER:
                item.add_marker(mark, append=False)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; each journey gets a copy."""
    folder = tmp_path_factory.mktemp("schema")
    fresh_database(folder)
    return folder / "jumun.db"


@pytest_asyncio.fixture(loop_scope="session")
async def stage(
    chromium: Browser, empty_database: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Stage]:
    """Connected to the demo mall, unless the journey asks for `unconnected`."""
    shutil.copy(empty_database, tmp_path / "jumun.db")
    clock = MovedClock()
    connected = getattr(request, "param", None) != "unconnected"
    url = f"sqlite:///{tmp_path / 'jumun.db'}"
    async with open_sandbox(url, connected=connected, clock=clock) as sandbox:
        yield Stage(sandbox, chromium, clock)


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(stage: Stage, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Visitor]:
    """A page 1280 px wide. Its pictures go to `JUMUN_TESTS_PICTURES`, else where pytest says when a journey fails."""
    folder = Path(os.environ.get("JUMUN_TESTS_PICTURES") or tmp_path)  # noqa: TID251
    context = await stage.chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="ko-KR", reduced_motion="reduce"
    )
    context.set_default_timeout(10_000)
    arrived = Visitor(stage, await context.new_page(), folder, request.node.name)
    yield arrived
    await context.close()
    print(f"pictures of {request.node.name}: {folder}")
