"""The levers of the warehouse in a real browser: on, a label, a restock date."""

from pathlib import Path

from playwright.async_api import Browser, expect

from app.wiring.sandbox import open_sandbox
from tests.chromium import IN_BROWSER
from tests.world import fresh_database

pytestmark = list(IN_BROWSER)


async def test_a_newcomer_switches_the_warehouse_on_prints_a_label_and_sets_a_restock_date(
    tmp_path: Path, browser: Browser
) -> None:
    async with open_sandbox(fresh_database(tmp_path)) as sandbox:
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        await page.goto(sandbox.origin)
        await page.get_by_text("창고 (WMS)").click()
        said = page.locator("#said")
        await page.locator("label:has(#wms-provider-sellmate)").click()
        await expect(said).to_contain_text("잘 연결되어 있습니다", timeout=15_000)
        depot = sandbox.world.warehouse.depot
        wanted = list(depot.parcels)[1]
        await page.get_by_label("창고의 주문").select_option(wanted)
        await page.get_by_role("button", name="송장 출력").click()
        await expect(said).to_contain_text("출력했습니다", timeout=15_000)
        assert depot.parcels[wanted].tracking
        await expect(page.get_by_label("창고의 주문")).to_have_value(wanted)
        await page.get_by_label("재입고까지 (일)").fill("5")
        await page.get_by_role("button", name="재입고일 등록").click()
        await expect(said).to_contain_text("등록했습니다", timeout=15_000)
        assert len(depot.restock) == 1
        await expect(page.get_by_label("재입고까지 (일)")).to_have_value("5")
        assert troubles == []
