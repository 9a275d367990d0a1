"""물류 시스템 beside its settings: looking, choosing a shop, SKUs, removal; and how many promised dates were kept."""

import re
from typing import Any

import pytest

from app.console.warehouse import Checked, SkuReport, UnmappedVariant
from app.ports import Connection
from app.ports.promises import KeptRate
from app.shops.settings import choices_of, shown
from commands.kernel.failures import Failure, FailureType

from .depot import SHIRT
from .test_settings import admin, save, stored
from .world import CHANNEL, Browser, World

PAGE = "/console/settings"
SELLMATE = {"wms": {"provider": "sellmate", "domain": "hanok", "credential": "merchantKey"}}
KEYS = {"wms__clientId": "key-id-1", "wms__clientSecret": "key-secret-1"}


async def with_sellmate(world: World, **how: str) -> Browser:
    browser = await admin(world, SELLMATE, **how)
    assert (await save(browser, "wms", **KEYS)).status_code == 303
    await browser.opens(PAGE)
    return browser


async def press(browser: Browser, tool: str, **fields: str) -> Any:
    browser.page = await browser.presses(f"{PAGE}/wms/{tool}", **fields)
    return browser.page


def secrets_of_warehouse(connection: Connection) -> list[str]:
    return [name for name in connection.secrets if name.startswith("wms.")]


async def test_without_a_warehouse_there_is_nothing_to_check(world: World) -> None:
    browser = await admin(world)
    assert "/console/settings/wms/check" not in browser.page.text


@pytest.mark.parametrize("works", [True, False])
async def test_a_check_says_precisely_what_it_found(world: World, works: bool) -> None:
    browser = await with_sellmate(world)
    world.warehouse.checked = Checked(works, "셀메이트가 입력한 API Key를 거절했습니다.")
    answer = await press(browser, "check")
    assert answer.status_code == 200
    tone = "good" if works else "bad"
    assert re.search(rf'<p class="notice {tone}"[^>]*>셀메이트가 입력한 API Key를 거절했습니다.', answer.text)
    assert 'value="hanok"' in answer.text  # what is stored still stands in the form
    assert world.warehouse.looks == ["check"]


async def test_keys_are_never_shown_again(world: World) -> None:
    browser = await with_sellmate(world)
    for page in (browser.page.text, (await press(browser, "check")).text):
        assert "key-id-1" not in page
        assert "key-secret-1" not in page
        assert page.count("저장된 클라이언트") == 2


async def test_a_suggested_shop_is_saved(world: World) -> None:
    browser = await with_sellmate(world)
    world.warehouse.shops_found = [("31", 58), ("7", 2)]
    page = (await press(browser, "shops")).text
    assert "확인한 품목 60개 중 58개가 있습니다." in page
    assert re.search(r'name="shop" value="31" checked', page)
    answer = await press(browser, "shop", shop="7")
    assert answer.headers["location"] == f"{PAGE}?done=wmsShop#wms"
    assert (await stored(world)).settings["wms"]["shopId"] == "7"
    assert "매장 번호를 저장했습니다." in (await browser.opens(answer.headers["location"])).text
    (line, *_) = await world.store.audit.newest(CHANNEL, 5)
    assert line.facts["changed"] == "wms.shopId"


@pytest.mark.parametrize(("shop", "status"), [("", 422), ("<b>", 409)])
async def test_no_shop_and_an_impossible_one(world: World, shop: str, status: int) -> None:
    browser = await with_sellmate(world)
    world.warehouse.shops_found = [("31", 58)]
    await press(browser, "shops")
    answer = await press(browser, "shop", shop=shop)
    assert answer.status_code == status
    assert "<b>" not in answer.text
    assert "shopId" not in (await stored(world)).settings["wms"]


