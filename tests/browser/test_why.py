"""`/진단` at the desk: a manager sees at a glance what holds an order back, and where that is set."""

from playwright.async_api import expect

from .stage import Visitor

PATH = "쇼핑몰 설정 > 주문 설정 > 주문 후 설정"


async def diagnoses(visitor: Visitor) -> None:
    await visitor.types("/진단", side="desk")
    await visitor.titled("주문 진단", visitor.desk)


async def test_claims_that_the_mall_switched_off(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.mall_setting("claim_request", "F")
    await diagnoses(visitor)
    cancel = visitor.desk.locator(".card").first.locator("li", has_text="주문취소")
    await expect(cancel.locator(".badge")).to_have_text("막힘")
    await expect(cancel.locator(".path")).to_have_text(PATH)
    await visitor.looks_right("list")
    await visitor.button("모든 이유 보기", visitor.desk).first.click()
    decisive = visitor.desk.locator(".card").first.locator(".toned")
    await expect(decisive).to_contain_text("결정적 이유")  # for both lines, said once
    await expect(decisive).to_contain_text("몰에서 취소/교환/반품 신청을 '사용안함'으로 두었습니다.")
    await expect(decisive.locator(".path")).to_have_text(PATH)
    await expect(visitor.desk.locator(".card").first.locator("li").first).to_have_class("toned bad")
    await visitor.looks_right("switched-off")
    await visitor.button("목록으로", visitor.desk).click()
    await visitor.titled("주문 진단", visitor.desk)
    assert visitor.troubles == []


async def test_every_reason_of_an_order_the_decisive_one_first(visitor: Visitor):
    await visitor.sit_down()
    await diagnoses(visitor)
    mixed = visitor.desk.locator(".card", has_text="배송 중 1건 · 배송 준비 중 1건")
    await mixed.get_by_role("button", name="모든 이유 보기").click()
    rows = visitor.desk.locator(".card").first.locator("li")
    await expect(rows.first).to_contain_text("C3 · already_shipped")
    await expect(rows.nth(1)).to_contain_text("C7 · status_not_exposed")
    await expect(rows.nth(1).locator(".path")).to_have_text(f"{PATH} > 신청버튼 노출 범위")
    await expect(visitor.desk.get_by_text("배송 중 · N30")).to_be_visible()
    await visitor.looks_right("mixed")
    assert visitor.troubles == []


async def test_orders_that_need_a_manager(visitor: Visitor):
    await visitor.sit_down("member:taeho")
    await diagnoses(visitor)
    await visitor.looks_right("list")
    await visitor.page.locator("#desk .shut").click()
    await visitor.types("/주문취소", side="desk")
    await visitor.titled("주문 취소", visitor.desk)
    await visitor.looks_right("cancel-at-the-desk")
    assert visitor.troubles == []


async def test_a_command_that_is_lowered_says_so_before_a_customer_asks(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.settings(cancel={"completeScope": []})
    await diagnoses(visitor)
    await visitor.button("모든 이유 보기", visitor.desk).first.click()
    decisive = visitor.desk.locator(".toned")
    await expect(decisive).to_contain_text("취소 완료 범위(cancel.completeScope)에 없어")
    await expect(decisive.locator(".path")).to_have_text("cancel.completeScope")
    await expect(visitor.desk.locator(".card").first.locator(".card-head .badge")).to_have_text("가능")
    await visitor.looks_right("lowered")
    assert visitor.troubles == []
