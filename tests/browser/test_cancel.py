"""`/주문취소` on a phone: every way through it, and every way that does not lead through."""

from datetime import timedelta

from playwright.async_api import Locator, expect

from app.sandbox.cafe24.order import Order

from .stage import Visitor
from .test_phone import enters

PICK = "취소할 상품 고르기"
NEXT = "취소 내용 확인하기"


def newest(visitor: Visitor, buyer: str, status: str) -> Order:
    """The customer's latest order that stands in one status alone."""
    orders = [
        order
        for order in visitor.stage.mall.orders.values()
        if order.buyer.member_id == buyer and {item.status for item in order.items} == {status}
    ]
    return max(orders, key=lambda order: order.ordered_at)


def card(visitor: Visitor, order: Order) -> Locator:
    return visitor.screen.locator(".card", has_text=order.order_id)


async def chooses(visitor: Visitor, order: Order) -> None:
    await visitor.types("/주문취소")
    await visitor.titled("주문 취소")
    await card(visitor, order).get_by_role("button", name=PICK).click()
    await visitor.titled("취소할 상품과 사유")


async def previews(visitor: Visitor, order: Order) -> None:
    await chooses(visitor, order)
    await visitor.button(NEXT).click()
    await visitor.titled("취소 내용 확인")


async def test_a_whole_order_from_its_detail_to_the_list_that_shows_it(visitor: Visitor):
    await visitor.sit_down()
    order = newest(visitor, "minji", "N20")
    await visitor.types("/주문목록")
    await card(visitor, order).get_by_role("button", name="상세 보기").click()
    await visitor.titled("주문 상세")
    await visitor.looks_right("detail")
    await visitor.button("주문 취소하기").click()
    await visitor.titled("취소할 상품과 사유")
    await expect(visitor.screen.get_by_role("checkbox")).to_have_count(
        0
    )  # one piece leaves nothing to choose
    await expect(visitor.screen.locator(".card img")).to_have_count(1)
    await visitor.looks_right("choose-lone")
    await visitor.button(NEXT).click()
    await visitor.titled("취소 내용 확인")
    await expect(visitor.notice("아래 버튼을 누르면 바로 취소돼요.")).to_be_visible()
    await visitor.looks_right("preview")
    await visitor.button("원 환불받고 취소하기").click()
    await visitor.titled("취소했어요")
    await expect(visitor.notice("결제하신 수단으로 자동 환불돼요.")).to_be_visible()
    await expect(visitor.told(f"주문 {order.order_id}의 취소가 완료되었어요.")).to_have_count(1)
    await visitor.looks_right("done")
    await visitor.button("주문 목록 보기").click()
    await visitor.titled("주문 목록")
    await expect(card(visitor, order).locator(".badge")).to_have_text("취소 완료")
    assert [r.order_id for r in visitor.stage.mall.refunds] == [order.order_id]
    assert visitor.troubles == []


async def test_some_pieces_of_some_lines_and_back_again(visitor: Visitor):
    await visitor.sit_down()
    order = newest(visitor, "minji", "N10")
    await visitor.types("/주문취소")
    await visitor.titled("주문 취소")
    await expect(visitor.screen.locator(".card", has_text="취소할 수 없음")).to_be_visible()
    await visitor.looks_right("list")
    await card(visitor, order).get_by_role("button", name=PICK).click()
    await visitor.titled("취소할 상품과 사유")
    single = visitor.screen.get_by_role("checkbox", name="소창 와이드 팬츠")
    several = visitor.screen.get_by_role("combobox", name="오가닉 코튼 셔츠")
    await expect(single).to_be_checked()
    await visitor.looks_right("choose")
    await single.uncheck()
    await several.select_option("취소하지 않음")
    await visitor.button(NEXT).click()
    await expect(visitor.screen.get_by_role("alert")).to_have_text("취소할 상품을 하나 이상 골라 주세요.")
    await expect(single).not_to_be_checked()
    await visitor.looks_right("nothing-chosen")
    await several.select_option("1개")
    await visitor.screen.get_by_role("radio", name="기타").check()
    await visitor.screen.get_by_role("textbox", name="자세한 사유").fill("<b>색</b>이 달라서요")
    await visitor.button(NEXT).click()
    await visitor.titled("취소 내용 확인")
    await expect(visitor.screen.get_by_text("일부만 취소하면 판매자가 금액을 확인해")).to_be_visible()
    await expect(visitor.notice("수량 일부를 취소할 때는 판매자가 확인한 뒤 처리해요.")).to_be_visible()
    await expect(visitor.screen.get_by_text("기타 · <b>색</b>이 달라서요")).to_be_visible()
    await visitor.looks_right("preview-part")
    await visitor.button("다시 고르기").click()
    await visitor.titled("취소할 상품과 사유")
    await expect(single).not_to_be_checked()
    await expect(several).to_have_value("1")
    await expect(visitor.screen.get_by_role("radio", name="기타")).to_be_checked()
    await expect(visitor.screen.get_by_role("textbox")).to_have_value("<b>색</b>이 달라서요")
    await visitor.button("다른 주문 고르기").click()
    await visitor.titled("주문 취소")
    assert not visitor.stage.mall.requests
    assert visitor.troubles == []


