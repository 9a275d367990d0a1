"""The mall's own settings as typed raw values: warm for lists, fresher where a plan depends on them (DESIGN §5)."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from app.clock import Clock, to_millis
from app.errors import OffContract, Rejected, Unauthorized, Unavailable, Upstream
from commands.kernel.who import Shop

from . import wire
from .caches import Kept
from .client import Body, Cafe24Client
from .limiter import SYSTEM

log = logging.getLogger(__name__)
WARM_SECONDS = 300.0
FRESH_SECONDS = 60.0
KEPT_SHOPS = 2_000
FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class MallSettings:
    order: wire.OrderSetting
    coupon: wire.CouponSetting


class Cafe24Settings:
    """Two calls when they are cold, however many ask. Kept per process."""

    def __init__(self, client: Cafe24Client, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._kept: Kept[tuple[str, int], tuple[MallSettings, int]] = Kept(KEPT_SHOPS, clock)
        self._locks: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

    async def warm(self, shop: Shop) -> MallSettings:
        return await self._of(shop, WARM_SECONDS)

    async def fresh(self, shop: Shop) -> MallSettings:
        """The mall itself may repeat its answer of up to a minute ago: this URL cannot be varied."""
        return await self._of(shop, FRESH_SECONDS)

    async def _of(self, shop: Shop, seconds: float) -> MallSettings:
        key = (shop.mall_id, shop.shop_no)
        kept = self._young(key, seconds)
        if kept:
            return kept
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            return self._young(key, seconds) or await self._read(shop)

    def _young(self, key: tuple[str, int], seconds: float) -> MallSettings | None:
        kept = self._kept.get(key)
        young = kept is not None and to_millis(self._clock()) - kept[1] < seconds * 1000
        return kept[0] if kept and young else None

    async def _read(self, shop: Shop) -> MallSettings:
        read_at = to_millis(self._clock())
        order = await self._record(shop, "orders/setting", "order")
        coupon = await self._record(shop, "coupons/setting", "coupon")
        settings = MallSettings(
            wire.OrderSetting.model_validate(order or {}), wire.CouponSetting.model_validate(coupon or {})
        )
        readable = order is not None and coupon is not None
        self._kept.put(
            (shop.mall_id, shop.shop_no), (settings, read_at), WARM_SECONDS if readable else FRESH_SECONDS
        )
        return settings

    async def _record(self, shop: Shop, path: str, key: str) -> dict[str, Any] | None:
        """None where the mall will not tell, now and later: its settings are unknown then, the shop is not away."""
        refusal: Upstream | None = None
        body: Body = {}
        try:
            body = await self._client.get(shop.mall_id, path, shop_no=shop.shop_no)
        except (Rejected, OffContract, Unauthorized) as error:
            if isinstance(error, Unauthorized) and error.status != FORBIDDEN:
                raise Unavailable(SYSTEM, error.operation, status=error.status) from error
            refusal = error
        record = body.get(key)
        if isinstance(record, dict):
            return record
        facts = {"mall": shop.mall_id, "operation": f"GET {path}", "status": refusal and refusal.status}
        log.error("a setting of the mall cannot be read", extra={"facts": facts}, exc_info=refusal)
        return None
