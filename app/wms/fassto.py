"""Fassto FMS (파스토): how it is asked. It stops whole releases only; what it calls things stands in fassto_wire.py."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

from app.clock import Clock
from app.errors import OffContract, Rejected
from commands.kernel.address import Address
from commands.kernel.calendar import kst_day
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import Capability, Mark, MarkResult, Stage, StockLevel, WarehouseOrder

from .account import Account
from .adapter import DONE, LABEL_PRINTED, NOT_HELD, NOT_SERVED, STAGE_UNKNOWN
from .calls import Caller
from .fassto_calls import FasstoCalls
from .fassto_wire import (
    DEFAULT_URL,
    GOOD,
    INBOUND_DAY,
    INBOUND_DAYS,
    RELEASE_DAY,
    RELEASE_DAYS,
    REQUESTED,
    SERVED,
    SYSTEM,
    open_inbounds,
    order_id_of,
    order_of,
    package_of,
    slip_of,
    stage_of,
    still_to_come,
    stock_of,
)
from .memory import Memory
from .reading import day, rows, text

AT_ONCE = 4
MOST_INBOUNDS = 20
INBOUND_SECONDS = 600.0
ENOUGH = 10  # pieces on hand for any line: beyond them nobody asks when more will come
PART_OF_A_RELEASE = MarkResult("refused", "part_of_a_release")
PARTLY = MarkResult("unknown", "partly")
Answer = TypeVar("Answer")
Release = Mapping[str, Any]


class Fassto:
    """Goods of an inbound slip hardly change: they are remembered for ten minutes."""

    def __init__(self, caller: Caller, clock: Clock, *, url: str = DEFAULT_URL) -> None:
        self._calls = FasstoCalls(caller, clock, url)
        self._clock = clock
        self._inbounds: Memory[frozenset[str]] = Memory(clock, seconds=INBOUND_SECONDS)

    def capabilities(self, _account: Account) -> frozenset[Capability]:
        return SERVED

    async def check(self, account: Account) -> None:
        await self._inbound_slips(account, kst_day(self._clock()))

    async def orders(self, account: Account, order_ids: Sequence[OrderId]) -> dict[OrderId, WarehouseOrder]:
        """Two calls an order, a third where it has a second release."""

        async def one(order_id: OrderId) -> WarehouseOrder | None:
            releases = await self._releases(account, order_id)
            live = [r for r in releases if stage_of(r) is not Stage.CANCELLED] or releases
            details = [await self._release(account, release) for release in live]
            return order_of(order_id, details) if details else None

        found = await _four_at_a_time([partial(one, order_id) for order_id in order_ids])
        return {order.order_id: order for order in found if order}

    async def package_orders(self, account: Account, package_id: str) -> frozenset[OrderId]:
        """Raises `OffContract` for a mapping slip whose other side cannot be found: it may hold anybody's order."""
        releases = [r for r in await self._released(account, None) if package_of(r) == package_id]
        found = frozenset(order_id for r in releases if (order_id := order_id_of(r)))
        mapped = any(text(release.get("mapSlipNo")) for release in releases)
        if (mapped and len(found) < 2) or not releases:
            raise OffContract(SYSTEM, "GET releases", note="a package that is not understood")
        return found

    async def stock(self, account: Account, skus: Sequence[str]) -> dict[str, StockLevel]:
        body, planned = await asyncio.gather(
            self._calls.get(account, "stock", [("outOfStockYn", ""), ("whCd", ""), ("cstGodCd", "")]),
            self._inbound_slips(account, kst_day(self._clock())),
        )
        found = stock_of(rows(body), skus)
        lacking = {code for code, pieces in found.values() if pieces is None or pieces < ENOUGH}
        back = await self._restock_dates(account, lacking, planned) if planned else {}
        lead = timedelta(days=account.lead_days)
        return {
            sku: StockLevel(sku, pieces, back[code] + lead if code in back else None)
            for sku, (code, pieces) in found.items()
        }

    async def shops_with(self, account: Account, codes: Sequence[str]) -> dict[str, int]:
        """Fassto knows one shop a customer code."""
        goods = rows(
            await self._calls.get(account, "stock", [("outOfStockYn", ""), ("whCd", ""), ("cstGodCd", "")])
        )
        found = stock_of(goods, codes)
        return {account.customer_code: len(found)} if found else {}

    async def mark(
        self,
        account: Account,
        mark: Mark,
        order_id: OrderId,
        codes: Sequence[OrderItemCode],  # noqa: ARG002  a release has no lines of the mall
        reason: str,  # noqa: ARG002  nor a place for a reason
        *,
        whole: bool,
    ) -> MarkResult:
        """Only `cancel`, and only while every release of the order is no more than requested."""
        if mark != "cancel":
            return NOT_SERVED
        releases = await self._releases(account, order_id)
        live = [release for release in releases if stage_of(release) is not Stage.CANCELLED]
        if not releases:
            return NOT_HELD
        if not live:
            return DONE
        return _refusal(live, whole=whole) or await self._cancel(account, live)

    async def restore(
        self,
        account: Account,  # noqa: ARG002
        mark: Mark,  # noqa: ARG002
        order_id: OrderId,  # noqa: ARG002
        codes: Sequence[OrderItemCode],  # noqa: ARG002
    ) -> MarkResult:
        """A release would have to be made anew, out of a request that FMS itself had collected."""
        return NOT_SERVED

    async def change_address(
        self,
        account: Account,  # noqa: ARG002
        order_id: OrderId,  # noqa: ARG002
        address: Address,  # noqa: ARG002
    ) -> MarkResult:
        """A change needs the whole request again, which only FMS has."""
        return NOT_SERVED

    def forget(self, account: Account) -> None:
        self._calls.forget(account)
        self._inbounds.forget(lambda key: isinstance(key, tuple) and key[0] == account)

    async def _releases(self, account: Account, order_id: OrderId) -> list[Release]:
        """A filter may be ignored, so every row is looked at."""
        found = await self._released(account, order_id)
        unique = {slip_of(row): row for row in found if order_id_of(row) == order_id and slip_of(row)}
        return list(unique.values())

    async def _released(self, account: Account, order_id: OrderId | None) -> list[Release]:
        today = kst_day(self._clock())
        start = min(today - timedelta(days=RELEASE_DAYS), (order_id and day(order_id[:8])) or today)
        names = {"start": start.strftime(RELEASE_DAY), "end": today.strftime(RELEASE_DAY)}
        wanted = [("ordNo", str(order_id))] if order_id else []
        return rows(await self._calls.get(account, "releases", wanted, **names))

    async def _release(self, account: Account, release: Release) -> Release:
        """What the list said stays where the detail is silent."""
        slip = slip_of(release)
        params = [("ordNo", text(release.get("ordNo")) or "")]
        details = rows(await self._calls.get(account, "release", params, slip=slip))
        return {**release, **(details[0] if details else {}), "slipNo": slip}

    async def _inbound_slips(self, account: Account, today: date) -> list[tuple[date, str]]:
        until = today + timedelta(days=INBOUND_DAYS)
        names = {"start": today.strftime(INBOUND_DAY), "end": until.strftime(INBOUND_DAY)}
        params = [("inWay", ""), ("ordNo", ""), ("wrkStat", "")]
        return open_inbounds(rows(await self._calls.get(account, "inbounds", params, **names)), today)

    async def _restock_dates(
        self, account: Account, lacking: Iterable[str], planned: Sequence[tuple[date, str]]
    ) -> dict[str, date]:
        """The soonest slips first, four at a time, until every code is found."""
        missing, found = set(lacking), dict[str, date]()
        coming = list(planned[:MOST_INBOUNDS])
        while missing and coming:
            now, coming = coming[:AT_ONCE], coming[AT_ONCE:]
            goods = await asyncio.gather(*(self._goods_of(account, slip) for _, slip in now))
            for (planned_day, _), codes in zip(now, goods, strict=True):
                found |= dict.fromkeys(missing & codes, planned_day)
                missing -= codes
        return found

    async def _goods_of(self, account: Account, slip: str) -> frozenset[str]:
        known = self._inbounds.get((account, slip))
        if known is None:
            details = rows(await self._calls.get(account, "inbound", [], slip=slip))
            known = still_to_come(details[0]) if details else frozenset()
            self._inbounds.put((account, slip), known)
        return known

    async def _cancel(self, account: Account, live: Sequence[Release]) -> MarkResult:
        body = [{"slipNo": slip_of(release), "ordNo": text(release.get("ordNo")) or ""} for release in live]
        try:
            answer = rows(await self._calls.call(account, "PATCH", "cancel", body=body))
        except Rejected as refused:
            return MarkResult("refused", f"code {refused.wire_code}")
        good = [text(row.get("code")) == GOOD for row in answer]
        if len(good) == len(live) and all(good):
            return DONE
        return MarkResult("refused", "release_refused") if good and not any(good) else PARTLY


def _refusal(live: Iterable[Release], *, whole: bool) -> MarkResult | None:
    if not whole:
        return PART_OF_A_RELEASE
    for release in live:
        if stage_of(release) is Stage.UNKNOWN:
            return STAGE_UNKNOWN
        if text(release.get("wrkStat")) != REQUESTED or text(release.get("invoiceNo")):
            return LABEL_PRINTED
    return None


async def _four_at_a_time(waiting: Iterable[Callable[[], Awaitable[Answer]]]) -> list[Answer]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(work: Callable[[], Awaitable[Answer]]) -> Answer:
        async with room:
            return await work()

    return list(await asyncio.gather(*(one(work) for work in waiting)))
