"""`/배송지변경` on a phone: pick an order, type the address, see what it would mean, confirm."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from commands.claim_forms import Input, reader, talk, why
from commands.claiming import ConfirmParams
from commands.explain import day_text, money_text, status_text
from commands.kernel.decision import Allowed, Decision, NeedsManager, decisive
from commands.kernel.failures import Failure, FailureType
from commands.kernel.masking import masked_cellphone, masked_name
from commands.kernel.order import Order
from commands.kernel.screen import (
    Badge,
    Button,
    Card,
    Field,
    Line,
    Notice,
    Row,
    Run,
    Scalar,
    Screen,
    Show,
    Tone,
)
from commands.kernel.spec import Ask
from commands.postal import LONGEST
from commands.shapes import FindingShape

from .command import COMMAND, confirm, look, offer, preview, why_none
from .facts import AddressPlan
from .finding_out import TEXTS, one_order
from .outcome import receipt_view
from .wire import PreviewParams, PreviewResult

LIST, FORM, PREVIEW, CONFIRM, RECEIPT = "list", "form", "preview", "confirm", "receipt"
PICTURES = "orderList.pictures"
MEMBERS = ("receiverName", "cellphone", "zipcode", "address1", "address2", "message")
KINDS: Mapping[str, Any] = {"cellphone": "tel", "zipcode": "digits"}
LOOK_AGAIN = frozenset({FailureType.PLAN_STALE, FailureType.PLAN_EXPIRED})


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
            *(_hidden_card(ask, order, decision, told=none) for order, decision in found.hidden),
        ),
        buttons=() if found.shown or found.hidden else talk(ask, "nothing_to_change"),
        pictures=Run(PICTURES),
    )


def _order_card(ask: Ask, order: Order) -> Card:
    here = Show(COMMAND, FORM, {"orderId": order.order_id})
    button = Button(TEXTS.say(ask.language, "list.choose"), here, style="primary")
    badge = Badge(status_text(order, ask.language), Tone.INFO)
    return Card(
        day_text(order, ask), order.order_id, badge, _rows(ask, order), _now(ask, order), (), (button,)
    )


def _hidden_card(ask: Ask, order: Order, decision: Decision[AddressPlan], told: str) -> Card:
    """`told`: the why that stands above all cards already."""
    text = why(ask, decision.findings, TEXTS)
    finding = decisive(decision.findings)
    key = "list.needsManager" if isinstance(decision, NeedsManager) else "list.blocked"
    return Card(
        title=day_text(order, ask),
        note=order.order_id,
        badge=Badge(TEXTS.say(ask.language, key), Tone.PLAIN),
        rows=_rows(ask, order),
        notices=() if text == told else (Notice(text, Tone.PLAIN),),
        buttons=talk(ask, finding.code if finding else "hidden", order.order_id),
    )


def _rows(ask: Ask, order: Order) -> tuple[Row, ...]:
    count = TEXTS.say
    return tuple(
        Row(
            title=item.product_name,
            note=" · ".join(
                p for p in (item.option_text, count(ask.language, "row.count", count=item.quantity)) if p
            ),
            product_no=item.product_no,
            picture=ask.ports.pictures.known(ask.shop, item.product_no),
        )
        for item in order.items
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
    say, wrong = TEXTS.say, errors or {}
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
        cards=(Card(say(ask.language, "form.now"), order.order_id, lines=_now(ask, order)),),
        fields=fields,
        submit=Button(
            say(ask.language, "form.next"),
            Show(COMMAND, PREVIEW, {"orderId": order.order_id}),
            style="primary",
        ),
        buttons=(_back_to_list(ask),),
    )


async def preview_screen(ask: Ask, given: Input, known: PreviewResult | None = None) -> Screen:
    """Back to the form where a member is wrong, else what will happen. `known`: asked a moment ago."""
    address = {name: str(given.get(name, "")) for name in MEMBERS}
    params = PreviewParams.model_validate(
        {"orderId": given.get("orderId"), "address": address, "ordererName": given.get("name") or None}
    )
    try:
        result = known or await preview(ask, params)
    except Failure as failure:
        fields = failure.data.get("fields")
        if isinstance(fields, dict):
            return await form_screen(ask, given, fields)
        raise
    if result.missing:
        return _asking(ask, given, result.missing[0])
    show = _decided if result.plan_token else _refused
    return show(ask, given, address, result)


def _decided(ask: Ask, given: Input, address: Mapping[str, str], result: PreviewResult) -> Screen:
    say = TEXTS.say
    here = _carried(given)
    to = Show(COMMAND, CONFIRM, {"planToken": result.plan_token, **here})
    fee = result.fee_after
    lines = (
        Line(say(ask.language, "field.receiverName"), address["receiverName"]),
        Line(say(ask.language, "field.cellphone"), address["cellphone"]),
        Line(
            say(ask.language, "now.address"),
            f"({address['zipcode']}) {address['address1']} {address['address2']}",
        ),
        Line(say(ask.language, "field.message"), address["message"]),
        Line(say(ask.language, "fee"), money_text(fee, result.currency, ask.language) if fee else ""),
    )
    return Screen(
        title=say(ask.language, "preview.title"),
        lead=str(given.get("orderId", "")),
        notices=(Notice(say(ask.language, "preview.whole")),),
        cards=(Card(say(ask.language, "preview.to"), lines=tuple(line for line in lines if line.value)),),
        buttons=(
            Button(say(ask.language, "preview.confirm"), to, style="primary"),
            Button(say(ask.language, "preview.back"), Show(COMMAND, FORM, here), style="quiet"),
        ),
    )


def _refused(ask: Ask, given: Input, _address: Mapping[str, str], result: PreviewResult) -> Screen:
    findings = [f for f in result.decision.findings if f.effect in {"blocks", "needsManager"}]
    code = next((f.code for f in findings if f.decisive), "hidden")
    order_id = str(given.get("orderId", ""))
    texts = dict.fromkeys(_text(ask, found) for found in findings)
    back = Show(COMMAND, FORM, _carried(given))
    return Screen(
        title=TEXTS.say(ask.language, "preview.refused"),
        lead=order_id,
        notices=tuple(Notice(text, Tone.WARNING) for text in texts),
        buttons=(
            *talk(ask, code, order_id),
            Button(TEXTS.say(ask.language, "preview.back"), back, style="quiet"),
        ),
    )


def _text(ask: Ask, finding: FindingShape) -> str:
    return finding.customer_text if reader(ask) == "customer" else finding.manager_text


def _asking(ask: Ask, given: Input, missing: str) -> Screen:
    say = TEXTS.say
    here = _carried(given)
    if missing == "phoneCode":
        following: dict[str, Scalar] = {
            "nextCommand": COMMAND,
            "nextScreen": FORM,
            "orderId": here["orderId"],
        }
        to = Show("identity", "phone", following)
        button = Button(say(ask.language, "phone.button"), to, style="primary")
        return Screen(
            say(ask.language, "preview.title"),
            notices=(Notice(say(ask.language, "phone.needed")),),
            buttons=(button,),
        )
    error = say(ask.language, "name.wrong") if given.get("name") else ""
    return Screen(
        title=say(ask.language, "name.title"),
        lead=say(ask.language, "name.lead"),
        fields=(Field("name", say(ask.language, "name.field"), max_length=60, error=error),),
        submit=Button(say(ask.language, "form.next"), Show(COMMAND, PREVIEW, here), style="primary"),
        buttons=(Button(say(ask.language, "preview.back"), Show(COMMAND, FORM, here), style="quiet"),),
    )


async def confirm_screen(ask: Ask, given: Input) -> Screen:
    """A plan that is stale or old leads back to what would happen now."""
    try:
        result = await confirm(ask, ConfirmParams.model_validate({"planToken": given.get("planToken", "")}))
    except Failure as failure:
        if failure.type not in LOOK_AGAIN:
            raise
        made = failure.data.get("preview")
        now = await preview_screen(ask, given, PreviewResult.model_validate(made) if made else None)
        return replace(now, notices=(Notice(failure.message, Tone.WARNING), *now.notices))
    return receipt_view(ask, result.receipt)


def _carried(given: Input) -> dict[str, Scalar]:
    names = ("orderId", *MEMBERS)
    return {name: str(given.get(name, ""))[:200] for name in names if given.get(name)}


def _back_to_list(ask: Ask) -> Button:
    return Button(TEXTS.say(ask.language, "form.back"), Show(COMMAND, LIST), style="quiet")
