"""`/진단` in the desk: the customer's latest orders, and for one of them what each command says and why."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from commands.explain import WORDS, day_text, decision_shape, payment_text, status_text
from commands.kernel.decision import Effect
from commands.kernel.order import Order, SalesChannel
from commands.kernel.ports import Unavailable
from commands.kernel.screen import Badge, Button, Card, Line, Notice, Row, Run, Screen, Show, Tone
from commands.kernel.spec import Ask, Offer
from commands.kernel.warehouse import Capability
from commands.shapes import DecisionShape, FindingShape

from .command import COMMAND, TEXTS, one_order

LIST, ORDER = "list", "order"
LATEST = 5
VERDICTS = {"allowed": Tone.GOOD, "needsManager": Tone.WARNING, "blocked": Tone.BAD}
EFFECTS = {
    Effect.BLOCKS: Tone.BAD,
    Effect.NEEDS_MANAGER: Tone.WARNING,
    Effect.LOWERS: Tone.WARNING,
    Effect.LIFTS: Tone.INFO,
    Effect.NOTES: Tone.PLAIN,
}


async def list_screen(ask: Ask, _given: Mapping[str, Any]) -> Screen:
    """The verdicts stand here already: most questions end on this screen."""
    months = ask.choices.lookback_months
    recent = await ask.ports.orders.recent(ask.shop, ask.customer, at_most=LATEST, months=months)
    say = TEXTS.say
    title = say(ask.language, "title")
    if not recent.orders:
        return Screen(title, notices=(Notice(say(ask.language, "none", months=months)),))
    await _glance(ask, recent.orders)
    cards = await asyncio.gather(*(_order_card(ask, order) for order in recent.orders))
    return Screen(title, say(ask.language, "lead"), cards=tuple(cards))


async def _glance(ask: Ask, orders: Sequence[Order]) -> None:
    """The warehouse is asked about all of them at once: what each command says to each order rests on it."""
    if Capability.ORDERS in (await ask.ports.warehouse.capabilities(ask.shop) or ()):
        with suppress(Unavailable):
            await ask.ports.warehouse.orders(ask.shop, [order.order_id for order in orders])


async def _order_card(ask: Ask, order: Order) -> Card:
    first = order.items[0].product_name if order.items else ""
    more = len(order.items) - 1
    names = TEXTS.say(ask.language, "and_more", first=first, count=more) if more > 0 else first
    return Card(
        title=day_text(order, ask),
        note=f"{order.order_id} · {names}",
        badge=Badge(status_text(order, ask.language)),
        rows=tuple(_verdict_row(ask, offer) for offer in await ask.ports.offers.of(ask, order)),
        buttons=(Button(TEXTS.say(ask.language, "look"), Show(COMMAND, ORDER, {"orderId": order.order_id})),),
    )


def _verdict_row(ask: Ask, offer: Offer) -> Row:
    shape = decision_shape(offer.decision, offer.texts, ask.language)
    finding = next((f for f in shape.findings if f.decisive), None)
    return Row(
        offer.texts.say(ask.language, "command.name"),
        finding.manager_text if finding else TEXTS.say(ask.language, "plain"),
        _verdict(ask, shape),
        path=(finding.setting_path or "") if finding else "",
    )


def _verdict(ask: Ask, shape: DecisionShape) -> Badge:
    return Badge(TEXTS.say(ask.language, f"verdict.{shape.verdict}"), VERDICTS[shape.verdict])


async def order_screen(ask: Ask, given: Mapping[str, Any]) -> Screen:
    order = await one_order(ask, str(given.get("orderId", "")))
    offers = await ask.ports.offers.of(ask, order)
    back = Button(TEXTS.say(ask.language, "back"), Show(COMMAND, LIST), style="quiet")
    return Screen(
        title=TEXTS.say(ask.language, "title"),
        lead=f"{day_text(order, ask)} · {order.order_id}",
        cards=(*(_offer_card(ask, offer) for offer in offers), _facts_card(ask, order)),
        buttons=(back,),
        pictures=Run("orderList.pictures", {"orderId": order.order_id}),
    )


def _facts_card(ask: Ask, order: Order) -> Card:
    """As the mall has it: codes beside the words, since the back office shows those."""
    say = TEXTS.say
    channel = say(ask.language, f"channel.{order.channel}")
    if order.channel is not SalesChannel.OWN_MALL and order.channel_code:
        channel = f"{channel} ({order.channel_code})"
    methods = ", ".join(payment_text(m, ask.language) for m in order.payment.methods)
    return Card(
        say(ask.language, "facts"),
        rows=tuple(
            Row(
                item.product_name,
                f"{WORDS.say(ask.language, f'state.{item.state}')} · {item.status_code}",
                product_no=item.product_no,
                picture=ask.ports.pictures.known(ask.shop, item.product_no),
            )
            for item in order.items
        ),
        lines=(
            Line(say(ask.language, "facts.channel"), channel),
            Line(say(ask.language, "facts.payment"), methods or "–"),
        ),
    )


def _offer_card(ask: Ask, offer: Offer) -> Card:
    """The decisive finding first and set apart; what several lines share is said once."""
    shape = decision_shape(offer.decision, offer.texts, ask.language)
    ordered = sorted(shape.findings, key=lambda finding: not finding.decisive)
    once = {(finding.code, finding.manager_text): finding for finding in reversed(ordered)}
    rows = tuple(_finding_row(ask, finding) for finding in reversed(once.values()))
    note = "" if rows else TEXTS.say(ask.language, "plain")
    return Card(offer.texts.say(ask.language, "command.name"), note, _verdict(ask, shape), rows)


def _finding_row(ask: Ask, finding: FindingShape) -> Row:
    """The code is what the policy, the audit and the logs show."""
    word = "decisive" if finding.decisive else f"effect.{finding.effect}"
    tone = EFFECTS[finding.effect]
    return Row(
        finding.manager_text,
        f"{finding.rule} · {finding.code}",
        Badge(TEXTS.say(ask.language, word), tone),
        tone=tone if finding.decisive else None,
        path=finding.setting_path or "",
    )
