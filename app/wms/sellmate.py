"""Sellmate (셀메이트): how it is asked. What it calls things stands in sellmate_wire.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.clock import Clock
from app.errors import OffContract, Rejected
from commands.kernel.address import Address
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import Capability, Mark, MarkResult, StockLevel, WarehouseItem, WarehouseOrder

from .account import Account
from .adapter import DONE, ITEM_UNKNOWN, NOT_HELD, REACHED, in_the_way
from .calls import Caller
from .reading import rows, text, whole
from .sellmate_calls import SellmateCalls
from .sellmate_wire import (
    BARCODES,
    BY_BARCODE,
    BY_CODE,
    BY_ORDER,
    BY_PACKAGE,
    DEFAULT_URL,
    ITEM,
    ORDER,
    PAGE_SIZE,
    PATHS,
    RECEIVER,
    SERVED,
    SYSTEM,
    VARIANT,
    VARIANT_INCLUDES,
    level,
    order_of,
    shop_codes,
)

MOST_PAGES = 20
UNASKABLE = frozenset(",|")
BEFORE_SHIPPING = frozenset({"cancel", "hold"})


@dataclass(frozen=True, slots=True)
class Row:
    """An order of Sellmate with what is asked of it."""

    order: WarehouseOrder
    receiver: Mapping[str, Any]


class Sellmate:
    """`assumed`: operations of the table's lower half that the operator has switched on."""

    def __init__(
        self,
        caller: Caller,
        clock: Clock,
        *,
        url: str = DEFAULT_URL,
        assumed: frozenset[Capability] = frozenset(),
    ) -> None:
        self._calls = SellmateCalls(caller, clock, url)
        self._assumed = assumed

    def capabilities(self, _account: Account) -> frozenset[Capability]:
        return SERVED | self._assumed

    async def check(self, account: Account) -> None:
        await self._ask(account, "variants", [("page", "1"), ("per_page", "1")])

    async def orders(self, account: Account, order_ids: Sequence[OrderId]) -> dict[OrderId, WarehouseOrder]:
        return {order_id: row.order for order_id, row in (await self._orders(account, order_ids)).items()}

    async def package_orders(self, account: Account, package_id: str) -> frozenset[OrderId]:
        found = await self._filtered(account, "orders", [BY_PACKAGE], [package_id])
        of_package = [
            row
            for row in found
            if any(text(item.get(ITEM["package"])) == package_id for item in rows(row.get(ORDER["items"])))
        ]
        return frozenset(OrderId(number) for row in of_package if (number := text(row.get(ORDER["number"]))))

    async def stock(self, account: Account, skus: Sequence[str]) -> dict[str, StockLevel]:
        """By the code of this shop, else by barcode (§4.6); a code that two variants carry belongs to none."""
        matches: dict[str, dict[bool, dict[str, StockLevel]]] = {}
        wanted = frozenset(skus)
        for row in await self._variants(account, skus):
            own = {code for _, code in shop_codes(row, account.shop_id)}
            barcodes = {code for name in BARCODES if (code := text(row.get(name)))}
            for sku in (own | barcodes) & wanted:
                ranked = matches.setdefault(sku, {}).setdefault(sku in own, {})
                ranked[str(row.get(VARIANT["id"]))] = level(sku, row)
        best = {sku: ranked.get(True) or ranked[False] for sku, ranked in matches.items()}
        return {sku: next(iter(found.values())) for sku, found in best.items() if len(found) == 1}

    async def shops_with(self, account: Account, codes: Sequence[str]) -> dict[str, int]:
        carried: dict[str, set[str]] = {}
        for row in await self._variants(account, codes):
            for shop_id, code in shop_codes(row, None):
                if code in codes:
                    carried.setdefault(shop_id, set()).add(code)
        return {shop_id: len(found) for shop_id, found in carried.items()}

    async def mark(
        self,
        account: Account,
        mark: Mark,
        order_id: OrderId,
        codes: Sequence[OrderItemCode],
        reason: str,
        *,
        whole: bool,  # noqa: ARG002  any items may be marked
    ) -> MarkResult:
        items = await self._items(account, order_id, codes)
        if isinstance(items, MarkResult):
            return items
        to_do = [item for item in items if item.stage not in REACHED[mark]]
        if mark in BEFORE_SHIPPING and (refusal := in_the_way(to_do)):
            return refusal
        return await self._write(account, mark, to_do, {"reason": reason})

    async def restore(
        self, account: Account, mark: Mark, order_id: OrderId, codes: Sequence[OrderItemCode]
    ) -> MarkResult:
        items = await self._items(account, order_id, codes)
        if isinstance(items, MarkResult):
            return items
        marked = [item for item in items if item.stage in REACHED[mark]]
        return await self._write(account, "restore", marked, {"type": mark})

    async def change_address(self, account: Account, order_id: OrderId, address: Address) -> MarkResult:
        row = (await self._orders(account, [order_id])).get(order_id)
        if row is None:
            return NOT_HELD
        body = {wire: getattr(address, name) or "" for name, wire in RECEIVER.items()}
        if {wire: text(row.receiver.get(wire)) or "" for wire in body} == body:
            return DONE
        if refusal := in_the_way(row.order.items):
            return refusal
        return await self._write(account, "address", row.order.items, body)

    def forget(self, account: Account) -> None:
        self._calls.forget(account)

    async def _orders(self, account: Account, order_ids: Sequence[OrderId]) -> dict[OrderId, Row]:
        """Several orders of Sellmate may stand for one of the mall; their items then stand side by side."""
        found: dict[OrderId, Row] = {}
        for row in await self._filtered(account, "orders", [BY_ORDER], order_ids):
            order_id = OrderId(text(row.get(ORDER["number"])) or "")
            foreign = account.shop_id and text(row.get(ORDER["shop"])) != account.shop_id
            if order_id not in order_ids or foreign:
                continue
            before = found[order_id].order.items if order_id in found else ()
            order = order_of(order_id, row, before)
            receiver = row.get(ORDER["receiver"])
            found[order_id] = Row(order, receiver if isinstance(receiver, Mapping) else {})
        return found

    async def _items(
        self, account: Account, order_id: OrderId, codes: Sequence[OrderItemCode]
    ) -> list[WarehouseItem] | MarkResult:
        row = (await self._orders(account, [order_id])).get(order_id)
        if row is None:
            return NOT_HELD
        items = [item for item in row.order.items if item.order_item_code in codes]
        return items if {item.order_item_code for item in items} == set(codes) else ITEM_UNKNOWN

    async def _variants(self, account: Account, codes: Sequence[str]) -> list[Mapping[str, Any]]:
        """A server that knows no filter by shop code is asked for barcodes alone."""
        includes = [("c[]", name) for name in VARIANT_INCLUDES]
        try:
            return await self._filtered(account, "variants", BY_CODE, codes, includes)
        except Rejected:
            return await self._filtered(account, "variants", [BY_BARCODE], codes, includes)

    async def _filtered(
        self,
        account: Account,
        path: str,
        filters: Iterable[str],
        values: Sequence[str],
        includes: Sequence[tuple[str, str]] = (),
    ) -> list[Mapping[str, Any]]:
        """All pages of a hundred values at a time. Rows are checked by whoever asked: a filter may be ignored."""
        askable = [value for value in dict.fromkeys(values) if value and not UNASKABLE & set(value)]
        found: list[Mapping[str, Any]] = []
        for start in range(0, len(askable), PAGE_SIZE):
            joined = "|".join(askable[start : start + PAGE_SIZE])
            params = [("f[]", one.format(values=joined)) for one in filters]
            page, last = 1, 1
            while page <= min(last, MOST_PAGES):
                paging = [("page", str(page)), ("per_page", str(PAGE_SIZE))]
                body = await self._ask(account, path, [*params, *includes, *paging])
                found += rows(body["data"])
                meta = body.get("meta")
                last = (whole(meta.get("last_page")) if isinstance(meta, Mapping) else None) or 1
                page += 1
        return found

    async def _ask(self, account: Account, path: str, params: Sequence[tuple[str, str]]) -> Any:
        body = await self._calls.call(account, "GET", path, PATHS[path], params=params)
        if not isinstance(body, Mapping) or not isinstance(body.get("data"), list):
            raise OffContract(SYSTEM, f"GET {PATHS[path]}", note="no list")
        return body

    async def _write(
        self, account: Account, path: str, items: Sequence[WarehouseItem], body: Mapping[str, Any]
    ) -> MarkResult:
        """One call: items of several Sellmate orders cannot be changed together, so they are not changed at all."""
        if not items:
            return DONE
        orders = {item.id.partition(":")[0] for item in items}
        if len(orders) > 1:
            return MarkResult("refused", "several_orders")
        content = {"item_ids": [item.id.partition(":")[2] for item in items], **body}
        filled = PATHS[path].format(id=orders.pop())
        try:
            await self._calls.call(account, "POST", path, filled, body=content)
        except Rejected as refused:
            return MarkResult("refused", f"status {refused.status}")
        return DONE
