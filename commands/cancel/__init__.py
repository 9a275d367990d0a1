"""`/주문취소` (H17, H18): the customer picks lines not shipped yet, sees what will happen, and confirms.

A manager does the same in the customer's chat, and learns which setting of the mall stands in the way.
Example: 「오가닉 코튼 셔츠 화이트/L 2개 · 취소하기 · 신용카드로 79,000원 자동 환불」
"""

from commands.claiming import CandidatesParams, ConfirmParams
from commands.kernel.spec import CommandSpec, FunctionSpec
from commands.shapes import ReceiptResult

from .act import act
from .command import TEXTS, candidates, confirm, offer, preview, undo
from .doctor import examine
from .follow import follow
from .forms import CHOOSE, COMMAND, CONFIRM, LIST, PREVIEW, RECEIPT, UNDO
from .outcome import confirm_screen, receipt_screen, undo_screen
from .preview_screens import preview_screen
from .screens import choose_screen, list_screen
from .stopping import ship_again
from .wire import CandidatesResult, PreviewParams, PreviewResult, UndoParams

SPEC = CommandSpec(
    name=COMMAND,
    texts=TEXTS,
    functions=(
        FunctionSpec("cancel.candidates", CandidatesParams, CandidatesResult, candidates),
        FunctionSpec("cancel.preview", PreviewParams, PreviewResult, preview),
        FunctionSpec("cancel.confirm", ConfirmParams, ReceiptResult, confirm),
        FunctionSpec("cancel.undo", UndoParams, ReceiptResult, undo),
    ),
    screens={
        LIST: list_screen,
        CHOOSE: choose_screen,
        PREVIEW: preview_screen,
        CONFIRM: confirm_screen,
        RECEIPT: receipt_screen,
        UNDO: undo_screen,
    },
    first_screen=LIST,
    order_screen=CHOOSE,
    doctor=examine,
    act=act,
    offer=offer,
    follow=follow,
    take_back=ship_again,
)
