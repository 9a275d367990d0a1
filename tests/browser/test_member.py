"""A signed-in member: the list, pictures, detail, tracking; and every state that the list can be in."""

from playwright.async_api import expect

from .stage import Visitor


async def opens_list(visitor: Visitor) -> None:
    await visitor.types("/주문목록")
    await visitor.titled("주문 목록")


async def test_from_the_slash_menu_to_the_carrier_and_back(visitor: Visitor):
    await visitor.sit_down()
    await visitor.page.fill("#front-input", "/")
    await expect(visitor.page.get_by_role("option", name="/주문목록")).to_be_visible()
    await visitor.page.keyboard.press("Enter")
    await visitor.titled("주문 목록")
    cards = visitor.screen.locator(".card")
    await expect(cards).to_have_count(5)
    await expect(cards.first).to_contain_text("아이보리 / M · 1개")
    await expect(cards.first.locator("img")).to_have_count(2)  # they come after the cards
    await visitor.looks_right("list")
    await visitor.button("상세 보기").nth(2).click()
    await visitor.titled("주문 상세")
    link = visitor.screen.get_by_role("link", name="600000001001")
    address = "https://carrier-cj.example/track?no=600000001001"
    await expect(link).to_have_attribute("href", address)
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await visitor.looks_right("detail")
    await visitor.button("목록으로").click()
    await visitor.titled("주문 목록")
    await visitor.button("상세 보기").nth(4).click()
    await visitor.titled("주문 상세")
    await expect(visitor.screen.locator(".card").first).to_contain_text("배송 중 1건")
    await visitor.looks_right("mixed")
    await visitor.button("상담원에게 문의하기").click()
    await expect(visitor.screen.locator(".notice", has_text="상담원에게 알렸어요.")).to_be_visible()
    await visitor.looks_right("asked")
    await expect(visitor.page.locator("#desk .message.private")).to_contain_text(
        "고객이 상담을 요청했습니다."
    )
    assert visitor.troubles == []


async def test_the_keyboard_alone_is_enough(visitor: Visitor):
    await visitor.sit_down()
    press = visitor.page.keyboard.press
    await visitor.page.focus("#front-input")
    await visitor.page.keyboard.type("/주문")
    await press("Enter")
    await visitor.titled("주문 목록")
    heading = visitor.screen.locator("h1")
    await expect(heading).to_be_focused()  # read out first, and Tab goes on from it
    await press("Tab")
    detail = visitor.button("상세 보기").first
    await expect(detail).to_be_focused()
    await visitor.looks_right("focus")
    await press("Enter")
    await visitor.titled("주문 상세")
    await press("Shift+Tab")
    await press("Escape")
    await visitor.page.wait_for_selector("#phone .sheet", state="hidden")
    assert visitor.troubles == []


async def test_no_orders_says_why_and_offers_a_person(visitor: Visitor):
    await visitor.sit_down("member:byeol")
    await opens_list(visitor)
    await expect(visitor.screen.get_by_text("최근 12개월 동안 주문하신 내역이 없어요.")).to_be_visible()
    await expect(visitor.button("상담원에게 문의하기")).to_be_visible()
    await visitor.looks_right("empty")
    assert visitor.troubles == []


async def test_a_mall_that_is_down_is_tried_again(visitor: Visitor):
    await visitor.sit_down()
    faults = visitor.stage.sandbox.world.malls.faults
    faults.inject("503", times=9)
    await visitor.types("/주문목록")
    await visitor.titled("잠시만요")
    await expect(visitor.screen.get_by_text("쇼핑몰 응답이 늦어지고 있어요.")).to_be_visible()
    await visitor.looks_right("mall-down")
    faults.clear()
    await visitor.button("다시 시도").click()
    await visitor.titled("주문 목록")
    assert visitor.troubles == []


async def test_in_the_dark(visitor: Visitor):
    await visitor.sit_down(appearance="dark")
    await opens_list(visitor)
    await expect(visitor.screen.locator(".card")).to_have_count(5)
    await visitor.looks_right("dark-list")
    await visitor.button("상세 보기").nth(2).click()
    await visitor.titled("주문 상세")
    await visitor.looks_right("dark-detail")
    assert visitor.troubles == []


async def test_in_english_and_japanese(visitor: Visitor):
    await visitor.sit_down(language="en")
    await visitor.types("/orders")
    await visitor.titled("Orders")
    await expect(visitor.screen.locator(":root")).to_have_attribute("lang", "en")
    await visitor.looks_right("english")
    await visitor.sit_down(language="ja")
    await visitor.types("/注文一覧")
    await visitor.titled("注文一覧")
    await visitor.button("詳細を見る").nth(2).click()
    await visitor.titled("注文の詳細")
    await visitor.looks_right("japanese")
    assert visitor.troubles == []


async def test_outside_channel_talk_a_screen_says_so_and_calls_nobody(visitor: Visitor):
    called: list[str] = []
    visitor.page.on(
        "request", lambda request: called.append(request.method) if request.method != "GET" else None
    )
    await visitor.page.goto(f"{visitor.stage.origin}/wam/orderList")
    await expect(visitor.page.get_by_text("이 화면은 채널톡 채팅 안에서 열어 주세요.")).to_be_visible()
    await visitor.looks_right("outside")
    assert called == []
    assert visitor.troubles == []
