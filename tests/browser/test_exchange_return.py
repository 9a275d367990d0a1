"""A customer whose cups arrived broken: photos, the way back, and what a manager made of it, at both widths."""

from typing import Any

from playwright.async_api import expect

from tests.evidence.pictures import photo

from .stage import Visitor
from .test_console import console, goes_to

RETURNS: dict[str, Any] = {"returnAddress": "경기도 파주시 문발로 000 물류동", "autoPickupOff": True}


async def sits_down(visitor: Visitor) -> None:
    await visitor.sit_down()
    await visitor.stage.settings(exchangeReturn=RETURNS, identity={"memberHashConfirmed": True})


async def chooses(visitor: Visitor, order: str, reason: str) -> None:
    await visitor.types("/교환반품")
    await visitor.titled("교환·반품")
    card = visitor.screen.locator(".card", has_text=order)
    await card.get_by_role("button", name="반품하기").click()
    await visitor.titled("반품할 상품과 사유")
    await visitor.screen.get_by_label(reason).check()


async def adds_photos(visitor: Visitor, *seeds: int) -> None:
    files: list[Any] = [
        {"name": f"photo-{seed}.jpg", "mimeType": "image/jpeg", "buffer": photo(seed)} for seed in seeds
    ]
    await visitor.screen.locator(".photo-add:not(.shoot) input").set_input_files(files)
    await expect(visitor.screen.locator(".tile[data-ref]")).to_have_count(len(seeds))


async def reaches_the_preview(visitor: Visitor, order: str, *seeds: int) -> None:
    await chooses(visitor, order, "상품 불량")
    await visitor.button("계속하기").click()
    await visitor.titled("사진 첨부")
    await adds_photos(visitor, *seeds)
    await visitor.button("계속하기").click()
    await visitor.titled("보내는 방법")
    await visitor.button("계속하기").click()
    await visitor.titled("반품 내용 확인")


async def files_a_defect(visitor: Visitor, order: str, *seeds: int) -> None:
    await reaches_the_preview(visitor, order, *seeds)
    await visitor.button("반품 확인 요청하기").click()
    await visitor.titled("판매자의 확인을 기다리고 있어요")


async def test_a_defect_with_two_photos_from_the_customer_to_the_manager_and_back(visitor: Visitor):
    await sits_down(visitor)
    await visitor.types("/교환반품")
    await visitor.titled("교환·반품")
    await visitor.looks_right("list")
    await visitor.screen.locator(".card", has_text="0000104").get_by_role("button", name="반품하기").click()
    await visitor.titled("반품할 상품과 사유")
    await visitor.screen.get_by_label("상품 불량").check()
    await visitor.screen.get_by_label("자세한 사유").fill("찻잔 하나에 금이 가 있어요.")
    await visitor.looks_right("reason")
    await visitor.button("계속하기").click()
    await visitor.titled("사진 첨부")
    await visitor.button("계속하기").click()
    await expect(visitor.screen.get_by_text("사진을 한 장 이상 올려 주세요.")).to_be_visible()
    await visitor.looks_right("photo-missing")
    await adds_photos(visitor, 1, 2)
    await expect(visitor.screen.get_by_text("사진을 한 장 이상 올려 주세요.")).to_have_count(0)
    await visitor.looks_right("photos")
    await visitor.button("계속하기").click()
    await visitor.titled("보내는 방법")
    await visitor.looks_right("way")
    await visitor.button("계속하기").click()
    await visitor.titled("반품 내용 확인")
    await expect(visitor.screen.get_by_text("2장")).to_be_visible()
    await visitor.looks_right("preview")
    await visitor.button("반품 확인 요청하기").click()
    await visitor.titled("판매자의 확인을 기다리고 있어요")
    await visitor.looks_right("pending")
    (order_id,) = [number for number in visitor.stage.mall.orders if number.endswith("0000104")]
    order = visitor.stage.mall.orders[order_id]
    assert [item.status for item in order.items] == ["N40"]

    page = await console(visitor)
    await goes_to(page, "승인 대기")
    card = page.locator("[data-claim]")
    await expect(card).to_have_count(1)
    await expect(card.locator(".photos img")).to_have_count(2)
    await expect(card).to_contain_text("찻잔 하나에 금이 가 있어요.")
    await card.get_by_role("button", name="승인하기").click()
    await expect(page.locator(".outcomes")).to_contain_text("승인했습니다")
    assert [item.status for item in order.items] == ["R00"]

    await visitor.page.bring_to_front()
    await expect(visitor.told("승인되어 신청되었어요")).to_be_visible()
    await visitor.button("반품 신청 거두기").click()  # on a screen that does not know yet
    await visitor.titled("반품을 신청했어요")
    await expect(visitor.notice("판매자가 이미 확인을 마쳐 신청을 거두지 못했어요.")).to_be_visible()
    await visitor.looks_right("approved")
    assert visitor.troubles == []
