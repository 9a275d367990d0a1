"""`/주문취소` on a phone: the confirm, the receipt, and the undo."""

from functools import partial

from commands.claim_forms import Input
from commands.claiming import ConfirmParams
from commands.confirming import Before, receipt_or_now
from commands.kernel.screen import Screen, Show
from commands.kernel.spec import Ask
from commands.shapes import ReceiptResult

from .command import TEXTS, confirm, undo
from .forms import ASKED_AGAIN, COMMAND, PREVIEW, carried
from .preview_screens import preview_screen
from .receipt_view import receipt_screen_of, receipt_view
from .wire import PreviewResult, UndoParams


async def confirm_screen(ask: Ask, given: Input) -> Screen:
    say = TEXTS.say
    before = Before(
        order_id=str(given.get("orderId") or ""),
        title=say(ask.language, "preview.title"),
        refused=say(ask.language, "preview.refused"),
        back=Show(COMMAND, PREVIEW, carried(given, without=ASKED_AGAIN)),
        back_words=say(ask.language, "forbidden.back"),
    )

    pressed = confirm(ask, ConfirmParams.model_validate({"planToken": given.get("planToken", "")}))
    now = partial(preview_screen, ask, given)
    return await receipt_or_now(ask, before, pressed, _receipt, PreviewResult, now)


def _receipt(ask: Ask, result: ReceiptResult) -> Screen:
    return receipt_view(ask, result.receipt)


async def receipt_screen(ask: Ask, given: Input) -> Screen:
    return await receipt_screen_of(ask, str(given.get("receiptId", "")))


async def undo_screen(ask: Ask, given: Input) -> Screen:
    result = await undo(ask, UndoParams.model_validate({"receiptId": given.get("receiptId", "")}))
    return receipt_view(ask, result.receipt)
