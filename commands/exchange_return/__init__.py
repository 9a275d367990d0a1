"""`/교환반품` (H21–H23): the customer picks lines, says why, and asks for another option or the money back.

By fault of the mall photos come with it, and a manager may look first (신청 대기). A manager may ask for a customer.
Example: 「린넨 셔츠 아이보리/M 1개 · 교환 → 아이보리/L · 상품 불량 · 사진 2장 → 판매자 확인을 기다리고 있어요」
"""

from commands.claiming import CandidatesParams, ConfirmParams
from commands.kernel.spec import CommandSpec, FunctionSpec
from commands.shapes import ReceiptResult

from .act import act, approve
from .command import candidates, offer, withdraw
from .confirming import confirm_screen
from .doctor import examine
from .finding_out import TEXTS
from .follow import follow
from .forms import CHOOSE, CONFIRM, KIND, LIST, PREVIEW, RECEIPT, WITHDRAW
from .marking import mark_in_warehouse, take_mark_back
from .outcome import receipt_screen, withdraw_screen
from .preview_screens import preview_screen
from .previewing import COMMAND, confirm, preview
from .screens import choose_screen, kind_screen, list_screen
from .wire import CandidatesResult, PreviewParams, PreviewResult, WithdrawParams

SPEC = CommandSpec(
    name=COMMAND,
    texts=TEXTS,
    functions=(
        FunctionSpec("exchangeReturn.candidates", CandidatesParams, CandidatesResult, candidates),
        FunctionSpec("exchangeReturn.preview", PreviewParams, PreviewResult, preview),
        FunctionSpec("exchangeReturn.confirm", ConfirmParams, ReceiptResult, confirm),
        FunctionSpec("exchangeReturn.withdraw", WithdrawParams, ReceiptResult, withdraw),
    ),
    screens={
        LIST: list_screen,
        KIND: kind_screen,
        CHOOSE: choose_screen,
        PREVIEW: preview_screen,
        CONFIRM: confirm_screen,
        RECEIPT: receipt_screen,
        WITHDRAW: withdraw_screen,
    },
    first_screen=LIST,
    order_screen=KIND,
    doctor=examine,
    act=act,
    approve=approve,
    offer=offer,
    follow=follow,
    afterwards=mark_in_warehouse,
    take_back=take_mark_back,
)
