"""The receipt of a change of address as a screen."""

from commands.claim_forms import Input, reader, talk
from commands.explain import WORDS
from commands.kernel.plan import ReceiptState
from commands.kernel.screen import Button, Card, Line, Notice, Screen, Show, Tone
from commands.kernel.spec import Ask
from commands.receipt import receipt_shape
from commands.shapes import ReceiptShape

from .command import COMMAND
from .finding_out import TEXTS

RECEIPT = "receipt"
TONES = {ReceiptState.DONE: Tone.GOOD, ReceiptState.FAILED: Tone.BAD, ReceiptState.CHECKING: Tone.WARNING}


async def receipt_screen(ask: Ask, given: Input) -> Screen:
    receipt = await ask.ports.effects.receipt(ask, str(given.get("receiptId", "")))
    return receipt_view(ask, receipt_shape(receipt))


def receipt_view(ask: Ask, receipt: ReceiptShape) -> Screen:
    say, state = TEXTS.say, ReceiptState(receipt.state)
    key = "customerText" if reader(ask) == "customer" else "managerText"
    findings = [f for f in (receipt.decision or {}).get("findings", ()) if f.get("decisive")]
    texts = [str(f[key]) for f in findings if f.get(key)] or [say(ask.language, f"receipt.text.{state}")]
    buttons = []
    if state is ReceiptState.CHECKING:
        again = Show(COMMAND, RECEIPT, {"receiptId": receipt.receipt_id})
        buttons.append(Button(say(ask.language, "receipt.again"), again, style="primary", available_in=3))
    if state is ReceiptState.FAILED:
        code = next((str(f.get("code")) for f in findings), "address_failed")
        buttons += talk(ask, code, receipt.order_id)
    buttons.append(Button(WORDS.say(ask.language, "orders"), Show("orderList", "list"), style="quiet"))
    return Screen(
        title=say(ask.language, f"receipt.title.{state}"),
        notices=tuple(Notice(text, TONES.get(state, Tone.INFO)) for text in texts),
        cards=(
            Card(
                say(ask.language, "receipt.order"),
                lines=(Line(say(ask.language, "receipt.number"), receipt.order_id),),
            ),
        ),
        buttons=tuple(buttons),
    )
