"""What a journey does with a page: sit at the chat, serve a screen, look at it, take its picture."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Frame, FrameLocator, Locator, Page, Response, expect

from app.clock import system_clock
from app.sandbox.cafe24.state import Mall
from app.sandbox.channel.functions import Caller
from app.wiring.sandbox import Sandbox

expect.set_options(timeout=15_000)  # two test processes share two cores with the browser

SERIOUS = {"moderate", "serious", "critical"}
DESK_WIDTH, PHONE_WIDTH = 1280, 375
AXE = Axe()


class MovedClock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass
class Stage:
    sandbox: Sandbox
    chromium: Browser
    clock: MovedClock
    chat_page_seen: ClassVar[list[str]] = []

    @property
    def origin(self) -> str:
        return self.sandbox.origin

    @property
    def mall(self) -> Mall:
        return self.sandbox.world.panel.mall

    async def act(self, act: str, **body: Any) -> None:
        await self.sandbox.world.panel.act({"act": act, **body})

    async def settings(self, **patch: Any) -> None:
        """As an admin of the connection."""
        talk = self.sandbox.world.talk
        manager = Caller("manager", next(iter(talk.managers)))
        await talk.call_function("settings.update", {"patch": patch}, caller=manager)

    async def mall_setting(self, name: str, value: Any) -> None:
        """In the mall's back office; whoever read it before asks again after five minutes."""
        await self.act("setting", name=name, value=value)
        self.clock.forward(minutes=6)


@dataclass
class Visitor:
    """A person at one page. `troubles`: what the browser's console complained of."""

    stage: Stage
    page: Page
    pictures: Path
    journey: str
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listen(self.page)

    def listen(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("response", self._answered)

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.troubles.append(said.text)

    def _answered(self, response: Response) -> None:
        """Pages may refuse with a status of their own; what they load and call may not."""
        icon = response.url.endswith("/favicon.ico")
        if response.status >= 400 and not icon and not response.request.is_navigation_request():
            self.troubles.append(f"{response.status} {response.url}")

    async def sit_down(self, persona: str = "member:minji", **choices: str) -> None:
        await self.stage.act("persona", key=persona)
        for name, value in choices.items():
            await self.stage.act(name, value=value)
        await self.page.goto(self.stage.origin)
        await self.page.wait_for_selector("#phone .message-button")

    async def types(self, text: str, side: str = "front") -> None:
        await self.page.fill(f"#{side}-input", text)
        await self.page.keyboard.press("Enter")

    @property
    def screen(self) -> FrameLocator:
        """The customer's screen."""
        return self.page.frame_locator("#phone iframe")

    @property
    def desk(self) -> FrameLocator:
        """The manager's screen."""
        return self.page.frame_locator("#desk iframe")

    async def titled(self, title: str, screen: FrameLocator | None = None) -> None:
        await expect((screen or self.screen).get_by_role("heading", level=1, name=title)).to_be_visible()

    def button(self, name: str, screen: FrameLocator | None = None) -> Locator:
        return (screen or self.screen).get_by_role("button", name=name)

    def notice(self, text: str, screen: FrameLocator | None = None) -> Locator:
        return (screen or self.screen).locator(".notice", has_text=text)

    def told(self, text: str) -> Locator:
        """What the app wrote into the chat, as the customer sees it."""
        return self.page.locator("#phone .message", has_text=text)

    async def newest_code(self) -> str:
        """The code of the newest text on the simulated phone, as the page shows it."""
        told = self.page.locator("#inbox .texts button", has_text="코드").first
        await expect(told).to_be_visible()
        return "".join(c for c in await told.inner_text() if c.isdigit())

    async def looks_right(self, name: str, page: Page | None = None) -> None:
        """At both widths nothing sticks out; on a phone every target can be hit, and axe finds nothing."""
        page = page or self.page
        await self._pictured(page, name, DESK_WIDTH, 900)
        await page.set_viewport_size({"width": PHONE_WIDTH, "height": 812})
        if await page.locator("#desk .sheet iframe").count():
            await page.click(".tabs button[data-to=desk]")
        await self._pictured(page, name, PHONE_WIDTH, 812)
        screens = page.frames[1:]
        if screens and not self.stage.chat_page_seen:  # what is around a screen is the same each time
            self.stage.chat_page_seen.append(name)
            await _axe_finds_nothing(page.main_frame, name)
        for screen in screens or [page.main_frame]:
            await _axe_finds_nothing(screen, name)
            await _small_targets(screen, name)
        await page.set_viewport_size({"width": DESK_WIDTH, "height": 900})

    async def _pictured(self, page: Page, name: str, width: int, height: int) -> None:
        await page.set_viewport_size({"width": width, "height": height})
        await page.screenshot(path=self.pictures / f"{self.journey}.{name}.{width}.png")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width} px"


async def _axe_finds_nothing(frame: Frame, where: str) -> None:
    """In this document alone: axe's own walk into frames waits for each of them."""
    if not await frame.evaluate("Boolean(window.axe)"):
        await frame.evaluate(AXE.axe_script)
    found = await frame.evaluate(
        """async () => (await axe.run({ iframes: false, resultTypes: ['violations'] })).violations
           .map((v) => [v.impact, v.id, v.nodes.map((n) => n.target.join(' '))])"""
    )
    told = [violation for violation in found if violation[0] in SERIOUS]
    assert not told, f"{where}: {told}"


async def _small_targets(frame: Frame, where: str) -> None:
    small = await frame.evaluate(
        """[...document.querySelectorAll('button, select, input:not([type=hidden]):not([type=radio]), label.choice')]
           .map((e) => [e.textContent || e.name, (e.closest('label.choice') || e).getBoundingClientRect()])
           .filter(([, box]) => box.height && box.height < 44).map(([name]) => name.trim())"""
    )
    assert not small, f"{where}: lower than 44 px: {small}"
