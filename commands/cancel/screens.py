"""`/주문취소` on a phone, first half: pick an order, then its lines, with quantities and a reason."""

from commands.claim_forms import QUANTITY, Input, talk, why
from commands.explain import day_text, status_text
from commands.kernel.claim_rules import RECEIPT_OPEN
from commands.kernel.decision import Decision, Finding, decisive
from commands.kernel.order import Order, OrderItem
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

from .command import TEXTS, facts_to_choose, look, one_order, why_none
from .facts import CancelPlan
from .forms import CHOOSE, COMMAND, LIST, PREVIEW, RECEIPT
from .item_rules import item_findings
from .order_rules import receipt_is_open
from .reasons import REASONS
from .receipt_view import open_receipt, receipt_screen_of

PICTURES = "orderList.pictures"
LONGEST_REASON = 200


async def list_screen(ask: Ask, given: Input) -> Screen:
    if given.get("orderId"):
        return await choose_screen(ask, given)
    found = await look(ask)
    say = TEXTS.say
    none = "" if found.shown else why(ask, why_none(found).findings, TEXTS)
    return Screen(
        title=say(ask.language, "list.title"),
        lead=say(ask.language, "list.lead") if found.shown else "",
        notices=(Notice(none),) if none else (),
        cards=(
            *(_order_card(ask, order) for order, _ in found.shown),
            *(_hidden_card(ask, order, decision, none) for order, decision in found.hidden),
        ),
        buttons=() if found.shown or found.hidden else talk(ask, "nothing_to_cancel"),
        pictures=Run(PICTURES),
    )


def _order_card(ask: Ask, order: Order) -> Card:
    button = Button(
        TEXTS.say(ask.language, "list.choose"),
        Show(COMMAND, CHOOSE, {"orderId": order.order_id}),
        style="primary",
    )
    badge = Badge(status_text(order, ask.language), Tone.INFO)
    return Card(day_text(order, ask), order.order_id, badge, order_rows(ask, order, TEXTS), buttons=(button,))


def _hidden_card(ask: Ask, order: Order, decision: Decision[CancelPlan], told: str) -> Card:
    """An order under way shows its own receipt, if it is the asker's."""
    finding = decisive(decision.findings)
    busy = finding is not None and finding.code == RECEIPT_OPEN
    badge = TEXTS.say(ask.language, "list.underWay") if busy else ""
    under_way = open_receipt(decision.findings)
    buttons = (_look(ask, under_way),) if under_way else ()
    return hidden_card(ask, order, decision, TEXTS, told=told, badge=badge, buttons=buttons)


def _look(ask: Ask, receipt_id: str) -> Button:
    show = Show(COMMAND, RECEIPT, {"receiptId": receipt_id})
    return Button(TEXTS.say(ask.language, "list.look"), show, style="primary")


async def choose_screen(ask: Ask, given: Input, error: str = "") -> Screen:
    """Every line that may be cancelled begins with all its pieces: most cancel the whole order."""
    order = await one_order(ask, str(given.get("orderId", "")))
    pictures = Run(PICTURES, {"orderId": order.order_id})
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    facts = await facts_to_choose(ask, order, mall)
    if busy := receipt_is_open(facts):
        own = open_receipt([busy])
        return await receipt_screen_of(ask, own) if own else _nothing_free(ask, order, (busy,), pictures)
    blocked = {item.code: findings for item in order.items if (findings := tuple(item_findings(facts, item)))}
    if len(blocked) == len(order.items):
        return _nothing_free(ask, order, next(iter(blocked.values()), ()), pictures)
    say = TEXTS.say
    lone = _lone(order)
    here: dict[str, Scalar] = {"orderId": order.order_id}
    fields = tuple(
        _held_field(ask, item, blocked[item.code])
        if item.code in blocked
        else _quantity_field(ask, item, given)
        for item in order.items
    )
    return Screen(
        title=say(ask.language, "choose.title"),
        lead=_lead(ask, order),
        notices=(Notice(error, Tone.BAD),) if error else (),
        cards=(Card(say(ask.language, "choose.lone"), rows=order_rows(ask, order, TEXTS)),) if lone else (),
        fields=(*(() if lone else fields), *_reason_fields(ask, given)),
        submit=Button(
            say(ask.language, "choose.next"),
            Show(COMMAND, PREVIEW, here | ({f"{QUANTITY}{lone.code}": 1} if lone else {})),
            style="primary",
        ),
        buttons=(_other_order(ask),),
        pictures=pictures,
    )


def _nothing_free(ask: Ask, order: Order, findings: tuple[Finding, ...], pictures: Run) -> Screen:
    return Screen(
        title=TEXTS.say(ask.language, "choose.title"),
        lead=_lead(ask, order),
        notices=(Notice(why(ask, findings, TEXTS)),) if findings else (),
        cards=(Card(TEXTS.say(ask.language, "choose.held"), rows=order_rows(ask, order, TEXTS)),),
        buttons=(*talk(ask, findings[0].code if findings else "hidden", order.order_id), _other_order(ask)),
        pictures=pictures,
    )


def _lone(order: Order) -> OrderItem | None:
    """An order of one piece leaves nothing to choose."""
    return order.items[0] if len(order.items) == 1 and order.items[0].quantity == 1 else None


def _lead(ask: Ask, order: Order) -> str:
    return f"{day_text(order, ask)} · {order.order_id}"


def _other_order(ask: Ask) -> Button:
    return Button(TEXTS.say(ask.language, "choose.back"), Show(COMMAND, LIST), style="quiet")


def _held_field(ask: Ask, item: OrderItem, findings: tuple[Finding, ...]) -> Field:
    """A line that cannot be cancelled stands in its place, with its why."""
    row = item_row(ask, item, TEXTS, note=why(ask, findings, TEXTS))
    return Field(f"held.{item.code}", item.product_name, "check", value="0", row=row, off=True)


def _quantity_field(ask: Ask, item: OrderItem, given: Input) -> Field:
    """A single piece is ticked or not; of several, a number is picked."""
    name = f"{QUANTITY}{item.code}"
    value = str(given.get(name, item.quantity))
    row = item_row(ask, item, TEXTS)
    if item.quantity == 1:
        return Field(name, item.product_name, "check", value=value, row=row)
    say = TEXTS.say
    some = [Choice(str(n), say(ask.language, "choose.some", count=n)) for n in range(1, item.quantity)]
    return Field(
        name=name,
        label=item.product_name,
        kind="select",
        value=value,
        choices=(
            Choice(str(item.quantity), say(ask.language, "choose.all", count=item.quantity)),
            *reversed(some),
            Choice("0", say(ask.language, "choose.none")),
        ),
        row=row,
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
            max_length=LONGEST_REASON,
            required=False,
        ),
    )
