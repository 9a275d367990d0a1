"""What will happen, and what happened: the preview, the receipt and the way back, as screens."""

from collections.abc import Mapping
from typing import Any

from commands.explain import WORDS
from commands.kernel.calendar import KST
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.screen import Button, Card, Line, Notice, Row, Scalar, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.receipt import receipt_shape
from commands.shapes import LineShape, ReceiptShape

from .command import TEXTS, confirm, receipt_of, undo
from .forms import CHOOSE, COMMAND, CONFIRM, PREVIEW, RECEIPT, UNDO, Input, carried, reader, talk
from .reasons import BANKS
from .report import refund_total
from .wire import ConfirmParams, PreviewParams, PreviewResult, UndoParams

TONES = {
    ReceiptState.DONE: Tone.GOOD,
    ReceiptState.WITHDRAWN: Tone.GOOD,
    ReceiptState.FAILED: Tone.BAD,
    ReceiptState.CHECKING: Tone.WARNING,
}


def decided_screen(
    ask: Ask, params: PreviewParams, result: PreviewResult, back: Mapping[str, Scalar]
) -> Screen:
    """Everything that will happen, in words, before the one button that makes it happen."""
    say = TEXTS.say
    codes = {finding.code for finding in result.decision.findings}
    key = "complete" if result.outcome == "complete" else "request"
    if key == "request" and "mall_may_accept_at_once" in codes:
        key = "request.mayAccept"
    notes = [f for f in result.decision.findings if f.decisive]
    told = [f.customer_text if reader(ask) == "customer" else f.manager_text for f in notes]
    confirm_label = say(ask.language, f"preview.confirm.{result.outcome}")
    return Screen(
        title=say(ask.language, "preview.title"),
        lead=params.order_id,
        notices=(Notice(say(ask.language, f"preview.{key}")), *(Notice(text, Tone.WARNING) for text in told)),
        cards=(_items_card(ask, params, result), _refund_card(ask, params, result)),
        buttons=(
            Button(
                confirm_label,
                Show(COMMAND, CONFIRM, {"planToken": result.plan_token, **back}),
                style="primary",
            ),
            Button(say(ask.language, "preview.back"), Show(COMMAND, CHOOSE, back), style="quiet"),
        ),
    )


def refused_screen(
    ask: Ask, params: PreviewParams, result: PreviewResult, back: Mapping[str, Scalar]
) -> Screen:
    findings = [f for f in result.decision.findings if f.effect in {"blocks", "needsManager"}]
    texts = dict.fromkeys(f.customer_text if reader(ask) == "customer" else f.manager_text for f in findings)
    code = findings[0].code if findings else "cancel"
    again = Button(TEXTS.say(ask.language, "preview.back"), Show(COMMAND, CHOOSE, back), style="quiet")
    return Screen(
        title=TEXTS.say(ask.language, "preview.title"),
        lead=params.order_id,
        notices=tuple(Notice(text, Tone.WARNING) for text in texts),
        buttons=(*talk(ask, code, params.order_id), again),
    )


def _rows(ask: Ask, lines: list[LineShape]) -> tuple[Row, ...]:
    def note(line: LineShape) -> str:
        count = TEXTS.say(ask.language, "row.count", count=line.quantity)
        return f"{line.option_text} · {count}" if line.option_text else count

    return tuple(Row(line.product_name, note(line)) for line in lines)


def _items_card(ask: Ask, params: PreviewParams, result: PreviewResult) -> Card:
    say = TEXTS.say
    reason = say(ask.language, f"reason.{params.reason.type}")
    text = f"{reason} · {params.reason.text}" if params.reason.text else reason
    lines = (Line(say(ask.language, "preview.reason"), text),)
    return Card(say(ask.language, "preview.items"), rows=_rows(ask, result.items), lines=lines)


def _refund_card(ask: Ask, params: PreviewParams, result: PreviewResult) -> Card:
    say = TEXTS.say
    refund = result.refund
    amount = refund_total(refund, ask.language) or say(ask.language, "preview.amount.later")
    lines = [
        Line(say(ask.language, "preview.amount"), amount),
        Line(say(ask.language, "preview.method"), ", ".join(m.method for m in refund.methods)),
    ]
    if account := params.refund_account:
        bank = BANKS[account.bank_code]
        shown = say(
            ask.language, "account.text", bank=bank, number=account.account_number, holder=account.holder
        )
        lines.append(Line(say(ask.language, "preview.account"), shown))
    return Card(
        say(ask.language, "preview.refund"),
        note=refund.note,
        lines=tuple(line for line in lines if line.value),
    )


