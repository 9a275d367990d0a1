"""`/주문취소` on a phone: the confirm, the receipt, and the undo."""

from collections.abc import Mapping
from dataclasses import replace

from commands.claim_forms import Input, talk
from commands.claiming import ConfirmParams
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.screen import Button, Notice, Scalar, Screen, Show, Tone
from commands.kernel.spec import Ask

from .command import TEXTS, confirm, undo
from .forms import ASKED_AGAIN, COMMAND, PREVIEW, carried
from .preview_screens import preview_screen
from .receipt_view import receipt_screen_of, receipt_view
from .wire import PreviewResult, UndoParams

LOOK_AGAIN = frozenset({FailureType.PLAN_STALE, FailureType.PLAN_EXPIRED})


async def confirm_screen(ask: Ask, given: Input) -> Screen:
    """A plan that is stale or old leads back to what would happen now."""
    try:
        result = await confirm(ask, ConfirmParams.model_validate({"planToken": given.get("planToken", "")}))
    except Failure as failure:
        if failure.type is FailureType.FORBIDDEN:
            return forbidden_screen(ask, failure, carried(given, without=ASKED_AGAIN))
        if failure.type not in LOOK_AGAIN:
            raise
        made = failure.data.get("preview")
        if failure.type is FailureType.PLAN_STALE and made is None:
            return look_again_screen(ask, failure, carried(given, without=ASKED_AGAIN))
        now = await preview_screen(ask, given, PreviewResult.model_validate(made) if made else None)
        notices = (Notice(failure.message, Tone.WARNING), *now.notices)
        return replace(now, notices=tuple(dict.fromkeys(notices)))
    return receipt_view(ask, result.receipt)


def forbidden_screen(ask: Ask, failure: Failure, back: Mapping[str, Scalar]) -> Screen:
    """While the shop is on trial: whom to ask, and the way back to what was looked at."""
    say = TEXTS.say
    order_id = str(back.get("orderId") or "") or None
    return Screen(
        title=say(ask.language, "preview.refused"),
        lead=order_id or "",
        notices=(Notice(failure.message, Tone.WARNING),),
        buttons=(
            *talk(ask, "trial_mode", order_id),
            Button(say(ask.language, "forbidden.back"), Show(COMMAND, PREVIEW, back)),
            Button(WORDS.say(ask.language, "orders"), Show("orderList", "list"), style="quiet"),
        ),
    )


def look_again_screen(ask: Ask, failure: Failure, back: Mapping[str, Scalar]) -> Screen:
    """The plan is stale, and the mall was too slow to tell at once what holds now."""
    return Screen(
        title=TEXTS.say(ask.language, "preview.title"),
        lead=str(back.get("orderId", "")),
        notices=(Notice(failure.message, Tone.WARNING),),
        buttons=(
            Button(TEXTS.say(ask.language, "look.again"), Show(COMMAND, PREVIEW, back), style="primary"),
            Button(WORDS.say(ask.language, "orders"), Show("orderList", "list"), style="quiet"),
        ),
    )


async def receipt_screen(ask: Ask, given: Input) -> Screen:
    return await receipt_screen_of(ask, str(given.get("receiptId", "")))


async def undo_screen(ask: Ask, given: Input) -> Screen:
    result = await undo(ask, UndoParams.model_validate({"receiptId": given.get("receiptId", "")}))
    return receipt_view(ask, result.receipt)
