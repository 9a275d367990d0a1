"""A shop's day with claims: one is refused in words that the customer reads, and a new choice is what the next preview
says.
"""

from playwright.async_api import expect

from .stage import Visitor
from .test_console import console, goes_to
from .test_exchange_return import files_a_defect, reaches_the_preview, sits_down

WORDS = "보내 주신 사진으로는 금이 간 곳을 찾기 어려워요. 더 가까이 찍은 사진을 보내 주세요."


async def test_a_claim_is_refused_in_words_and_may_be_filed_again(visitor: Visitor):
    await sits_down(visitor)
    await files_a_defect(visitor, "0000104", 1, 2)
    page = await console(visitor)
    await goes_to(page, "승인 대기")
    card = page.locator("[data-claim]")
    await expect(card.locator(".photos img")).to_have_count(2)
    await page.locator("body").press("j")
    await page.keyboard.press("r")
    await page.get_by_role("button", name="거절하고 사유 보내기").click()
    await expect(page.locator(".outcomes")).to_have_count(0)  # nobody is refused without a word
    await page.get_by_label("고객에게 전할 사유").fill(WORDS)
    await visitor.looks_right("words", page)
    await page.get_by_role("button", name="거절하고 사유 보내기").click()
    await expect(page.locator(".outcomes")).to_contain_text("거절했습니다")

    await visitor.page.bring_to_front()
    await expect(visitor.told(WORDS)).to_have_count(1)
    (order,) = [o for number, o in visitor.stage.mall.orders.items() if number.endswith("0000104")]
    assert [item.status for item in order.items] == ["N40"]
    await visitor.button("반품 신청 거두기").click()
    await visitor.titled("반품을 신청하지 못했어요")
    await expect(visitor.screen.get_by_text(WORDS)).to_be_visible()
    await visitor.looks_right("refused")
    await visitor.button("주문 목록 보기").click()
    await visitor.titled("주문 목록")
    await visitor.page.locator("#phone .shut").click()
    await files_a_defect(visitor, "0000104", 3, 4)
    assert visitor.troubles == []


async def test_what_the_shop_chooses_is_what_the_next_preview_says(visitor: Visitor):
    """H43."""
    await sits_down(visitor)
    await reaches_the_preview(visitor, "0000104", 1, 2)
    await expect(visitor.button("반품 확인 요청하기")).to_be_visible()
    page = await console(visitor)
    await goes_to(page, "설정")
    await page.get_by_label("바로 카페24에 신청").check()
    await page.get_by_role("button", name="‘교환·반품’ 저장").click()
    await expect(page.get_by_text("‘교환·반품’ 설정을 저장했습니다.")).to_be_visible()
    await visitor.looks_right("chosen", page)

    await visitor.page.bring_to_front()
    await visitor.button("반품 확인 요청하기").click()  # what they saw is not so any more
    await visitor.titled("반품 내용 확인")
    await visitor.looks_right("stale")
    await visitor.button("반품 신청하기").click()
    await visitor.titled("반품을 신청했어요")
    (order,) = [o for number, o in visitor.stage.mall.orders.items() if number.endswith("0000104")]
    assert [item.status for item in order.items] == ["R00"]
    assert visitor.troubles == []
