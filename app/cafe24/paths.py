"""The calls that we make, and the parameters that each may carry. Cafe24 ignores unknown filters silently, and
would then answer with other people's orders: what is not listed here is never sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .limiter import BUCKET


@dataclass(frozen=True, slots=True)
class Path:
    """`parameters` are the documented ones that we use, besides `shop_no`; `scope` is what reading it needs."""

    template: str
    scope: str
    parameters: frozenset[str] = frozenset()
    shop: bool = True
    size: int = BUCKET


def _path(template: str, scope: str, parameters: str = "", *, shop: bool = True) -> Path:
    return Path(template, scope, frozenset(parameters.split()), shop)


PATHS: Mapping[str, Path] = {
    path.template: path
    for path in (
        _path(
            "orders",
            "mall.read_order",
            "start_date end_date date_type order_id order_status member_id buyer_cellphone embed limit offset",
        ),
        _path("orders/setting", "mall.read_store"),
        _path("coupons/setting", "mall.read_store"),
        _path("carriers", "mall.read_shipping"),
        _path("shops", "mall.read_store", shop=False),
        _path("apps", "mall.read_application", shop=False),
        _path("customers", "mall.read_customer", "cellphone member_id"),
        _path("customersprivacy", "mall.read_privacy", "search_type search_field keyword limit"),
        _path("products", "mall.read_product", "product_no fields limit offset embed option_type"),
        _path("products/{product_no}/variants", "mall.read_product", "fields"),
        _path("cancellationrequests", "mall.write_order"),
        _path("returnrequests", "mall.write_order"),
        _path("exchangerequests", "mall.write_order"),
        _path("orders/{order_id}/cancellation", "mall.write_order"),
        _path("orders/{order_id}/memos", "mall.write_order"),
        _path("regionalsurcharges", "mall.read_shipping"),
        _path("shipping", "mall.read_shipping"),
        _path("orders/{order_id}/receivers/{shipping_code}", "mall.write_order"),
    )
}
