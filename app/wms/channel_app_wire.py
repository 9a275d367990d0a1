"""What an installed WMS app of Channel calls things (WMS.md §3, §4.3; CHANNEL.md §10): the current `order.*` group."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from commands.kernel.address import Address
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import Capability, Mark, Stage, WarehouseItem, WarehouseOrder

from .reading import day, rows, text, whole

PREFIX = "extension.wms."
CONFIGS, COMMERCES = f"{PREFIX}core.getAppConfigs", f"{PREFIX}metadata.getSupportedCommerces"
SHOP_ID, ORDERS = f"{PREFIX}core.getShopId", f"{PREFIX}order.getOrders"
CHANGE_ADDRESS = f"{PREFIX}order.changeShippingAddress"
MARKS: Mapping[Mark, str] = {
    "cancel": f"{PREFIX}order.requestCancelOrder",
    "return": f"{PREFIX}order.requestReturnOrder",
    "exchange": f"{PREFIX}order.requestExchangeOrder",
}
RESTORES: Mapping[Mark, str] = {
    "cancel": f"{PREFIX}order.restoreCanceledOrder",
    "return": f"{PREFIX}order.restoreReturnedOrder",
    "exchange": f"{PREFIX}order.restoreExchangedOrder",
}
PAGE_SIZE, MOST_PAGES = 100, 20
_NAMED: Mapping[str, frozenset[Capability]] = {
    "getOrdersOptions": frozenset({Capability.ORDERS, Capability.SHIP_DATE}),
    "requestCancelOrderOptions": frozenset({Capability.CANCEL}),
    "requestReturnOrderOptions": frozenset({Capability.RETURN}),
    "requestExchangeOrderOptions": frozenset({Capability.EXCHANGE}),
    "restoreCanceledOrderOptions": frozenset({Capability.RESTORE}),
    "changeShippingAddressOptions": frozenset({Capability.CHANGE_ADDRESS}),
}
"""A mark is taken back for a cancel that failed: the restores of the others are asked for by name."""
_STAGES: Mapping[str, Stage] = {
    "received": Stage.RECEIVED,
    "ready": Stage.RECEIVED,
    "held": Stage.HELD,
    "hold": Stage.HELD,
    "onhold": Stage.HELD,
    "allocated": Stage.ALLOCATED,
    "picking": Stage.ALLOCATED,
    "invoiceprinted": Stage.LABEL_PRINTED,
    "labelprinted": Stage.LABEL_PRINTED,
    "shipped": Stage.SHIPPED,
    "intransit": Stage.SHIPPED,
    "delivered": Stage.DELIVERED,
    "cancelrequested": Stage.CANCEL_MARKED,
    "canceled": Stage.CANCELLED,
    "cancelled": Stage.CANCELLED,
    "returnrequested": Stage.RETURN_MARKED,
    "returned": Stage.RETURNED,
    "exchangerequested": Stage.EXCHANGE_MARKED,
    "exchanged": Stage.EXCHANGED,
}
"""ASSUMPTION: `state` is a free string. A word that is not here is no stage, and no stage lets nothing be changed."""


def capabilities_in(configs: Mapping[str, Any]) -> frozenset[Capability]:
    named = configs.get("appCapabilities")
    if not isinstance(named, Mapping):
        return frozenset()
    found = [caps for key, caps in _NAMED.items() if isinstance(named.get(key), Mapping)]
    return frozenset().union(*found)


def searching(order_ids: Sequence[OrderId]) -> dict[str, Any]:
    """ASSUMPTION: the inner form of `searchFilter`, which no source shows. Whoever ignores it is filtered by us."""
    return {"commerceOrderId": {"operator": "$eq", "values": list(order_ids)}}


def stage_of(word: str | None) -> Stage:
    return _STAGES.get(re.sub(r"[^a-z]", "", (word or "").lower()), Stage.UNKNOWN)


def order_of(
    order_id: OrderId, row: Mapping[str, Any], before: WarehouseOrder | None
) -> WarehouseOrder | None:
    """Several orders of the warehouse may stand for one of the mall: their items stand side by side. None: a row that
    cannot be told apart from others.
    """
    own = text(row.get("id"))
    if own is None:
        return None
    items = tuple(_item(own, item) for item in rows(row.get("items")))
    deliveries = tuple(
        tuple(f"{own}:{one}" for one in delivery.get("itemIds") or ())
        for delivery in rows(row.get("deliveries"))
    )
    if before is None:
        return WarehouseOrder(own, order_id, items, deliveries)
    return WarehouseOrder(before.id, order_id, before.items + items, before.deliveries + deliveries)


def _item(order: str, row: Mapping[str, Any]) -> WarehouseItem:
    code, word = text(row.get("commerceOrderItemId")), text(row.get("state"))
    return WarehouseItem(
        id=f"{order}:{text(row.get('id')) or ''}",
        order_item_code=OrderItemCode(code) if code else None,
        sku=None,
        quantity=whole(row.get("quantity")),
        stage=stage_of(word),
        raw_stage=word,
        package_id=text(row.get("packageId")),
        tracking_number=text(row.get("invoiceNumber")),
        courier=text(row.get("deliveryCompany")),
        expected_ship_date=day(row.get("estimatedShipDate")),
    )


def warehouse_ids(items: Iterable[WarehouseItem]) -> list[str]:
    return list(dict.fromkeys(item.id.partition(":")[0] for item in items))


def address_of(address: Address) -> dict[str, str]:
    """A full name goes to `lastName`, as the commerce side writes it."""
    members = {
        "lastName": address.receiver_name,
        "cellPhoneNumber": address.cellphone,
        "phoneNumber": address.phone,
        "zipcode": address.zipcode,
        "address1": address.address1,
        "address2": address.address2,
        "shippingMessage": address.message,
    }
    return {name: value for name, value in members.items() if value}
