"""A promised ship date that becomes another one is told once to whoever asked; what ships on its day was kept."""

import asyncio
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.errors import OutcomeUnknown, Rejected, Unauthorized
from app.keys import KeyRing
from app.ports import Job
from app.ports.effects import Reach
from app.ports.promises import Asker, KeptRate
from app.promises.keeper import PromiseKeeper
from app.promises.looking import Looking
from app.promises.telling import TellingDates
from app.store.chats import SqlChats
from app.store.promises import SqlShipPromises
from commands.kernel.mall import Choices, ShippingChoices
from commands.kernel.money import Money
from commands.kernel.order import ItemState, Order, OrderId, OrderItem, OrderItemCode, SalesChannel
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ask, Ports, Promise, ShownDate
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop

SHOP = Shop(MallId("mall"), 1, ChannelId("c1"), "가게")
ORDER = OrderId("20261120-0000001")
SHIRT, SCARF = OrderItemCode("20261120-0000001-01"), OrderItemCode("20261120-0000001-02")
START = datetime(2026, 11, 20, 3, tzinfo=UTC)
THURSDAY, FRIDAY, MONDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 30)
KEYS = KeyRing([bytes(range(32))])
PLAIN = Job("j", "", "ship_dates", {}, 1, None)


class Shopping:
    """A shop whose mall, warehouse and chat the test moves."""

    def __init__(self, database):
        self.now = START
        self.days = {SHIRT: THURSDAY, SCARF: THURSDAY}
        self.states = {SHIRT: ItemState.PREPARING, SCARF: ItemState.PREPARING}
        self.shipped_at = None
        self.exists, self.away, self.silent, self.down = True, False, False, False
        self.notify = True
        self.said, self.asked, self.chat_trouble = [], 0, None
        self.store = SqlShipPromises(database, KEYS)
        self.chats = SqlChats(database)
        self.keeper = PromiseKeeper(self.store)
        self.looking = Looking(self.store, self.again, TellingDates(self.chats, self), lambda: self.now)

    def ask(self, by=CallerKind.USER):
        nobody = dict.fromkeys(f.name for f in fields(Ports))
        return Ask(
            shop=SHOP,
            customer=Member("sujin"),
            caller=Caller(by, "u1"),
            language=Language.KO,
            now=self.now,
            choices=Choices(shipping=ShippingChoices(notify_change=self.notify)),
            ports=Ports(**nobody | {"orders": self, "ship_dates": self}),
            chat_id="chat-1",
        )

    async def again(self, _promises):
        if self.away:
            raise Unauthorized("cafe24", "ship dates")
        return self.ask(CallerKind.MANAGER)

    async def one(self, _shop, customer, order_id):
        self.asked += 1
        if self.down:
            raise Unavailable
        assert (customer.member_id, order_id) == ("sujin", ORDER)
        items = tuple(
            OrderItem(code, 1, "상품", "", 1, "N20", state, shipped_at=self.shipped_at)
            for code, state in self.states.items()
        )
        won = Money(Decimal(39000), "KRW")
        order = Order(ORDER, START, won, items, SalesChannel.OWN_MALL, "self")
        return order if self.exists else None

    async def of(self, _ask, order):
        return [
            ShownDate((code,), day, "", {}, known=not self.silent)
            for code, day in self.days.items()
            if any(i.code == code and i.state is ItemState.PREPARING for i in order.items)
        ]

    async def write(self, channel_id, chat, text, *, request_id, **_more):
        if self.chat_trouble:
            raise self.chat_trouble
        if request_id not in [known for known, _, _ in self.said]:
            self.said.append((request_id, chat, text))

    @property
    def sentences(self):
        return [text for _, _, text in self.said]

    async def promises(self):
        told = [Promise(ORDER, code, day) for code, day in self.days.items() if day]
        await self.keeper.given(self.ask(), told)

    async def looks(self, **later):
        self.now += timedelta(**(later or {"hours": 13}))
        await self.looking.look(PLAIN)

    async def rate(self):
        return await self.store.kept_rate(SHOP.channel_id, START - timedelta(days=30))


@pytest.fixture
async def shop(database):
    return Shopping(database)


async def test_another_day_is_told_once(shop):
    await shop.promises()
    shop.days = {SHIRT: THURSDAY, SCARF: FRIDAY}
    await shop.looks()
    await shop.looks()
    said = "주문 20261120-0000001의 발송 예정일이 바뀌었어요. 11월 26일 (목) → 11월 27일 (금)"
    assert shop.sentences == [said]
    assert [chat for _, chat, _ in shop.said] == ["chat-1"]


