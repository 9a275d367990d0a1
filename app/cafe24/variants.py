"""Variants of a product (품목): the kernel's `Variants` port. Stock and extra price, at most a minute old."""

from app.clock import Clock
from app.errors import Unavailable
from commands.kernel.money import Money
from commands.kernel.ports import Variant
from commands.kernel.who import Shop

from . import wire
from .caches import Kept
from .client import Cafe24Client, rows
from .limiter import Limiter
from .pictures import web_address

KEPT_SECONDS = 60.0
KEPT_PRODUCTS = 5_000
# The mall repeats its answer for 60 s; clocks of several hosts may differ.
REPEATED_SECONDS = 65.0
NOT_FOUND = 404
PATH = "products/{product_no}/variants"
READ = (
    "variant_code",
    "options",
    "additional_amount",
    "display",
    "selling",
    "image",
    "quantity",
    "use_inventory",
)
# This list has no `limit` to vary. ASSUMPTION: another list of documented fields makes a new URL too; these are unread.
UNREAD = (
    "shop_no",
    "custom_variant_code",
    "display_order",
    "important_inventory",
    "inventory_control_type",
    "display_soldout",
    "safety_inventory",
)
WAYS = 2 ** len(UNREAD)


class Cafe24Variants:
    """The only memory is ours: the mall's own, of another minute, is always gone around."""

    def __init__(self, client: Cafe24Client, limiter: Limiter, *, clock: Clock) -> None:
        self._client = client
        self._limiter = limiter
        self._kept: Kept[tuple[str, int, int], tuple[Variant, ...]] = Kept(KEPT_PRODUCTS, clock)

    async def of_product(self, shop: Shop, product_no: int, *, fresh: bool) -> tuple[Variant, ...]:
        """The port's. A product that the mall does not know has none."""
        if product_no < 1:
            return ()
        key = (shop.mall_id, shop.shop_no, product_no)
        kept = None if fresh else self._kept.get(key)
        if kept is None:
            kept = await self._read(shop, product_no)
            self._kept.put(key, kept, KEPT_SECONDS)
        return kept

    async def _read(self, shop: Shop, product_no: int) -> tuple[Variant, ...]:
        name = f"variants:{shop.shop_no}:{product_no}"
        way = await self._limiter.unused(shop.mall_id, name, of=WAYS, seconds=REPEATED_SECONDS)
        unread = [field for bit, field in enumerate(UNREAD) if way >> bit & 1]
        params = {"fields": ",".join([*READ, *unread])}
        try:
            body = await self._client.ask(shop, PATH, params, ids={"product_no": str(product_no)})
        except Unavailable as error:
            if error.status == NOT_FOUND:
                return ()
            raise
        found = (wire.Variant.model_validate(row) for row in rows(body, "variants", "GET variants"))
        return tuple(made for variant in found if (made := _to_variant(variant, shop.currency)))


def _to_variant(variant: wire.Variant, currency: str) -> Variant | None:
    """None where code or extra price cannot be read: it is not offered then."""
    if not variant.variant_code or variant.additional_amount is None:
        return None
    return Variant(
        variant_code=variant.variant_code,
        options=tuple((option.name, option.value) for option in variant.options),
        stock=_stock(variant),
        extra_price=Money(variant.additional_amount, currency),
        on_sale=variant.display is True and variant.selling is True,
        picture=web_address(variant.image or "") or None,
    )


def _stock(variant: wire.Variant) -> int | None:
    """A stock that should be counted and cannot be read is no stock."""
    inside = variant.inventories
    counted = inside.use_inventory if variant.use_inventory is None else variant.use_inventory
    if counted is False:
        return None
    quantity = inside.quantity if variant.quantity is None else variant.quantity
    return max(quantity or 0, 0)
