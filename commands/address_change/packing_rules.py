"""A14–A18: what the warehouse says against a change of address. Pure."""

from collections.abc import Callable

from commands.kernel.claim_rules import of_order
from commands.kernel.decision import Effect, Finding, Layer

from .facts import Facts


def label_is_printed(facts: Facts) -> Finding | None:
    """A14: WMS에서 송장이 출력됨."""
    held = facts.packing.held if facts.packing else None
    if held is None or not any(item.label_printed for item in held.items):
        return None
    return of_order("A14", "label_printed", Effect.BLOCKS, Layer.WMS, act="talk_to_a_manager")


def package_is_combined(facts: Facts) -> Finding | None:
    """A15: 다른 주문과 합포장됨."""
    others = facts.packing.others if facts.packing else frozenset()
    if not others:
        return None
    seen = {"orders": len(others)}
    act = "talk_to_a_manager"
    return of_order("A15", "combined_package", Effect.BLOCKS, Layer.WMS, facts=seen, act=act)


def warehouse_is_silent(facts: Facts) -> Finding | None:
    """A16: WMS가 답하지 않음."""
    if facts.packing is None or not facts.packing.silent:
        return None
    return of_order("A16", "warehouse_unavailable", Effect.NEEDS_MANAGER, Layer.WMS, act="try_again_later")


def warehouse_cannot_change(facts: Facts) -> Finding | None:
    """A17: WMS가 주소 변경이나 합포장 조회를 지원하지 않음."""
    if facts.packing is None or facts.packing.can_change:
        return None
    path = "wms.provider"
    return of_order("A17", "warehouse_cannot_change", Effect.NEEDS_MANAGER, Layer.WMS, path=path)


def stage_is_unknown(facts: Facts) -> Finding | None:
    """A18: WMS의 상태를 알 수 없음."""
    held = facts.packing.held if facts.packing else None
    if held is None or not any(item.label_printed is None for item in held.items):
        return None
    return of_order("A18", "warehouse_unknown", Effect.NEEDS_MANAGER, Layer.WMS)


PACKING_RULES: tuple[Callable[[Facts], Finding | None], ...] = (
    label_is_printed,
    package_is_combined,
    warehouse_is_silent,
    warehouse_cannot_change,
    stage_is_unknown,
)
