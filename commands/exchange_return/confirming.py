"""`/교환반품` on a phone: the button was pressed."""

from functools import partial

from commands.claim_forms import Input
from commands.confirming import Before, receipt_or_now
from commands.kernel.screen import Screen, Show
from commands.kernel.spec import Ask

from .forms import ASKED_AGAIN, PREVIEW, carried, kind_words, say
from .outcome import receipt_view
from .preview_screens import preview_screen
from .previewing import COMMAND, claimed
from .wire import PreviewResult


async def confirm_screen(ask: Ask, given: Input) -> Screen:
    words = kind_words(ask, given)
    before = Before(
        order_id=str(given.get("orderId") or ""),
        title=say(ask, "preview.title", kind=words),
        refused=say(ask, "preview.refused", kind=words),
        back=Show(COMMAND, PREVIEW, carried(given, without=ASKED_AGAIN)),
        back_words=say(ask, "forbidden.back"),
    )

    confirm = claimed(ask, str(given.get("planToken", ""))[:400])
    now = partial(preview_screen, ask, given)
    return await receipt_or_now(ask, before, confirm, receipt_view, PreviewResult, now)
