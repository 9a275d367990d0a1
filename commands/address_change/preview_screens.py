"""`/배송지변경` on a phone, second half: what the new address would mean, and the one button that makes it so."""

from functools import partial

from commands.claim_forms import Input, name_screen, phone_screen, reader, talk
from commands.claiming import ConfirmParams
from commands.confirming import Before, receipt_or_now
from commands.explain import money_text
from commands.kernel.failures import Failure
from commands.kernel.screen import Button, Card, Line, Notice, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.postal import AddressParams, read_address
from commands.shapes import FindingShape, ReceiptResult

from .command import COMMAND, confirm, preview
from .finding_out import TEXTS
from .outcome import receipt_view
from .screens import CONFIRM, FORM, MEMBERS, PREVIEW, carried, form_screen
from .wire import PreviewParams, PreviewResult


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
    return show(ask, given, result)


def _decided(ask: Ask, given: Input, result: PreviewResult) -> Screen:
    """The address as it will be written, not as it was typed."""
    say = TEXTS.say
    here = carried(given)
    to = Show(COMMAND, CONFIRM, {"planToken": result.plan_token, **here})
    fee = result.fee_after if result.fee_after != "0" else None
    lines = (
        *_place(ask, given),
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


def _place(ask: Ask, given: Input) -> tuple[Line, ...]:
    to, _ = read_address(AddressParams.model_validate({name: str(given.get(name, "")) for name in MEMBERS}))
    if to is None:
        return ()
    say = TEXTS.say
    return (
        Line(say(ask.language, "field.receiverName"), to.receiver_name),
        Line(say(ask.language, "field.cellphone"), to.cellphone),
        Line(say(ask.language, "now.address"), f"({to.zipcode}) {to.address1} {to.address2}"),
        Line(say(ask.language, "preview.message"), to.message or ""),
    )


def _refused(ask: Ask, given: Input, result: PreviewResult) -> Screen:
    findings = [f for f in result.decision.findings if f.effect in {"blocks", "needsManager"}]
    code = next((f.code for f in findings if f.decisive), "hidden")
    order_id = str(given.get("orderId", ""))
    texts = dict.fromkeys(_text(ask, found) for found in findings)
    back = Show(COMMAND, FORM, carried(given))
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
    if missing == "phoneCode":
        title, needed = say(ask.language, "preview.title"), say(ask.language, "phone.needed")
        return phone_screen(ask, given, title, needed, Show(COMMAND, FORM))
    here = carried(given)
    submit = Button(say(ask.language, "form.next"), Show(COMMAND, PREVIEW, here), style="primary")
    back = Button(say(ask.language, "preview.back"), Show(COMMAND, FORM, here), style="quiet")
    return name_screen(ask, given, submit, back)


async def confirm_screen(ask: Ask, given: Input) -> Screen:
    say = TEXTS.say
    before = Before(
        order_id=str(given.get("orderId") or ""),
        title=say(ask.language, "preview.title"),
        refused=say(ask.language, "preview.refused"),
        back=Show(COMMAND, PREVIEW, carried(given)),
        back_words=say(ask.language, "forbidden.back"),
    )

    pressed = confirm(ask, ConfirmParams.model_validate({"planToken": given.get("planToken", "")}))
    now = partial(preview_screen, ask, given)
    return await receipt_or_now(ask, before, pressed, _receipt, PreviewResult, now)


def _receipt(ask: Ask, result: ReceiptResult) -> Screen:
    return receipt_view(ask, result.receipt)
