"""배송업체: the page where a parcel can be followed. Cached for a day per shop."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from app.clock import Clock
from app.errors import Upstream
from commands.kernel.who import Shop

from . import codes, wire
from .caches import Kept
from .client import Cafe24Client, rows

DAY = 86_400.0
SOON = 300.0
KEPT_SHOPS = 2_000
WITHIN = 0.8


class Carriers:
    """A mall that cannot be asked costs the link, never the order."""

    def __init__(self, client: Cafe24Client, *, clock: Clock) -> None:
        self._client = client
        self._pages: Kept[tuple[str, int], Mapping[str, str]] = Kept(KEPT_SHOPS, clock)

    async def tracking_url(self, shop: Shop) -> Callable[[str | None, str], str | None]:
        """(carrier code, tracking number) → URL, for this shop."""
        key = (shop.mall_id, shop.shop_no)
        pages = self._pages.get(key)
        if pages is None:
            pages, life = await self._read(shop)
            self._pages.put(key, pages, life)
        return lambda code, number: _url(pages, code, number)

    async def _read(self, shop: Shop) -> tuple[Mapping[str, str], float]:
        try:
            body = await self._client.get(shop.mall_id, "carriers", shop_no=shop.shop_no, within=WITHIN)
            found = [wire.Carrier.model_validate(row) for row in rows(body, "carriers", "GET carriers")]
        except Upstream:
            return codes.TRACKING_PAGES, SOON
        own = {c.shipping_carrier_code: c.track_shipment_url for c in found}
        named = {code: url for code, url in own.items() if code and url and _is_page(url)}
        return {**codes.TRACKING_PAGES, **named}, DAY


def _is_page(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _url(pages: Mapping[str, str], code: str | None, number: str) -> str | None:
    page = pages.get(code or "")
    return page + quote(number, safe="") if page else None
