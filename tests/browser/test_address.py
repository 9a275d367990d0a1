"""`/배송지변경` on a phone: type the address, put right what is wrong, confirm once; and every no in its words."""

from typing import Any

from playwright.async_api import expect

from app.sandbox.cafe24.order import Order

from .stage import Visitor
from .test_cancel import card

CHOOSE = "배송지 바꾸기"
SUWON = {
    "받는 분": "김민지",
    "휴대폰 번호": "01000001001",
    "우편번호": "16489",
    "도로명 주소": "경기도 수원시 팔달구 효원로 1",
    "상세 주소": "101동 1001호",
}


async def with_warehouse(visitor: Visitor) -> Any:
    warehouse = visitor.stage.sandbox.world.warehouse
    await warehouse.use("sellmate")
    return warehouse


async def an_order(visitor: Visitor) -> Order:
    """The first that may be re-addressed."""
    await visitor.types("/배송지변경")
    await visitor.titled("배송지 변경")
    first = visitor.screen.locator(".card", has=visitor.screen.get_by_role("button", name=CHOOSE)).first
    text = await first.inner_text()
    return next(order for order in visitor.stage.mall.orders.values() if order.order_id in text)


async def fills(visitor: Visitor, **different: str) -> None:
    for label, value in (SUWON | different).items():
        await visitor.screen.get_by_role("textbox", name=label).fill(value)


async def types_address(visitor: Visitor, order: Order, **different: str) -> None:
    await card(visitor, order).get_by_role("button", name=CHOOSE).click()
    await visitor.titled("새 배송지")
    await fills(visitor, **different)
    await visitor.button("다음").click()


async def test_from_the_list_to_the_new_address_with_what_was_wrong_put_right(visitor: Visitor):
    await visitor.sit_down()
    warehouse = await with_warehouse(visitor)
    order = await an_order(visitor)
    await visitor.looks_right("list")
    await card(visitor, order).get_by_role("button", name=CHOOSE).click()
    await visitor.titled("새 배송지")
    await visitor.looks_right("form")
    await fills(visitor, **{"우편번호": "00001", "상세 주소": "101호 🎁"})
    await visitor.button("다음").click()
    await expect(visitor.notice("빨간 글씨로 표시된 곳을 고쳐 주세요.")).to_be_visible()
    await expect(visitor.screen.get_by_text("우편번호 5자리를 다시 확인해 주세요.")).to_be_visible()
    await expect(visitor.screen.get_by_role("textbox", name="도로명 주소")).to_have_value(
        SUWON["도로명 주소"]
    )
    await visitor.looks_right("wrong")
    await fills(visitor)
    await visitor.button("다음").click()
    await visitor.titled("이 주소로 바꿀까요?")
    await expect(visitor.notice("배송비는 그대로예요.")).to_be_visible()
    await visitor.looks_right("preview")
    await visitor.button("주소 다시 적기").click()
    await visitor.titled("새 배송지")
    await expect(visitor.screen.get_by_role("textbox", name="우편번호")).to_have_value("16489")
    await visitor.button("다음").click()
    await visitor.titled("이 주소로 바꿀까요?")
    await visitor.button(CHOOSE).click()
    await visitor.titled("배송지를 바꿨어요")
    await expect(visitor.told(f"주문 {order.order_id}의 배송지를 바꿨어요.")).to_have_count(1)
    await visitor.looks_right("done")
    assert {r.address1 for r in order.receivers} == {SUWON["도로명 주소"]}
    assert warehouse.depot.parcels[order.order_id].receiver["address1"] == SUWON["도로명 주소"]
    assert len(order.memos) == 1
    assert visitor.troubles == []


async def test_a_place_is_found_by_words_and_what_was_typed_stays(visitor: Visitor):
    await visitor.sit_down()
    await with_warehouse(visitor)
    order = await an_order(visitor)
    place = next(
        receiver
        for other in visitor.stage.mall.orders.values()
        for receiver in other.receivers
        if receiver.address1 != order.receivers[0].address1
    )
    await card(visitor, order).get_by_role("button", name=CHOOSE).click()
    await visitor.titled("새 배송지")
    await fills(visitor, **{"우편번호": "", "도로명 주소": ""})
    await visitor.button("주소 검색").click()
    await visitor.titled("주소 검색")
    await visitor.looks_right("search")
    words = visitor.screen.get_by_role("textbox", name="찾을 주소")
    await words.fill("없는로 999")
    await visitor.button("검색").click()
    await expect(visitor.notice("찾는 주소가 없어요.")).to_be_visible()
    await visitor.looks_right("none")
    await words.fill(place.address1.split()[0])
    await visitor.button("검색").click()
    await visitor.titled("주소 고르기")
    await visitor.looks_right("places")
    await visitor.screen.locator("label.choice", has_text=place.address1).first.click()
    await visitor.button("이 주소로 적기").click()
    await visitor.titled("새 배송지")
    expected = {**SUWON, "우편번호": place.zipcode, "도로명 주소": place.address1}
    for label, value in expected.items():
        await expect(visitor.screen.get_by_role("textbox", name=label)).to_have_value(value)
    await visitor.looks_right("filled")
    await visitor.button("다음").click()
    await visitor.titled("이 주소로")
    assert visitor.troubles == []


async def test_a_dearer_place_a_package_of_two_and_a_printed_label_say_no(visitor: Visitor):
    await visitor.sit_down()
    warehouse = await with_warehouse(visitor)
    order = await an_order(visitor)
    jeju = {"우편번호": "63122", "도로명 주소": "제주특별자치도 제주시 문연로 6"}
    await types_address(visitor, order, **jeju)
    await visitor.titled("이 주소로 바꿀 수 없어요")
    await expect(visitor.notice("새 주소는 배송비가 달라져서")).to_be_visible()
    await visitor.looks_right("dearer")
    await visitor.button("주소 다시 적기").click()
    await visitor.titled("새 배송지")
    other = next(
        parcel
        for parcel in warehouse.depot.parcels.values()
        if parcel.order_id != order.order_id and not parcel.tracking
    )
    warehouse.depot.combine(order.order_id, other.order_id)
    await fills(visitor)
    await visitor.button("다음").click()
    await visitor.titled("이 주소로 바꿀 수 없어요")
    await expect(visitor.notice("다른 주문과 함께 포장되는 주문이라")).to_be_visible()
    await visitor.looks_right("combined")
    warehouse.depot.print_label(order.order_id)
    visitor.stage.clock.forward(seconds=61)
    await visitor.page.keyboard.press("Escape")
    await visitor.types("/배송지변경")
    await visitor.titled("배송지 변경")
    await expect(card(visitor, order).get_by_text("이미 송장이 출력되어")).to_be_visible()
    await visitor.looks_right("printed")
    await expect(card(visitor, order).get_by_role("button", name=CHOOSE)).to_have_count(0)
    assert order.past_receivers == []
    assert visitor.troubles == []
