"""The console with a warehouse: checking, choosing the shop, SKUs without a partner, and removal, at every width."""

import pytest
from playwright.async_api import Page, expect

from .stage import Visitor
from .test_console import console, goes_to
from .test_console import looks_right as page_looks_right


async def looks_right(visitor: Visitor, name: str, page: Page) -> None:
    """The group alone too, as it is on a phone."""
    await page_looks_right(visitor, name, page)
    await page.set_viewport_size({"width": 375, "height": 812})
    picture = visitor.pictures / f"{visitor.journey}.{name}.group.png"
    await page.locator("#wms").screenshot(path=picture)
    await page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_warehouse_is_checked_mapped_and_removed(visitor: Visitor, language: str):
    english = language == "en"
    await visitor.stage.settings(language=language)
    await visitor.stage.sandbox.world.warehouse.use("sellmate")
    await visitor.stage.settings(wms={"shopId": None})
    page = await console(visitor, "Connection" if english else "연동")
    await goes_to(page, "Settings" if english else "설정", "Console" if english else "콘솔 메뉴")
    group = page.locator("#wms")
    await group.get_by_role("button", name="Check now" if english else "연결 확인", exact=True).click()
    told = group.locator(".tools > .notice.good")
    await expect(told).to_be_focused()
    await looks_right(visitor, "checked", page)
    await group.get_by_role("button", name="Find the shop number" if english else "매장 번호 찾기").click()
    await expect(group.get_by_role("radio", checked=True)).not_to_have_count(0)
    await looks_right(visitor, "shops", page)
    await group.get_by_role("button", name="Save this number" if english else "이 번호로 저장").click()
    await expect(page.locator(".notice.good").first).to_contain_text("saved" if english else "저장했습니다")
    await group.get_by_role("button", name="Check the SKUs" if english else "상품 연결 확인").click()
    await expect(group.locator(".found .notice")).to_be_visible()
    await looks_right(visitor, "skus", page)

    visitor.stage.sandbox.world.warehouse.faults.inject("503", times=9)
    await group.get_by_role("button", name="Check now" if english else "연결 확인", exact=True).click()
    await expect(group.locator(".tools > .notice.bad")).to_be_focused()
    await looks_right(visitor, "refused", page)

    await group.locator(".removal summary").click()
    await group.get_by_role("button", name="Disconnect" if english else "연결 해제하기").click()
    await expect(group.locator(".tools > .notice.warning")).to_be_visible()
    await looks_right(visitor, "removing", page)
    await group.locator(".removal").get_by_role("checkbox").check()
    await group.get_by_role("button", name="Disconnect" if english else "연결 해제하기").click()
    await expect(group.locator(".tools")).to_have_count(0)
    await expect(page.locator(".notice.good").first).to_contain_text(
        "disconnected" if english else "해제하고"
    )
    await expect(page.locator("[name='commands.shipDate']")).not_to_be_checked()
    await looks_right(visitor, "removed", page)
    assert visitor.troubles == []
