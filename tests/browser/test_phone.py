"""Somebody who is not signed in: number, code, account, and all that goes wrong on the way."""

from playwright.async_api import expect

from .stage import Visitor

NUMBER = "010-2345-6789"  # two accounts


async def asks_for_code(visitor: Visitor, number: str = NUMBER) -> None:
    await visitor.types("/주문목록")
    await visitor.titled("휴대폰 번호 인증")
    await visitor.screen.get_by_role("textbox", name="휴대폰 번호").fill(number)
    await visitor.button("인증번호 받기").click()
    await visitor.titled("인증번호 입력")


async def enters(visitor: Visitor, code: str) -> None:
    await visitor.screen.get_by_role("textbox", name="인증번호").fill(code)
    await visitor.button("확인").click()


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_two_accounts_on_one_number(visitor: Visitor):
    await visitor.sit_down("two")
    await visitor.types("/주문목록")
    await visitor.titled("휴대폰 번호 인증")
    await visitor.looks_right("phone")
    await visitor.screen.get_by_role("textbox", name="휴대폰 번호").fill(NUMBER)
    await visitor.button("인증번호 받기").click()
    await visitor.titled("인증번호 입력")
    code = await visitor.newest_code()
    await visitor.looks_right("code")
    await enters(visitor, other_than(code))
    wrong = visitor.screen.get_by_role("alert")
    await expect(wrong).to_have_text("인증번호가 맞지 않아요. 4번 더 입력할 수 있어요.")
    await expect(visitor.screen.get_by_role("textbox", name="인증번호")).to_be_focused()
    await visitor.looks_right("wrong-code")
    await enters(visitor, f"{code[:3]} {code[3:]}")  # as some people paste it
    await visitor.titled("어떤 주문을 볼까요?")
    choices = visitor.screen.get_by_role("radio")
    await expect(choices).to_have_count(3)
    await visitor.looks_right("accounts")
    await visitor.button("선택한 주문 보기").click()  # nothing is chosen yet
    await expect(visitor.screen.get_by_role("alert")).to_have_text("확인할 주문을 하나 골라 주세요.")
    await expect(choices.first).to_be_focused()
    await visitor.looks_right("accounts-none-chosen")
    await choices.first.check()
    await visitor.button("선택한 주문 보기").click()
    await visitor.titled("휴대폰 번호 인증 완료")
    await visitor.looks_right("done")
    await visitor.button("계속하기").click()
    await visitor.titled("주문 목록")
    assert visitor.troubles == []


async def test_guest_orders(visitor: Visitor):
    await visitor.sit_down("guest1")
    await asks_for_code(visitor, visitor.stage.sandbox.world.panel.persona.phone)
    await enters(visitor, await visitor.newest_code())
    await visitor.titled("어떤 주문을 볼까요?")
    await visitor.screen.get_by_role("radio", name="비회원 주문보기").check()
    await visitor.looks_right("guest-choice")
    await visitor.button("선택한 주문 보기").click()
    await visitor.titled("휴대폰 번호 인증 완료")
    await visitor.button("계속하기").click()
    await visitor.titled("주문 목록")
    await visitor.looks_right("guest-list")
    await visitor.page.keyboard.press("Escape")
    await visitor.types("/주문목록")  # proven for half an hour
    await visitor.titled("주문 목록")
    assert visitor.troubles == []


async def test_a_number_with_a_mistake_is_said_aloud(visitor: Visitor):
    await visitor.sit_down("stranger")
    await visitor.types("/주문목록")
    number = visitor.screen.get_by_role("textbox", name="휴대폰 번호")
    await visitor.titled("휴대폰 번호 인증")
    await visitor.button("인증번호 받기").click()  # empty
    await expect(visitor.screen.get_by_role("alert")).to_be_visible()
    await expect(number).to_be_focused()
    await number.fill("010-2345-678")
    await visitor.button("인증번호 받기").click()
    await expect(visitor.screen.get_by_role("alert")).to_have_text(
        "010으로 시작하는 휴대폰 번호 11자리를 입력해 주세요."
    )
    await expect(number).to_have_attribute("aria-invalid", "true")
    await expect(number).to_have_attribute("aria-describedby", "e-phone")
    await expect(number).to_have_value("010-2345-678")
    await expect(number).to_be_focused()
    await visitor.looks_right("mistake")
    assert not visitor.stage.sandbox.outbox.messages
    assert visitor.troubles == []


async def test_time_runs_out_and_a_new_code_comes(visitor: Visitor):
    await visitor.page.clock.install()
    await visitor.sit_down("two")
    await asks_for_code(visitor)
    again = visitor.button("인증번호 다시 받기")
    await expect(again).to_be_disabled()
    await expect(again).to_contain_text("0:5")
    await visitor.page.clock.fast_forward(61_000)
    await expect(again).to_be_enabled()
    await visitor.looks_right("resend")
    await visitor.page.clock.fast_forward(180_000)
    visitor.stage.clock.forward(seconds=241)
    await expect(
        visitor.screen.get_by_text("입력 시간이 지났어요. 인증번호를 다시 받아 주세요.").first
    ).to_be_visible()
    await expect(visitor.button("확인")).to_be_disabled()
    await visitor.looks_right("expired")
    await again.click()
    await expect(visitor.button("확인")).to_be_enabled()
    await expect(visitor.page.locator("#inbox .texts button")).to_have_count(2)
    await enters(visitor, await visitor.newest_code())
    await visitor.titled("어떤 주문을 볼까요?")
    assert visitor.troubles == []


async def test_an_expired_code_is_refused_where_the_page_did_not_know(visitor: Visitor):
    await visitor.sit_down("two")
    await asks_for_code(visitor)
    code = await visitor.newest_code()
    visitor.stage.clock.forward(seconds=241)
    await enters(visitor, code)
    await visitor.titled("휴대폰 번호 인증")
    await expect(visitor.screen.get_by_role("alert")).to_have_text(
        "사용할 수 없는 인증번호예요. 인증번호를 다시 받아 주세요."
    )
    await visitor.looks_right("code-gone")
    assert visitor.troubles == []