async def confirm_screen(ask: Ask, given: Input) -> Screen:
    """A stale plan leads back to what would happen now."""
    try:
        result = await confirm(ask, ConfirmParams.model_validate({"planToken": given.get("planToken", "")}))
    except Failure as failure:
        if failure.type not in {FailureType.PLAN_STALE, FailureType.PLAN_EXPIRED}:
            raise
        again = Button(
            TEXTS.say(ask.language, "choose.next"), Show(COMMAND, PREVIEW, carried(given)), style="primary"
        )
        text = TEXTS.say(ask.language, "plan.stale")
        return Screen(
            TEXTS.say(ask.language, "preview.title"), notices=(Notice(text, Tone.WARNING),), buttons=(again,)
        )
    return receipt_view(ask, result.receipt)


async def receipt_screen(ask: Ask, given: Input) -> Screen:
    receipt: Receipt = await receipt_of(ask, str(given.get("receiptId", "")))
    return receipt_view(ask, receipt_shape(receipt))


async def undo_screen(ask: Ask, given: Input) -> Screen:
    result = await undo(ask, UndoParams.model_validate({"receiptId": given.get("receiptId", "")}))
    return receipt_view(ask, result.receipt)


def receipt_view(ask: Ask, receipt: ReceiptShape) -> Screen:
    say = TEXTS.say
    state = ReceiptState(receipt.state)
    until = receipt.undo_until.astimezone(KST).strftime("%H:%M") if receipt.undo_until else ""
    text = say(ask.language, f"receipt.text.{state}", time=until)
    return Screen(
        title=say(ask.language, f"receipt.title.{state}"),
        notices=(Notice(text, TONES.get(state, Tone.INFO)), *_reasons(ask, receipt)),
        cards=(_receipt_card(ask, receipt),),
        buttons=_next(ask, receipt, state),
    )


def _reasons(ask: Ask, receipt: ReceiptShape) -> tuple[Notice, ...]:
    findings: list[dict[str, Any]] = list((receipt.decision or {}).get("findings", ()))
    key = "customerText" if reader(ask) == "customer" else "managerText"
    return tuple(Notice(str(f[key]), Tone.WARNING) for f in findings if f.get("decisive") and f.get(key))


def _receipt_card(ask: Ask, receipt: ReceiptShape) -> Card:
    say = TEXTS.say
    lines = [Line(say(ask.language, "receipt.number"), receipt.order_id)]
    if receipt.claim_code:
        lines.append(Line(say(ask.language, "receipt.claim"), receipt.claim_code))
    amount = refund_total(receipt.refund, ask.language) if receipt.refund else ""
    if amount:
        lines.append(Line(say(ask.language, "receipt.refund"), amount))
    settled = receipt.state in {ReceiptState.DONE, ReceiptState.REQUESTED, ReceiptState.SCHEDULED}
    note = receipt.refund.note if receipt.refund and settled else ""
    return Card(
        say(ask.language, "receipt.items"), note=note, rows=_rows(ask, receipt.items), lines=tuple(lines)
    )


def _next(ask: Ask, receipt: ReceiptShape, state: ReceiptState) -> tuple[Button, ...]:
    say = TEXTS.say
    buttons: list[Button] = []
    if state is ReceiptState.SCHEDULED:
        take_back = Show(COMMAND, UNDO, {"receiptId": receipt.receipt_id})
        buttons.append(Button(say(ask.language, "receipt.undo"), take_back))
    if state is ReceiptState.CHECKING:
        again = Show(COMMAND, RECEIPT, {"receiptId": receipt.receipt_id})
        buttons.append(Button(say(ask.language, "receipt.again"), again, style="primary", available_in=3))
    if state in {ReceiptState.REQUESTED, ReceiptState.FAILED}:
        buttons += talk(ask, f"cancel_{state}", receipt.order_id)
    label = WORDS.say(ask.language, "orders")
    buttons.append(Button(label, Show("orderList", "list"), style="quiet"))
    return tuple(buttons)
