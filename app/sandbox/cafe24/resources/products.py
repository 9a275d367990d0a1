"""Products and their variants, with pictures that this simulator draws itself."""

from __future__ import annotations

from app.sandbox.cafe24.endpoint import Ask, Endpoint, page, trim
from app.sandbox.cafe24.errors import ApiError
from app.sandbox.cafe24.product_fixture import Product, Variant
from app.sandbox.cafe24.wire import Row, flag, money

EMBEDDED = frozenset({"variants", "inventories"})


def products(ask: Ask) -> Row:
    """The list; `product_no` takes a comma list."""
    limit, offset = ask.query.number("limit", 10, 1, 100), ask.query.offset(5001)
    wanted, name = ask.query.texts("product_no"), ask.query.text("product_name")
    kinds = ask.query.texts("option_type")
    found = [
        product
        for product in ask.mall.products.values()
        if (not wanted or str(product.product_no) in wanted)
        and name in product.product_name
        and (not kinds or product.wire.get("option_type", "C") in kinds)
    ]
    rows = [_shown(ask, product) for product in found[offset : offset + limit]]
    return page(ask, "products", rows, limit, offset, len(found))


def one_product(ask: Ask) -> Row:
    """One product."""
    return {"product": _shown(ask, _find(ask))}


def variants(ask: Ask) -> Row:
    """All variants of a product; not paged."""
    product = _find(ask)
    return {"variants": [trim(row, ask.query.texts("fields"), EMBEDDED) for row in _variants(ask, product)]}


def _find(ask: Ask) -> Product:
    product = ask.mall.products.get(ask.number("product_no"))
    if product is None:
        raise ApiError(404, "No data found.")
    return product


def _shown(ask: Ask, product: Product) -> Row:
    row = _product_row(ask, product)
    if "variants" in ask.query.texts("embed"):
        row["variants"] = _variants(ask, product)
    return trim(row, ask.query.texts("fields"), EMBEDDED)


def _product_row(ask: Ask, product: Product) -> Row:
    picture = _picture(ask, product)
    return {
        "shop_no": ask.shop_no,
        "product_no": product.product_no,
        "product_code": product.product_code,
        "custom_product_code": f"HO-{product.product_no}",
        "product_name": product.product_name,
        "eng_product_name": "",
        "internal_product_name": product.product_name,
        "price": money(product.price),
        "retail_price": "0.00",
        "supply_price": money(product.price * 4 / 10),
        "display": "T",
        "selling": "T",
        "product_condition": "N",
        "tax_type": "A",
        "detail_image": picture,
        "list_image": picture,
        "tiny_image": picture,
        "small_image": picture,
        "has_option": flag(len(product.variants) > 1),
        "sold_out": flag(all(variant.quantity <= 0 for variant in product.variants)),
        **product.wire,
    }


def _variants(ask: Ask, product: Product) -> list[Row]:
    with_stock = "inventories" in ask.query.texts("embed")
    image = _picture(ask, product)
    rows = [_variant_row(ask, variant, order, image) for order, variant in enumerate(product.variants, 1)]
    return [row | {"inventories": _inventory(row)} for row in rows] if with_stock else rows


def _variant_row(ask: Ask, variant: Variant, order: int, image: str) -> Row:
    return {
        "shop_no": ask.shop_no,
        "variant_code": variant.variant_code,
        "options": [{"name": name, "value": value} for name, value in variant.options.items()],
        "custom_variant_code": "",
        "display": "T",
        "selling": flag(variant.selling),
        "display_order": order,
        "additional_amount": money(variant.additional_amount),
        "use_inventory": flag(variant.counted),
        "important_inventory": "A",
        "inventory_control_type": "A",
        "display_soldout": "T",
        "quantity": variant.quantity,
        "safety_inventory": 0,
        "image": image,
    }


def _inventory(variant: Row) -> Row:
    stock = (
        "shop_no",
        "variant_code",
        "quantity",
        "use_inventory",
        "important_inventory",
        "inventory_control_type",
        "display_soldout",
        "safety_inventory",
    )
    return {key: variant[key] for key in stock}


def _picture(ask: Ask, product: Product) -> str:
    return f"{ask.pictures}/{product.product_no}.svg"


ENDPOINTS = (
    Endpoint("/products", "mall.read_product", products),
    Endpoint("/products/{product_no}", "mall.read_product", one_product),
    Endpoint(
        "/products/{product_no}/variants",
        "mall.read_product",
        variants,
        known=frozenset({"shop_no", "embed", "fields"}),
    ),
)
