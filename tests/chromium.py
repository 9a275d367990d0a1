"""One headless Chromium for all journeys of a process; where there is none they are left out, in words."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is found; the shell draws no window around the page, which is a quarter of the work."""
REQUIRED = "chromium" in os.environ.get("JUMUN_TESTS_REQUIRE", "")  # noqa: TID251
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
IN_BROWSER = (pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"))
"""Journeys share one loop, because they share one browser."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        if REQUIRED:
            pytest.fail("JUMUN_TESTS_REQUIRE names chromium, and there is none on this machine")
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as player:
        opened = await player.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """Without a page that a journey left open."""
    yield chromium
    for context in chromium.contexts:
        await context.close()
