"""`/주문취소` on a phone: what will happen, in words, before the one button that makes it happen."""

from collections.abc import Callable, Mapping

from pydantic import ValidationError

from commands.claim_forms import ACCOUNT, Input, quantities, reader, talk
from commands.claiming import BANKS
from commands.explain import WORDS, money_text
from commands.kernel.failures import Failure, FailureType
from commands.kernel.screen import Button, Card, Line, Notice, Scalar, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.order_cards import line_rows
from commands.shapes import FindingShape, RefundShape

from .command import TEXTS, preview
from .forms import (
    ASKED_AGAIN,
    CHOOSE,
    COMMAND,
    CONFIRM,
    account_screen,
    carried,
    number_screen,
    orderer_screen,
    params_from,
)
from .receipt_view import open_receipt, receipt_screen_of
from .report import refund_total
from .screens import choose_screen
from .wire import PreviewParams, PreviewResult

MAY_ACCEPT = "mall_may_accept_at_once"
ASKING: Mapping[str, Callable[[Ask, Input], Screen]] = {
    "phoneCode": number_screen,
    "refundAccount": account_screen,
    "ordererName": orderer_screen,
}
"""What asks for each thing that may be missing."""


async def preview_screen(ask: Ask, given: Input, known: PreviewResult | None = None) -> Screen:
    """Back to where something is missing or wrong, else what will happen. `known`: asked a moment ago."""
    if not any(quantities(given).values()):
        return await choose_screen(ask, given, TEXTS.say(ask.language, "choose.nothing"))
    again = WORDS.say(ask.language, "failure.invalidParams")
    try:
        params = PreviewParams.model_validate(params_from(given))
        result = known or await preview(ask, params)
    except ValidationError as error:
        places = [e["loc"] for e in error.errors()]
        wrong = frozenset(ACCOUNT[str(p[1])] for p in places if p[0] == "refundAccount" and len(p) > 1)
        return account_screen(ask, given, wrong) if wrong else await choose_screen(ask, given, again)
    except Failure as failure:
        if failure.type is FailureType.INVALID_PARAMS:
            return await choose_screen(ask, given, again)
        raise
    if result.missing:
        return ASKING[result.missing[0]](ask, given)
    if under_way := open_receipt(result.decision.findings):
        return await receipt_screen_of(ask, under_way)
    show = decided_screen if result.plan_token else refused_screen
    return show(ask, params, result, carried(given, without=ASKED_AGAIN))


def decided_screen(
    ask: Ask, params: PreviewParams, result: PreviewResult, back: Mapping[str, Scalar]
) -> Screen:
    confirm = Show(COMMAND, CONFIRM, {"planToken": result.plan_token, **back})
    return Screen(
        title=TEXTS.say(ask.language, "preview.title"),
        lead=params.order_id,
        notices=(Notice(_what_happens(ask, result)), *_for_manager(ask, result)),
        cards=(_items_card(ask, params, result), _refund_card(ask, params, result)),
        buttons=(
            Button(_confirm_label(ask, result), confirm, style="primary"),
            _choose_again(ask, back),
        ),
    )


def refused_screen(
    ask: Ask, params: PreviewParams, result: PreviewResult, back: Mapping[str, Scalar]
) -> Screen:
    findings = [f for f in result.decision.findings if f.effect in {"blocks", "needsManager"}]
    code = next((f.code for f in findings if f.decisive), "hidden")
    return Screen(
        title=TEXTS.say(ask.language, "preview.refused"),
        lead=params.order_id,
        notices=tuple(
            Notice(text, Tone.WARNING) for text in dict.fromkeys(_text(ask, found) for found in findings)
        ),
        buttons=(*talk(ask, code, params.order_id), _choose_again(ask, back)),
    )


def _choose_again(ask: Ask, back: Mapping[str, Scalar]) -> Button:
    return Button(TEXTS.say(ask.language, "preview.back"), Show(COMMAND, CHOOSE, back), style="quiet")


def _text(ask: Ask, finding: FindingShape) -> str:
    return finding.customer_text if reader(ask) == "customer" else finding.manager_text


def _what_happens(ask: Ask, result: PreviewResult) -> str:
    """One sentence, a second that says why a request only, and a third where there is time to take it back."""
    say, minutes = TEXTS.say, ask.choices.cancel.undo_minutes
    if result.outcome == "complete":
        told = [say(ask.language, "preview.complete.later" if minutes else "preview.complete")]
    elif MAY_ACCEPT in {finding.code for finding in result.decision.findings}:
        told = [say(ask.language, "preview.request.mayAccept")]
    else:
        because = [f.customer_text for f in result.decision.findings if f.decisive]
        told = [
            say(ask.language, "preview.request"),
            *(because or [say(ask.language, "preview.request.then")]),
        ]
    if minutes:
        told.append(say(ask.language, "preview.undo", minutes=minutes))
    return " ".join(told)


def _for_manager(ask: Ask, result: PreviewResult) -> tuple[Notice, ...]:
    """Why the mall's or our settings make it a request, or a completion."""
    if reader(ask) == "customer":
        return ()
    return tuple(Notice(f.manager_text, Tone.WARNING) for f in result.decision.findings if f.decisive)


def _confirm_label(ask: Ask, result: PreviewResult) -> str:
    """The customer's own certain sum stands on the button that cannot be taken back."""
    amount = refund_total(result.refund, ask.language)
    if result.refund.automatic and amount and reader(ask) == "customer":
        return TEXTS.say(ask.language, "preview.confirm.refund", amount=amount)
    return TEXTS.say(ask.language, f"preview.confirm.{result.outcome}")


def _items_card(ask: Ask, params: PreviewParams, result: PreviewResult) -> Card:
    say = TEXTS.say
    reason = say(ask.language, f"reason.{params.reason.type}")
    text = f"{reason} · {params.reason.text}" if params.reason.text else reason
    lines = (Line(say(ask.language, "preview.reason"), text),)
    return Card(say(ask.language, "preview.items"), rows=line_rows(ask, result.items, TEXTS), lines=lines)


def _refund_lines(ask: Ask, refund: RefundShape) -> list[Line]:
    """A line a method where balances are among them: what was spent of those is not in the sum."""
    say, methods = TEXTS.say, refund.methods
    total = refund_total(refund, ask.language)
    by_method = refund.certain and (not total or any(method.amount for method in methods))
    if by_method and len(methods) > (1 if total else 0):
        spent = say(ask.language, "preview.amount.spent")
        return [
            Line(m.method, money_text(m.amount, refund.currency, ask.language) if m.amount else spent)
            for m in methods
        ]
    unsaid = say(ask.language, "preview.amount.none" if refund.certain else "preview.amount.later")
    return [
        Line(say(ask.language, "preview.amount"), total or unsaid),
        Line(say(ask.language, "preview.method"), ", ".join(method.method for method in methods)),
    ]


def _refund_card(ask: Ask, params: PreviewParams, result: PreviewResult) -> Card:
    say = TEXTS.say
    refund = result.refund
    lines = _refund_lines(ask, refund)
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
