"""The page in a real browser: a newcomer types a command, serves a screen, and writes at the desk."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import expect

from tests.chromium import IN_BROWSER

from .world import World

pytestmark = list(IN_BROWSER)


@pytest_asyncio.fixture(loop_scope="session")
async def live() -> AsyncIterator[World]:
    """The sandbox on a free loopback port, with everything registered."""
    config = uvicorn.Config(lambda: None, port=0, log_level="critical", ws="none", lifespan="off")
    listener = config.bind_socket()
    world = World(origin=f"http://127.0.0.1:{listener.getsockname()[1]}")
    config.app = world.asgi
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await world.client.aclose()
    world.client = httpx.AsyncClient(base_url=world.origin, trust_env=False)
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.02)
    await world.register("command")
    await world.register("hook")
    yield world
    await world.client.aclose()
    await world.http.aclose()
    server.should_exit = True
    await serving


async def open_page(browser, world: World, width: int, height: int):
    page = await browser.new_page(viewport={"width": width, "height": height})
    page.troubles = []
    page.on(
        "console", lambda message: page.troubles.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    await page.goto(world.origin)
    await page.wait_for_selector("#phone .message-button")
    return page


async def test_a_command_opens_a_screen_that_talks_to_the_app(live: World, browser):
    page = await open_page(browser, live, 375, 812)
    await page.fill("#front-input", "/")
    await page.keyboard.press("ArrowDown")
    assert await page.get_attribute("#front-input", "aria-activedescendant") == "front-menu-1"
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    screen = page.frame_locator("#phone iframe")
    told = screen.locator("#told")
    await screen.locator("#told:has-text('app-jumun')").wait_for()
    assert '"chatId":"chat-minji"' in await told.inner_text()
    assert "managerId" not in await told.inner_text()
    await screen.locator("#call").click()
    await screen.locator("#told:has-text('user-minji')").wait_for()
    await screen.locator("#bad").click()
    await screen.locator("#told:has-text('methodNotFound')").wait_for()
    assert (await told.inner_text()).startswith("[true,")  # an Error of the screen's own realm
    await screen.locator("#end").click()
    await page.wait_for_selector("#phone .sheet", state="hidden")
    await expect(page.locator("#front-input")).to_be_focused()
    assert page.troubles == []


async def test_escape_closes_menu_and_screen_from_either_side_of_the_frame(live: World, browser):
    page = await open_page(browser, live, 1280, 900)
    await page.fill("#front-input", "/")
    await page.keyboard.press("Escape")
    assert await page.locator("#front-menu").is_hidden()
    for inside in (False, True):
        await page.fill("#front-input", "/주문목록")
        await page.keyboard.press("Enter")
        screen = page.frame_locator("#phone iframe")
        await screen.locator("#told:has-text('app-jumun')").wait_for()
        if inside:
            await screen.locator("#call").focus()
        await page.keyboard.press("Escape")
        await page.wait_for_selector("#phone .sheet", state="hidden")
    assert page.troubles == []


async def test_the_desk_sees_what_the_customer_must_not(live: World, browser):
    page = await open_page(browser, live, 1280, 900)
    await page.fill("#front-input", "언제 오나요?")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#desk .message >> text=언제 오나요?")
    await page.check("#private")
    await page.fill("#desk-input", "재고 확인 중 <b>급함</b>")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#desk .message.private >> text=재고 확인 중 <b>급함</b>")
    assert "재고 확인" not in await page.inner_text("#phone")
    await page.fill("#desk-input", "/주문목록")
    await page.keyboard.press("Enter")
    screen = page.frame_locator("#desk iframe")
    await screen.locator("#told:has-text('mgr-jiwoo')").wait_for()
    assert page.troubles == []


@pytest.mark.parametrize(("width", "height"), [(375, 812), (1280, 900)])
async def test_the_page_is_accessible_and_fits(live: World, browser, width, height):
    from axe_playwright_python.async_playwright import Axe

    page = await open_page(browser, live, width, height)
    live.letters.append({"to": "+821023456789", "text": "인증번호 482913", "at": live.clock()})
    # in the inbox, or on a phone, where the inbox is behind a tab, as a notice on top
    await page.locator("text=코드 482913 복사").locator("visible=true").first.wait_for()
    await page.fill("#front-input", "/")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.troubles == []


async def test_a_screen_on_one_side_leaves_the_keyboard_on_the_other(live: World, browser):
    page = await open_page(browser, live, 1280, 900)
    await page.evaluate(
        "window.setTimeout(() => document.querySelector('#phone .message-button').click(), 50)"
    )
    await page.focus("#desk-input")
    await page.wait_for_selector("#phone iframe")
    await expect(page.locator("#desk-input")).to_be_focused()
    await page.keyboard.type("/주문목록")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#desk iframe")
    await page.keyboard.press("Escape")  # the desk's screen only
    await page.wait_for_selector("#desk .sheet", state="hidden")
    assert await page.locator("#phone iframe").is_visible()
    assert page.troubles == []
