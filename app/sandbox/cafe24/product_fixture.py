"""Products from their compact description: options multiply into variants, in the order written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import product as combinations

from app.sandbox.cafe24.wire import Row

FULL_STOCK = 40


@dataclass(slots=True)
class Variant:
    """One sellable combination (상품의 품목)."""

    variant_code: str
    options: dict[str, str]
    additional_amount: Decimal
    quantity: int
    selling: bool = True
    counted: bool = True

    @property
    def key(self) -> str:
        """How fixtures name it: "아이보리/M"."""
        return "/".join(self.options.values())

    @property
    def text(self) -> str:
        """How order lines name it: "색상=아이보리, 사이즈=M"."""
        return ", ".join(f"{name}={value}" for name, value in self.options.items())


@dataclass(slots=True)
class Product:
    """One product; `wire` holds fields that nothing derives, `colour` is for its picture."""

    product_no: int
    product_code: str
    product_name: str
    price: Decimal
    colour: str
    variants: list[Variant]
    wire: Row

    def variant(self, key: str) -> Variant:
        """The variant that a fixture names."""
        return next(variant for variant in self.variants if variant.key == key)


def products_of(rows: list[Row]) -> dict[int, Product]:
    """All products by number."""
    return {row["product_no"]: _product(row) for row in rows}


def _product(row: Row) -> Product:
    stock, surcharge = row.get("stock", {}), row.get("surcharge", {})
    options: dict[str, list[str]] = row.get("options", {})
    variants = []
    for index, values in enumerate(combinations(*options.values())):
        key = "/".join(values)
        variants.append(
            Variant(
                variant_code=f"{row['code']}000{chr(ord('A') + index)}",
                options=dict(zip(options, values, strict=True)),
                additional_amount=Decimal(surcharge.get(key, 0)),
                quantity=stock.get(key, FULL_STOCK),
                selling=key not in row.get("off_sale", []),
                counted=key not in row.get("uncounted", []),
            )
        )
    return Product(
        product_no=row["product_no"],
        product_code=row["code"],
        product_name=row["name"],
        price=Decimal(row["price"]),
        colour=row["colour"],
        variants=variants,
        wire=row.get("wire", {}),
    )
