"""A receipt as a screen: what happened, what it means for the order, and the way back while there is one."""

from collections.abc import Iterable
from typing import Any

from commands.claim_forms import reader, talk
from commands.explain import WORDS
from commands.kernel.calendar import KST
from commands.kernel.claim_rules import RECEIPT_OPEN
from commands.kernel.decision import Finding
from commands.kernel.plan import ReceiptState
from commands.kernel.screen import Button, Card, Line, Notice, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.order_cards import line_rows
from commands.receipt import receipt_shape
from commands.shapes import FindingShape, ReceiptShape

from .command import TEXTS, receipt_of
from .forms import COMMAND, RECEIPT, UNDO
from .report import refund_total

TONES = {
    ReceiptState.DONE: Tone.GOOD,
    ReceiptState.WITHDRAWN: Tone.GOOD,
    ReceiptState.FAILED: Tone.BAD,
    ReceiptState.CHECKING: Tone.WARNING,
}
REFUND_TOLD = frozenset({ReceiptState.DONE, ReceiptState.REQUESTED, ReceiptState.SCHEDULED})
"""States in which the plan's words about the refund still hold."""
UNKNOWN = frozenset({"outcome_unknown", "outcome_unclear", "warehouse_still_stopped"})
"""Ends of which nobody may say that the order is unchanged."""
SAYS_IT_ALL = UNKNOWN | {"request_rejected"}


def open_receipt(findings: Iterable[Finding | FindingShape]) -> str | None:
    """The id of the asker's own cancel that has not ended."""
    found = (f.facts for f in findings if f.code == RECEIPT_OPEN and f.facts.get("command") == COMMAND)
    return next((str(facts["receiptId"]) for facts in found), None)


async def receipt_screen_of(ask: Ask, receipt_id: str) -> Screen:
    return receipt_view(ask, receipt_shape(await receipt_of(ask, receipt_id)))


def receipt_view(ask: Ask, receipt: ReceiptShape) -> Screen:
    state = ReceiptState(receipt.state)
    key = "unknown" if _ends_with(receipt, UNKNOWN) else str(state)
    return Screen(
        title=TEXTS.say(ask.language, f"receipt.title.{key}"),
        notices=_notices(ask, receipt, state),
        cards=(_receipt_card(ask, receipt, state),),
        buttons=_next(ask, receipt, state),
    )


def _findings(receipt: ReceiptShape) -> list[dict[str, Any]]:
    return [finding for finding in (receipt.decision or {}).get("findings", ()) if finding.get("decisive")]


def _ends_with(receipt: ReceiptShape, codes: frozenset[str]) -> bool:
    return any(finding.get("code") in codes for finding in _findings(receipt))


def _notices(ask: Ask, receipt: ReceiptShape, state: ReceiptState) -> tuple[Notice, ...]:
    """One: the reason where there is one, and what it means for the order."""
    key = "customerText" if reader(ask) == "customer" else "managerText"
    reasons = [str(finding[key]) for finding in _findings(receipt) if finding.get(key)]
    if _ends_with(receipt, SAYS_IT_ALL):
        return tuple(Notice(text, Tone.WARNING) for text in reasons)
    until = receipt.undo_until.astimezone(KST).strftime("%H:%M") if receipt.undo_until else ""
    told = [*reasons, TEXTS.say(ask.language, f"receipt.text.{state}", time=until)]
    if state is ReceiptState.DONE and receipt.refund:
        told.append(receipt.refund.note)
    return (Notice(" ".join(told), TONES.get(state, Tone.INFO)),)


def _receipt_card(ask: Ask, receipt: ReceiptShape, state: ReceiptState) -> Card:
    say = TEXTS.say
    lines = [Line(say(ask.language, "receipt.number"), receipt.order_id)]
    if receipt.claim_code:
        lines.append(Line(say(ask.language, "receipt.claim"), receipt.claim_code))
    refund = receipt.refund if state in REFUND_TOLD else None
    if refund and (amount := refund_total(refund, ask.language)):
        key = "receipt.refund" if state is ReceiptState.DONE else "receipt.refund.later"
        lines.append(Line(say(ask.language, key), amount))
    return Card(
        say(ask.language, "receipt.items"),
        note=refund.note if refund and state is not ReceiptState.DONE else "",
        rows=line_rows(ask, receipt.items, TEXTS),
        lines=tuple(lines),
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
        code = next((str(finding.get("code")) for finding in _findings(receipt)), f"cancel_{state}")
        buttons += talk(ask, code, receipt.order_id)
    label = WORDS.say(ask.language, "orders")
    buttons.append(Button(label, Show("orderList", "list"), style="quiet"))
    return tuple(buttons)
