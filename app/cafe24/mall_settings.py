"""The mall's own settings as typed raw values: warm for lists, fresher where a plan depends on them (DESIGN §5)."""

from dataclasses import dataclass

from app.clock import Clock
from commands.kernel.who import Shop

from . import wire
from .client import Cafe24Client
from .warm import Warm, read_record


@dataclass(frozen=True, slots=True)
class MallSettings:
    order: wire.OrderSetting
    coupon: wire.CouponSetting


class Cafe24Settings:
    """Two calls when they are cold, however many ask. Kept per process."""

    def __init__(self, client: Cafe24Client, *, clock: Clock) -> None:
        self._client = client
        self._kept = Warm(self._read, clock)

    async def warm(self, shop: Shop) -> MallSettings:
        return await self._kept.of(shop, fresh=False)

    async def fresh(self, shop: Shop) -> MallSettings:
        return await self._kept.of(shop, fresh=True)

    async def _read(self, shop: Shop) -> tuple[MallSettings, bool]:
        order = await read_record(self._client, shop, "orders/setting", "order")
        coupon = await read_record(self._client, shop, "coupons/setting", "coupon")
        settings = MallSettings(
            wire.OrderSetting.model_validate(order or {}), wire.CouponSetting.model_validate(coupon or {})
        )
        return settings, order is not None and coupon is not None
