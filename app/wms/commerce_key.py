"""How a shop of a mall is named to a provider: three encoded parts, with plain hyphens between them (WMS.md §3)."""

from urllib.parse import quote

from commands.kernel.who import Shop

COMMERCE_TYPE = "appCafe24"


def commerce_key(shop: Shop) -> str:
    return "-".join(_encoded(part) for part in (shop.mall_id, str(shop.shop_no), shop.name))


def _encoded(part: str) -> str:
    """A hyphen inside a part is written `%2D`."""
    return quote(part, safe="!~*'()_.").replace("-", "%2D")
