"""`/진단` (desk): why an order can or cannot be changed by its customer, with every finding and the one that decides.

Example: 「주문취소 · 막힘 ▸ 노출기간이 7일인데 주문한 지 9일이 지나 보이지 않습니다 · 주문 후 설정 > 노출 기간」
"""

from commands.kernel.spec import CommandSpec, FunctionSpec
from commands.kernel.who import CallerKind

from .command import COMMAND, TEXTS, ExplainParams, ExplainResult, explain
from .screens import LIST, ORDER, list_screen, order_screen

SPEC = CommandSpec(
    name=COMMAND,
    texts=TEXTS,
    functions=(
        FunctionSpec("why.explain", ExplainParams, ExplainResult, explain, frozenset({CallerKind.MANAGER})),
    ),
    screens={LIST: list_screen, ORDER: order_screen},
    first_screen=LIST,
    order_screen=ORDER,
    scopes=("desk",),
    recommended=False,
)
