"""The sandbox over real HTTP on a free loopback port, and a headless Chromium in front of it."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from app.wiring.sandbox import open_sandbox
from tests.world import fresh_database

from .stage import MovedClock, Stage, Visitor

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = "chromium" in os.environ.get("JUMUN_TESTS_REQUIRE", "")  # noqa: TID251
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys share one loop, because they share one browser."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        if REQUIRED:
            pytest.fail("JUMUN_TESTS_REQUIRE names chromium, and there is none on this machine")
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as player:
        opened = await player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        await opened.close()


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
