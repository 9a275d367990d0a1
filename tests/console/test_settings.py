"""The page 설정: what is saved, what is refused and where it says so, who came first, secrets, going live."""

import re
from typing import Any

import pytest

from app.ports import Connection
from app.shops.settings import settings_of

from .world import CHANNEL, Browser, World

PAGE = "/console/settings"
HOSTILE = '"><script>alert(1)</script>'


async def admin(world: World, settings: dict[str, Any] | None = None, **how: str) -> Browser:
    if await world.store.connections.of_channel(CHANNEL) is None:
        await world.connected(settings={"admins": ["100"]} | (settings or {}))
    browser = world.browser()
    await browser.enters("100", **how)
    await browser.opens(PAGE)
    return browser


async def stored(world: World) -> Connection:
    connection = await world.store.connections.of_channel(CHANNEL)
    assert connection
    return connection


def filled_in(browser: Browser, section: str) -> dict[str, str]:
    """The fields of a section's form as a browser would send them untouched."""
    form = re.search(
        rf'<form method="post" action="{PAGE}/{section}".*?</form>', browser.page.text, re.DOTALL
    )
    assert form, section
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        name = re.search(r' name="([^"]+)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        picked = "checked" in tag or not re.search(r'type="(checkbox|radio)"', tag)
        if name and picked:
            sent[name[1]] = value[1] if value else ""
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form[0], re.DOTALL)
    return sent | dict(texts)


async def save(browser: Browser, section: str, **changed: str | None) -> Any:
    fields = filled_in(browser, section) | {k.replace("__", "."): v for k, v in changed.items()}
    browser.page = await browser.sends(
        f"{PAGE}/{section}", **{k: v for k, v in fields.items() if v is not None}
    )
    return browser.page


async def test_saving_a_section(world: World) -> None:
    browser = await admin(world)
    answer = await save(
        browser,
        "cancel",
        cancel__mode="complete",
        **{"cancel.completeScope:N10": "1"},
        cancel__undoMinutes=" ５ ",
    )
    assert answer.headers["location"] == f"{PAGE}?saved=cancel#cancel"
    chosen = settings_of(await stored(world)).cancel
    assert (chosen.mode, chosen.complete_scope, chosen.undo_minutes) == ("complete", ("N10",), 5)
    assert "‘주문취소’ 설정을 저장했습니다." in (await browser.opens(answer.headers["location"])).text
    assert world.forgotten == [CHANNEL]
    (line, *_) = await world.store.audit.newest(CHANNEL, 5)
    assert (line.act, line.by) == ("settings.update", "manager:100")
    assert "cancel.mode" in line.facts["changed"]


async def test_every_section_saved_untouched_changes_nothing(world: World) -> None:
    before = {"exchangeReturn": {"deadlineHours": 5}, "language": "en", "commands": {"why": False}}
    browser = await admin(world, before, language="ko")
    first = await stored(world)
    for section in re.findall(rf'action="{PAGE}/(\w+)"', browser.page.text):
        await browser.opens(PAGE)
        assert (await save(browser, section)).status_code == 303, section
    assert await stored(world) == first
    assert await world.store.audit.newest(CHANNEL, 5) == []


async def test_switches_lists_and_empty_fields(world: World) -> None:
    browser = await admin(world, {"notify": {"groupId": "g1"}, "testMembers": ["a"]})
    await save(browser, "commands", commands__cancel=None)
    assert settings_of(await stored(world)).commands.cancel is False
    await browser.opens(PAGE)
    await save(browser, "operation", testMembers="minji\r\n sora ,haru\n\n")
    assert settings_of(await stored(world)).test_members == ("minji", "sora", "haru")
    await browser.opens(PAGE)
    await save(browser, "messages", notify__groupId="")
    assert settings_of(await stored(world)).notify.group_id is None


@pytest.mark.parametrize("typed", ["61", "-1", "many", "5.5", "9" * 400, "1e3", "<b>"])
async def test_a_number_that_is_none(world: World, typed: str) -> None:
    browser = await admin(world)
    answer = await save(browser, "cancel", cancel__undoMinutes=typed)
    assert answer.status_code == 422
    assert "0부터 60까지의 숫자로 입력해 주세요." in answer.text
    assert 'id="e-cancel.undoMinutes"' in answer.text
    assert "<b>" not in answer.text
    assert settings_of(await stored(world)).cancel.undo_minutes == 0


async def test_what_is_no_choice_is_refused(world: World) -> None:
    browser = await admin(world)
    for section, name in (("cancel", "cancel.mode"), ("people", "language"), ("operation", "mode")):
        answer = await save(browser, section, **{name: HOSTILE})
        assert answer.status_code == 422, name
        assert "<script>alert" not in answer.text
        await browser.opens(PAGE)
    assert (await stored(world)).version == 0


