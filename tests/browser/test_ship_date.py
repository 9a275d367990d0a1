"""`/발송예정일` on a phone: a day above each parcel, the restock date beside what is missing, and honest silence."""

from datetime import timedelta
from typing import Any

from playwright.async_api import expect

from .stage import Visitor
from .test_address import with_warehouse
from .test_cancel import card, newest


async def offered(visitor: Visitor) -> Any:
    """With a warehouse, and shown by a manager: the command is registered as off."""
    warehouse = await with_warehouse(visitor)
    await visitor.stage.sandbox.world.talk.toggle("front", "shipDate", shown=True)
    return warehouse


async def test_days_by_parcel_and_in_the_detail(visitor: Visitor):
    warehouse = await offered(visitor)
    await visitor.sit_down()
    order = newest(visitor, "minji", "N20")
    await visitor.types("/발송예정일")
    await visitor.titled("발송 예정일")
    await expect(card(visitor, order)).to_be_visible()
    await visitor.looks_right("list")
    line = warehouse.depot.parcels[order.order_id].lines[0]
    warehouse.depot.stock_of[line.sku] = 0
    warehouse.depot.restock[line.sku] = (visitor.stage.clock() + timedelta(days=6)).date()
    visitor.stage.clock.forward(seconds=61)
    await visitor.page.keyboard.press("Escape")
    await visitor.types("/발송예정일")
    await expect(card(visitor, order).locator(".badge", has_text="재입고")).to_be_visible()
    await visitor.looks_right("restock")
    await visitor.page.keyboard.press("Escape")
    await visitor.types("/주문목록")
    await visitor.titled("주문 목록")
    await card(visitor, order).get_by_role("button", name="상세 보기").click()
    await visitor.titled("주문 상세")
    await expect(visitor.screen.locator(".card", has_text="발송 예정일")).to_be_visible()
    await visitor.looks_right("detail")
    assert visitor.troubles == []


async def test_a_warehouse_that_does_not_answer(visitor: Visitor):
    warehouse = await offered(visitor)
    await visitor.sit_down()
    warehouse.faults.inject("503", times=50)
    order = newest(visitor, "minji", "N20")
    await visitor.types("/발송예정일")
    await visitor.titled("발송 예정일")
    await expect(card(visitor, order).locator(".notice")).to_be_visible()
    await visitor.looks_right("silent")
    assert visitor.troubles == []


async def test_without_a_warehouse_nothing_is_offered(visitor: Visitor):
    await visitor.sit_down()
    order = newest(visitor, "minji", "N20")
    await visitor.types("/주문목록")
    await visitor.titled("주문 목록")
    await card(visitor, order).get_by_role("button", name="상세 보기").click()
    await visitor.titled("주문 상세")
    await expect(visitor.screen.get_by_text("발송 예정일")).to_have_count(0)
    assert visitor.troubles == []
