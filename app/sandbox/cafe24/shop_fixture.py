"""Reads the JSON files of a shop folder: bases merged in, relative dates made absolute.

`{"days_ago": 3, "at": "14:05"}` is three days before today, Korean time; `{"minutes_ago": 20}` is
just now. A moment that would lie in the future becomes now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import cast

import orjson

from app.sandbox.cafe24.wire import KST, Row


@dataclass(frozen=True, slots=True)
class ShopFolder:
    """The folder's files with nothing left to resolve but the orders' references."""

    mall_id: str
    store: Row
    shops: list[Row]
    operators: list[Row]
    settings: dict[str, Row]
    carriers: list[Row]
    customers: list[Row]
    guests: dict[str, Row]
    products: list[Row]
    orders: list[Row]


def read_folder(folder: Path, now: datetime) -> ShopFolder:
    """All files of `folder`; every file named orders*.json adds orders."""

    def read(path: Path) -> Row:
        return cast(Row, resolve_dates(orjson.loads(path.read_bytes()), now))

    mall = read(folder / "mall.json")
    people = read(folder / "customers.json")
    return ShopFolder(
        mall_id=mall["mall_id"],
        store=mall["store"],
        shops=_merged(mall, "shops"),
        operators=_merged(mall, "operators"),
        settings=_per_shop(read(folder / "settings.json"), mall["shops"]),
        carriers=_merged(mall, "carriers"),
        customers=_merged(people, "customers"),
        guests={row["key"]: row for row in _merged(people, "guests")},
        products=_merged(read(folder / "products.json"), "products"),
        orders=[row for path in sorted(folder.glob("orders*.json")) for row in _orders(read(path))],
    )


def merge(base: Row, own: Row) -> Row:
    """`own` over `base`; objects merge field by field, everything else is replaced."""
    merged = dict(base)
    for key, value in own.items():
        known = merged.get(key)
        merged[key] = merge(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def resolve_dates(value: object, now: datetime) -> object:
    """The same value with every relative date in it made absolute."""
    if isinstance(value, list):
        return [resolve_dates(entry, now) for entry in value]
    if not isinstance(value, dict):
        return value
    if "days_ago" in value:
        at = time.fromisoformat(value.get("at", "10:00"))
        day = now.astimezone(KST).date() - timedelta(days=value["days_ago"])
        return min(datetime.combine(day, at, KST), now.astimezone(KST))
    if "minutes_ago" in value:
        return now.astimezone(KST) - timedelta(minutes=value["minutes_ago"])
    return {key: resolve_dates(entry, now) for key, entry in value.items()}


def _merged(file: Row, name: str) -> list[Row]:
    base = file.get("base", {}).get(name, {})
    return [merge(base, row) for row in file[name]]


def _per_shop(file: Row, shops: list[Row]) -> dict[str, Row]:
    own = file.get("shops", {})
    return {str(shop["shop_no"]): merge(file["base"], own.get(str(shop["shop_no"]), {})) for shop in shops}


def _orders(file: Row) -> list[Row]:
    base = file.get("base", {})
    item_base = base.get("items", {})
    rows = _merged({**file, "base": {"orders": base.get("orders", {})}}, "orders")
    return [row | {"items": [merge(item_base, item) for item in row["items"]]} for row in rows]
