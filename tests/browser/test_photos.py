"""The field for photos, on the real shell with the real uploads behind it: chosen, shown, refused, removed."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from PIL import Image
from playwright.async_api import Browser, Page, Request, expect
from starlette.applications import Starlette
from starlette.requests import Request as Asked
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.clock import system_clock
from app.evidence.album import Album
from app.evidence.decoder import Decoder
from app.evidence.files import Folder
from app.evidence.uploads import Uploads
from app.keys import KeyRing
from app.ports import Call, Surface
from app.store import open_database, store_on
from app.store.rates import SqlRates
from app.wam.render import screen_html
from app.wam.routes import wam_routes
from app.wiring.functions import shell_words
from commands.kernel.failures import Failure
from commands.kernel.screen import Button, Field, Line, Notice, Run, Screen, Show
from commands.kernel.screen import Card as ScreenCard
from commands.kernel.who import ChannelId, Language, MallId, Member, Shop

from .stage import _axe_finds_nothing, _small_targets

HOST = """
window.ChannelIOWam = {
  getWamData: (key) => ({ appId: "a", language: "LANGUAGE", screen: "form" })[key],
  close() {}, setSize() {},
  callFunction: ({ name, params }) =>
    fetch("/call", { method: "POST", body: JSON.stringify({ name, params }) }).then((r) => r.json()),
};
"""
SHOP = Shop(MallId("mall"), 1, ChannelId("c1"), "가게")


class OwnOrders:
    async def one(self, _shop: Shop, _customer: object, _order_id: str) -> object:
        return object()


class Asks:
    """The question of one signed-in customer."""

    language = Language.KO

    async def ask(self, _call: Call, _command: object, _token: str | None) -> Any:
        ports = SimpleNamespace(orders=OwnOrders())
        return SimpleNamespace(shop=SHOP, customer=Member("minji"), language=self.language, ports=ports)


@dataclass
class Form:
    """A server with one screen, and what its form sent."""

    origin: str = ""
    most: int = 3
    sent: list[dict[str, Any]] = field(default_factory=list)
    asks: Asks = field(default_factory=Asks)

    def screen(self, name: str, given: dict[str, Any]) -> Screen:
        if name == "next":
            self.sent.append(given)
        if name == "next" and given.get("why"):
            lines = (Line("사진", str(len(given["photos"].split(",")))),)
            return Screen("신청 내용 확인", cards=(ScreenCard("반품", lines=lines),))
        start = Run("evidence.start", {"orderId": "20261120-0000001", "kind": "return"})
        wrong = "이유를 적어 주세요." if name == "next" else ""
        return Screen(
            "반품 신청",
            notices=(Notice("상품 상태가 잘 보이게 찍어 주세요."),),
            fields=(
                Field(
                    "photos",
                    "사진",
                    "photos",
                    value=given.get("photos", ""),
                    hint="불량이 보이는 사진을 3장까지 올려 주세요.",
                    max_length=self.most,
                    upload=start,
                ),
                Field("why", "이유", error=wrong),
            ),
            submit=Button("다음", Show("exchangeReturn", "next"), style="primary"),
        )


@pytest_asyncio.fixture(loop_scope="session")
async def form(empty_database: Path, tmp_path: Path) -> AsyncIterator[Form]:
    database = open_database(f"sqlite:///{tmp_path / 'photos.db'}")
    shutil.copy(empty_database, tmp_path / "photos.db")
    keys, served = KeyRing([bytes(32)]), Form()
    store = store_on(database, keys, system_clock)

    async def days_of(_channel: ChannelId) -> int:
        return 90

    with socket.create_server(("127.0.0.1", 0)) as listener:
        served.origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        album = Album(store.photos, Folder(tmp_path / "photos"), keys, system_clock, days_of=days_of)
        uploads = Uploads(
            album, Decoder(), store.once, SqlRates(database), keys, system_clock, public_url=served.origin
        )
        (start,) = uploads.functions(served.asks, None)

        async def call(request: Asked) -> Response:
            asked = await request.json()
            if asked["name"] == "evidence.start":
                who = Call(Surface.USER, "u", SHOP.channel_id, served.asks.language)
                try:
                    answer = await start.run(who, start.params.model_validate(asked["params"]))
                except Failure as failure:
                    return JSONResponse({"error": {"type": failure.type.value, "message": failure.message}})
                return JSONResponse({"result": answer.model_dump(mode="json", by_alias=True)})
            shown = served.screen(asked["params"]["screen"], asked["params"]["input"])
            return JSONResponse({"result": {"html": screen_html(shown)}})

        names = frozenset({"exchangeReturn"})
        pages = wam_routes(names, shell_words(), frame_ancestors="'self'", pictures_from="'self'")
        routes = [Route("/call", call, methods=["POST"]), *uploads.routes(), *pages]
        config = uvicorn.Config(Starlette(routes=routes), log_config=None, access_log=False, ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield served
        server.should_exit = True
        await serving
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser, form: Form) -> AsyncIterator[Page]:
    context = await chromium.new_context(viewport={"width": 375, "height": 812}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


async def opens(page: Page, form: Form, language: str = "ko") -> None:
    form.asks.language = Language(language)
    await page.add_init_script(HOST.replace("LANGUAGE", language))
    await page.goto(f"{form.origin}/wam/exchangeReturn")
    await expect(page.locator(".photos")).to_be_visible()


def picture(colour: str = "red", kind: str = "JPEG", name: str = "photo.jpg") -> dict[str, Any]:
    image = Image.linear_gradient("L").resize((900, 700)).convert("RGB")
    image.paste(colour, (100, 100, 400, 300))
    out = BytesIO()
    image.save(out, kind)
    return {"name": name, "mimeType": f"image/{kind.lower()}", "buffer": out.getvalue()}


TEXT = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture at all"}


async def chooses(page: Page, *files: dict[str, Any]) -> None:
    await page.locator(".photo-add:not(.shoot) input").set_input_files(list(files))  # type: ignore[arg-type]


async def uploaded(page: Page, count: int) -> None:
    await expect(page.locator(".tile[data-ref]")).to_have_count(count)


async def pictured(page: Page, name: str) -> None:
    folder = os.environ.get("JUMUN_TESTS_PICTURES")  # noqa: TID251
    if folder:
        await page.screenshot(path=Path(folder) / f"photos.{name}.png", full_page=True)
    await _axe_finds_nothing(page.main_frame, name)
    await _small_targets(page.main_frame, name)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 375


async def test_two_photos_go_with_the_form_and_come_back_with_it(page: Page, form: Form) -> None:
    await opens(page, form)
    await pictured(page, "empty")
    await chooses(page, picture("red"), picture("blue", "WEBP"))
    await uploaded(page, 2)
    await expect(page.locator(".tile canvas")).to_have_count(2)
    await expect(page.get_by_role("img", name="사진 2")).to_be_visible()
    await expect(page.locator(".photo-count")).to_have_text("2/3장")
    await pictured(page, "two")
    await page.get_by_role("button", name="다음").click()
    await expect(page.locator(".error")).to_have_text("이유를 적어 주세요.")
    await uploaded(page, 2)
    await expect(page.locator(".tile canvas")).to_have_count(2)
    await page.get_by_label("이유").fill("얼룩이 있어요")
    await page.get_by_role("button", name="다음").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("신청 내용 확인")
    first, second = form.sent
    refs = first["photos"].split(",")
    assert len(set(refs)) == 2
    assert all(len(ref) == 32 for ref in refs)
    assert second["photos"] == first["photos"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ko", "JPG, PNG, WebP, HEIC 사진만 올릴 수 있어요."),
        ("en", "Only JPG, PNG, WebP and HEIC photos can be uploaded."),
        ("ja", "JPG・PNG・WebP・HEICの写真のみアップロードできます。"),
    ],
)
async def test_a_refused_file_says_why_and_the_others_stay(
    page: Page, form: Form, language: str, sentence: str
) -> None:
    await opens(page, form, language)
    await chooses(page, picture(), TEXT)
    await uploaded(page, 1)
    await expect(page.locator(".tile-text.error")).to_have_text(sentence)
    await expect(page.locator("#announcer")).not_to_be_empty()
    await pictured(page, f"refused-{language}")
    assert len((await page.locator("input[name=photos]").input_value()).split(",")) == 1
    await chooses(page, picture("green"))  # a refused one is no longer in the way
    await uploaded(page, 2)
    await expect(page.locator(".tile-text.error")).to_have_count(0)


async def test_by_keyboard_alone(page: Page, form: Form) -> None:
    await opens(page, form)
    await chooses(page, picture("red"), picture("blue"))
    await uploaded(page, 2)
    refs = (await page.locator("input[name=photos]").input_value()).split(",")
    await page.locator(".photo-add input").first.focus()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="사진 2 삭제")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="사진 1 삭제")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".tile")).to_have_count(1)
    await expect(page.get_by_role("button", name="사진 1 삭제")).to_be_focused()
    await expect(page.locator("#announcer")).to_have_text("사진을 삭제했어요.")
    assert await page.locator("input[name=photos]").input_value() == refs[1]
    await page.keyboard.press("Enter")
    await expect(page.locator(".photo-add input").first).to_be_focused()
    assert await page.locator("input[name=photos]").input_value() == ""


async def test_no_more_than_the_form_takes(page: Page, form: Form) -> None:
    await opens(page, form)
    await chooses(page, *(picture(colour) for colour in ("red", "blue", "green", "black")))
    await expect(page.locator(".photo-count")).to_have_text("사진은 3장까지 올릴 수 있어요.")
    await uploaded(page, 3)
    await expect(page.locator(".photo-add input").first).to_be_disabled()
    await pictured(page, "full")
    await page.get_by_role("button", name="사진 1 삭제").click()
    await expect(page.locator(".photo-add input").first).to_be_enabled()


async def test_too_large_is_told_before_anything_is_sent(page: Page, form: Form) -> None:
    await opens(page, form)
    posted: list[Request] = []
    page.on("request", lambda request: posted.append(request) if "/uploads/" in request.url else None)
    large = {**picture(), "buffer": picture()["buffer"] + bytes(10 * 1024 * 1024)}
    await chooses(page, large)
    await expect(page.locator(".tile-text.error")).to_contain_text("10MB까지")
    assert posted == []


async def test_a_line_that_dies_and_a_form_that_waits(page: Page, form: Form) -> None:
    await opens(page, form)
    held = asyncio.Event()

    async def holds(route: Any) -> None:
        await held.wait()
        await route.abort()

    await page.route("**/wam/uploads/*", holds)
    await chooses(page, picture())
    await expect(page.locator(".tile[data-loading] progress")).to_be_visible()
    await pictured(page, "loading")
    await page.get_by_role("button", name="다음").click()
    await expect(page.locator(".notice.passing")).to_have_text(
        "사진을 올리고 있어요. 다 올라간 뒤에 다시 눌러 주세요."
    )
    assert form.sent == []
    held.set()
    await expect(page.locator(".tile-text.error")).to_have_text(
        "연결이 끊겨 올리지 못했어요. 사진을 다시 선택해 주세요."
    )
    await page.unroute("**/wam/uploads/*")
    await chooses(page, picture())
    await uploaded(page, 1)


async def test_too_often_is_told_in_the_tile(page: Page, form: Form) -> None:
    await opens(page, form)
    form.most = 5
    for _ in range(20):
        await page.evaluate(
            """() => ChannelIOWam.callFunction({ name: "evidence.start",
                params: { orderId: "20261120-0000001", kind: "return" } })"""
        )
    await chooses(page, picture())
    await expect(page.locator(".tile-text.error")).to_have_text(
        "사진을 너무 자주 올리셨어요. 잠시 후 다시 시도해 주세요."
    )
