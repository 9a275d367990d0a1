"""A WMS app of Channel that is installed beside us, asked by the `wms` extension (CHANNEL.md §10, WMS.md §3).

It does what its `getAppConfigs` names and nothing else; what it can do is asked once in ten minutes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.clock import Clock
from app.errors import AppError, OffContract, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from app.ports.wms import AppCalls
from commands.kernel.address import Address
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import Capability, Mark, MarkResult, StockLevel, WarehouseItem, WarehouseOrder

from .account import Account
from .adapter import DONE, ITEM_UNKNOWN, NOT_HELD, NOT_SERVED, REACHED, in_the_way
from .channel_app_wire import (
    CHANGE_ADDRESS,
    COMMERCES,
    CONFIGS,
    MARKS,
    MOST_PAGES,
    ORDERS,
    PAGE_SIZE,
    RESTORES,
    SHOP_ID,
    address_of,
    capabilities_in,
    order_of,
    searching,
    warehouse_ids,
)
from .commerce_key import COMMERCE_TYPE
from .reading import rows, text

SYSTEM = "channelApp"
KNOWN_FOR, TROUBLED_FOR = timedelta(minutes=10), timedelta(minutes=1)
LEARN_SECONDS = 3.0
NOT_LET_IN = 403
BEFORE_SHIPPING = frozenset({"cancel"})
PART_OF_AN_ORDER = MarkResult("refused", "part_of_an_order")


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out, or nothing: then it is asked again when `until` is over."""

    until: datetime
    capabilities: frozenset[Capability] = frozenset()
    shop_id: str | None = None


