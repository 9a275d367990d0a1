"""`/주문취소` on a phone: pick an order → lines and reason → what will happen → receipt."""

from pydantic import ValidationError

from commands.explain import WORDS, day_text, status_text
from commands.kernel.decision import Decision, decisive
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order, OrderItem
from commands.kernel.screen import Badge, Button, Card, Choice, Field, Notice, Row, Run, Screen, Show, Tone
from commands.kernel.spec import Ask

from .command import TEXTS, facts_of, look, one_order, preview, why_none
from .facts import CancelPlan
from .forms import (
    CHOOSE,
    COMMAND,
    LIST,
    PREVIEW,
    QUANTITY,
    Input,
    account_screen,
    carried,
    name_screen,
    params_from,
    phone_screen,
    quantities,
    talk,
    why,
)
from .item_rules import item_findings
from .outcome import decided_screen, refused_screen
from .reasons import REASONS
from .wire import PreviewParams


async def list_screen(ask: Ask, given: Input) -> Screen:
    if given.get("orderId"):
        return await choose_screen(ask, given)
    found = await look(ask)
    say = TEXTS.say
    if not found.shown and not found.hidden:
        text = why(ask, why_none(found).findings)
        return Screen(
            say(ask.language, "list.title"), notices=(Notice(text),), buttons=talk(ask, "nothing_to_cancel")
        )
    return Screen(
        title=say(ask.language, "list.title"),
        lead=say(ask.language, "list.lead") if found.shown else "",
        notices=() if found.shown else (Notice(why(ask, why_none(found).findings)),),
        cards=(
            *(_order_card(ask, order) for order, _ in found.shown),
            *(_hidden_card(ask, order, decision) for order, decision in found.hidden),
        ),
        pictures=Run("orderList.pictures"),
    )


def _order_card(ask: Ask, order: Order) -> Card:
    button = Button(
        TEXTS.say(ask.language, "list.choose"),
        Show(COMMAND, CHOOSE, {"orderId": order.order_id}),
        style="primary",
    )
    badge = Badge(status_text(order, ask.language), Tone.INFO)
    return Card(day_text(order, ask), order.order_id, badge, _rows(ask, order), buttons=(button,))


def _hidden_card(ask: Ask, order: Order, decision: Decision[CancelPlan]) -> Card:
    finding = decisive(decision.findings)
    return Card(
        title=day_text(order, ask),
        note=f"{order.order_id} · {why(ask, decision.findings)}",
        badge=Badge(TEXTS.say(ask.language, "list.hidden"), Tone.PLAIN),
        rows=_rows(ask, order),
        buttons=talk(ask, finding.code if finding else "hidden", order.order_id),
    )


def _rows(ask: Ask, order: Order) -> tuple[Row, ...]:
    return tuple(_row(ask, item) for item in order.items)


def _row(ask: Ask, item: OrderItem, note: str = "") -> Row:
    count = TEXTS.say(ask.language, "row.count", count=item.quantity)
    return Row(
        title=item.product_name,
        note=note or " · ".join(part for part in (item.option_text, count) if part),
        product_no=item.product_no,
        picture=ask.ports.pictures.known(ask.shop, item.product_no),
    )


async def choose_screen(ask: Ask, given: Input, error: str = "") -> Screen:
    """Every line that may be cancelled begins with all its pieces: most cancel the whole order."""
    order = await one_order(ask, str(given.get("orderId", "")))
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    facts = facts_of(ask, order, mall)
    blocked = {item.code: findings for item in order.items if (findings := tuple(item_findings(facts, item)))}
    free = [item for item in order.items if item.code not in blocked]
    say = TEXTS.say
    title, lead = say(ask.language, "choose.title"), f"{day_text(order, ask)} · {order.order_id}"
    held = tuple(
        _row(ask, item, note=why(ask, blocked[item.code])) for item in order.items if item.code in blocked
    )
    cards = (Card(say(ask.language, "list.hidden"), rows=held),) if held else ()
    if not free:
        first = next(iter(blocked.values()))
        back = Button(say(ask.language, "preview.back"), Show(COMMAND, LIST), style="quiet")
        return Screen(
            title,
            lead,
            (Notice(why(ask, first)),),
            cards,
            buttons=(*talk(ask, first[0].code, order.order_id), back),
        )
    return Screen(
        title=title,
        lead=lead,
        notices=(Notice(error, Tone.BAD),) if error else (),
        cards=cards,
        fields=(*(_quantity_field(ask, item, given) for item in free), *_reason_fields(ask, given)),
        submit=Button(
            say(ask.language, "choose.next"),
            Show(COMMAND, PREVIEW, {"orderId": order.order_id}),
            style="primary",
        ),
        buttons=(Button(say(ask.language, "preview.back"), Show(COMMAND, LIST), style="quiet"),),
    )


def _quantity_field(ask: Ask, item: OrderItem, given: Input) -> Field:
    say = TEXTS.say
    some = [Choice(str(n), say(ask.language, "choose.some", count=n)) for n in range(1, item.quantity)]
    return Field(
        name=f"{QUANTITY}{item.code}",
        label=" · ".join(part for part in (item.product_name, item.option_text) if part),
        kind="select",
        value=str(given.get(f"{QUANTITY}{item.code}", item.quantity)),
        choices=(
            Choice(str(item.quantity), say(ask.language, "choose.all", count=item.quantity)),
            *reversed(some),
            Choice("0", say(ask.language, "choose.none")),
        ),
    )


def _reason_fields(ask: Ask, given: Input) -> tuple[Field, ...]:
    say = TEXTS.say
    choices = tuple(Choice(name, say(ask.language, f"reason.{name}")) for name in REASONS)
    chosen = str(given.get("reason", "changeOfMind"))
    return (
        Field("reason", say(ask.language, "choose.reason"), "choice", value=chosen, choices=choices),
        Field(
            "text",
            say(ask.language, "choose.text"),
            value=str(given.get("text", "")),
            max_length=200,
            required=False,
        ),
    )


async def preview_screen(ask: Ask, given: Input) -> Screen:
    if not any(quantity for quantity in quantities(given).values()):
        return await choose_screen(ask, given, TEXTS.say(ask.language, "choose.nothing"))
    try:
        params = PreviewParams.model_validate(params_from(given))
        result = await preview(ask, params)
    except ValidationError:
        return account_screen(ask, given, TEXTS.say(ask.language, "account.wrong"))
    except Failure as failure:
        if failure.type is FailureType.INVALID_PARAMS:
            return await choose_screen(ask, given, WORDS.say(ask.language, "failure.invalidParams"))
        raise
    for name in result.missing or ():
        if name == "phoneCode":
            return phone_screen(ask, given)
        return account_screen(ask, given) if name == "refundAccount" else name_screen(ask, given)
    back = {k: v for k, v in carried(given).items() if k not in {"bank", "account", "holder", "name"}}
    show = decided_screen if result.plan_token else refused_screen
    return show(ask, params, result, back)
