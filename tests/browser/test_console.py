"""The console of a manager: claims that wait, an order and its reasons, settings that the next preview obeys."""

import re
from typing import Any

from playwright.async_api import Page, expect

from app.sandbox.channel.functions import Caller
from tests.evidence.pictures import photo

from .stage import Visitor

RETURNS: dict[str, Any] = {"returnAddress": "경기도 파주시 문발로 000 물류동", "autoPickupOff": True}


async def console(visitor: Visitor, title: str = "연동") -> Page:
    """By 앱 열기 of the representative operator."""
    page = await visitor.page.context.new_page()
    visitor.listen(page)
    await page.goto(f"{visitor.stage.origin}/sandbox/launch?user={visitor.stage.mall.mall_id}")
    await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return page


async def goes_to(page: Page, name: str, menu: str = "콘솔 메뉴") -> None:
    await page.get_by_role("navigation", name=menu).get_by_role("link", name=name).click()
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


async def looks_right(visitor: Visitor, name: str, page: Page) -> None:
    await page.set_viewport_size({"width": 768, "height": 1024})
    await page.screenshot(path=visitor.pictures / f"{visitor.journey}.{name}.768.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 768, name
    await visitor.looks_right(name, page)


async def files_defects(visitor: Visitor, *seeds: int) -> list[str]:
    """As the customer, by the Functions that the screens call: an order for each number, each with two photos."""
    talk = visitor.stage.sandbox.world.talk
    user = next(user for user in talk.users.values() if user.member_id == "minji")
    chat = next(chat for chat in talk.chats.values() if chat.user_id == user.id)

    async def calls(name: str, **params: Any) -> Any:
        return await talk.call_function(
            name, params, caller=Caller("user", user.id), user=user, chat=chat, language="ko"
        )

    await calls("exchangeReturn.open", chat={"type": "userChat", "id": chat.id})
    orders = []
    found = (await calls("exchangeReturn.candidates"))["orders"]
    first_of_each: dict[str, Any] = {}
    for order in found:
        for line in order["items"]:
            if "return" in line["kinds"]:
                first_of_each.setdefault(order["orderId"], line)
    for seed, (number, line) in zip(seeds, first_of_each.items(), strict=False):
        refs = []
        for shot in (seed, seed + 1):
            start = await calls("evidence.start", orderId=number, kind="return")
            files = {"file": ("photo.jpg", photo(shot), "image/jpeg")}
            sent = await visitor.stage.sandbox.world.client.post(start["uploadUrl"], files=files)
            refs.append(sent.json()["uploadRef"])
        preview = await calls(
            "exchangeReturn.preview",
            kind="return",
            orderId=number,
            items=[{"orderItemCode": line["orderItemCode"], "quantity": line["quantity"]}],
            reason={"type": "defective", "text": "포장을 열어 보니 금이 가 있었어요. 사진 확인 부탁드려요."},
            pickup={"sameAsOrder": True},
            evidence=refs,
            refundAccount={"bankCode": "bank_04", "accountNumber": "123456789012", "holder": "김민지"},
        )
        assert preview.get("planToken"), preview
        receipt = (await calls("exchangeReturn.confirm", planToken=preview["planToken"]))["receipt"]
        assert receipt["state"] == "pending"
        orders.append(number)
    assert len(orders) == len(seeds)
    return orders


async def test_one_claim_is_approved_and_another_rejected_with_words(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.settings(exchangeReturn=RETURNS, identity={"memberHashConfirmed": True})
    first, second = await files_defects(visitor, 1, 2)
    page = await console(visitor)
    await goes_to(page, "승인 대기")
    cards = page.locator("[data-claim]")
    await expect(cards).to_have_count(2)
    await expect(cards.first.locator("h2")).to_contain_text(first)
    for picture in await page.locator(".photos img").all():
        await picture.scroll_into_view_if_needed()
        await expect(picture).to_have_js_property("complete", True)
        assert await picture.evaluate("(it) => it.naturalWidth") > 0
    await expect(cards.nth(1).locator(".photos .badge")).to_have_text("다른 주문의 사진과 비슷함")
    await looks_right(visitor, "waiting", page)

    await page.locator("body").press("j")
    await page.keyboard.press("a")
    await expect(cards.first.get_by_role("button", name="승인하기")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".outcomes")).to_contain_text("승인했습니다")
    await looks_right(visitor, "approved", page)

    await page.locator("body").press("j")
    await page.keyboard.press("r")
    await page.get_by_label("준비된 문구").select_option(index=1)
    words = page.get_by_label("고객에게 전할 사유")
    await expect(words).to_have_value(re.compile("확인하기 어려웠습니다"))
    await expect(words).to_be_focused()
    await looks_right(visitor, "rejecting", page)
    await page.get_by_role("button", name="거절하고 사유 보내기").click()
    await expect(page.locator(".outcomes")).to_contain_text("거절했습니다")
    await expect(page.get_by_text("승인을 기다리는 신청이 없습니다.")).to_be_visible()
    await expect(visitor.told("확인하기 어려웠습니다")).to_be_visible()

    await page.get_by_role("link", name="처리됨").click()
    await expect(page.locator(".claim")).to_have_count(2)
    await looks_right(visitor, "decided", page)
    await page.get_by_role("link", name=second).click()
    await expect(page.get_by_role("heading", level=1, name=f"주문 {second}")).to_be_visible()
    await expect(page.locator(".card", has_text="jumun으로 요청한 내역").locator(".badge")).to_have_text(
        "거절됨"
    )
    await looks_right(visitor, "order", page)
    await goes_to(page, "감사 기록")
    await expect(page.locator("tbody tr").first).to_contain_text("주문을 조회했습니다")
    await looks_right(visitor, "audit", page)
    assert visitor.troubles == []


async def test_alike_claims_are_approved_together(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.settings(exchangeReturn=RETURNS, identity={"memberHashConfirmed": True})
    await files_defects(visitor, 1, 5)
    page = await console(visitor)
    await goes_to(page, "승인 대기")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="단축키")).to_be_visible()
    await looks_right(visitor, "keys", page)
    await page.keyboard.press("Escape")
    for box in await page.get_by_role("checkbox", name="신청 선택").all():
        await box.check()
    await page.get_by_role("button", name="2건 승인하기").click()
    await expect(page.locator(".outcomes .notice")).to_have_count(2)
    assert visitor.troubles == []


