"""The order list and the order detail as screens."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from commands.explain import WORDS, date_text, day_text, finding_text, money_text, payment_text, status_text
from commands.kernel.calendar import kst_day
from commands.kernel.decision import Allowed, decisive
from commands.kernel.masking import masked_cellphone, masked_name
from commands.kernel.order import MIXED, ItemState, Order, OrderItem
from commands.kernel.screen import Badge, Button, Card, Line, Notice, Row, Run, Screen, Show, Tone
from commands.kernel.spec import Ask, ShownDate
from commands.kernel.who import CallerKind
from commands.order_cards import item_row

from .command import TEXTS, latest, one_order, why_none
from .rules import decide_detail

COMMAND = "orderList"
LIST, DETAIL = "list", "detail"
PICTURES = f"{COMMAND}.pictures"
_TONES = {
    ItemState.AWAITING_PAYMENT: Tone.WARNING,
    ItemState.PREPARING: Tone.INFO,
    ItemState.IN_TRANSIT: Tone.INFO,
    ItemState.DELIVERED: Tone.GOOD,
    ItemState.RETURN_REJECTED: Tone.BAD,
    ItemState.EXCHANGE_REJECTED: Tone.BAD,
    ItemState.CANCEL_REQUESTED: Tone.WARNING,
    ItemState.RETURNING: Tone.WARNING,
    ItemState.EXCHANGING: Tone.WARNING,
}


async def list_screen(ask: Ask, _input: Mapping[str, Any]) -> Screen:
    recent = await latest(ask)
    if not recent.orders:
        return _nothing(ask, why_none(ask, recent).findings)
    return Screen(
        title=TEXTS.say(ask.language, "list.title"),
        lead=TEXTS.say(ask.language, "list.lead", count=len(recent.orders)),
        cards=tuple(_card(order, ask) for order in recent.orders),
        buttons=_talk(ask, None, "order_list"),
        pictures=Run(PICTURES),
    )


def _nothing(ask: Ask, findings: Any) -> Screen:
    finding = decisive(findings)
    reader = "customer" if ask.caller.kind is CallerKind.USER else "manager"
    text = finding_text(finding, TEXTS, ask.language, reader) if finding else ""
    return Screen(
        title=TEXTS.say(ask.language, "list.title"),
        notices=(Notice(text),),
        buttons=_talk(ask, None, finding.code if finding else "none"),
    )


def _card(order: Order, ask: Ask) -> Card:
    say = TEXTS.say
    return Card(
        title=day_text(order, ask),
        note=say(ask.language, "card.number", number=order.order_id),
        badge=_badge(order.summary, status_text(order, ask.language)),
        rows=tuple(_row(item, ask, own_state=order.summary == MIXED) for item in order.items),
        lines=(
            Line(
                say(ask.language, "card.total"),
                total_text(order, ask),
            ),
        ),
        buttons=(
            Button(say(ask.language, "card.detail"), Show(COMMAND, DETAIL, {"orderId": order.order_id})),
        ),
    )


def _badge(state: str, text: str) -> Badge:
    return Badge(text, Tone.PLAIN if state == MIXED else _TONES.get(ItemState(state), Tone.PLAIN))


def _row(item: OrderItem, ask: Ask, *, own_state: bool) -> Row:
    text = WORDS.say(ask.language, f"state.{item.state}")
    return item_row(ask, item, TEXTS, badge=_badge(item.state, text) if own_state else None)


async def detail_screen(ask: Ask, given: Mapping[str, Any]) -> Screen:
    order = await one_order(ask, str(given.get("orderId", "")))
    reader = "customer" if ask.caller.kind is CallerKind.USER else "manager"
    findings = decide_detail(order).findings
    offers, dates = await asyncio.gather(ask.ports.offers.of(ask, order), ask.ports.ship_dates.of(ask, order))
    say = TEXTS.say
    products = Card(
        title=say(ask.language, "detail.items"),
        badge=_badge(order.summary, status_text(order, ask.language)),
        rows=tuple(_row(item, ask, own_state=order.summary == MIXED) for item in order.items),
    )
    return Screen(
        title=say(ask.language, "detail.title"),
        lead=f"{day_text(order, ask)} · {order.order_id}",
        notices=tuple(Notice(finding_text(f, TEXTS, ask.language, reader)) for f in findings),
        cards=tuple(
            c
            for c in (
                products,
                *_dates(order, dates, ask),
                _parcels(order, ask),
                _payment(order, ask),
                _receiver(order, ask),
            )
            if c
        ),
        buttons=(
            *(
                Button(o.label, Show(o.command, o.screen, {"orderId": order.order_id}))
                for o in offers
                if isinstance(o.decision, Allowed)
            ),
            *_talk(ask, order.order_id, findings[0].code if findings else "order_detail"),
            Button(say(ask.language, "detail.back"), Show(COMMAND, LIST), style="quiet"),
        ),
        pictures=Run(PICTURES, {"orderId": order.order_id}),
    )


def _dates(order: Order, groups: Sequence[ShownDate], ask: Ask) -> list[Card]:
    """One line a parcel; which items are in it only where there are several."""
    if not groups:
        return []
    names = {item.code: item.product_name for item in order.items}
    today = kst_day(ask.now)
    lines = []
    for number, group in enumerate(groups, start=1):
        label = TEXTS.say(ask.language, "detail.ships")
        if len(groups) > 1:
            label = TEXTS.say(ask.language, "detail.ships.part", number=number)
        said = date_text(group.ship_date, ask.language, today) if group.ship_date else group.note
        items = ", ".join(dict.fromkeys(names[code] for code in group.codes)) if len(groups) > 1 else ""
        lines.append(Line(label, f"{said} · {items}" if items else said))
    return [Card(TEXTS.say(ask.language, "detail.ships"), lines=tuple(lines))]


def _parcels(order: Order, ask: Ask) -> Card | None:
    lines = tuple(Line(p.company, p.number, href=p.url) for p in order.parcels)
    return Card(TEXTS.say(ask.language, "detail.tracking"), lines=lines) if lines else None


def _payment(order: Order, ask: Ask) -> Card:
    say = TEXTS.say
    methods = ", ".join(payment_text(m, ask.language) for m in order.payment.methods)
    lines = [
        Line(
            say(ask.language, "card.total"),
            total_text(order, ask),
        )
    ]
    if methods:
        lines.append(Line(say(ask.language, "detail.method"), methods))
    return Card(say(ask.language, "detail.payment"), lines=tuple(lines))


def _receiver(order: Order, ask: Ask) -> Card | None:
    if not order.receivers:
        return None
    to, say = order.receivers[0], TEXTS.say
    lines = [
        Line(say(ask.language, "detail.receiver.name"), masked_name(to.name)),
        Line(say(ask.language, "detail.receiver.phone"), masked_cellphone(to.cellphone)),
        Line(say(ask.language, "detail.receiver.address"), f"({to.zipcode}) {to.address1}"),
    ]
    return Card(say(ask.language, "detail.receiver"), lines=tuple(line for line in lines if line.value))


def _talk(ask: Ask, order_id: str | None, code: str) -> tuple[Button, ...]:
    """A manager needs no button to a manager, but a way into the console."""
    if ask.caller.kind is CallerKind.MANAGER:
        link = Run("console.link", done=WORDS.say(ask.language, "manager.console.opened"), opens="url")
        return (Button(WORDS.say(ask.language, "manager.console"), link, style="quiet"),)
    params = {"code": code} | ({"orderId": order_id} if order_id else {})
    done = WORDS.say(ask.language, "talk.done")
    return (Button(WORDS.say(ask.language, "talk"), Run("manager.call", params, done=done)),)


def total_text(order: Order, ask: Ask) -> str:
    return money_text(order.total.plain(), order.total.currency, ask.language)