async def test_a_request_is_accepted_by_the_shop(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.settings(cancel={"mode": "request"})
    order = newest(visitor, "minji", "N10")
    await previews(visitor, order)
    await expect(visitor.notice("취소를 신청해요. 판매자가 확인한 뒤 처리돼요.")).to_be_visible()
    await visitor.looks_right("preview")
    await visitor.button("취소 신청하기").click()
    await visitor.titled("취소를 신청했어요")
    await expect(visitor.told("취소 신청이 접수되었어요.")).to_have_count(1)
    await visitor.looks_right("requested")
    await visitor.button("상담원에게 문의하기").click()
    note = visitor.page.locator("#desk .message.private", has_text=order.order_id)
    await expect(note).to_contain_text("취소를 신청한 뒤 문의했습니다.")
    await visitor.button("주문 목록 보기").click()
    await expect(card(visitor, order).locator(".badge").first).to_have_text("취소 처리 중")
    await visitor.page.keyboard.press("Escape")
    await visitor.page.locator("#lab summary", has_text="카페24 관리자").click()
    await visitor.page.get_by_label("처리할 주문").select_option(order.order_id)
    await visitor.page.get_by_role("button", name="신청 접수").click()
    await expect(visitor.page.locator("#said")).to_contain_text("취소 신청을 접수했습니다.")
    await expect(visitor.told("취소 신청이 받아들여졌어요.")).to_have_count(1)
    assert visitor.troubles == []


async def test_money_that_came_by_transfer_needs_an_account(visitor: Visitor):
    await visitor.sit_down("member:doyun")
    order = newest(visitor, "doyun", "N10")
    await chooses(visitor, order)
    await visitor.button(NEXT).click()
    await visitor.titled("환불 계좌")
    await visitor.looks_right("account")
    await visitor.button("계속하기").click()  # all empty
    bank = visitor.screen.get_by_role("combobox", name="은행")
    number = visitor.screen.get_by_role("textbox", name="계좌번호")
    await expect(visitor.screen.get_by_role("alert")).to_have_count(3)
    await expect(bank).to_be_focused()
    await visitor.looks_right("account-empty")
    await bank.select_option("국민은행")
    await number.fill("12가34")
    await visitor.screen.get_by_role("textbox", name="예금주").fill("최도윤")
    await visitor.button("계속하기").click()
    wrong = visitor.screen.get_by_role("alert")
    await expect(wrong).to_have_text("계좌번호를 숫자로 6자리 이상 입력해 주세요.")
    await expect(number).to_be_focused()
    await expect(bank).to_have_value("bank_04")
    await visitor.looks_right("account-wrong")
    await number.fill("123456 78 901234")
    await visitor.button("계속하기").click()
    await visitor.titled("취소 내용 확인")
    await expect(visitor.screen.get_by_text("국민은행 12345678901234 (최도윤)")).to_be_visible()
    await expect(visitor.screen.get_by_text("환불은 판매자가 확인한 뒤 진행해요.")).to_be_visible()
    await visitor.looks_right("preview-account")
    await visitor.button("취소하기").click()
    await visitor.titled("취소했어요")
    await visitor.looks_right("done-by-hand")
    assert visitor.troubles == []


async def test_an_old_order_of_a_number_asks_for_the_name_too(visitor: Visitor):
    await visitor.sit_down("guest2")
    guest = visitor.stage.sandbox.world.panel.persona
    (order,) = (
        order
        for order in visitor.stage.mall.orders.values()
        if order.buyer.name == "서지우" and {i.status for i in order.items} == {"N20"}
    )
    order.ordered_at -= timedelta(days=40)
    await visitor.types("/주문취소")
    await visitor.titled("휴대폰 번호 인증")
    await visitor.screen.get_by_role("textbox", name="휴대폰 번호").fill(guest.phone)
    await visitor.button("인증번호 받기").click()
    await enters(visitor, await visitor.newest_code())
    await visitor.screen.get_by_role("radio", name="비회원 주문보기").check()
    await visitor.button("선택한 주문 보기").click()
    await visitor.button("계속하기").click()
    await visitor.titled("주문 취소")
    await card(visitor, order).get_by_role("button", name=PICK).click()
    await visitor.button(NEXT).click()
    await visitor.titled("주문자 확인")
    await visitor.looks_right("name")
    name = visitor.screen.get_by_role("textbox", name="주문자 이름")
    await name.fill("서지오")
    await visitor.button("계속하기").click()
    await expect(visitor.screen.get_by_role("alert")).to_have_text("주문자 이름이 주문과 달라요.")
    await expect(name).to_be_focused()
    await visitor.looks_right("name-wrong")
    await name.fill("서 지우")
    await visitor.button("계속하기").click()
    await visitor.titled("취소 내용 확인")
    assert visitor.troubles == []


async def test_a_cancel_is_taken_back_in_time(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.settings(cancel={"undoMinutes": 10})
    await previews(visitor, newest(visitor, "minji", "N20"))
    await expect(visitor.notice("누른 뒤 10분 동안은 되돌릴 수 있어요.")).to_be_visible()
    await visitor.looks_right("preview")
    await visitor.button("원 환불받고 취소하기").click()
    await visitor.titled("취소를 예약했어요")
    await visitor.looks_right("scheduled")
    await visitor.button("취소 되돌리기").click()
    await visitor.titled("취소를 되돌렸어요")
    await visitor.looks_right("withdrawn")
    assert not visitor.stage.mall.refunds
    assert visitor.troubles == []


async def test_a_cancel_that_waits_is_found_again_and_taken_back(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.settings(cancel={"undoMinutes": 10})
    order = newest(visitor, "minji", "N20")
    await previews(visitor, order)
    await visitor.button("원 환불받고 취소하기").click()
    await visitor.titled("취소를 예약했어요")
    await visitor.page.keyboard.press("Escape")
    await visitor.types("/주문취소")
    await visitor.titled("주문 취소")
    held = card(visitor, order)
    await expect(held.locator(".badge")).to_have_text("처리 중")
    await visitor.looks_right("list")
    await held.get_by_role("button", name="진행 상황 보기").click()
    await visitor.titled("취소를 예약했어요")
    await visitor.looks_right("receipt")
    await visitor.button("취소 되돌리기").click()
    await visitor.titled("취소를 되돌렸어요")
    await visitor.page.keyboard.press("Escape")
    await visitor.types("/주문취소")
    await visitor.titled("주문 취소")
    await expect(held.get_by_role("button", name=PICK)).to_be_visible()
    assert not visitor.stage.mall.refunds
    assert visitor.troubles == []


async def test_points_and_a_card_come_back_each_its_own_way(visitor: Visitor):
    await visitor.sit_down()
    order = newest(visitor, "minji", "N20")
    order.points_spent += 1_000
    order.payment_methods = ["card", "point"]
    await previews(visitor, order)
    lines = visitor.screen.locator(".card", has_text="환불").locator("dl").last
    await expect(lines).to_contain_text("신용카드")
    await expect(lines).to_contain_text("사용하신 만큼")
    await visitor.looks_right("card-and-points")
    order.points_spent += order.payable
    order.payment_methods = ["point"]
    visitor.stage.clock.forward(minutes=6)
    await visitor.page.keyboard.press("Escape")
    await previews(visitor, order)
    await expect(lines).to_have_text("적립금사용하신 만큼")
    await visitor.looks_right("points")
    await visitor.screen.get_by_role("button", name="취소하기", exact=True).click()
    await visitor.titled("취소했어요")
    await expect(visitor.notice("사용하신 만큼 그대로 돌려드려요.")).to_be_visible()
    await visitor.looks_right("points-done")
    assert visitor.troubles == []


async def test_a_mall_that_does_not_answer_is_asked_again(visitor: Visitor):
    await visitor.sit_down()
    order = newest(visitor, "minji", "N20")
    await previews(visitor, order)
    visitor.stage.sandbox.world.malls.faults.inject("timeout_after_effect", path="POST /admin/orders")
    await visitor.button("원 환불받고 취소하기").click()
    await visitor.titled("처리하고 있어요")
    again = visitor.button("상태 다시 확인")
    await expect(again).to_be_disabled()
    await visitor.looks_right("checking")
    visitor.stage.clock.forward(minutes=2)
    await expect(visitor.told(f"주문 {order.order_id}의 취소가 완료되었어요.")).to_have_count(1)
    await again.click()
    await visitor.titled("취소했어요")
    assert len(visitor.stage.mall.refunds) == 1
    assert visitor.troubles == []


async def test_an_order_that_left_meanwhile_shows_what_holds_now(visitor: Visitor):
    await visitor.sit_down()
    order = newest(visitor, "minji", "N20")
    await previews(visitor, order)
    visitor.stage.mall.ship(order.order_id)
    await visitor.button("원 환불받고 취소하기").click()
    await visitor.titled("지금은 취소할 수 없어요")
    await expect(visitor.notice("그사이 주문이 바뀌었어요.")).to_be_visible()
    await expect(visitor.notice("이미 발송되어 취소할 수 없어요.")).to_be_visible()
    await visitor.looks_right("stale")
    assert not visitor.stage.mall.refunds
    assert visitor.troubles == []


async def test_a_plan_that_is_too_old_is_looked_at_once_more(visitor: Visitor):
    await visitor.sit_down()
    await previews(visitor, newest(visitor, "minji", "N20"))
    visitor.stage.clock.forward(minutes=11)
    await visitor.button("원 환불받고 취소하기").click()
    await expect(visitor.notice("확인하신 뒤 시간이 지났어요.")).to_be_visible()
    await visitor.looks_right("expired")
    await visitor.button("원 환불받고 취소하기").click()
    await visitor.titled("취소했어요")
    assert visitor.troubles == []


async def test_a_mall_that_refuses_says_why_in_words(visitor: Visitor):
    await visitor.sit_down()
    order = newest(visitor, "minji", "N20")
    await previews(visitor, order)
    visitor.stage.sandbox.world.malls.faults.inject("403_scope", path="POST /admin/orders", times=9)
    await visitor.button("원 환불받고 취소하기").click()
    await visitor.titled("취소하지 못했어요")
    await expect(visitor.notice("쇼핑몰에서 처리하지 못했어요.")).to_contain_text("주문은 그대로예요.")
    await visitor.looks_right("failed")
    assert not visitor.stage.mall.refunds
    assert visitor.troubles == []


async def test_while_the_shop_tries_it_out_customers_only_look(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.settings(mode="trial")
    await previews(visitor, newest(visitor, "minji", "N20"))
    await visitor.button("원 환불받고 취소하기").click()
    await expect(visitor.notice("아직 시험 운영 중이라 지금은 신청할 수 없어요.")).to_be_visible()
    await visitor.looks_right("trial")
    await visitor.button("취소 내용으로 돌아가기").click()
    await visitor.titled("취소 내용 확인")
    assert visitor.troubles == []


async def test_a_mall_that_takes_no_requests_says_so(visitor: Visitor):
    await visitor.sit_down()
    await visitor.stage.mall_setting("claim_request", "F")
    await visitor.types("/주문취소")
    await visitor.titled("주문 취소")
    await expect(visitor.notice("이 쇼핑몰은 채팅에서 취소를 받지 않아요.")).to_have_count(1)
    await visitor.looks_right("switched-off")
    assert visitor.troubles == []


async def test_in_english_japanese_and_the_dark(visitor: Visitor):
    await visitor.sit_down(language="en", appearance="dark")
    await visitor.types("/cancel")
    await visitor.titled("Cancel an order")
    await visitor.looks_right("english-list")
    await visitor.button("Choose products to cancel").first.click()
    await visitor.looks_right("english-choose")
    await visitor.button("Check the cancellation").click()
    await visitor.looks_right("english-preview")
    await visitor.sit_down(language="ja", appearance="light")
    await visitor.types("/注文キャンセル")
    await visitor.screen.get_by_role("button").first.click()
    await visitor.looks_right("japanese-choose")
    await visitor.screen.locator("button[type=submit]").click()
    await visitor.looks_right("japanese-preview")
    await visitor.screen.get_by_role("button", name="キャンセルして").click()
    await visitor.titled("キャンセルしました")
    await visitor.looks_right("japanese-done")
    assert visitor.troubles == []
