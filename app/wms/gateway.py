"""The kernel's `Warehouse`: which adapter a shop's settings name, time limits, a minute's memory, and errors as ports
know them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from app.clock import Clock
from app.errors import Misconfigured, OffContract, Rejected, Unauthorized, Unavailable, Upstream
from app.log import say
from app.ports import Connection, ConnectionOf
from commands.kernel.address import Address
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import Capability, Mark, MarkResult, StockLevel, WarehouseOrder
from commands.kernel.who import ChannelId, Shop

from .account import Account, Partner, account_of
from .adapter import NOT_SERVED, Adapter
from .marks import Marks, asked_for
from .memory import Memory
from .standing import Standing, state_of

READ_SECONDS = 3.0
REMEMBERED_SECONDS = 60.0
LEFT_ALONE_SECONDS = 5.0
"""After it was too slow: looks that need nothing new do not wait for it again."""
NEEDED: Mapping[Mark, Capability] = {
    "cancel": Capability.CANCEL,
    "hold": Capability.HOLD,
    "return": Capability.RETURN,
    "exchange": Capability.EXCHANGE,
}
Learn = Callable[[Account], Awaitable[None]]
Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)


class WmsGateway:
    def __init__(
        self,
        adapters: Mapping[str, Adapter],
        connection_of: ConnectionOf,
        standing: Standing,
        marks: Marks,
        clock: Clock,
        *,
        partner: Partner,
        read_seconds: float = READ_SECONDS,
        learns: Mapping[str, Learn] | None = None,
    ) -> None:
        """`learns`: by provider, how to find out what it can do, where only asking tells; quick when it is known."""
        self._adapters = adapters
        self._connection_of = connection_of
        self.standing = standing
        self._marks = marks
        self._partner = partner
        self._read_seconds = read_seconds
        self._learns = learns or {}
        self._accounts: dict[ChannelId, Account] = {}
        self._orders: Memory[tuple[WarehouseOrder | None]] = Memory(clock, seconds=REMEMBERED_SECONDS)
        self._stock: Memory[tuple[StockLevel | None]] = Memory(clock, seconds=REMEMBERED_SECONDS)
        self._slow: Memory[bool] = Memory(clock, seconds=LEFT_ALONE_SECONDS)

    async def capabilities(self, shop: Shop) -> frozenset[Capability] | None:
        account = await self._account(shop)
        return None if account is None else self.capabilities_of(account)

    async def orders(
        self, shop: Shop, order_ids: Iterable[OrderId], *, fresh: bool = False
    ) -> Mapping[OrderId, WarehouseOrder]:
        account, adapter = await self._serving(shop, Capability.ORDERS)
        wanted = list(dict.fromkeys(order_ids))
        known = {} if fresh else {o: kept for o in wanted if (kept := self._orders.get((account, o)))}
        unknown = [order_id for order_id in wanted if order_id not in known]
        if unknown:
            if not fresh and self._slow.get(account):
                raise Unavailable(account.provider, "orders", note="it was too slow a moment ago")
            found = await self._read(account, "orders", adapter.orders(account, unknown))
            known |= {order_id: (found.get(order_id),) for order_id in unknown}
            self._keep(self._orders, account, known, unknown)
        return {order_id: held for order_id, (held,) in known.items() if held}

    async def package_orders(self, shop: Shop, package_id: str) -> frozenset[OrderId]:
        account, adapter = await self._serving(shop, Capability.PACKAGES)
        return await self._read(account, "package", adapter.package_orders(account, package_id))

    async def stock(self, shop: Shop, skus: Iterable[str]) -> Mapping[str, StockLevel]:
        account, adapter = await self._serving(shop, Capability.STOCK)
        wanted = [sku for sku in dict.fromkeys(skus) if sku]
        known = {sku: kept for sku in wanted if (kept := self._stock.get((account, sku)))}
        unknown = [sku for sku in wanted if sku not in known]
        if unknown:
            found = await self._read(account, "stock", adapter.stock(account, unknown))
            known |= {sku: (found.get(sku),) for sku in unknown}
            self._keep(self._stock, account, known, unknown)
        return {sku: level for sku, (level,) in known.items() if level}

    async def mark(
        self,
        shop: Shop,
        mark: Mark,
        order_id: OrderId,
        codes: Iterable[OrderItemCode],
        reason: str,
        key: str,
        *,
        whole: bool = False,
    ) -> MarkResult:
        lines = sorted(set(codes))
        return await self._write(
            shop,
            key,
            asked_for("mark", mark, order_id, *lines),
            {Capability.ORDERS, NEEDED[mark]},
            order_id,
            lambda adapter, account: adapter.mark(account, mark, order_id, lines, reason, whole=whole),
        )

    async def restore(
        self, shop: Shop, mark: Mark, order_id: OrderId, codes: Iterable[OrderItemCode], key: str
    ) -> MarkResult:
        lines = sorted(set(codes))
        return await self._write(
            shop,
            key,
            asked_for("restore", mark, order_id, *lines),
            {Capability.ORDERS, Capability.RESTORE},
            order_id,
            lambda adapter, account: adapter.restore(account, mark, order_id, lines),
        )

    async def change_address(self, shop: Shop, order_id: OrderId, address: Address, key: str) -> MarkResult:
        return await self._write(
            shop,
            key,
            asked_for("address", order_id, repr(address)),
            {Capability.ORDERS, Capability.CHANGE_ADDRESS},
            order_id,
            lambda adapter, account: adapter.change_address(account, order_id, address),
        )

    def capabilities_of(self, account: Account) -> frozenset[Capability]:
        """Nothing while the credentials are incomplete."""
        return frozenset() if account.missing else self._adapters[account.provider].capabilities(account)

    def account_of(self, connection: Connection) -> Account | None:
        """Also forgets what was read with other credentials, or before the warehouse was removed."""
        account, channel_id = account_of(connection, self._partner), connection.shop.channel_id
        before = self._accounts.get(channel_id)
        if before is not None and before != account:
            self._forget(before)
        if account is None:
            self._accounts.pop(channel_id, None)
        else:
            self._accounts[channel_id] = account
        return account

    def adapter_of(self, account: Account) -> Adapter:
        return self._adapters[account.provider]

    async def _account(self, shop: Shop) -> Account | None:
        connection = await self._connection_of(shop.channel_id)
        if connection is None:
            return None
        same_shop = (connection.shop.mall_id, connection.shop.shop_no) == (shop.mall_id, shop.shop_no)
        account = self.account_of(connection) if same_shop else None
        if account and not account.missing and (learn := self._learns.get(account.provider)):
            await learn(account)
        return account

    async def _serving(self, shop: Shop, needed: Capability) -> tuple[Account, Adapter]:
        account = await self._account(shop)
        if account is None or needed not in self.capabilities_of(account):
            raise Unavailable("wms", needed, note="not served")
        if self.standing.is_refused(account):
            raise Unavailable(account.provider, needed, note="its credentials were refused")
        return account, self.adapter_of(account)

    async def _read(self, account: Account, operation: str, work: Awaitable[Answer]) -> Answer:
        try:
            async with asyncio.timeout(self._read_seconds):
                return await work
        except TimeoutError:
            self._slow.put(account, True)
            raise Unavailable(account.provider, operation, note="too slow") from None
        except Unauthorized as error:
            await self.standing.note(account, state_of(error))
            raise Unavailable(account.provider, operation, status=error.status) from error
        except (Rejected, OffContract) as error:
            raise self._unreadable(account, operation, error) from error
        except Misconfigured as error:
            raise Unavailable(account.provider, operation, note="no such host") from error

    async def _write(
        self,
        shop: Shop,
        key: str,
        asked: str,
        needed: set[Capability],
        order_id: OrderId,
        call: Callable[[Adapter, Account], Awaitable[MarkResult]],
    ) -> MarkResult:
        account = await self._account(shop)
        if account is None or not needed <= self.capabilities_of(account):
            return NOT_SERVED
        adapter = self.adapter_of(account)
        try:
            return await self._marks.once(shop, key, asked, lambda: call(adapter, account))
        except Unauthorized as error:
            await self.standing.note(account, state_of(error))
            raise Unavailable(account.provider, error.operation, status=error.status) from error
        except (Rejected, OffContract) as error:
            raise self._unreadable(account, error.operation, error) from error
        finally:
            self._orders.forget(lambda entry: entry == (account, order_id))

    def _unreadable(self, account: Account, operation: str, error: Upstream) -> Unavailable:
        """Nobody can act on it but an engineer, who reads why."""
        facts = {
            "operation": error.operation,
            "status": error.status,
            "code": error.wire_code,
            "note": error.note,
        }
        say(_log, "error", "a warehouse's answer is of no use", provider=account.provider, **facts)
        return Unavailable(account.provider, operation, status=error.status, wire_code=error.wire_code)

    @staticmethod
    def _keep(
        memory: Memory[Answer], account: Account, known: Mapping[Any, Answer], names: Iterable[str]
    ) -> None:
        for name in names:
            memory.put((account, name), known[name])

    def _forget(self, account: Account) -> None:
        def of_account(key: Hashable) -> bool:
            return isinstance(key, tuple) and key[0] == account

        self._orders.forget(of_account)
        self._stock.forget(of_account)
        self.adapter_of(account).forget(account)
