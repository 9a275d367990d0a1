"""`/발송예정일` (H27–H31): the customer sees when each parcel of an order leaves, and when missing items come back.

A manager sees the same in the customer's chat, and which setting or which missing stock stands behind a day.
Example: 「린넨 셔츠 11월 26일 (목) 발송 예정 · 울 머플러 11월 27일 (금) 입고 후 발송」
"""

from commands.kernel.spec import CommandSpec, FunctionSpec

from .command import TEXTS, for_detail, offer, view
from .doctor import examine
from .screens import COMMAND, LIST, list_screen
from .wire import ViewParams, ViewResult

__all__ = ["SPEC", "TEXTS", "for_detail"]
SPEC = CommandSpec(
    name=COMMAND,
    texts=TEXTS,
    functions=(FunctionSpec("shipDate.view", ViewParams, ViewResult, view),),
    screens={LIST: list_screen},
    first_screen=LIST,
    order_screen=LIST,
    enabled_by_default=False,
    doctor=examine,
    offer=offer,
)
