"""Another app of the channel, simulated: a WMS app that serves the `wms` extension over the same warehouse.

Its vocabulary is its own reading of the public contract, not our client's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.sandbox.channel.errors import NativeRefused, invalid
from app.sandbox.wms.depot import Depot, DepotRefused, Line, Parcel

SHOP = "S-100"
WORDS = {
    "received": "READY",
    "held": "HOLD",
    "printed": "INVOICE_PRINTED",
    "shipped": "SHIPPED",
    "cancel_marked": "CANCEL_REQUESTED",
    "return_marked": "RETURN_REQUESTED",
    "exchange_marked": "EXCHANGE_REQUESTED",
}
ACTS = ("Cancel", "Return", "Exchange")
DONE: dict[str, Any] = {"result": {"success": True}}


class WmsApp:
    """`serves`: names of capabilities, as `getOrders`; `linked`: commerce keys of this warehouse's shops, None any."""

    def __init__(self, depot: Depot) -> None:
        self._depot = depot
        self.serves = {
            "getOrders", "requestCancelOrder", "restoreCanceledOrder", "requestReturnOrder",
            "restoreReturnedOrder", "requestExchangeOrder", "restoreExchangedOrder", "changeShippingAddress",
        }  # fmt: skip
        self.commerces = ["appCafe24"]
        self.linked: set[str] | None = None
        self.ship_dates: dict[str, str] = {}
        self.ignores_filters = False
        self.page_size = 100
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def answer(self, method: str, params: dict[str, Any]) -> Any:
        """The result of a Function. Raises `NativeRefused`."""
        self.asked.append((method, params))
        group, _, name = method.removeprefix("extension.wms.").partition(".")
        if method == "extension.wms.metadata.getSupportedCommerces":
            return {"commerceTypes": self.commerces}
        if group == "core" and name == "getAppConfigs":
            options: dict[str, Any] = {
                f"{one}Options": {"required": [], "optional": []} for one in sorted(self.serves)
            }
            return {"appCapabilities": options}
        if group == "core" and name == "getShopId":
            known = self.linked is None or params.get("commerceKey") in self.linked
            return {"shopId": SHOP if known else None}
        if group != "order" or name not in self.serves:
            raise NativeRefused(-32601, "methodNotFound", f"no Function {method}")
        return self._get_orders(params) if name == "getOrders" else self._change(name, params)

    def _get_orders(self, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("shopId") not in {None, SHOP}:
            return {"orders": []}
        wanted = (params.get("searchFilter") or {}).get("commerceOrderId", {}).get("values")
        parcels = list(self._depot.parcels.values())
        if wanted is not None and not self.ignores_filters:
            parcels = [parcel for parcel in parcels if parcel.order_id in wanted]
        start, size = int(params.get("since") or 0), min(int(params.get("limit") or 10), self.page_size)
        page = [self._order(parcel) for parcel in parcels[start : start + size]]
        more = start + size < len(parcels)
        return {"orders": page, **({"next": str(start + size)} if more else {})}

    def _order(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "id": f"W{parcel.number}",
            "commerceOrderId": parcel.order_id,
            "items": [self._item(parcel, line) for line in parcel.lines],
            "deliveries": [{"id": parcel.package, "itemIds": [str(line.number) for line in parcel.lines]}],
        }

    def _item(self, parcel: Parcel, line: Line) -> dict[str, Any]:
        item: dict[str, Any] = {
            "id": str(line.number),
            "commerceOrderItemId": line.code,
            "productName": line.name,
            "quantity": line.quantity,
            "state": WORDS[line.stage],
            "packageId": parcel.package,
        }
        if parcel.tracking:
            item |= {"invoiceNumber": parcel.tracking, "deliveryCompany": "CJ대한통운"}
        if line.code in self.ship_dates:
            item["estimatedShipDate"] = self.ship_dates[line.code]
        return item

    def _change(self, name: str, params: dict[str, Any]) -> dict[str, Any]:
        if name == "changeShippingAddress":
            to = params.get("newAddress") or {}
            receiver = {"receiver_name": to.get("lastName", ""), "address1": to.get("address1", "")}
            return self._tried(
                [params.get("orderId")], lambda parcel: self._depot.change_address(parcel, receiver)
            )
        act = next((one for one in ACTS if one in name.replace("Canceled", "Cancel")), None)
        if act is None:
            raise invalid(name)
        does = self._depot.restore if name.startswith("restore") else self._depot.mark
        return self._tried(
            params.get("orderIds"),
            lambda parcel: does(parcel, act.lower(), {line.number for line in parcel.lines}),
        )

    def _tried(self, ids: Any, act: Callable[[Parcel], object]) -> dict[str, Any]:
        parcels = {f"W{parcel.number}": parcel for parcel in self._depot.parcels.values()}
        if not isinstance(ids, list) or not ids or any(one not in parcels for one in ids):
            return {"result": {"success": False, "errorMessage": "주문을 찾을 수 없습니다."}}
        try:
            for one in ids:
                act(parcels[one])
        except DepotRefused:
            return {"result": {"success": False, "errorMessage": "이미 출고된 주문입니다."}}
        return DONE
