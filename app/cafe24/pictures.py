"""Product pictures: the kernel's `Pictures` port. One call for up to 100 unknown products, cached for a day."""

from collections.abc import Iterable, Mapping

from app.clock import Clock
from commands.kernel.who import Shop

from . import wire
from .caches import Kept
from .client import Cafe24Client, rows

DAY = 86_400.0
AT_ONCE = 100
KEPT_PICTURES = 50_000
_NONE = ""


class Cafe24Pictures:
    def __init__(self, client: Cafe24Client, *, clock: Clock) -> None:
        self._client = client
        self._kept: Kept[tuple[str, int, int], str] = Kept(KEPT_PICTURES, clock)
        self.learned = 0

    async def pictures(self, shop: Shop, product_nos: Iterable[int]) -> Mapping[int, str]:
        """The port's. A product without a picture is remembered too, so it is not asked for again."""
        wanted = list(dict.fromkeys(no for no in product_nos if no > 0))
        urls = {no: self._kept.get(_key(shop, no)) for no in wanted}
        unknown = [no for no, url in urls.items() if url is None]
        for start in range(0, len(unknown), AT_ONCE):
            urls |= await self._read(shop, unknown[start : start + AT_ONCE])
        return {no: url for no, url in urls.items() if url}

    def known(self, shop: Shop, product_no: int) -> str | None:
        return self._kept.get(_key(shop, product_no)) or None

    async def _read(self, shop: Shop, product_nos: list[int]) -> dict[int, str]:
        params = {
            "product_no": ",".join(map(str, product_nos)),
            "fields": "product_no,list_image,small_image,tiny_image",
            "limit": AT_ONCE,
        }
        body = await self._client.ask(shop, "products", params)
        found = dict.fromkeys(product_nos, _NONE)
        for row in rows(body, "products", "GET products"):
            product = wire.Product.model_validate(row)
            if product.product_no in found:
                found[product.product_no] = _picture(product)
        self.learned += 1
        for no, url in found.items():
            self._kept.put(_key(shop, no), url, DAY)
        return found


def _key(shop: Shop, product_no: int) -> tuple[str, int, int]:
    return shop.mall_id, shop.shop_no, product_no


def _picture(product: wire.Product) -> str:
    return web_address(product.list_image or product.small_image or product.tiny_image or _NONE)


def web_address(url: str) -> str:
    """Of a picture; "" for anything that is not on the web."""
    url = f"https:{url}" if url.startswith("//") else url
    return url if url.startswith(("https://", "http://")) else _NONE
