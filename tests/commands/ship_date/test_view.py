"""`shipDate.view` over a warehouse in memory: what is asked of whom, and what is said when it is silent."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from commands.kernel.failures import Failure, FailureType
from commands.kernel.mall import Choices, PartialShippingChoices, ShippingChoices
from commands.kernel.money import Money
from commands.kernel.order import ItemState, Order, OrderId, OrderItem, OrderItemCode, SalesChannel
from commands.kernel.ports import RecentOrders, Unavailable
from commands.kernel.screen import Screen
from commands.kernel.spec import Ask, Ports
from commands.kernel.warehouse import Capability, Stage, StockLevel, WarehouseItem, WarehouseOrder
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop
from commands.ship_date.command import for_detail, offer, view
from commands.ship_date.screens import list_screen
from commands.ship_date.wire import ViewParams

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)  # Monday 10:00 in Korea
ALL = frozenset(Capability)
ORDER = OrderId("20261123-0000012")


def item(number: int, status: str = "N20", **different) -> OrderItem:
    state = {"N20": ItemState.PREPARING, "N22": ItemState.PREPARING, "N30": ItemState.IN_TRANSIT}
    plain = {
        "product_no": number,
        "product_name": f"상품 {number}",
        "option_text": "M",
        "quantity": 1,
        "variant_code": f"P{number}",
    }
    code = OrderItemCode(f"{ORDER}-0{number}")
    return OrderItem(code, status_code=status, state=state[status], **(plain | different))


def order(*items: OrderItem, order_id: OrderId = ORDER) -> Order:
    return Order(
        order_id=order_id,
        ordered_at=NOW,
        total=Money(Decimal(39000), "KRW"),
        items=items,
        channel=SalesChannel.OWN_MALL,
        channel_code="self",
    )


class Outside:
    """Mall, warehouse, pictures and promises of one test; counts what is asked."""

    learned = 0

    def __init__(self, *orders, stock=None, held=None, served=ALL, silent=False):
        self.kept, self.levels, self.held = orders, stock or {}, held or {}
        self.served, self.silent = served, silent
        self.asked, self.promised = [], []

    async def recent(self, _shop, _customer, *, at_most, months, states):
        self.asked.append("recent")
        return RecentOrders(self.kept, months)

    async def one(self, _shop, _customer, order_id):
        self.asked.append("one")
        return next((o for o in self.kept if o.order_id == order_id), None)

    async def capabilities(self, _shop):
        return self.served

    async def orders(self, _shop, ids, *, fresh=False):
        self.asked.append("orders")
        if self.silent:
            raise Unavailable
        return {i: self.held[i] for i in ids if i in self.held}

    async def stock(self, _shop, skus):
        self.asked.append("stock")
        return {sku: self.levels[sku] for sku in skus if sku in self.levels}

    def known(self, _shop, _product_no):
        return None

    async def given(self, _ask, promises):
        self.promised += promises


def asking(outside: Outside, by: CallerKind = CallerKind.USER, **choices) -> Ask:
    nobody = dict.fromkeys(field.name for field in fields(Ports))
    here = dict.fromkeys(("orders", "warehouse", "pictures", "promises"), outside)
    return Ask(
        shop=Shop(MallId("mall"), 1, ChannelId("c1"), name="가게"),
        customer=Member("sujin", proven=True),
        caller=Caller(by, "u1"),
        language=Language.KO,
        now=NOW,
        choices=Choices(version=1, commands_on=frozenset({"shipDate"}), **choices),
        ports=Ports(**nobody | here),
    )


def level(sku: str, available: int | None, back: str | None = None) -> dict[str, StockLevel]:
    return {sku: StockLevel(sku, available, date.fromisoformat(back) if back else None)}


IN_PARTS = PartialShippingChoices(enabled=True, base_days=3)


async def said(outside, **choices):
    result = await view(asking(outside, **choices), ViewParams())
    return [
        ([i.order_item_code[-2:] for i in g.items], g.expected_ship_date and f"{g.expected_ship_date:%m-%d}")
        for order_dates in result.orders
        for g in order_dates.groups
    ]


async def test_h29_one_date_a_parcel_with_three_questions_for_five_orders():
    orders = [order(item(1), item(2), order_id=OrderId(f"20261123-000001{n}")) for n in range(6)]
    outside = Outside(*orders, stock=level("P1", 5) | level("P2", 0, "2026-11-27"))
    assert await said(outside, partial_shipping=IN_PARTS) == [(["01"], "11-26"), (["02"], "11-27")] * 5
    assert sorted(outside.asked) == ["orders", "recent", "stock"]


async def test_h28_the_restock_date_stands_beside_the_item_and_nowhere_else():
    outside = Outside(
        order(item(1), item(2)), stock=level("P1", 5, "2026-11-30") | level("P2", 0, "2026-11-27")
    )
    (found,) = (await view(asking(outside, partial_shipping=IN_PARTS), ViewParams())).orders
    backs = {i.order_item_code[-2:]: i.restock_date for g in found.groups for i in g.items}
    assert backs == {"01": None, "02": date(2026, 11, 27)}


async def test_a_past_restock_date_is_not_shown():
    outside = Outside(order(item(1)), stock=level("P1", 0, "2026-11-20"))
    (found,) = (await view(asking(outside), ViewParams())).orders
    assert (found.groups[0].items[0].restock_date, found.groups[0].expected_ship_date) == (None, None)


@pytest.mark.parametrize(
    ("_case", "line", "stock", "expected"),
    [
        ("n 세 개 중 두 개만 있음", item(1, quantity=3), level("P1", 2, "2026-11-27"), "11-27"),
        ("§4.6-2 자체 품목 코드로 연결", item(1, custom_variant_code="S1"), level("S1", 1), "11-23"),
        (
            "§4.6-1 품목 코드가 먼저",
            item(1, custom_variant_code="S1"),
            level("S1", 0) | level("P1", 1),
            "11-23",
        ),
        ("§4.6 연결되지 않으면 재고 있음이 아님", item(1), {}, None),
        ("재고 수를 모름", item(1), level("P1", None), None),
        ("S11 배송 보류", item(1, "N22"), level("P1", 9), None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_stock_means(_case, line, stock, expected):
    assert await said(Outside(order(line), stock=stock)) == [(["01"], expected)]


def held(*items: WarehouseItem) -> dict[OrderId, WarehouseOrder]:
    return {ORDER: WarehouseOrder("w1", ORDER, items)}


def partner(stage=Stage.RECEIVED, code: str | None = None, **more) -> WarehouseItem:
    return WarehouseItem("w1-1", code and OrderItemCode(code), "P1", 1, stage, **more)


@pytest.mark.parametrize(
    ("_case", "its", "expected"),
    [
        ("q 송장 출력", partner(Stage.LABEL_PRINTED), (None, "송장이 출력됐어요. 곧 발송돼요.")),
        ("S11 WMS가 보류", partner(Stage.HELD, f"{ORDER}-01"), (None, "배송이 잠시 보류됐어요.")),
        (
            "r WMS가 준 날",
            partner(expected_ship_date=date(2026, 11, 30)),
            (date(2026, 11, 30), "물류센터에서 알려 준 날이에요."),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_the_warehouse_has_decided(_case, its, expected):
    outside = Outside(order(item(1)), stock=level("P1", 9), held=held(its))
    (found,) = (await view(asking(outside), ViewParams())).orders
    (group,) = found.groups
    day, note = expected
    assert group.expected_ship_date == day
    assert group.note.startswith(note)


async def test_a_silent_warehouse_is_never_guessed_at():
    outside = Outside(order(item(1)), stock=level("P1", 9), silent=True)
    (found,) = (await view(asking(outside), ViewParams())).orders
    assert [(g.expected_ship_date, "확인할 수 없어요" in g.note) for g in found.groups] == [(None, True)]
    assert outside.promised == []


async def test_h30_without_a_warehouse_the_command_is_off_with_its_setting():
    with pytest.raises(Failure) as caught:
        await view(asking(Outside(order(item(1)), served=None)), ViewParams())
    assert caught.value.type is FailureType.COMMAND_OFF
    assert caught.value.data == {"settingPath": "wms.provider"}


@pytest.mark.parametrize(
    ("outside", "code"),
    [
        (Outside(order(item(1)), served=frozenset({Capability.ORDERS})), "stock_not_served"),
        (Outside(), "nothing_to_ship"),
        (Outside(order(item(1, "N30"))), "nothing_to_ship"),
    ],
)
async def test_an_empty_list_says_why(outside, code):
    result = await view(asking(outside), ViewParams())
    assert (result.orders, result.why.findings[0].code) == ([], code)


async def test_somebody_elses_order_is_not_found():
    with pytest.raises(Failure) as caught:
        await view(
            asking(Outside(order(item(1)))), ViewParams.model_validate({"orderId": "20261101-0000001"})
        )
    assert caught.value.type is FailureType.NOT_FOUND


async def test_what_a_customer_was_told_is_a_promise_and_what_a_manager_saw_is_not():
    outside = Outside(order(item(1), item(2)), stock=level("P1", 1))
    await view(asking(outside, by=CallerKind.MANAGER), ViewParams())
    assert outside.promised == []
    stocked = Outside(order(item(1), item(2)), stock=level("P1", 1) | level("P2", 1))
    await view(asking(stocked), ViewParams())
    assert {(p.code[-2:], p.ship_date) for p in stocked.promised} == {
        ("01", date(2026, 11, 23)),
        ("02", date(2026, 11, 23)),
    }


async def test_h16_the_detail_shows_no_date_without_a_warehouse():
    one = order(item(1))
    assert await for_detail(asking(Outside(one, served=None)), one) == []
    (group,) = await for_detail(asking(Outside(one, stock=level("P1", 1))), one)
    assert group.ship_date == date(2026, 11, 23)


async def test_everyday_shops_ship_on_sundays():
    outside = Outside(order(item(1)), stock=level("P1", 1))
    ask = asking(outside, shipping=ShippingChoices(every_day=True))
    sunday = replace(ask, now=datetime(2026, 11, 22, 1, tzinfo=UTC))
    (found,) = (await view(sunday, ViewParams())).orders
    assert found.groups[0].expected_ship_date == date(2026, 11, 22)


async def test_the_offer_for_an_order_explains_itself():
    decision = await offer(asking(Outside(served=None)), order(item(1, "N30")))
    assert [f.code for f in decision.findings] == ["no_warehouse", "nothing_to_ship"]


async def test_screens_say_the_day_in_words():
    outside = Outside(order(item(1), item(2)), stock=level("P1", 5) | level("P2", 0, "2026-11-27"))
    screen = await list_screen(asking(outside, partial_shipping=IN_PARTS), {})
    assert isinstance(screen, Screen)
    texts = [n.text for card in screen.cards for n in card.notices]
    assert "11월 26일 (목) 발송 예정" in texts
    assert [r.badge.text for card in screen.cards for r in card.rows if r.badge] == [
        "11월 27일 (금) 재입고 예정"
    ]
