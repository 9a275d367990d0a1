"""The mall's own settings as typed raw values: warm for lists, fresher where a plan depends on them (DESIGN §5)."""

from dataclasses import dataclass
from typing import Any

from app.clock import Clock, to_millis
from app.errors import OffContract
from commands.kernel.who import Shop

from . import wire
from .caches import Kept
from .client import Cafe24Client
from .limiter import SYSTEM

WARM_SECONDS = 300.0
FRESH_SECONDS = 60.0
KEPT_SHOPS = 2_000


@dataclass(frozen=True, slots=True)
class MallSettings:
    order: wire.OrderSetting
    coupon: wire.CouponSetting


class Cafe24Settings:
    """Two calls when they are cold. Kept per process."""

    def __init__(self, client: Cafe24Client, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._kept: Kept[tuple[str, int], tuple[MallSettings, int]] = Kept(KEPT_SHOPS, clock)

    async def warm(self, shop: Shop) -> MallSettings:
        return await self._of(shop, WARM_SECONDS)

    async def fresh(self, shop: Shop) -> MallSettings:
        return await self._of(shop, FRESH_SECONDS)

    async def _of(self, shop: Shop, seconds: float) -> MallSettings:
        key = (shop.mall_id, shop.shop_no)
        now = to_millis(self._clock())
        kept = self._kept.get(key)
        if kept and now - kept[1] < seconds * 1000:
            return kept[0]
        order = await self._client.get(shop.mall_id, "orders/setting", shop_no=shop.shop_no)
        coupon = await self._client.get(shop.mall_id, "coupons/setting", shop_no=shop.shop_no)
        settings = MallSettings(
            wire.OrderSetting.model_validate(_record(order, "order")),
            wire.CouponSetting.model_validate(_record(coupon, "coupon")),
        )
        self._kept.put(key, (settings, now), WARM_SECONDS)
        return settings


def _record(body: Any, key: str) -> dict[str, Any]:
    record = body.get(key)
    if not isinstance(record, dict):
        raise OffContract(SYSTEM, f"settings {key}", note=f"no record {key}")
    return record