async def test_one_admin_must_remain(world: World) -> None:
    browser = await admin(world)
    answer = await save(browser, "people", admins=" \n ")
    assert answer.status_code == 422
    assert 'id="e-admins"' in answer.text
    assert (await stored(world)).settings["admins"] == ["100"]


async def test_who_comes_second_sees_both_values(world: World) -> None:
    await world.connected(settings={"admins": ["100", "101"]})
    one, two = await admin(world), world.browser()
    await two.enters("101")
    await two.opens(PAGE)
    await save(one, "cancel", cancel__undoMinutes="5")
    answer = await save(two, "cancel", cancel__undoMinutes="9")
    assert answer.status_code == 409
    assert "그사이 다른 관리자가 설정을 바꿨습니다" in answer.text
    assert "지금 저장된 값: 5" in answer.text
    assert 'value="9"' in answer.text
    assert settings_of(await stored(world)).cancel.undo_minutes == 5
    assert (await save(two, "cancel")).status_code == 303  # having read it, they mean it
    assert settings_of(await stored(world)).cancel.undo_minutes == 9


async def test_a_form_without_its_version_has_seen_nothing(world: World) -> None:
    browser = await admin(world)
    for version in (None, "", "x", "-1", "9" * 30):
        answer = await save(browser, "cancel", cancel__undoMinutes="5", version=version)
        assert answer.status_code == 409, version
        await browser.opens(PAGE)
    assert (await stored(world)).version == 0


async def test_who_is_no_longer_admin_saves_nothing(world: World) -> None:
    browser = await admin(world)
    before = await stored(world)
    await world.store.connections.change_settings(CHANNEL, seen=0, settings={"admins": ["101"]}, secrets={})
    assert (await save(browser, "cancel", cancel__undoMinutes="5")).status_code == 403
    assert before.version == 0
    assert settings_of(await stored(world)).cancel.undo_minutes == 0


async def test_secrets_are_written_and_never_read(world: World) -> None:
    browser = await admin(world)
    await save(browser, "messages", sms__provider="solapi", sms__apiKey="key-of-the-shop")
    assert (await stored(world)).secrets == {"sms.apiKey": "key-of-the-shop"}
    page = (await browser.opens(PAGE)).text
    assert "key-of-the-shop" not in page
    await save(browser, "messages", sms__dailyBudget="7")  # an empty field leaves it as it is
    assert (await stored(world)).secrets == {"sms.apiKey": "key-of-the-shop"}
    await browser.opens(PAGE)
    await save(browser, "messages", **{"sms.apiKey:clear": "1"})
    assert (await stored(world)).secrets == {}
    assert all("key-of-the-shop" not in str(line) for line in await world.store.audit.newest(CHANNEL, 9))


async def test_going_live_is_asked_twice(world: World) -> None:
    browser = await admin(world)
    answer = await save(browser, "operation", mode="live")
    assert answer.status_code == 422
    assert "모든 고객이 실제 주문을 취소하고" in answer.text
    assert (await stored(world)).version == 0
    answer = await save(browser, "operation", understood="1")
    assert answer.status_code == 303
    assert settings_of(await stored(world)).mode == "live"
    await browser.opens(PAGE)
    assert (await save(browser, "operation", mode="trial")).status_code == 303  # back needs no second yes


async def test_the_doctor_speaks_beside_its_group(world: World) -> None:
    browser = await admin(world, {"cancel": {"mode": "complete"}, "commands": {"cancel": False}})
    groups = dict(
        re.findall(
            r'<section class="card setting-group" id="(\w+)"(.*?)</section>', browser.page.text, re.DOTALL
        )
    )
    assert "회원 해시" in groups["customers"]
    assert 'href="#set-commands.cancel"' in groups["commands"]
    assert 'href="#set-mode"' in groups["operation"]
    assert "cancel.mode" not in re.sub(r"<[^>]*>", "", groups["cancel"])  # people read names, not keys


async def test_what_is_stored_is_text(world: World) -> None:
    browser = await admin(world, {"testMembers": [HOSTILE, "</textarea><script>alert(1)</script>"]})
    assert "<script>alert" not in browser.page.text


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_other_languages(world: World, language: str) -> None:
    browser = await admin(world, language=language)
    plain = re.sub(r'<ul class="findings beside">.*?</ul>', "", browser.page.text, flags=re.DOTALL)
    names = {"한옥상회", "주문목록", "주문취소", "교환반품", "진단", "발송예정일", "배송지변경"}
    assert set(re.findall(r"[가-힣]+", re.sub(r"<[^>]*>", " ", plain))) <= names
