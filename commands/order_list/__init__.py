"""`/주문목록`: the customer sees the latest five orders, each with number, state and products (H13, H14).

A manager sees the same in the customer's chat, with the shop's own words for what stands in the way.
Example: 「11월 18일 (화) · 배송 중 · 린넨 셔츠 아이보리/M 1개 · 39,000원 → 상세 보기」
"""

from commands.kernel.spec import CommandSpec, FunctionSpec

from .command import TEXTS, detail, pictures, view_made
from .doctor import examine
from .screens import COMMAND, DETAIL, LIST, detail_screen, list_screen
from .wire import DetailParams, DetailResult, PicturesParams, PicturesResult, ViewParams, ViewResult

SPEC = CommandSpec(
    name=COMMAND,
    texts=TEXTS,
    functions=(
        FunctionSpec("orderList.view", ViewParams, ViewResult, view_made),
        FunctionSpec("orderList.detail", DetailParams, DetailResult, detail),
        FunctionSpec("orderList.pictures", PicturesParams, PicturesResult, pictures),
    ),
    screens={LIST: list_screen, DETAIL: detail_screen},
    first_screen=LIST,
    order_screen=DETAIL,
    doctor=examine,
)
