"""A manager connects a mall, and an operator opens the app from Cafe24's back office."""

import re

import pytest
from playwright.async_api import Page, expect

from .stage import Visitor

unconnected = pytest.mark.parametrize("stage", ["unconnected"], indirect=True)


async def removed(visitor: Visitor) -> None:
    """The channel without a mall, as a merchant leaves it who took the connection away."""
    console = await opens_console(visitor)
    await console.get_by_role("link", name="연동 해제").click()
    await visitor.looks_right("remove", console)
    await console.get_by_role("textbox").fill(visitor.stage.sandbox.world.panel.mall.mall_id)
    await console.get_by_role("button", name="연동 해제하기").click()
    await expect(console.get_by_text("연동을 해제했습니다.")).to_be_visible()
    await console.close()


async def opens_console(visitor: Visitor) -> Page:
    """By 앱 열기 of the representative operator."""
    page = await visitor.page.context.new_page()
    visitor.listen(page)
    mall = visitor.stage.sandbox.world.panel.mall.mall_id
    await page.goto(f"{visitor.stage.origin}/sandbox/launch?user={mall}")
    await expect(page.get_by_role("heading", level=1, name="연동")).to_be_visible()
    return page


async def console_from_the_desk(visitor: Visitor) -> Page:
    await visitor.types("/주문목록", side="desk")
    await visitor.titled("쇼핑몰 연결이 필요합니다", visitor.desk)
    await visitor.looks_right("not-connected")
    async with visitor.page.expect_popup() as popup:
        await visitor.button("연동 화면 열기", visitor.desk).click()
    console = await popup.value
    visitor.listen(console)
    await expect(console.get_by_role("heading", name="주문 콘솔 열기")).to_be_visible()
    return console


async def starts(console: Page, mall_id: str) -> None:
    await console.get_by_label("쇼핑몰 아이디").fill(mall_id)
    await console.get_by_role("button", name=re.compile("동의하러|연결|동의")).last.click()


async def consents(console: Page, operator: str) -> None:
    await expect(console.get_by_role("heading", name="앱 권한 동의")).to_be_visible()
    await console.get_by_role("radio", name=operator).check()
    await console.get_by_role("button", name="동의함").click()


async def test_from_the_desk_to_a_connected_mall(visitor: Visitor):
    await visitor.sit_down()
    await removed(visitor)
    console = await console_from_the_desk(visitor)
    await visitor.looks_right("enter", console)
    await console.get_by_role("button", name="콘솔로 들어가기").click()
    await expect(console.get_by_text("아직 카페24 쇼핑몰이 연결되지 않았습니다.")).to_be_visible()
    await visitor.looks_right("console-none", console)
    await starts(console, "Hanok Mall!")
    await expect(console.locator("[aria-invalid=true]")).to_be_visible()
    await visitor.looks_right("malformed", console)
    await starts(console, "nosuchmall")
    await expect(console.get_by_text("‘nosuchmall’ 쇼핑몰을 찾을 수 없습니다.")).to_be_visible()
    await visitor.looks_right("unknown", console)
    await starts(console, "byeolmall")
    await consents(console, "남도현")
    await expect(console.get_by_role("heading", name="대표운영자만 연동할 수 있습니다")).to_be_visible()
    await visitor.looks_right("denied", console)
    await console.get_by_role("link", name="카페24에서 다시 동의하기").click()
    await consents(console, "신아라")
    await expect(console.get_by_role("heading", name="이 채널에 연동할까요?")).to_be_visible()
    await expect(console.get_by_text("별가게")).to_be_visible()
    await visitor.looks_right("second-yes", console)
    await console.get_by_role("button", name="연동하기", exact=True).click()
    await expect(console.get_by_role("heading", name="연동되었습니다")).to_be_visible()
    await visitor.looks_right("bound", console)
    await console.get_by_role("link", name="연동 상태 확인하기").click()
    await expect(console.locator(".badge", has_text="연결됨")).to_be_visible()
    await visitor.looks_right("console-connected", console)
    assert visitor.troubles == []


@unconnected
async def test_no_to_the_second_question(visitor: Visitor):
    await visitor.sit_down()
    console = await console_from_the_desk(visitor)
    await console.get_by_role("button", name="콘솔로 들어가기").click()
    await starts(console, "hanokmall")
    await consents(console, "정다은")
    await console.get_by_role("button", name="연동하지 않기").click()
    await expect(console.get_by_role("heading", name="연동하지 않았습니다")).to_be_visible()
    await visitor.looks_right("declined", console)
    assert visitor.troubles == []


@unconnected
async def test_an_app_that_is_opened_unconnected_shows_a_code_for_the_desk(visitor: Visitor):
    await visitor.sit_down()
    back_office = await visitor.page.context.new_page()
    visitor.listen(back_office)
    await back_office.goto(f"{visitor.stage.origin}/sandbox/launch?user=hanokcs")
    await expect(back_office.get_by_role("heading", name="연결 코드")).to_be_visible()
    code = await back_office.locator(".code").inner_text()
    await visitor.looks_right("pairing-code", back_office)
    console = await console_from_the_desk(visitor)
    await console.get_by_role("button", name="콘솔로 들어가기").click()
    await console.locator("summary", has_text="코드").click()
    await console.get_by_label("연결 코드").fill(code)
    await console.get_by_role("button", name=re.compile("동의하러|연결|동의")).last.click()
    await consents(console, "정다은")
    await console.get_by_role("button", name="연동하기", exact=True).click()
    await expect(console.get_by_role("heading", name="연동되었습니다")).to_be_visible()
    assert visitor.troubles == []


async def test_an_app_that_is_opened_connected_leads_to_the_console(visitor: Visitor):
    await visitor.sit_down()
    console = await opens_console(visitor)
    await expect(console.locator(".badge", has_text="연결됨")).to_be_visible()
    await visitor.looks_right("console", console)
    assert visitor.troubles == []
