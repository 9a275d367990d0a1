"""`/교환반품` on a phone: what happened. The receipt, and the way back while a claim waits for a manager."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from commands.claim_forms import Input, reader, talk
from commands.explain import WORDS
from commands.kernel.claim_rules import RECEIPT_OPEN
from commands.kernel.decision import Finding
from commands.kernel.failures import Failure, FailureType
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.screen import Button, Card, Line, Notice, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.order_cards import line_rows
from commands.shapes import FindingShape, LineShape

from .command import receipt_of
from .finding_out import TEXTS
from .forms import RECEIPT, WITHDRAW, kind_words, say
from .previewing import COMMAND

TONES = {
    ReceiptState.DONE: Tone.GOOD,
    ReceiptState.WITHDRAWN: Tone.GOOD,
    ReceiptState.FAILED: Tone.BAD,
    ReceiptState.CHECKING: Tone.WARNING,
}
UNKNOWN = frozenset({"outcome_unknown", "outcome_unclear"})
"""Ends of which nobody may say that the order is unchanged."""
SAYS_IT_ALL = UNKNOWN | {"request_rejected", "rejected_by_shop"}
OPEN = frozenset({ReceiptState.PENDING, ReceiptState.REQUESTED, ReceiptState.CHECKING})


def open_receipt(findings: Iterable[Finding | FindingShape]) -> str | None:
    """The id of the asker's own claim that has not ended."""
    found = (f.facts for f in findings if f.code == RECEIPT_OPEN and f.facts.get("command") == COMMAND)
    return next((str(facts["receiptId"]) for facts in found if facts.get("receiptId")), None)


async def receipt_screen(ask: Ask, given: Input) -> Screen:
    return await receipt_screen_of(ask, str(given.get("receiptId", "")))


async def receipt_screen_of(ask: Ask, receipt_id: str) -> Screen:
    return receipt_view(ask, await receipt_of(ask, receipt_id))


async def withdraw_screen(ask: Ask, given: Input) -> Screen:
    """What the claim has become, where somebody decided on it first."""
    pending_id = str(given.get("pendingId", ""))
    try:
        return receipt_view(ask, await ask.ports.effects.withdraw(ask, pending_id))
    except Failure as failure:
        if failure.type is not FailureType.TOO_LATE:
            raise
    decided = receipt_view(ask, await receipt_of(ask, pending_id))
    return replace(decided, notices=(Notice(say(ask, "withdraw.tooLate"), Tone.WARNING), *decided.notices))


def receipt_view(ask: Ask, receipt: Receipt) -> Screen:
    words = kind_words(ask, receipt.shown)
    key = "unknown" if _ends_with(receipt, UNKNOWN) else str(receipt.state)
    return Screen(
        title=say(ask, f"receipt.title.{key}", kind=words),
        notices=_notices(ask, receipt, words),
        cards=(_receipt_card(ask, receipt, words), *_parcel_card(ask, receipt)),
        buttons=_next(ask, receipt, words),
    )


def _findings(receipt: Receipt) -> list[dict[str, Any]]:
    return [finding for finding in (receipt.decision or {}).get("findings", ()) if finding.get("decisive")]


def _ends_with(receipt: Receipt, codes: frozenset[str]) -> bool:
    return any(finding.get("code") in codes for finding in _findings(receipt))


def _notices(ask: Ask, receipt: Receipt, words: str) -> tuple[Notice, ...]:
    """One: the reason where there is one, and what it means for the order."""
    key = "customerText" if reader(ask) == "customer" else "managerText"
    reasons = [str(finding[key]) for finding in _findings(receipt) if finding.get(key)]
    if _ends_with(receipt, SAYS_IT_ALL):
        return tuple(Notice(text, Tone.WARNING) for text in reasons)
    told = [*reasons, say(ask, f"receipt.text.{receipt.state}", kind=words)]
    return (Notice(" ".join(told), TONES.get(receipt.state, Tone.INFO)),)


def _receipt_card(ask: Ask, receipt: Receipt, words: str) -> Card:
    shown = receipt.shown
    lines = [Line(say(ask, "receipt.number"), receipt.order_id)]
    if receipt.claim_code:
        lines.append(Line(say(ask, "receipt.claim", kind=words), receipt.claim_code))
    reason = shown.get("reason") or {}
    if reason.get("type"):
        lines.append(Line(say(ask, "preview.reason"), say(ask, f"reason.{reason['type']}")))
    if photos := shown.get("photos"):
        lines.append(Line(say(ask, "preview.photos"), say(ask, "photos.count", count=len(photos))))
    wanted = [str(target.get("optionText") or "") for target in shown.get("exchangeFor", ())]
    lines += [Line(say(ask, "preview.target"), option) for option in wanted if option]
    items = [LineShape.model_validate(line) for line in shown.get("items", ())]
    refund = shown.get("refund") or {}
    note = str(refund.get("note", "")) if receipt.state in OPEN else ""
    return Card(
        say(ask, "preview.items", kind=words), note, rows=line_rows(ask, items, TEXTS), lines=tuple(lines)
    )


def _parcel_card(ask: Ask, receipt: Receipt) -> tuple[Card, ...]:
    """Where to send the goods: only once the shop has it as a request, never while it may still say no."""
    address = (ask.choices.exchange_return.return_address or "").strip()
    sends = receipt.shown.get("selfSend") is not None
    if not (sends and address) or receipt.state not in {ReceiptState.REQUESTED, ReceiptState.DONE}:
        return ()
    return (Card(say(ask, "self.card"), lines=(Line(say(ask, "self.address"), address),)),)


def _next(ask: Ask, receipt: Receipt, words: str) -> tuple[Button, ...]:
    buttons: list[Button] = []
    if receipt.state is ReceiptState.PENDING:
        take_back = Show(COMMAND, WITHDRAW, {"pendingId": receipt.receipt_id})
        buttons.append(Button(say(ask, "receipt.withdraw", kind=words), take_back))
    if receipt.state is ReceiptState.CHECKING:
        again = Show(COMMAND, RECEIPT, {"receiptId": receipt.receipt_id})
        buttons.append(Button(say(ask, "receipt.again"), again, style="primary", available_in=3))
    if receipt.state in {ReceiptState.REQUESTED, ReceiptState.FAILED}:
        code = next((str(finding.get("code")) for finding in _findings(receipt)), f"claim_{receipt.state}")
        buttons += talk(ask, code, receipt.order_id)
    label = WORDS.say(ask.language, "orders")
    buttons.append(Button(label, Show("orderList", "list"), style="quiet"))
    return tuple(buttons)