async def test_the_chat_of_the_last_command_hears_it(shop):
    await shop.promises()
    await shop.chats.remember(SHOP.channel_id, "u1", "chat-2", START)
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    await shop.looks()
    assert [chat for _, chat, _ in shop.said] == ["chat-2"]


async def test_two_items_of_one_parcel_are_one_sentence(shop):
    await shop.promises()
    shop.days = {SHIRT: MONDAY, SCARF: MONDAY}
    await shop.looks()
    assert len(shop.sentences) == 1
    assert "\n" not in shop.sentences[0]


async def test_a_day_that_is_lost_and_found_again_is_told_each_time(shop):
    await shop.promises()
    shop.days = {SHIRT: None, SCARF: None}
    await shop.looks()
    shop.days = {SHIRT: MONDAY, SCARF: MONDAY}
    await shop.looks()
    assert len(shop.sentences) == 2
    assert "어려워졌어요" in shop.sentences[0]
    assert "11월 30일 (월)에 발송될 예정이에요" in shop.sentences[1]


async def test_what_the_customer_saw_since_is_no_news(shop):
    await shop.promises()
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    await shop.promises()
    await shop.looks()
    assert shop.sentences == []


async def test_no_look_before_its_time_and_sooner_when_the_order_changed(shop):
    await shop.promises()
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    await shop.looks(hours=1)
    assert (shop.asked, shop.sentences) == (0, [])
    await shop.store.hurry(SHOP.mall_id, ORDER, shop.now)
    await shop.looks(minutes=1)
    assert (shop.asked, len(shop.sentences)) == (1, 1)


@pytest.mark.parametrize("trouble", ["silent", "down", "away"])
async def test_who_cannot_be_asked_now_is_asked_later_and_nothing_is_guessed(shop, trouble):
    await shop.promises()
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    setattr(shop, trouble, True)
    await shop.looks()
    assert shop.sentences == []
    setattr(shop, trouble, False)
    await shop.looks()
    assert len(shop.sentences) == 1


async def test_a_chat_that_does_not_answer_hears_it_later_and_once(shop):
    await shop.promises()
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    shop.chat_trouble = OutcomeUnknown("channel", "write")
    await shop.looks()
    shop.chat_trouble = None
    await shop.looks()
    await shop.looks()
    assert len(shop.sentences) == 1


async def test_a_chat_that_takes_no_message_is_not_asked_again(shop, database):
    await shop.promises()
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    shop.chat_trouble = Rejected("channel", "write", message="no such chat")
    await shop.looks()
    rows = await database.read("SELECT DISTINCT told_date FROM ship_promise")
    assert [row["told_date"] for row in rows] == [FRIDAY.isoformat()]


async def test_an_order_that_breaks_holds_up_no_other(shop):
    await shop.promises()
    later = OrderId("20261120-0000002")
    await shop.keeper.given(shop.ask(), [Promise(later, SHIRT, THURSDAY)])
    whole = shop.one

    async def breaks(mall, customer, order_id):
        if order_id == ORDER:
            raise KeyError(order_id)
        return await whole(mall, customer, ORDER)

    shop.one = breaks
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    await shop.looks()
    assert [text.split("의")[0] for text in shop.sentences] == [f"주문 {later}"]
    asked = shop.asked
    await shop.looks(minutes=10)
    assert shop.asked == asked


async def test_a_shop_that_does_not_want_it_says_nothing(shop):
    await shop.promises()
    shop.notify = False
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    await shop.looks()
    assert shop.sentences == []