class ChannelApp:
    def __init__(self, apps: AppCalls, clock: Clock) -> None:
        self._apps = apps
        self._clock = clock
        self._known: dict[Account, Known] = {}

    def capabilities(self, account: Account) -> frozenset[Capability]:
        known = self._known.get(account)
        return known.capabilities if known else frozenset()

    async def learn(self, account: Account) -> None:
        """Never raises: an app that cannot be asked can do nothing, and is asked again in a minute."""
        known = self._known.get(account)
        if known and self._clock() < known.until:
            return
        try:
            async with asyncio.timeout(LEARN_SECONDS):
                await self.check(account)
        except (AppError, TimeoutError):
            self._known[account] = Known(self._clock() + TROUBLED_FOR)

    async def check(self, account: Account) -> None:
        """Asks what the app can do, and which shop of it this one is. Raises `Unauthorized` where it serves no Cafe24,
        or is not linked to this shop: then it can do nothing.
        """
        self._known.pop(account, None)
        served = (await self._read(account, COMMERCES)).get("commerceTypes")
        if not isinstance(served, list) or COMMERCE_TYPE not in served:
            raise Unauthorized(SYSTEM, COMMERCES, status=NOT_LET_IN, note="serves no Cafe24")
        shop_id = account.shop_id or await self.shop_id(account)
        if shop_id is None:
            raise Unauthorized(SYSTEM, SHOP_ID, status=NOT_LET_IN, note="not linked")
        configs = await self._read(account, CONFIGS)
        until = self._clock() + KNOWN_FOR
        self._known[account] = Known(until, capabilities_in(configs), shop_id)

    async def shop_id(self, account: Account) -> str | None:
        answer = await self._read(
            account, SHOP_ID, commerceType=COMMERCE_TYPE, commerceKey=account.commerce_key
        )
        return text(answer.get("shopId"))

    async def orders(self, account: Account, order_ids: Sequence[OrderId]) -> dict[OrderId, WarehouseOrder]:
        """Raises `OffContract` where not every page was read: what was not seen must not pass for not held."""
        found: dict[OrderId, WarehouseOrder] = {}
        for start in range(0, len(order_ids), PAGE_SIZE):
            wanted = order_ids[start : start + PAGE_SIZE]
            for row in await self._pages(account, wanted):
                order_id = OrderId(text(row.get("commerceOrderId")) or "")
                if order_id not in wanted:
                    continue
                order = order_of(order_id, row, found.get(order_id))
                if order is None:
                    raise OffContract(SYSTEM, ORDERS, note="an order without an id")
                found[order_id] = order
        return found

    async def package_orders(self, account: Account, package_id: str) -> frozenset[OrderId]:  # noqa: ARG002
        """The extension has no way to ask for a package: the capability is never there."""
        raise OffContract(SYSTEM, ORDERS, note="packages cannot be asked for")

    async def stock(self, account: Account, skus: Sequence[str]) -> dict[str, StockLevel]:  # noqa: ARG002
        """The extension knows no stock."""
        return {}

    async def mark(
        self,
        account: Account,
        mark: Mark,
        order_id: OrderId,
        codes: Sequence[OrderItemCode],
        reason: str,
        *,
        whole: bool,  # noqa: ARG002  what the warehouse holds decides
    ) -> MarkResult:
        items = await self._items(account, order_id, codes)
        if isinstance(items, MarkResult):
            return items
        to_do = [item for item in items if item.stage not in REACHED[mark]]
        if mark in BEFORE_SHIPPING and (refusal := in_the_way(to_do)):
            return refusal
        return await self._whole_orders(account, MARKS.get(mark), to_do, items, reason=reason)

    async def restore(
        self, account: Account, mark: Mark, order_id: OrderId, codes: Sequence[OrderItemCode]
    ) -> MarkResult:
        items = await self._items(account, order_id, codes)
        if isinstance(items, MarkResult):
            return items
        marked = [item for item in items if item.stage in REACHED[mark]]
        return await self._whole_orders(account, RESTORES.get(mark), marked, items)

    async def change_address(self, account: Account, order_id: OrderId, address: Address) -> MarkResult:
        """The extension shows no address, so that ours cannot be seen to stand already."""
        order = (await self.orders(account, [order_id])).get(order_id)
        if order is None:
            return NOT_HELD
        if refusal := in_the_way(order.items):
            return refusal
        ids = warehouse_ids(order.items)
        if len(ids) != 1:
            return MarkResult("refused", "several_orders")
        return await self._write(account, CHANGE_ADDRESS, orderId=ids[0], newAddress=address_of(address))

    async def shops_with(self, account: Account, codes: Sequence[str]) -> dict[str, int]:
        """The app itself says which shop is this one."""
        shop_id = await self.shop_id(account)
        return {shop_id: len(codes)} if shop_id else {}

    def forget(self, account: Account) -> None:
        self._known.pop(account, None)

    async def _pages(self, account: Account, wanted: Sequence[OrderId]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        since: dict[str, Any] = {}
        known = self._known.get(account)
        shop = account.shop_id or (known.shop_id if known else None)
        for _ in range(MOST_PAGES):
            answer = await self._read(
                account,
                ORDERS,
                searchFilter=searching(wanted),
                limit=PAGE_SIZE,
                **({"shopId": shop} if shop else {}),
                **since,
            )
            if not isinstance(answer.get("orders"), list):
                raise OffContract(SYSTEM, ORDERS, note="no list")
            found += rows(answer["orders"])
            following = text(answer.get("next"))
            if following is None:
                return found
            since = {"since": following}
        raise OffContract(SYSTEM, ORDERS, note="pages without an end")

    async def _items(
        self, account: Account, order_id: OrderId, codes: Sequence[OrderItemCode]
    ) -> list[WarehouseItem] | MarkResult:
        """All items of the warehouse's orders that hold these lines: it marks whole orders, or nothing."""
        order = (await self.orders(account, [order_id])).get(order_id)
        if order is None:
            return NOT_HELD
        named = [item for item in order.items if item.order_item_code in codes]
        if {item.order_item_code for item in named} != set(codes):
            return ITEM_UNKNOWN
        touched = warehouse_ids(named)
        if any(i.id.partition(":")[0] in touched and i not in named for i in order.items):
            return PART_OF_AN_ORDER
        return named

    async def _whole_orders(
        self,
        account: Account,
        method: str | None,
        to_do: Sequence[WarehouseItem],
        items: Sequence[WarehouseItem],
        **more: str,
    ) -> MarkResult:
        if method is None:
            return NOT_SERVED
        if not to_do:
            return DONE
        ids = warehouse_ids(to_do)
        if any(item not in to_do and item.id.partition(":")[0] in ids for item in items):
            return PART_OF_AN_ORDER
        return await self._write(account, method, orderIds=ids, **more)

    async def _read(self, account: Account, method: str, **params: Any) -> dict[str, Any]:
        try:
            return await self._apps.call_app(account.channel_id, account.app_id, method, **params)
        except OutcomeUnknown as error:
            raise Unavailable(SYSTEM, method, status=error.status, note="no answer") from None

    async def _write(self, account: Account, method: str, **params: Any) -> MarkResult:
        """An answer without a plain yes or no is no answer."""
        try:
            answer = await self._apps.call_app(account.channel_id, account.app_id, method, **params)
        except Rejected as refused:
            return MarkResult("refused", f"code {refused.wire_code}")
        result = answer.get("result")
        success = result.get("success") if isinstance(result, Mapping) else None
        if not isinstance(success, bool):
            raise OutcomeUnknown(SYSTEM, method, note="neither yes nor no")
        return DONE if success else MarkResult("refused", "refused_by_the_app")