async def test_a_shop_chosen_on_an_old_page_is_shown_the_new_one(world: World) -> None:
    browser = await with_sellmate(world)
    world.warehouse.shops_found = [("31", 58)]
    await press(browser, "shops")
    other = world.browser()
    await other.enters("100")
    await other.opens(PAGE)
    await save(other, "wms", wms__shopId="8")
    assert (await press(browser, "shop", shop="31")).status_code == 409
    assert (await stored(world)).settings["wms"]["shopId"] == "8"


async def test_the_report_names_what_has_no_partner(world: World) -> None:
    browser = await with_sellmate(world)
    linked = UnmappedVariant("P000000B000A", "own-7", "머그 <컵>", "")
    world.warehouse.report = SkuReport("짝이 없는 품목이 있습니다.", 230, [SHIRT] * 200, 1, [linked], False)
    page = (await press(browser, "mapping")).text
    assert "물류 시스템에 짝이 없는 품목 230개" in page
    assert "그 밖에 30개가 더 있습니다." in page
    assert "연결할 수 없는 품목 1개" in page
    assert "머그 &lt;컵&gt;" in page
    assert "자체 코드 own-7" in page
    assert "상품이 많아 일부만 확인했습니다." in page


@pytest.mark.parametrize("tool", ["check", "shops", "mapping"])
async def test_a_silent_warehouse_is_a_sentence(world: World, tool: str) -> None:
    browser = await with_sellmate(world)
    world.warehouse.silent = Failure(FailureType.UPSTREAM_UNAVAILABLE, "지금 셀메이트가 응답하지 않습니다.")
    answer = await press(browser, tool)
    assert answer.status_code == 502
    assert "지금 셀메이트가 응답하지 않습니다." in answer.text


async def test_removal_is_confirmed_and_wipes_all_of_it(world: World) -> None:
    browser = await with_sellmate(world)
    assert len(secrets_of_warehouse(await stored(world))) == 2
    assert "shipDate" in choices_of(await stored(world)).commands_on
    asked = await press(browser, "remove")
    assert asked.status_code == 422
    assert '<details class="removal" open>' in asked.text
    assert len(secrets_of_warehouse(await stored(world))) == 2
    answer = await press(browser, "remove", understood="1")
    assert answer.headers["location"] == f"{PAGE}?done=wmsRemoved#wms"
    left = await stored(world)
    assert secrets_of_warehouse(left) == []
    assert "wms" not in left.settings
    assert shown(left)["commands"]["shipDate"] is False
    assert "shipDate" not in choices_of(left).commands_on
    assert "/발송예정일은 이제 꺼져 있습니다." in (await browser.opens(answer.headers["location"])).text


async def test_looking_without_end_is_slowed(world: World) -> None:
    browser = await with_sellmate(world)
    codes = [(await browser.presses(f"{PAGE}/wms/check")).status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]
    assert len(world.warehouse.looks) == 20


async def test_fassto_has_one_shop_a_customer_code(world: World) -> None:
    browser = await admin(world, {"wms": {"provider": "fassto", "cstCd": "94001"}})
    assert f'action="{PAGE}/wms/check"' in browser.page.text
    assert f'action="{PAGE}/wms/shops"' not in browser.page.text


@pytest.mark.parametrize(
    ("kept", "late", "sentence"),
    [
        (46, 4, "지난 30일 약속한 발송일을 지킨 비율 92% (46/50)"),
        (999, 1, "지난 30일 약속한 발송일을 지킨 비율 99% (999/1000)"),
        (3, 0, "지난 30일 약속한 발송일을 지킨 비율 100% (3/3)"),
        (0, 2, "지난 30일 약속한 발송일을 지킨 비율 0% (0/2)"),
        (0, 0, "지난 30일 동안 고객에게 안내한 발송일 가운데 아직 결과가 나온 것이 없습니다."),
    ],
)
async def test_how_many_promised_dates_were_kept(world: World, kept: int, late: int, sentence: str) -> None:
    world.kept = KeptRate(kept, late)
    assert sentence in (await admin(world)).page.text