async def test_a_setting_is_seen_by_the_next_preview(visitor: Visitor):
    await visitor.sit_down()
    page = await console(visitor)
    await goes_to(page, "설정")
    await looks_right(visitor, "settings", page)
    await page.get_by_label("되돌릴 수 있는 시간 (분)").fill("많이")
    await page.get_by_role("button", name="‘주문취소’ 저장").click()
    await expect(page.get_by_text("0부터 60까지의 숫자로 입력해 주세요.")).to_be_visible()
    await expect(page.locator(".notice.bad")).to_be_focused()
    await looks_right(visitor, "wrong", page)
    await page.get_by_label("되돌릴 수 있는 시간 (분)").fill("7")
    await page.get_by_role("button", name="‘주문취소’ 저장").click()
    await expect(page.get_by_text("‘주문취소’ 설정을 저장했습니다.")).to_be_visible()
    await visitor.page.bring_to_front()
    await visitor.types("/주문취소")
    await visitor.titled("주문 취소")
    await visitor.button("취소할 상품 고르기").first.click()
    await visitor.titled("취소할 상품과 사유")
    await visitor.screen.get_by_label("단순 변심").check()
    await visitor.button("취소 내용 확인하기").click()
    await expect(visitor.screen.get_by_text("누른 뒤 7분 동안은 되돌릴 수 있어요.")).to_be_visible()
    assert visitor.troubles == []


async def test_the_queue_at_the_desk(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.settings(exchangeReturn=RETURNS, identity={"memberHashConfirmed": True})
    await files_defects(visitor, 1, 5)
    await visitor.types("/승인대기", side="desk")
    await visitor.titled("승인 대기", visitor.desk)
    await visitor.looks_right("list")
    await visitor.button("자세히 보기", visitor.desk).first.click()
    await visitor.titled("반품 · 불량", visitor.desk)
    await visitor.looks_right("one")
    await visitor.button("거절하기…", visitor.desk).click()
    await visitor.titled("신청 거절", visitor.desk)
    await visitor.button("거절하고 사유 보내기", visitor.desk).click()
    await expect(visitor.desk.get_by_text("고객에게 전할 사유를 적어 주세요.")).to_be_visible()
    await visitor.looks_right("words-are-missing")
    await visitor.desk.get_by_label("고객에게 전할 사유").fill("사진을 다시 보내 주세요.")
    await visitor.button("거절하고 사유 보내기", visitor.desk).click()
    await expect(visitor.notice("거절했습니다", visitor.desk)).to_be_visible()
    await visitor.looks_right("rejected")
    await expect(visitor.told("사진을 다시 보내 주세요.")).to_be_visible()
    await visitor.button("목록으로", visitor.desk).click()
    await visitor.button("자세히 보기", visitor.desk).first.click()
    await visitor.button("승인하기", visitor.desk).click()
    await expect(visitor.notice("승인했습니다", visitor.desk)).to_be_visible()
    assert visitor.troubles == []
