"""A server that answers as Sellmate is seen to answer. All about orders is an ASSUMPTION: nobody has published it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.sandbox.faults import Faults
from app.sandbox.wms.depot import Depot, DepotRefused, Goods, Line, Parcel
from app.sandbox.wms.meeting import Meeting, body_of, json

WORDS = {
    "received": "접수",
    "held": "보류",
    "printed": "송장출력",
    "shipped": "출고완료",
    "cancel_marked": "취소표시",
    "return_marked": "반품표시",
    "exchange_marked": "교환표시",
}
SEEN_FILTERS = frozenset({"barcode1", "id"})
ASSUMED_FILTERS = frozenset({"option_code", "order_number", "package_id"})
MARKS = frozenset({"cancel", "hold", "return", "exchange"})
ADDRESS = ("name", "mobile", "tel", "zipcode", "address1", "address2", "message")


class SellmateServer:
    """`clients`: secrets by client id. `shop_id`: what this tenant calls the simulated mall's shop."""

    def __init__(
        self,
        depot: Depot,
        *,
        now: Callable[[], datetime],
        domain: str,
        clients: dict[str, str],
        faults: Faults,
    ) -> None:
        self.depot = depot
        self.domain = domain
        self.clients = clients
        self.shop_id = "7"
        self.meeting = Meeting(faults)
        self.filters = SEEN_FILTERS | ASSUMED_FILTERS
        self.expires_in: int | None = 3600
        self.enabled = True
        self.words = dict(WORDS)
        self.show_availability = True
        self.restock_with_time = False
        self._now = now
        self._tokens: dict[str, datetime] = {}

    def app(self) -> Starlette:
        around, base = self.meeting.around, "/external/{domain}"
        return Starlette(
            routes=[
                Route(f"{base}/auth", around(self._auth), methods=["POST"]),
                Route(f"{base}/productVariants", around(self._variants)),
                Route(f"{base}/orders", around(self._orders)),
                Route(f"{base}/orders/{{number:int}}/{{act}}", around(self._change), methods=["POST"]),
            ]
        )

    async def _auth(self, request: Request) -> Response:
        if request.path_params["domain"] != self.domain:
            return json({"message": "Not Found"}, 404)
        body = await body_of(request)
        given = body if isinstance(body, dict) else {}
        known = self.clients.get(str(given.get("client_id")))
        if known is None or known != given.get("client_secret"):
            return json({"message": "Unauthenticated."}, 401)
        if not self.enabled:
            return json({"message": "Forbidden."}, 403)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = self._now() + timedelta(seconds=self.expires_in or 3600)
        life = {} if self.expires_in is None else {"expires_in": self.expires_in, "token_type": "Bearer"}
        return json({"access_token": token, **life})

    def forget_tokens(self) -> None:
        """Every token counts as expired from now on."""
        self._tokens.clear()

    def _refusal(self, request: Request) -> Response | None:
        if request.path_params["domain"] != self.domain:
            return json({"message": "Not Found"}, 404)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        until = self._tokens.get(token)
        if kind != "Bearer" or until is None or self._now() >= until:
            return json({"message": "Unauthenticated."}, 401)
        return None

    async def _variants(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        wanted = request.query_params.getlist("c[]")
        rows = [
            self._variant(number, goods, wanted) for number, goods in enumerate(self.depot.goods, 500_001)
        ]
        return self._page(request, rows)

    def _variant(self, number: int, goods: Goods, wanted: list[str]) -> dict[str, Any]:
        stock = self.depot.stock(goods)
        row: dict[str, Any] = {
            "id": number,
            "product_id": str(number // 10),
            "no": str(number),
            "variant_name": goods.name,
            "stock": stock or 0,
            "safe_stock": "0",
            "is_selling": "1",
            "barcode1": f"880{number:010d}",
            "barcode2": None,
            "code": goods.sku,
            "expected_input_at": self._restock(self.depot.restock.get(goods.sku)),
            "variant_stock": [{"id": number, "warehouse_id": "1", "variant_stock": stock or 0}],
            "brand_new_field": {"nobody": "knows"},
            "created_at": "2026-01-02 09:00:00",
        }
        if "availabilityInfo" in wanted:
            shown = None if stock is None or not self.show_availability else {"available_qty": str(stock)}
            row["availability_info"] = shown
        if "optionHasCodeByShop" in wanted:
            row["option_has_code_by_shop"] = [
                {"option_id": number, "shop_id": self.shop_id, "option_code": goods.sku},
                {"option_id": number, "shop_id": "2", "option_code": str(40_000_000 + number)},
            ]
        return row

    def _restock(self, day: date | None) -> str | None:
        if day is None:
            return None
        return f"{day:%Y-%m-%d} 00:00:00" if self.restock_with_time else f"{day:%Y-%m-%d}"

    async def _orders(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        rows = [self._order(parcel) for parcel in self.depot.parcels.values()]
        return self._page(request, rows)

    def _order(self, parcel: Parcel) -> dict[str, Any]:
        return {
            "id": parcel.number,
            "order_number": parcel.order_id,
            "shop_id": self.shop_id,
            "ordered_at": f"{parcel.ordered_at:%Y-%m-%d %H:%M:%S}",
            "receiver": {name: parcel.receiver.get(name, "") for name in ADDRESS},
            "items": [self._item(parcel, line) for line in parcel.lines],
        }

    def _item(self, parcel: Parcel, line: Line) -> dict[str, Any]:
        return {
            "id": line.number,
            "order_item_number": line.code,
            "option_code": line.sku,
            "variant_name": line.name,
            "qty": str(line.quantity),
            "status": self.words[line.stage],
            "package_id": parcel.package,
            "invoice_no": parcel.tracking or None,
            "courier_name": "CJ대한통운" if parcel.tracking else None,
            "expected_ship_date": None,
        }

    async def _change(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        number, act = request.path_params["number"], request.path_params["act"]
        parcel = next((p for p in self.depot.parcels.values() if p.number == number), None)
        body = await body_of(request)
        if parcel is None or not isinstance(body, dict):
            return json({"message": "Not Found"}, 404)
        numbers = {int(one) for one in body.get("item_ids", []) if str(one).isdecimal()}
        try:
            if act in MARKS:
                self.depot.mark(parcel, act, numbers)
            elif act == "restore":
                self.depot.restore(parcel, str(body.get("type")), numbers)
            elif act == "address":
                self.depot.change_address(parcel, {name: str(body.get(name) or "") for name in ADDRESS})
            else:
                return json({"message": "Not Found"}, 404)
        except (DepotRefused, KeyError):
            return json({"message": "이미 처리된 주문입니다."}, 422)
        return json({"data": self._order(parcel)})

    def _page(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        """Laravel's paging; ten rows where nobody says how many."""
        filters = [f.split(",") for f in request.query_params.getlist("f[]")]
        if any(len(f) != 4 or f[0] not in self.filters or f[1] not in {"=", "in"} for f in filters):
            return json({"message": "The given data was invalid.", "errors": {"f": ["invalid"]}}, 422)
        found = [row for row in rows if _fits(row, filters)]
        page, size = _number(request, "page", 1), min(_number(request, "per_page", 10), 100)
        last = max(-(-len(found) // size), 1)
        start = (page - 1) * size
        shown = found[start : start + size]
        meta = {"current_page": page, "last_page": str(last), "per_page": size, "total": len(found)}
        links = {"first": "…", "last": "…", "prev": None, "next": None if page >= last else "…"}
        return json({"data": shown, "links": links, "meta": meta})


def _fits(row: dict[str, Any], filters: list[list[str]]) -> bool:
    """ASSUMPTION: one `or` among the joiners joins them all."""
    if not filters:
        return True
    answers = [bool(set(values.split("|")) & _values(row, name)) for name, _, values, _ in filters]
    return any(answers) if any(f[3] == "or" for f in filters) else all(answers)


def _values(row: dict[str, Any], name: str) -> set[str]:
    if name == "option_code":
        return {code["option_code"] for code in row.get("option_has_code_by_shop", [])}
    if name == "package_id":
        return {item["package_id"] for item in row.get("items", [])}
    return {str(row[name])} if row.get(name) is not None else set()


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name, "")
    return max(int(given), 1) if given.isdecimal() else default
