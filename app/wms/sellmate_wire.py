"""What Sellmate (셀메이트) calls things. Its document is handed out on application, so all that it may change stands
in the one table below; what is marked ASSUMPTION nobody has seen.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import Capability, Stage, StockLevel, WarehouseItem, WarehouseOrder

from .reading import day, rows, text, whole

# ---- the table: seen in public code up to ASSUMPTION, from there on unknown until the document is typed in ----------
SYSTEM = "sellmate"
DEFAULT_URL = "https://c-api.sellmate.co.kr/external/{domain}"
PAGE_SIZE = 100
TOKEN_LIFE = timedelta(minutes=50)  # where `expires_in` is not said
SERVED = frozenset({Capability.STOCK, Capability.RESTOCK_DATE})
PATHS = {"token": "auth", "variants": "productVariants", "orders": "orders"}
VARIANT_INCLUDES = ("optionHasCodeByShop", "availabilityInfo")
BY_BARCODE = "barcode1,in,{values},and"
BARCODES = ("barcode1", "barcode2", "barcode3")
VARIANT = {
    "id": "id",
    "stock": "stock",
    "availability": "availability_info",
    "available": "available_qty",
    "restock": "expected_input_at",
    "codes": "option_has_code_by_shop",
    "shop": "shop_id",
    "code": "option_code",
}
# ASSUMPTION: the filter by shop code and its joiner; without them only barcodes can be asked for.
BY_CODE = ("option_code,in,{values},or", "barcode1,in,{values},or")
# ASSUMPTION: everything about orders. Off unless JUMUN_SELLMATE_ASSUMED names the operation.
BY_ORDER, BY_PACKAGE = "order_number,in,{values},and", "package_id,in,{values},and"
PATHS |= {
    "cancel": "orders/{id}/cancel",
    "hold": "orders/{id}/hold",
    "return": "orders/{id}/return",
    "exchange": "orders/{id}/exchange",
    "restore": "orders/{id}/restore",
    "address": "orders/{id}/address",
}
ORDER = {"id": "id", "number": "order_number", "shop": "shop_id", "items": "items", "receiver": "receiver"}
ITEM = {
    "id": "id",
    "code": "order_item_number",
    "sku": "option_code",
    "quantity": "qty",
    "stage": "status",
    "package": "package_id",
    "tracking": "invoice_no",
    "courier": "courier_name",
    "date": "expected_ship_date",
}
RECEIVER = {
    "receiver_name": "name",
    "cellphone": "mobile",
    "phone": "tel",
    "zipcode": "zipcode",
    "address1": "address1",
    "address2": "address2",
    "message": "message",
}
STAGES = {
    "접수": Stage.RECEIVED,
    "보류": Stage.HELD,
    "할당": Stage.ALLOCATED,
    "송장출력": Stage.LABEL_PRINTED,
    "출고완료": Stage.SHIPPED,
    "배송완료": Stage.DELIVERED,
    "취소표시": Stage.CANCEL_MARKED,
    "취소완료": Stage.CANCELLED,
    "반품표시": Stage.RETURN_MARKED,
    "반품완료": Stage.RETURNED,
    "교환표시": Stage.EXCHANGE_MARKED,
    "교환완료": Stage.EXCHANGED,
}
# ---- end of the table -----------------------------------------------------------------------------------------------


def shop_codes(row: Mapping[str, Any], shop_id: str | None) -> list[tuple[str, str]]:
    """(shop, code) pairs of a variant; those of one shop where it is known."""
    pairs = [
        (text(c.get(VARIANT["shop"])), text(c.get(VARIANT["code"]))) for c in rows(row.get(VARIANT["codes"]))
    ]
    return [(shop, code) for shop, code in pairs if shop and code and shop_id in {None, shop}]


def level(sku: str, row: Mapping[str, Any]) -> StockLevel:
    availability = row.get(VARIANT["availability"])
    sellable = availability.get(VARIANT["available"]) if isinstance(availability, Mapping) else None
    available = whole(sellable)
    if available is None:
        available = whole(row.get(VARIANT["stock"]))
    return StockLevel(sku, available, day(row.get(VARIANT["restock"])))


def order_of(order_id: OrderId, row: Mapping[str, Any], before: tuple[WarehouseItem, ...]) -> WarehouseOrder:
    wms_id = text(row.get(ORDER["id"])) or ""
    # An order whose lines cannot be read is not an order without a label.
    items = [*before, *(_item(wms_id, item) for item in rows(row.get(ORDER["items"])) or [{}])]
    packages: dict[str, list[str]] = {}
    for item in items:
        packages.setdefault(item.package_id or item.id, []).append(item.id)
    return WarehouseOrder(wms_id, order_id, tuple(items), tuple(map(tuple, packages.values())))


def _item(wms_id: str, row: Mapping[str, Any]) -> WarehouseItem:
    word, code = text(row.get(ITEM["stage"])), text(row.get(ITEM["code"]))
    return WarehouseItem(
        id=f"{wms_id}:{text(row.get(ITEM['id'])) or ''}",
        order_item_code=OrderItemCode(code) if code else None,
        sku=text(row.get(ITEM["sku"])),
        quantity=whole(row.get(ITEM["quantity"])),
        stage=STAGES.get(word or "", Stage.UNKNOWN),
        raw_stage=word,
        package_id=text(row.get(ITEM["package"])),
        tracking_number=text(row.get(ITEM["tracking"])),
        courier=text(row.get(ITEM["courier"])),
        expected_ship_date=day(row.get(ITEM["date"])),
    )
