"""Orders and lines on a screen, as the commands show them; `texts` are those of the command that asks."""

from collections.abc import Iterable
from typing import Any

from commands.claim_forms import talk, why
from commands.explain import day_text
from commands.kernel.decision import Decision, NeedsManager, decisive
from commands.kernel.order import Order, OrderItem
from commands.kernel.screen import Badge, Button, Card, Notice, Row, Tone
from commands.kernel.spec import Ask
from commands.kernel.texts import Texts
from commands.shapes import LineShape


def item_row(ask: Ask, item: OrderItem, texts: Texts, note: str = "", badge: Badge | None = None) -> Row:
    """`note`: what stands in the place of option and quantity."""
    return Row(
        title=item.product_name,
        note=note or counted(ask, item.option_text, item.quantity, texts),
        badge=badge,
        product_no=item.product_no,
        picture=ask.ports.pictures.known(ask.shop, item.product_no),
    )


def order_rows(ask: Ask, order: Order, texts: Texts) -> tuple[Row, ...]:
    return tuple(item_row(ask, item, texts) for item in order.items)


def line_rows(ask: Ask, lines: Iterable[LineShape], texts: Texts) -> tuple[Row, ...]:
    """Of a receipt or a preview, which know no pictures."""
    return tuple(
        Row(line.product_name, counted(ask, line.option_text, line.quantity, texts)) for line in lines
    )


def hidden_card(
    ask: Ask,
    order: Order,
    decision: Decision[Any],
    texts: Texts,
    *,
    told: str,
    badge: str = "",
    buttons: tuple[Button, ...] = (),
) -> Card:
    """An order that the command cannot serve, with its why. `told`: the why that stands above all cards already;
    `badge` and `buttons`: others than for an order that only a manager can help with.
    """
    text = why(ask, decision.findings, texts)
    finding = decisive(decision.findings)
    key = "list.needsManager" if isinstance(decision, NeedsManager) else "list.blocked"
    return Card(
        title=day_text(order, ask),
        note=order.order_id,
        badge=Badge(badge or texts.say(ask.language, key), Tone.PLAIN),
        rows=order_rows(ask, order, texts),
        notices=() if text == told else (Notice(text, Tone.PLAIN),),
        buttons=buttons or talk(ask, finding.code if finding else "hidden", order.order_id),
    )


def counted(ask: Ask, option_text: str, quantity: int, texts: Texts) -> str:
    """`화이트 / L · 2개`."""
    count = texts.say(ask.language, "row.count", count=quantity)
    return " · ".join(part for part in (option_text, count) if part)
