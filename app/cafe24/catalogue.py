"""The variants of a mall's products, for comparing them with a warehouse's: slow, complete, asked by managers only."""

from collections.abc import Mapping
from typing import Any

from app.ports.wms import Catalogue, MallVariant
from commands.kernel.who import Shop

from .client import Cafe24Client, rows
from .limiter import Priority

PAGE = 100
LINKED = "E"
FIELDS = "product_no,product_name,variants"


class Cafe24Catalogues:
    def __init__(self, client: Cafe24Client) -> None:
        self._client = client

    async def of(self, shop: Shop, *, most_products: int) -> Catalogue:
        products, complete = await self._products(
            shop, most_products, {"embed": "variants", "fields": FIELDS}
        )
        linked, _ = await self._products(
            shop, most_products, {"option_type": LINKED, "fields": "product_no,option_type"}
        )
        kinds = {product.get("product_no") for product in linked}
        variants = [variant for product in products for variant in _variants(product, kinds)]
        return Catalogue(tuple(variants), complete)

    async def _products(
        self, shop: Shop, most: int, params: Mapping[str, Any]
    ) -> tuple[list[Mapping[str, Any]], bool]:
        found: list[Mapping[str, Any]] = []
        for offset in range(0, most, PAGE):
            body = await self._client.ask(
                shop,
                "products",
                {**params, "limit": PAGE, "offset": offset},
                priority=Priority.BACKGROUND,
            )
            page = rows(body, "products", "GET products")
            found += [row for row in page if isinstance(row, dict)]
            if len(page) < PAGE:
                return found, True
        return found, False


def _variants(product: Mapping[str, Any], linked: set[Any]) -> list[MallVariant]:
    number, variants = product.get("product_no"), product.get("variants")
    if not isinstance(number, int) or not isinstance(variants, list):
        return []
    return [
        MallVariant(
            variant_code=str(row["variant_code"]),
            custom_variant_code=str(row.get("custom_variant_code") or "") or None,
            product_no=number,
            product_name=str(product.get("product_name") or ""),
            option_text=_options(row.get("options")),
            linked=number in linked,
        )
        for row in variants
        if isinstance(row, dict) and row.get("variant_code")
    ]


def _options(options: Any) -> str:
    """`색상=아이보리, 사이즈=M`; a product without options has null or nothing here."""
    pairs = [o for o in options if isinstance(o, dict)] if isinstance(options, list) else []
    return ", ".join(f"{pair.get('name')}={pair.get('value')}" for pair in pairs)
