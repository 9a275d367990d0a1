"""C30–C34: what the warehouse says against a cancel. Pure."""

from collections.abc import Callable

from commands.kernel.claim_rules import of_item, of_order
from commands.kernel.decision import Effect, Finding, Layer
from commands.kernel.order import OrderItem

from .facts import Facts

WMS_SETTING = "wms.provider"
TRY_LATER, TELL_THEM = "try_again_later", "tell_the_warehouse"


def is_packed(facts: Facts, item: OrderItem) -> Finding | None:
    """C30: WMS에서 송장이 출력됨."""
    if facts.packing is None or not any(one.label_printed for one in facts.packing.of(item)):
        return None
    return of_item("C30", item, "label_printed", Layer.WMS, act="talk_to_a_manager")


def warehouse_is_silent(facts: Facts) -> Finding | None:
    """C31: WMS가 답하지 않음."""
    if facts.choices.mode != "complete" or not _is_silent(facts):
        return None
    return of_order("C31", "warehouse_unavailable", Effect.LOWERS, Layer.WMS, act=TRY_LATER)


def warehouse_cannot_stop(facts: Facts) -> Finding | None:
    """C32: WMS에 취소를 표시하거나 되돌릴 수 없음."""
    if facts.choices.mode != "complete" or not _cannot_stop(facts):
        return None
    return of_order("C32", "warehouse_cannot_stop", Effect.LOWERS, Layer.WMS, path=WMS_SETTING)


def warehouse_is_unknown(facts: Facts) -> Finding | None:
    """C33: WMS의 상태를 모르거나, 일부만 취소하는데 품목을 나누어 볼 수 없음."""
    if facts.choices.mode != "complete" or not _is_unknown(facts):
        return None
    return of_order("C33", "warehouse_unknown", Effect.LOWERS, Layer.WMS)


def warehouse_must_be_told(facts: Facts) -> Finding | None:
    """C34: 신청만 넣고 WMS는 우리가 멈출 수 없음."""
    if facts.choices.mode == "complete":
        return None
    if not (_is_silent(facts) or _cannot_stop(facts) or _is_unknown(facts)):
        return None
    return of_order("C34", "warehouse_must_be_told", Effect.NOTES, Layer.WMS, act=TELL_THEM)


def _is_silent(facts: Facts) -> bool:
    return facts.packing is not None and facts.packing.silent


def _cannot_stop(facts: Facts) -> bool:
    return facts.packing is not None and not (facts.packing.stop and facts.packing.restores)


def _is_unknown(facts: Facts) -> bool:
    packing = facts.packing
    if packing is None:
        return False
    if any(one.label_printed is None for item in facts.items for one in packing.of(item)):
        return True
    return not packing.tells_lines_apart and not facts.is_all_to_ship


LOWERS: tuple[Callable[[Facts], Finding | None], ...] = (
    warehouse_is_silent,
    warehouse_cannot_stop,
    warehouse_is_unknown,
)
PACKING_RULES = (*LOWERS, warehouse_must_be_told)
TELLS = frozenset(
    {"warehouse_unavailable", "warehouse_cannot_stop", "warehouse_unknown", "warehouse_must_be_told"}
)
"""Findings after which somebody at the shop has to stop the warehouse."""