@pytest.mark.parametrize(
    ("_case", "shipped", "rate"),
    [
        ("약속한 날", datetime(2026, 11, 26, 5, tzinfo=UTC), KeptRate(2, 0)),
        ("한국 시간으로 다음 날", datetime(2026, 11, 26, 15, 30, tzinfo=UTC), KeptRate(0, 2)),
        ("하루 늦음", datetime(2026, 11, 27, 5, tzinfo=UTC), KeptRate(0, 2)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_kept_or_late_by_the_mall_s_own_day(shop, _case, shipped, rate):
    await shop.promises()
    shop.states = dict.fromkeys(shop.states, ItemState.IN_TRANSIT)
    shop.shipped_at = shipped
    await shop.looks(days=10)
    assert await shop.rate() == rate


async def test_the_rate_counts_what_was_said_first(shop):
    """A promise that was moved and then met is not kept."""
    await shop.promises()
    shop.days = {SHIRT: FRIDAY, SCARF: FRIDAY}
    await shop.looks()
    shop.states = dict.fromkeys(shop.states, ItemState.IN_TRANSIT)
    shop.shipped_at = datetime(2026, 11, 27, 5, tzinfo=UTC)
    await shop.looks(days=7)
    assert await shop.rate() == KeptRate(0, 2)


async def test_cancelled_and_vanished_orders_count_for_nothing_and_are_looked_at_no_more(shop):
    await shop.promises()
    shop.states = {SHIRT: ItemState.CANCELLED, SCARF: ItemState.PREPARING}
    await shop.looks()
    shop.exists = False
    await shop.looks()
    asked = shop.asked
    await shop.looks()
    assert (shop.asked, await shop.rate(), shop.sentences) == (asked, KeptRate(0, 0), [])


async def test_what_no_key_opens_any_more_is_given_up(shop, database):
    await shop.promises()
    shop.store = SqlShipPromises(database, KeyRing([bytes(range(1, 33))]))
    shop.now += timedelta(hours=13)
    assert await shop.store.due(shop.now, 20, of_a_mall=20) == []
    rows = await database.read("SELECT DISTINCT state FROM ship_promise")
    assert [row["state"] for row in rows] == ["gone"]


MANY = (("a", 12), ("b", 3), ("c", 12))


async def kept_by(shop, malls):
    """Orders of several malls, of each the one with the highest number waiting longest; mall a's before all others."""
    for place, (mall, count) in enumerate(malls):
        for number in range(count):
            waits_since = START + timedelta(minutes=100 * place - number)
            asker = Asker(1, Member("sujin"), Reach())
            told = [
                (OrderId(f"{mall}-{number}"), OrderItemCode(f"{mall}-{number}-{i}"), FRIDAY) for i in (1, 2)
            ]
            await shop.store.promise(
                MallId(mall), ChannelId(f"c-{mall}"), asker, told, at=START, look_at=waits_since
            )


async def due_of(shop, **limits):
    found = await shop.store.due(START + timedelta(days=1), **limits)
    assert all(len(promises.told) == 2 for promises in found)
    return [promises.order_id for promises in found]


async def test_a_mall_with_many_orders_leaves_the_others_their_turn(shop):
    await kept_by(shop, MANY)
    found = await due_of(shop, at_most=100, of_a_mall=10)
    counts = {mall: sum(order.startswith(mall) for order in found) for mall, _ in MANY}
    assert counts == {"a": 10, "b": 3, "c": 10}


async def test_malls_take_turns_and_the_longest_waiting_of_each_comes_first(shop):
    await kept_by(shop, MANY)
    assert await due_of(shop, at_most=5, of_a_mall=10) == ["a-11", "b-2", "c-11", "a-10", "b-1"]


async def test_what_is_not_due_takes_nobody_s_place(shop):
    await kept_by(shop, MANY)
    await shop.store.hurry(MallId("b"), OrderId("b-0"), START - timedelta(days=1))
    found = await shop.store.due(START - timedelta(hours=12), 100, of_a_mall=10)
    assert [promises.order_id for promises in found] == ["b-0"]


async def test_the_rest_of_a_mall_comes_with_the_next_turn(shop):
    await kept_by(shop, (("a", 12),))
    for promises in await shop.store.due(START, 100, of_a_mall=10):
        await shop.store.looked(promises, {}, {}, START + timedelta(hours=12))
    rest = await shop.store.due(START, 100, of_a_mall=10)
    assert [promises.order_id for promises in rest] == ["a-1", "a-0"]


async def test_a_slow_mall_does_not_make_the_others_wait(shop):
    await kept_by(shop, MANY)
    released, others_done, asked = asyncio.Event(), asyncio.Event(), []

    async def again(promises):
        asked.append(promises.order_id)
        if len(asked) == 14:
            others_done.set()
        if promises.mall_id == "a":
            await released.wait()
        raise Unavailable

    shop.looking = Looking(shop.store, again, TellingDates(shop.chats, shop), lambda: shop.now)
    look = asyncio.create_task(shop.looks(days=1))
    async with asyncio.timeout(10):
        await others_done.wait()
    assert sorted(asked)[:2] == ["a-11", "b-0"]
    released.set()
    await look
    assert len(asked) == 23


async def test_erasing_a_customer_forgets_what_they_were_told(shop, database):
    await shop.promises()
    assert await shop.store.erase(SHOP.mall_id, Member("somebody")) == 0
    assert await shop.store.erase(SHOP.mall_id, Member("sujin", proven=False)) == 2
    assert await database.read("SELECT * FROM ship_promise") == []
