"""A manager in a customer's chat: the customer's orders, or a request that the customer prove who they are."""

from playwright.async_api import expect

from .stage import Visitor


async def test_a_manager_sees_the_orders_of_the_customer_whose_chat_it_is(visitor: Visitor):
    await visitor.sit_down("member:sora")
    await visitor.types("/주문목록", side="desk")
    await visitor.titled("주문 목록", visitor.desk)
    await expect(visitor.desk.locator(".card").first).to_be_visible()
    await expect(visitor.button("상담원에게 문의하기", visitor.desk)).to_have_count(0)
    await visitor.looks_right("list")
    await visitor.button("상세 보기", visitor.desk).first.click()
    await visitor.titled("주문 상세", visitor.desk)
    await visitor.looks_right("detail")
    assert visitor.troubles == []


async def test_a_guest_is_invited_to_prove_the_number(visitor: Visitor):
    await visitor.sit_down("guest1")
    await visitor.types("/주문목록", side="desk")
    await visitor.titled("고객 확인이 필요합니다", visitor.desk)
    await visitor.looks_right("unknown-customer")
    await visitor.button("채팅으로 인증 요청하기", visitor.desk).click()
    await expect(
        visitor.desk.locator(".notice", has_text="고객에게 휴대폰 번호 인증을 요청했습니다.")
    ).to_be_visible()
    asked = visitor.page.locator("#phone .message", has_text="휴대폰 번호를 인증해 주세요.")
    await expect(asked).to_be_visible()
    await visitor.looks_right("invited")
    await visitor.page.locator("#phone").get_by_role("button", name="주문 확인하기").click()
    await visitor.titled("휴대폰 번호 인증")
    await visitor.screen.get_by_role("textbox", name="휴대폰 번호").fill(
        visitor.stage.sandbox.world.panel.persona.phone
    )
    await visitor.button("인증번호 받기").click()
    await visitor.screen.get_by_role("textbox", name="인증번호").fill(await visitor.newest_code())
    await visitor.button("확인").click()
    await visitor.screen.get_by_role("radio", name="비회원 주문보기").check()
    await visitor.button("선택한 주문 보기").click()
    await visitor.titled("휴대폰 번호 인증 완료")
    await visitor.page.locator("#desk .shut").click()
    await visitor.types("/주문목록", side="desk")
    await visitor.titled("주문 목록", visitor.desk)
    assert visitor.troubles == []
