"""The ship dates on a phone: one card an order, one row an item, the day above its parcel."""

from collections.abc import Mapping
from typing import Any

from commands.explain import WORDS, date_text, day_text, finding_text, status_text
from commands.kernel.calendar import kst_day
from commands.kernel.decision import Blocked
from commands.kernel.order import OrderItem, OrderItemCode
from commands.kernel.screen import Badge, Button, Card, Notice, Row, Run, Screen, Show, Tone
from commands.kernel.spec import Ask, ShownDate
from commands.kernel.who import CallerKind
from commands.order_cards import item_row

from .command import TEXTS, Dated, dated_orders, shown

COMMAND = "shipDate"
LIST = "list"
PICTURES = "orderList.pictures"


async def list_screen(ask: Ask, given: Mapping[str, Any]) -> Screen:
    order_id = str(given["orderId"]) if given.get("orderId") else None
    found = await dated_orders(ask, order_id)
    title = TEXTS.say(ask.language, "list.title")
    if isinstance(found, Blocked):
        (finding,) = found.findings
        reader = "customer" if ask.caller.kind is CallerKind.USER else "manager"
        text = finding_text(finding, TEXTS, ask.language, reader)
        return Screen(title, notices=(Notice(text),), buttons=_buttons(ask, finding.code, order_id))
    return Screen(
        title=title,
        lead=TEXTS.say(ask.language, "list.lead"),
        cards=tuple(card for dated in found for card in _cards(ask, dated)),
        buttons=_buttons(ask, "ship_date", order_id),
        pictures=Run(PICTURES, {"orderId": order_id} if order_id else {}),
    )


def _cards(ask: Ask, dated: Dated) -> list[Card]:
    """An order, and below it each of its parcels."""
    order, groups = dated.order, shown(ask, dated)
    items = {item.code: item for item in order.items}
    lead = Card(day_text(order, ask), order.order_id, Badge(status_text(order, ask.language), Tone.INFO))
    if len(groups) == 1:
        return [_parcel(ask, groups[0], items, lead)]
    numbered = enumerate(groups, start=1)
    return [
        lead,
        *(_parcel(ask, g, items, Card(TEXTS.say(ask.language, "parcel", number=n))) for n, g in numbered),
    ]


def _parcel(ask: Ask, group: ShownDate, items: Mapping[OrderItemCode, OrderItem], lead: Card) -> Card:
    day = group.ship_date
    today = kst_day(ask.now)
    text = date_text(day, ask.language, today) if day else ""
    said = TEXTS.say(ask.language, "parcel.day", day=text) if day else group.note
    note = (Notice(group.note, Tone.PLAIN),) if day else ()
    return Card(
        title=lead.title,
        note=lead.note,
        badge=lead.badge,
        rows=tuple(_row(ask, items[code], group) for code in group.codes),
        notices=(Notice(said, Tone.GOOD if day else Tone.WARNING), *note),
    )


def _row(ask: Ask, item: OrderItem, group: ShownDate) -> Row:
    back = group.restock.get(item.code)
    badge = None
    if back:
        text = date_text(back, ask.language, kst_day(ask.now))
        badge = Badge(TEXTS.say(ask.language, "row.restock", day=text), Tone.WARNING)
    return item_row(ask, item, TEXTS, badge=badge)


def _buttons(ask: Ask, code: str, order_id: str | None) -> tuple[Button, ...]:
    back = (Button(WORDS.say(ask.language, "orders"), Show("orderList", "list"), style="quiet"),)
    if ask.caller.kind is CallerKind.MANAGER:
        return back
    params = {"code": code} | ({"orderId": order_id} if order_id else {})
    talk = Run("manager.call", params, done=WORDS.say(ask.language, "talk.done"))
    return (Button(WORDS.say(ask.language, "talk"), talk), *back)
