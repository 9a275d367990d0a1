"""The console in a real browser: a manager comes in, connects, confirms and removes, by keyboard and on a phone."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from app.ports import Consent
from tests.chromium import IN_BROWSER

from .world import CHANNEL, SCOPES, World

pytestmark = list(IN_BROWSER)


class Served:
    """An application on a free loopback port."""

    def __init__(self) -> None:
        self._config = uvicorn.Config(lambda: None, port=0, log_level="critical", ws="none", lifespan="off")
        self._listener = self._config.bind_socket()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    async def begin(self, app: Starlette) -> None:
        self._config.app = app
        self._server = uvicorn.Server(self._config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.02)

    async def end(self) -> None:
        self._server.should_exit = True
        await self._serving


async def authorize(_request: Request) -> Response:
    return RedirectResponse("/login")


async def login(request: Request) -> Response:
    return PlainTextResponse(f"the mall's login, referrer {request.headers.get('referer', 'none')}")


async def no_icon(_request: Request) -> Response:
    return Response(status_code=204)


@pytest_asyncio.fixture(loop_scope="session")
async def mall() -> AsyncIterator[Served]:
    """Where consent is given: it redirects once more, as Cafe24 does to its login."""
    served = Served()
    pages = {"/authorize": authorize, "/login": login, "/favicon.ico": no_icon}
    await served.begin(Starlette(routes=[Route(path, page) for path, page in pages.items()]))
    yield served
    await served.end()


@pytest_asyncio.fixture(loop_scope="session")
async def live(migrated_sqlite: Path, tmp_path: Path, mall: Served) -> AsyncIterator[World]:
    served = Served()
    world = World(migrated_sqlite, tmp_path, served.url, f"https: {mall.url}")
    world.connecting.answer = Consent(f"{mall.url}/authorize?state=s")
    await served.begin(world.app)
    yield world
    await served.end()
    await world.store.close()


async def enter(browser, world: World, *, width: int = 1280, scheme: str = "light", manager: str = "100"):
    page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.troubles = []
    page.on("console", lambda message: page.troubles.append(message.text))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    token = await world.link(manager=manager, token=f"token-{id(page)}")
    await page.goto(f"{world.public_url}/console/enter?token={token}")
    await is_fit_to_ship(page)
    await page.keyboard.press("Enter")  # the button has the focus
    await page.wait_for_url(re.compile("/console/(connection|claims)$"))
    return page


async def is_fit_to_ship(page) -> None:
    """Nothing sticks out sideways, and axe finds nothing."""
    from axe_playwright_python.async_playwright import Axe

    width = page.viewport_size["width"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    found = (await Axe().run(page)).response["violations"]
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == []


async def test_a_manager_is_led_to_the_consent(live: World, browser) -> None:
    """Browsers hold the redirects after a form to the page's policy, so only a real one shows that it works."""
    page = await enter(browser, live, width=375)
    await is_fit_to_ship(page)
    await page.fill("#f-mall_id", "hanok")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/login")
    assert await page.inner_text("body") == "the mall's login, referrer none"
    assert page.troubles == []


async def test_a_mistake_takes_the_focus(live: World, browser) -> None:
    page = await enter(browser, live, width=375)
    await page.click("summary >> nth=1")
    await page.fill("#f-mall_id", "hanok")
    await page.fill("#f-shop_no", "0")
    await page.click("form.stack button")
    await expect(page.locator("#f-shop_no")).to_be_focused()
    assert await page.input_value("#f-mall_id") == "hanok"
    assert await page.is_visible("#e-shop_no")
    await is_fit_to_ship(page)


@pytest.mark.parametrize(("width", "scheme"), [(375, "light"), (768, "dark"), (1280, "light")])
async def test_confirming_and_removing(live: World, browser, width: int, scheme: str) -> None:
    await live.connected(scopes=SCOPES[:-1])
    page = await enter(browser, live, width=width, scheme=scheme)
    await is_fit_to_ship(page)
    await page.click("form[action$=member-hash] button")
    await page.wait_for_selector(".notice.good")
    await is_fit_to_ship(page)
    await page.click("a.button.danger")
    await is_fit_to_ship(page)
    await page.fill("#f-mall_id", "hanok")
    await page.click("form.danger button")
    await page.wait_for_url("**/console?why=removed&lang=ko")
    await is_fit_to_ship(page)
    assert await live.store.connections.of_channel(CHANNEL) is None
    assert page.troubles == []


async def test_a_visitor_who_may_not(live: World, browser) -> None:
    await live.connected()
    page = await enter(browser, live, manager="200", width=375)
    assert page.url.endswith("/console/claims")
    await is_fit_to_ship(page)
    await page.goto(f"{live.public_url}/console/connection")
    await is_fit_to_ship(page)
    assert await page.locator("form").count() == 1  # only the way out
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"


async def test_another_site_can_neither_frame_nor_post(live: World, browser, mall: Served) -> None:
    await live.connected()
    page = await enter(browser, live)
    csrf = await page.get_attribute("form[action='/console/leave'] input", "value")
    await page.goto(f"{mall.url}/login")
    await page.set_content(
        f"""<iframe src="{live.public_url}/console/connection"></iframe>
        <form method="post" action="{live.public_url}/console/leave">
        <input name="csrf" value="{csrf}"><button>win</button></form>"""
    )
    await page.click("button")
    await page.wait_for_url("**/console/leave")
    assert "확인할 수 없었습니다" in await page.inner_text("main")
    assert any("frame" in trouble.lower() for trouble in page.troubles)
    await page.goto(f"{live.public_url}/console")
    assert page.url.endswith("/console/connection")
