"""`/교환반품` on a phone, first half: pick an order, exchange or return, then its lines and the reason."""

from commands.claim_forms import QUANTITY, Input, talk, why
from commands.explain import day_text, status_text
from commands.kernel.decision import Finding, decisive
from commands.kernel.order import OrderItem
from commands.kernel.screen import (
    Badge,
    Button,
    Card,
    Choice,
    Field,
    Notice,
    Run,
    Scalar,
    Screen,
    Show,
    Tone,
)
from commands.kernel.spec import Ask
from commands.order_cards import hidden_card, item_row, order_rows

from .command import Possible, look, possible, why_none
from .facts import KINDS, Kind
from .finding_out import TEXTS, one_order, under_way_for
from .forms import CHOOSE, LIST, PREVIEW, carried, kind_words, lead, say
from .item_rules import item_findings
from .previewing import COMMAND
from .reasons import REASONS

PICTURES = "orderList.pictures"
LONGEST_REASON = 200


async def list_screen(ask: Ask, given: Input) -> Screen:
    if given.get("orderId"):
        return await kind_screen(ask, given)
    found = await look(ask)
    none = "" if found.shown else why(ask, why_none(found).findings, TEXTS)
    return Screen(
        title=say(ask, "list.title"),
        lead=say(ask, "list.lead") if found.shown else "",
        notices=(Notice(none),) if none else (),
        cards=(
            *(_order_card(ask, one) for one in found.shown),
            *(hidden_card(ask, one.order, one.decision, TEXTS, told=none) for one in found.hidden),
        ),
        buttons=() if found.shown or found.hidden else talk(ask, "nothing_to_claim"),
        pictures=Run(PICTURES),
    )


def _order_card(ask: Ask, one: Possible) -> Card:
    order = one.order
    badge = Badge(status_text(order, ask.language), Tone.INFO)
    return Card(
        day_text(order, ask),
        order.order_id,
        badge,
        order_rows(ask, order, TEXTS),
        buttons=_kind_buttons(ask, one),
    )


def _kind_buttons(ask: Ask, one: Possible) -> tuple[Button, ...]:
    def button(kind: Kind) -> Button:
        chosen: dict[str, Scalar] = {"orderId": one.order.order_id, "kind": kind}
        return Button(say(ask, f"list.{kind}"), Show(COMMAND, CHOOSE, chosen), style="primary")

    return tuple(button(kind) for kind in one.kinds)


async def kind_screen(ask: Ask, given: Input) -> Screen:
    """Exchange or return, for one order; straight on where only one of them is possible."""
    order = await one_order(ask, str(given.get("orderId", "")))
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    one = possible(ask, order, mall, await under_way_for(ask, order))
    pictures = Run(PICTURES, {"orderId": order.order_id})
    if len(one.kinds) == 1:
        return lines_screen(ask, one, {**given, "kind": one.kinds[0]})
    if not one.kinds:
        text, finding = why(ask, one.decision.findings, TEXTS), decisive(one.decision.findings)
        return Screen(
            title=say(ask, "list.title"),
            lead=lead(ask, order),
            notices=(Notice(text),),
            cards=(Card(say(ask, "choose.held"), rows=order_rows(ask, order, TEXTS)),),
            buttons=(*talk(ask, finding.code if finding else "hidden", order.order_id), _other_order(ask)),
            pictures=pictures,
        )
    return Screen(
        title=say(ask, "kind.title"),
        lead=lead(ask, order),
        cards=(
            Card(say(ask, "kind.items"), rows=order_rows(ask, order, TEXTS), buttons=_kind_buttons(ask, one)),
        ),
        buttons=(_other_order(ask),),
        pictures=pictures,
    )


async def choose_screen(ask: Ask, given: Input, error: str = "") -> Screen:
    if given.get("kind") not in KINDS:
        return await kind_screen(ask, given)
    order = await one_order(ask, str(given.get("orderId", "")))
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    one = possible(ask, order, mall, await under_way_for(ask, order))
    if given["kind"] not in one.kinds:
        return await kind_screen(ask, given)
    return lines_screen(ask, one, given, error)


def lines_screen(ask: Ask, one: Possible, given: Input, error: str = "") -> Screen:
    """Nothing is chosen yet, unless there is only one piece: most send back one thing of several."""
    order, kind = one.order, given["kind"]
    facts = one.by_kind[kind][0]
    blocked = {item.code: found for item in order.items if (found := tuple(item_findings(facts, item)))}
    lone = order.items[0] if len(order.items) == 1 and order.items[0].quantity == 1 else None
    fields = tuple(
        _held_field(ask, item, blocked[item.code])
        if item.code in blocked
        else _quantity_field(ask, item, given)
        for item in order.items
    )
    here = carried(given, without={"reason", "text", *(n for n in given if n.startswith(QUANTITY))})
    words = kind_words(ask, given)
    return Screen(
        title=say(ask, "choose.title", kind=words),
        lead=lead(ask, order),
        notices=(Notice(error, Tone.BAD),) if error else (),
        cards=(Card(say(ask, "choose.lone", kind=words), rows=order_rows(ask, order, TEXTS)),)
        if lone
        else (),
        fields=(*(() if lone else fields), *_reason_fields(ask, given)),
        submit=Button(
            say(ask, "next"),
            Show(COMMAND, PREVIEW, here | ({f"{QUANTITY}{lone.code}": 1} if lone else {})),
            style="primary",
        ),
        buttons=(_other_order(ask),),
        pictures=Run(PICTURES, {"orderId": order.order_id}),
    )


def _other_order(ask: Ask) -> Button:
    return Button(say(ask, "choose.back"), Show(COMMAND, LIST), style="quiet")


def _held_field(ask: Ask, item: OrderItem, findings: tuple[Finding, ...]) -> Field:
    """A line that cannot be claimed stands in its place, with its why."""
    row = item_row(ask, item, TEXTS, note=why(ask, findings, TEXTS))
    return Field(f"held.{item.code}", item.product_name, "check", value="0", row=row, off=True)


def _quantity_field(ask: Ask, item: OrderItem, given: Input) -> Field:
    """A single piece is ticked or not; of several, a number is picked."""
    name = f"{QUANTITY}{item.code}"
    value = str(given.get(name, 0))
    row = item_row(ask, item, TEXTS)
    if item.quantity == 1:
        return Field(name, item.product_name, "check", value=value, row=row)
    counts = [Choice(str(n), say(ask, "choose.some", count=n)) for n in range(1, item.quantity + 1)]
    choices = (Choice("0", say(ask, "choose.none")), *counts)
    return Field(name, item.product_name, "select", value, choices=choices, row=row)


def _reason_fields(ask: Ask, given: Input) -> tuple[Field, ...]:
    choices = tuple(
        Choice(name, say(ask, f"reason.{name}"), say(ask, f"reason.payer.{reason.payer}"))
        for name, reason in REASONS.items()
    )
    chosen = str(given.get("reason", "changeOfMind"))
    text = str(given.get("text", ""))
    return (
        Field("reason", say(ask, "choose.reason"), "choice", value=chosen, choices=choices),
        Field("text", say(ask, "choose.text"), value=text, max_length=LONGEST_REASON, required=False),
    )
