"""X20–X23: what is wanted instead: another variant of the same product, on sale, in stock, at the same price. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator

from commands.kernel.claim_rules import of_order
from commands.kernel.decision import Effect, Finding, Layer
from commands.kernel.order import OrderItem

from .facts import Facts, Target

PRICE_SETTING = "exchangeReturn.samePriceOnly"


def _wanted(facts: Facts) -> Iterator[tuple[OrderItem, Target | None]]:
    """The target of each chosen line of an exchange, once targets are spoken of."""
    if facts.kind != "exchange" or facts.asked is None:
        return iter(())
    targets = facts.asked.targets
    return ((item, targets.get(item.code)) for item in facts.items)


def target_is_missing(facts: Facts) -> Finding | None:
    """X20: 바꿀 상품을 고르지 않은 품목이 있거나, 고른 수량이 다름."""
    without = tuple(
        item.code
        for item, target in _wanted(facts)
        if target is None or target.quantity != facts.chosen[item.code]
    )
    if not without:
        return None
    act = "choose_a_target"
    return of_order("X20", "target_missing", Effect.BLOCKS, Layer.ORDER, items=without, act=act)


def target_is_foreign(facts: Facts) -> Finding | None:
    """X21: 같은 상품의 옵션이 아님."""
    foreign = tuple(item.code for item, target in _wanted(facts) if target and target.variant is None)
    if not foreign:
        return None
    act = "choose_another_option"
    return of_order("X21", "target_unknown", Effect.BLOCKS, Layer.ORDER, items=foreign, act=act)


def target_is_out_of_stock(facts: Facts) -> Finding | None:
    """X22: 판매하지 않거나, 고른 수량만큼 재고가 없음. 같은 옵션을 고른 품목은 함께 센다."""
    known = [(item, t, t.variant) for item, t in _wanted(facts) if t and t.variant]
    together = Counter[tuple[int, str]]()
    for item, target, _ in known:
        together[item.product_no, target.variant_code] += target.quantity
    lacking = tuple(
        item.code
        for item, target, variant in known
        if not variant.on_sale
        or (variant.stock is not None and variant.stock < together[item.product_no, target.variant_code])
    )
    if not lacking:
        return None
    act = "choose_another_option"
    return of_order("X22", "target_out_of_stock", Effect.BLOCKS, Layer.ORDER, items=lacking, act=act)


def target_price_differs(facts: Facts) -> Finding | None:
    """X23: 바꿀 옵션의 가격이 다르거나, 지금 옵션의 가격을 모름."""
    differing = [(item, t) for item, t in _wanted(facts) if t and t.variant and not t.same_price]
    if not differing:
        return None
    first = differing[0][1]
    seen = {
        "now": first.own.extra_price.plain() if first.own else "",
        "wanted": first.variant.extra_price.plain() if first.variant else "",
    }
    return of_order(
        "X23",
        "target_price_differs",
        Effect.NEEDS_MANAGER if facts.choices.same_price_only else Effect.NOTES,
        Layer.COMMAND_SETTING,
        facts=seen,
        items=tuple(item.code for item, _ in differing),
        path=PRICE_SETTING,
    )


TARGET_RULES: tuple[Callable[[Facts], Finding | None], ...] = (
    target_is_missing,
    target_is_foreign,
    target_is_out_of_stock,
    target_price_differs,
)
