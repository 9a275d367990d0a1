"""`/교환반품` on a phone: the button was pressed."""

from dataclasses import replace

from commands.claim_forms import Input, talk
from commands.explain import WORDS
from commands.kernel.failures import Failure, FailureType
from commands.kernel.screen import Button, Notice, Screen, Show, Tone
from commands.kernel.spec import Ask

from .forms import ASKED_AGAIN, PREVIEW, carried, kind_words, say
from .outcome import receipt_view
from .preview_screens import preview_screen
from .previewing import COMMAND, confirmed

LOOK_AGAIN = frozenset({FailureType.PLAN_STALE, FailureType.PLAN_EXPIRED})


async def confirm_screen(ask: Ask, given: Input) -> Screen:
    """A plan that is stale or old leads back to what would happen now."""
    try:
        receipt = await confirmed(ask, str(given.get("planToken", ""))[:400])
    except Failure as failure:
        if failure.type is FailureType.FORBIDDEN:
            return _forbidden_screen(ask, failure, given)
        if failure.type not in LOOK_AGAIN:
            raise
        now = await preview_screen(ask, given)
        notices = (Notice(failure.message, Tone.WARNING), *now.notices)
        return replace(now, notices=tuple(dict.fromkeys(notices)))
    return receipt_view(ask, receipt)


def _forbidden_screen(ask: Ask, failure: Failure, given: Input) -> Screen:
    """While the shop is on trial: whom to ask, and the way back to what was looked at."""
    order_id = str(given.get("orderId") or "") or None
    back = Show(COMMAND, PREVIEW, carried(given, without=ASKED_AGAIN))
    return Screen(
        title=say(ask, "preview.refused", kind=kind_words(ask, given)),
        lead=order_id or "",
        notices=(Notice(failure.message, Tone.WARNING),),
        buttons=(
            *talk(ask, "trial_mode", order_id),
            Button(say(ask, "forbidden.back"), back),
            Button(WORDS.say(ask.language, "orders"), Show("orderList", "list"), style="quiet"),
        ),
    )
