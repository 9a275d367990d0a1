"""`/진단` in the desk: the customer's latest orders, and for one of them what each command says and why."""

from collections.abc import Mapping
from typing import Any

from commands.explain import decision_shape, status_text
from commands.kernel.decision import Effect
from commands.kernel.screen import Badge, Button, Card, Line, Notice, Row, Screen, Show, Tone
from commands.kernel.spec import Ask, Offer
from commands.shapes import FindingShape

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
    months = ask.choices.lookback_months
    recent = await ask.ports.orders.recent(ask.shop, ask.customer, at_most=LATEST, months=months)
    say = TEXTS.say
    title = say(ask.language, "title")
    if not recent.orders:
        return Screen(title, notices=(Notice(say(ask.language, "none", months=months)),))
    cards = []
    for order in recent.orders:
        first = order.items[0].product_name if order.items else ""
        button = Button(say(ask.language, "look"), Show(COMMAND, ORDER, {"orderId": order.order_id}))
        badge = Badge(status_text(order, ask.language))
        cards.append(Card(order.order_id, first, badge, buttons=(button,)))
    return Screen(title, say(ask.language, "lead"), cards=tuple(cards))


async def order_screen(ask: Ask, given: Mapping[str, Any]) -> Screen:
    order = await one_order(ask, str(given.get("orderId", "")))
    offers = await ask.ports.offers.of(ask, order)
    say = TEXTS.say
    codes = ", ".join(f"{item.product_name} {item.status_code}" for item in order.items)
    facts = Card(
        say(ask.language, "facts"),
        lines=(
            Line(say(ask.language, "facts.items"), codes),
            Line(say(ask.language, "facts.channel"), order.channel_code or order.channel.value),
            Line(say(ask.language, "facts.payment"), ", ".join(order.payment.methods) or "–"),
        ),
    )
    back = Button(say(ask.language, "back"), Show(COMMAND, LIST), style="quiet")
    return Screen(
        title=say(ask.language, "title"),
        lead=order.order_id,
        cards=(facts, *(_offer_card(ask, offer) for offer in offers)),
        buttons=(back,),
    )


def _offer_card(ask: Ask, offer: Offer) -> Card:
    shape = decision_shape(offer.decision, offer.texts, ask.language)
    badge = Badge(TEXTS.say(ask.language, f"verdict.{shape.verdict}"), VERDICTS[shape.verdict])
    ordered = sorted(shape.findings, key=lambda finding: not finding.decisive)
    rows = tuple(_finding_row(ask, finding) for finding in ordered)
    note = "" if rows else TEXTS.say(ask.language, "plain")
    title = offer.texts.say(ask.language, "command.name")
    return Card(title, note, badge, rows)


def _finding_row(ask: Ask, finding: FindingShape) -> Row:
    """The decisive finding stands first and says so; the code is what the audit and the logs show."""
    parts = [finding.rule, finding.code]
    if finding.setting_path:
        parts.append(finding.setting_path)
    word = "decisive" if finding.decisive else f"effect.{finding.effect}"
    tone = EFFECTS[finding.effect]
    return Row(finding.manager_text, " · ".join(parts), Badge(TEXTS.say(ask.language, word), tone))
