"""Reads what the rules of `/교환반품` look at."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from commands.claiming import own_order
from commands.kernel.calendar import kst_day
from commands.kernel.mall import MallRules
from commands.kernel.order import Order, OrderItemCode
from commands.kernel.plan import Receipt
from commands.kernel.ports import Photo, Variant
from commands.kernel.spec import Ask
from commands.kernel.texts import beside

from .facts import Asked, Facts, Kind, Target
from .item_rules import item_findings
from .wish import Wish

TEXTS = beside(__file__)
VariantsOf = Mapping[int, tuple[Variant, ...]]


async def one_order(ask: Ask, order_id: str) -> Order:
    return await own_order(ask, order_id, TEXTS)


async def under_way_for(ask: Ask, order: Order) -> Receipt | None:
    return (await ask.ports.effects.open_receipts(ask, [order.order_id])).get(order.order_id)


def free_facts(
    ask: Ask, order: Order, mall: MallRules, kind: Kind, under_way: Receipt | None = None
) -> Facts:
    """Every line that could be claimed, whole; all lines where none could."""
    facts = Facts(
        order=order,
        kind=kind,
        chosen={item.code: item.quantity for item in order.items},
        mall=mall,
        choices=ask.choices.exchange_return,
        today=kst_day(ask.now),
        under_way=under_way,
    )
    free = {item.code: item.quantity for item in order.items if not item_findings(facts, item)}
    return replace(facts, chosen=free) if free else facts


async def variants_of(ask: Ask, order: Order, wish: Wish, *, fresh: bool) -> VariantsOf:
    """Of the products of an exchange, read beside one another. Raises `Unavailable`."""
    if wish.kind != "exchange":
        return {}
    products = dict.fromkeys(item.product_no for item in order.items if item.code in wish.lines)
    read = [ask.ports.variants.of_product(ask.shop, number, fresh=fresh) for number in products]
    return dict(zip(products, await asyncio.gather(*read), strict=True))


def asked_facts(
    ask: Ask,
    order: Order,
    mall: MallRules,
    wish: Wish,
    variants: VariantsOf,
    *,
    photos: int = 0,
    under_way: Receipt | None = None,
    approved: bool = False,
) -> Facts:
    return Facts(
        order=order,
        kind=wish.kind,
        chosen=wish.lines,
        mall=mall,
        choices=ask.choices.exchange_return,
        today=kst_day(ask.now),
        asked=Asked(
            reason=wish.reason_type,
            photos=photos,
            targets=_targets(order, wish, variants),
            sends=wish.self_send is not None,
        ),
        under_way=under_way,
        approved=approved,
    )


def _targets(order: Order, wish: Wish, variants: VariantsOf) -> dict[OrderItemCode, Target]:
    targets = {}
    for item in order.items:
        wanted = wish.targets.get(item.code)
        if wanted is None:
            continue
        known = {variant.variant_code: variant for variant in variants.get(item.product_no, ())}
        code, quantity = wanted
        targets[item.code] = Target(code, quantity, known.get(code), known.get(item.variant_code or ""))
    return targets


async def photos_of(ask: Ask, order: Order, wish: Wish) -> tuple[Photo, ...]:
    """What stands behind the wish. Raises `Failure(invalidParams)` for a photo that is not this customer's."""
    if not wish.photos:
        return ()
    return await ask.ports.evidence.photos(ask.shop, ask.customer, order.order_id, wish.photos)
