"""`/배송지변경` (H24–H26): the customer sends an order elsewhere while nothing of it has a label yet.

A manager does the same in the customer's chat, and learns which setting or which package stands in the way.
Example: 「(06236) 서울특별시 강남구 테헤란로 10 → (16489) 경기도 수원시 팔달구 효원로 1 · 배송비 그대로」
"""

from commands.claiming import CandidatesParams, ConfirmParams
from commands.kernel.spec import CommandSpec, FunctionSpec
from commands.shapes import ReceiptResult

from .act import act
from .command import COMMAND, candidates, confirm, offer, preview
from .doctor import examine
from .finding_out import TEXTS
from .outcome import RECEIPT, receipt_screen
from .preview_screens import confirm_screen, preview_screen
from .screens import CONFIRM, FORM, LIST, PREVIEW, SEARCH, form_screen, list_screen
from .search_screens import search_screen
from .wire import CandidatesResult, PreviewParams, PreviewResult

SPEC = CommandSpec(
    name=COMMAND,
    texts=TEXTS,
    functions=(
        FunctionSpec("addressChange.candidates", CandidatesParams, CandidatesResult, candidates),
        FunctionSpec("addressChange.preview", PreviewParams, PreviewResult, preview),
        FunctionSpec("addressChange.confirm", ConfirmParams, ReceiptResult, confirm),
    ),
    screens={
        LIST: list_screen,
        FORM: form_screen,
        SEARCH: search_screen,
        PREVIEW: preview_screen,
        CONFIRM: confirm_screen,
        RECEIPT: receipt_screen,
    },
    first_screen=LIST,
    order_screen=FORM,
    doctor=examine,
    act=act,
    offer=offer,
)
