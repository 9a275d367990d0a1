"""The mall's orders: the kernel's `Orders` port, by the reading rules of DESIGN §5.

Cafe24 ignores filters that it does not know, so every order is checked against the customer before anything of it
is used; it also repeats an answer for 60 s per URL, so a read that must be fresh never sends the same URL twice.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from app.clock import Clock
from app.errors import Unavailable
from commands.kernel.calendar import kst_day, months_before, windows_back
from commands.kernel.order import ItemState, Order, OrderId
from commands.kernel.ports import RecentOrders
from commands.kernel.who import Customer, Guest, Member, Shop

from . import wire
from .caches import Kept
from .carriers import Carriers
from .client import Cafe24Client, rows
from .codes import item_state
from .limiter import SYSTEM, Limiter
from .reading import ORDER_ID, answers, belongs_to, hyphenated, national_digits, ordered_at, to_order

log = logging.getLogger(__name__)
EMBED = "items,receivers,buyer"
PAGE = 100
MOST_PAGES = 10
LIST_SECONDS = 30.0
KEPT_LISTS = 1_000
GUEST_MONTHS = 3
ANSWER_SECONDS = 2.9
LONGEST_LIMIT = 1000
# The mall repeats its answer for 60 s; clocks of several hosts may differ.
REPEATED_SECONDS = 65.0
KEPT_TURNS = 5_000
TURN_LIFE = 120.0


@dataclass(frozen=True, slots=True)
class _ListKey:
    mall_id: str
    shop_no: int
    customer: str
    at_most: int
    months: int
    states: frozenset[ItemState] | None


class Cafe24Orders:
    """`strangers` counts rows of other people per mall that an answer held: an alarm, they are never shown."""

    def __init__(
        self,
        client: Cafe24Client,
        carriers: Carriers,
        limiter: Limiter,
        *,
        clock: Clock,
        time: Callable[[], float],
    ) -> None:
        self._client = client
        self._carriers = carriers
        self._limiter = limiter
        self._clock = clock
        self._time = time
        self._lists: Kept[_ListKey, RecentOrders] = Kept(KEPT_LISTS, clock)
        self._list_turns: Kept[str, int] = Kept(KEPT_TURNS, clock)
        self.strangers: Counter[str] = Counter()

    async def recent(
        self,
        shop: Shop,
        customer: Customer,
        *,
        at_most: int,
        months: int,
        states: frozenset[ItemState] | None = None,
    ) -> RecentOrders:
        """The port's: newest first. From memory for 30 s, an empty answer too."""
        if isinstance(customer, Guest):
            months = min(months, GUEST_MONTHS)
        if not _can_be_asked_for(customer):
            return RecentOrders((), months)
        key = _ListKey(shop.mall_id, shop.shop_no, _name(customer), at_most, months, states)
        kept = self._lists.get(key)
        if kept is None:
            turn = self._list_turns.get(shop.mall_id)
            kept = await self._search(shop, customer, key)
            # Forgotten while we were reading: what we hold may be older than what made it be forgotten.
            if self._list_turns.get(shop.mall_id) == turn:
                self._lists.put(key, kept, LIST_SECONDS)
        return kept

    async def one(self, shop: Shop, customer: Customer, order_id: OrderId) -> Order | None:
        """The port's: always fresh, one call whether the order is absent or somebody else's."""
        if not ORDER_ID.fullmatch(order_id) or not _can_be_asked_for(customer):
            return None
        params = {"order_id": order_id, "embed": EMBED, "limit": await self._fresh_limit(shop, order_id)}
        heads = await self._read(shop, customer, params, ANSWER_SECONDS)
        today = kst_day(self._clock())
        for head, row in heads.mine:
            if head.order_id != order_id:
                continue
            if isinstance(customer, Guest) and kst_day(ordered_at(head)) <= months_before(
                today, GUEST_MONTHS
            ):
                continue
            return (await self._to_orders(shop, [row]))[0]
        return None

    def forget(self, mall_id: str, order_id: str | None = None) -> None:
        """After a change in the mall: lists that hold the order, or all of the mall; the next URL is a new one."""
        self._list_turns.put(mall_id, (self._list_turns.get(mall_id) or 0) + 1, TURN_LIFE)
        self._lists.forget(
            lambda key, kept: (
                key.mall_id == mall_id
                and (order_id is None or any(order.order_id == order_id for order in kept.orders))
            )
        )

    async def _search(self, shop: Shop, customer: Customer, key: _ListKey) -> RecentOrders:
        until = self._time() + ANSWER_SECONDS
        found: dict[str, tuple[wire.OrderHead, Mapping[str, Any]]] = {}
        searched = 0
        for first, last in windows_back(kst_day(self._clock()), key.months):
            for head, row in await self._window(shop, customer, first, last, until):
                if key.states is None or _stands_in(row, key.states):
                    found.setdefault(head.order_id, (head, row))
            searched = min(searched + GUEST_MONTHS, key.months)
            if len(found) >= key.at_most:
                break
        newest = sorted(found.values(), key=lambda f: (ordered_at(f[0]), f[0].order_id), reverse=True)
        # With a filter all that was read comes back: what a command hides must not crowd out what it shows.
        wanted = newest if key.states else newest[: key.at_most]
        return RecentOrders(await self._to_orders(shop, [row for _, row in wanted]), searched)

    async def _window(
        self, shop: Shop, customer: Customer, first: date, last: date, until: float
    ) -> list[tuple[wire.OrderHead, Mapping[str, Any]]]:
        """All pages: the order of rows is not documented, so the newest may stand on the last."""
        limit = PAGE - (self._list_turns.get(shop.mall_id) or 0) % (PAGE // 2)
        params: dict[str, object] = {
            **_filter(customer),
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "embed": EMBED,
            "limit": limit,
        }
        mine: list[tuple[wire.OrderHead, Mapping[str, Any]]] = []
        for page in range(MOST_PAGES):
            more = {"offset": page * limit} if page else {}
            found = await self._read(shop, customer, params | more, until - self._time())
            mine.extend(found.mine)
            # Strangers mean that the mall ignores our filter: its further pages are not for us either.
            if found.rows < limit or found.strangers:
                return mine
        log.warning("more orders in one window than we read", extra={"facts": {"mall": shop.mall_id}})
        return mine

    async def _read(
        self, shop: Shop, customer: Customer, params: Mapping[str, object], within: float
    ) -> "_Found":
        if within <= 0:
            raise Unavailable(SYSTEM, "GET orders", note="out of time")
        body = await self._client.ask(shop, "orders", params, within=within)
        answer = rows(body, "orders", "GET orders")
        mine: list[tuple[wire.OrderHead, Mapping[str, Any]]] = []
        strangers = 0
        for row in answer:
            head = _head(row)
            if head is None or head.shop_no not in {None, shop.shop_no} or not answers(head, customer):
                strangers += 1
            elif belongs_to(head, customer):
                mine.append((head, row))
        if strangers and "order_id" not in params:
            self.strangers[shop.mall_id] += strangers
            facts = {"mall": shop.mall_id, "count": strangers, "system": SYSTEM}
            log.error("the mall answered with orders of others", extra={"facts": facts})
        return _Found(mine, len(answer), strangers)

    async def _to_orders(self, shop: Shop, chosen: list[Mapping[str, Any]]) -> tuple[Order, ...]:
        orders = [wire.Order.model_validate(row) for row in chosen]
        shipped = any(item.tracking_no for order in orders for item in order.items)
        tracking_url = await self._carriers.tracking_url(shop) if shipped else lambda _code, _number: None
        return tuple(to_order(order, tracking_url) for order in orders)

    async def _fresh_limit(self, shop: Shop, order_id: str) -> int:
        """A URL that no process has sent since the mall's memory of its answer ended."""
        name = f"fresh:{shop.shop_no}:{order_id}"
        return await self._limiter.unused(shop.mall_id, name, of=LONGEST_LIMIT, seconds=REPEATED_SECONDS)


def _stands_in(row: Mapping[str, Any], states: frozenset[ItemState]) -> bool:
    """Whether any line of the order does."""
    lines = row.get("items")
    if not isinstance(lines, list):
        return False
    return any(
        isinstance(line, dict) and item_state(str(line.get("order_status"))) in states for line in lines
    )


@dataclass(frozen=True, slots=True)
class _Found:
    mine: list[tuple[wire.OrderHead, Mapping[str, Any]]]
    rows: int
    strangers: int


def _head(row: object) -> wire.OrderHead | None:
    """None for a row that is no order: it cannot be told whose it is."""
    try:
        head = wire.OrderHead.model_validate(row)
    except ValidationError:
        return None
    return head if head.order_id else None


def _can_be_asked_for(customer: Customer) -> bool:
    """An empty or foreign value would be a filter that Cafe24 ignores."""
    match customer:
        case Member(member_id=member_id):
            return bool(member_id.strip()) and "," not in member_id
        case Guest(cellphone=cellphone):
            return hyphenated(cellphone) is not None


def _filter(customer: Customer) -> dict[str, object]:
    match customer:
        case Member(member_id=member_id):
            return {"member_id": member_id}
        case Guest(cellphone=cellphone):
            return {"buyer_cellphone": hyphenated(cellphone)}


def _name(customer: Customer) -> str:
    match customer:
        case Member(member_id=member_id):
            return f"member:{member_id}"
        case Guest(cellphone=cellphone):
            return f"guest:{national_digits(cellphone)}"
