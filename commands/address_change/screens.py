"""`/배송지변경` on a phone, first half: pick an order, and type the address."""

from collections.abc import Mapping
from typing import Any

from commands.claim_forms import Input, talk, why
from commands.explain import day_text, status_text
from commands.kernel.decision import Allowed, decisive
from commands.kernel.masking import masked_cellphone, masked_name
from commands.kernel.order import Order
from commands.kernel.screen import (
    Badge,
    Button,
    Card,
    Field,
    Line,
    Notice,
    Run,
    Scalar,
    Screen,
    Show,
    Tone,
)
from commands.kernel.spec import Ask
from commands.order_cards import hidden_card, order_rows
from commands.postal import LONGEST

from .command import COMMAND, look, offer, why_none
from .finding_out import TEXTS, one_order

LIST, FORM, PREVIEW, CONFIRM, RECEIPT = "list", "form", "preview", "confirm", "receipt"
SEARCH = "search"
PICTURES = "orderList.pictures"
MEMBERS = ("receiverName", "cellphone", "zipcode", "address1", "address2", "message")
KINDS: Mapping[str, Any] = {"cellphone": "tel", "zipcode": "digits"}


async def list_screen(ask: Ask, given: Input) -> Screen:
    if given.get("orderId"):
        return await form_screen(ask, given)
    found = await look(ask)
    say = TEXTS.say
    none = "" if found.shown else why(ask, why_none(found).findings, TEXTS)
    return Screen(
        title=say(ask.language, "list.title"),
        lead=say(ask.language, "list.lead") if found.shown else "",
        notices=(Notice(none),) if none else (),
        cards=(
            *(_order_card(ask, order) for order in found.shown),
            *(hidden_card(ask, order, decision, TEXTS, told=none) for order, decision in found.hidden),
        ),
        buttons=() if found.shown or found.hidden else talk(ask, "nothing_to_change"),
        pictures=Run(PICTURES),
    )


def _order_card(ask: Ask, order: Order) -> Card:
    here = Show(COMMAND, FORM, {"orderId": order.order_id})
    button = Button(TEXTS.say(ask.language, "list.choose"), here, style="primary")
    badge = Badge(status_text(order, ask.language), Tone.INFO)
    return Card(
        day_text(order, ask),
        order.order_id,
        badge,
        order_rows(ask, order, TEXTS),
        _now(ask, order),
        (),
        (button,),
    )


def _now(ask: Ask, order: Order) -> tuple[Line, ...]:
    if not order.receivers:
        return ()
    to = order.receivers[0]
    say = TEXTS.say
    return (
        Line(say(ask.language, "now.receiver"), f"{masked_name(to.name)} · {masked_cellphone(to.cellphone)}"),
        Line(say(ask.language, "now.address"), f"({to.zipcode}) {to.address1}"),
    )


async def form_screen(ask: Ask, given: Input, errors: Mapping[str, str] | None = None) -> Screen:
    """The whole address is typed anew: the one on the order stands above, masked."""
    order = await one_order(ask, str(given.get("orderId", "")))
    decision = await offer(ask, order)
    say, wrong, given = TEXTS.say, errors or {}, _with_place(given)
    if not isinstance(decision, Allowed):
        finding = decisive(decision.findings)
        return Screen(
            title=say(ask.language, "form.title"),
            lead=order.order_id,
            notices=(Notice(why(ask, decision.findings, TEXTS), Tone.WARNING),),
            buttons=(*talk(ask, finding.code if finding else "hidden", order.order_id), _back_to_list(ask)),
        )
    fields = tuple(
        Field(
            name,
            say(ask.language, f"field.{name}"),
            KINDS.get(name, "text"),
            str(given.get(name, "")),
            hint=say(ask.language, f"hint.{name}") if TEXTS.has(f"hint.{name}") else "",
            error=wrong.get(name, ""),
            max_length=LONGEST[name],
            required=name != "message",
        )
        for name in MEMBERS
    )
    return Screen(
        title=say(ask.language, "form.title"),
        lead=say(ask.language, "form.lead"),
        notices=(Notice(say(ask.language, "form.wrong"), Tone.BAD),) if wrong else (),
        cards=(
            Card(say(ask.language, "form.now"), order.order_id, lines=_now(ask, order)),
            *_search(ask, given),
        ),
        fields=fields,
        submit=Button(
            say(ask.language, "form.next"),
            Show(COMMAND, PREVIEW, {"orderId": order.order_id}),
            style="primary",
        ),
        buttons=(_back_to_list(ask),),
    )


def _with_place(given: Input) -> Input:
    """`place` stands in the form of the search's answer: it counts only where it was picked there."""
    if not given.get("picked"):
        return given
    zipcode, _, address1 = str(given.get("place", "")).partition(" ")
    return {**given, "zipcode": zipcode, "address1": address1} if address1 else given


def _search(ask: Ask, given: Input) -> tuple[Card, ...]:
    """Above the fields. A button beside a form sends what stands in it, over what it was shown with."""
    if ask.ports.postcodes is None:
        return ()
    button = Button(TEXTS.say(ask.language, "search.open"), Show(COMMAND, SEARCH, carried(given)))
    return (Card(TEXTS.say(ask.language, "search.ask"), buttons=(button,)),)


def carried(given: Input) -> dict[str, Scalar]:
    """What a customer typed so far, for the next screen."""
    names = ("orderId", *MEMBERS)
    return {name: str(given.get(name, ""))[:200] for name in names if given.get(name)}


def _back_to_list(ask: Ask) -> Button:
    return Button(TEXTS.say(ask.language, "form.back"), Show(COMMAND, LIST), style="quiet")
