"""The page 주문: one order by its number, what each command says to it and why, and what was asked of it so far."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from app.clock import Clock
from app.ports import Audit, AuditLine, Connection, ConnectionState, FoundOrder, ShopOrders
from commands.explain import WORDS, day_text
from commands.kernel.order import Order, OrderId, product_numbers
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.ports import Unavailable
from commands.kernel.screen import Badge, Card, Row, Screen, Tone
from commands.kernel.spec import Ask
from commands.kernel.who import Language
from commands.registry import COMMANDS

from .claim_view import lines_of
from .finding_words import settings_in_words
from .names import Names
from .pages import TEXTS, Pages
from .setting_places import PLACES
from .turnstile import Turnstile
from .visits import Visit
from .words import ORDER_NUMBER, person, place_text, said, when

AskOf = Callable[[Connection, FoundOrder, str, Language], Ask]
ReceiptsOf = Callable[[Connection, OrderId], Awaitable[Sequence[Receipt]]]
Render = Callable[[Screen], str]
SPECS = {command.name: command for command in COMMANDS}
DIAGNOSIS, DETAIL = "why", "orderList"
STATES = {
    ReceiptState.DONE: Tone.GOOD,
    ReceiptState.REQUESTED: Tone.GOOD,
    ReceiptState.FAILED: Tone.BAD,
    ReceiptState.PENDING: Tone.WARNING,
    ReceiptState.CHECKING: Tone.INFO,
    ReceiptState.SCHEDULED: Tone.INFO,
}
REJECTED, BY_SHOP = "rejected", "rejected_by_shop"
_SPACES = re.compile(r"\s+")


class OrdersPage:
    """`ask_of`: the question of a manager about an order that was found. `render`: the renderer of all screens."""

    def __init__(
        self,
        pages: Pages,
        *,
        orders: ShopOrders,
        ask_of: AskOf,
        receipts_of: ReceiptsOf,
        render: Render,
        audit: Audit,
        clock: Clock,
        pictures_from: str,
    ) -> None:
        self._pages = pages
        self._orders = orders
        self._ask_of = ask_of
        self._receipts_of = receipts_of
        self._render = render
        self._audit = audit
        self._clock = clock
        self._pictures_from = pictures_from
        self._turnstile = Turnstile(30, timedelta(minutes=1))

    async def show(self, visit: Visit, connection: Connection) -> Response:
        typed = _SPACES.sub("", unicodedata.normalize("NFKC", visit.query.get("order", "")))[:40]
        if not typed:
            return self._page(visit, typed)
        if not ORDER_NUMBER.fullmatch(typed):
            return self._page(visit, typed, error="orders.malformed", status=422)
        if connection.state is not ConnectionState.CONNECTED:
            return self._page(visit, typed, trouble="orders.notConnected", status=409)
        if wait := self._turnstile.wait(visit.session.who, self._clock()):
            headers, language = {"retry-after": str(wait)}, visit.session.language
            return self._pages.notice("tooMany", language, status=429, headers=headers, seconds=wait)
        return await self._look(visit, connection, typed)

    async def _look(self, visit: Visit, connection: Connection, typed: str) -> Response:
        try:
            found = await self._orders.of_shop(connection.shop, OrderId(typed))
            if found is None:
                return self._page(visit, typed, error="orders.notFound", status=404)
            screen = await self._screen(visit, connection, found)
        except Unavailable:
            return self._page(visit, typed, trouble="orders.unavailable", status=503)
        await self._note(visit, connection, typed)
        return self._page(visit, typed, screen=screen)

    def _page(
        self,
        visit: Visit,
        typed: str,
        *,
        error: str = "",
        trouble: str = "",
        screen: Screen | None = None,
        status: int = 200,
    ) -> Response:
        say, language = TEXTS.say, visit.session.language
        return self._pages.page(
            "orders",
            language,
            status=status,
            pictures=self._pictures_from,
            **visit.frame("orders"),
            typed=typed,
            error=say(language, error, order=typed) if error else "",
            trouble=say(language, trouble) if trouble else "",
            fragment=self._render(screen) if screen else "",
        )

    async def _screen(self, visit: Visit, connection: Connection, found: FoundOrder) -> Screen:
        """The desk's own screens, without what only works beside a chat."""
        ask = self._ask_of(connection, found, visit.session.who, visit.session.language)
        order = found.order
        with suppress(Unavailable):  # an order without its pictures is still an order
            await ask.ports.pictures.pictures(connection.shop, product_numbers([order]))
        given: dict[str, str] = {"orderId": order.order_id}
        diagnosis = await _built(DIAGNOSIS, ask, given)
        detail = await _built(DETAIL, ask, given)
        past = await self._receipts_of(connection, order.order_id)
        cards = [
            *diagnosis.cards,
            *detail.cards[1:],
            _claims(order, ask.language),
            _receipts(past, ask.language, await visit.names_of(receipt.by for receipt in past)),
        ]
        return Screen(
            title=TEXTS.say(ask.language, "orders.one", order=order.order_id),
            lead=day_text(order, ask),
            notices=detail.notices,
            cards=tuple(_for_a_page(card, ask.language) for card in cards),
        )

    async def _note(self, visit: Visit, connection: Connection, order_id: str) -> None:
        shop = connection.shop
        line = AuditLine(
            shop.channel_id, "console.order", visit.session.who, order_id, self._clock(), shop.mall_id
        )
        await self._audit.add(line)


async def _built(name: str, ask: Ask, given: dict[str, str]) -> Screen:
    spec = SPECS[name]
    screen = spec.order_screen or "detail"
    return await spec.screens[screen](ask, given)


def _for_a_page(card: Card, language: Language) -> Card:
    """Without buttons; settings of ours in words."""
    rows = tuple(
        replace(
            row,
            note=settings_in_words(row.note, language, row.path),
            path=place_text(row.path, language) if row.path in PLACES else row.path,
        )
        for row in card.rows
    )
    return replace(card, rows=rows, buttons=())


def _claims(order: Order, language: Language) -> Card:
    rows = []
    for claim in order.claims:
        parts = (claim.claim_code, when(claim.at, language) if claim.at else "")
        state = WORDS.say(language, f"state.{claim.state}")
        title = TEXTS.say(language, f"kind.{claim.kind}")
        rows.append(Row(title, " · ".join(part for part in parts if part), Badge(state)))
    note = "" if rows else TEXTS.say(language, "orders.claims.none")
    return Card(TEXTS.say(language, "orders.claims"), note, rows=tuple(rows))


def _receipts(receipts: Sequence[Receipt], language: Language, names: Names) -> Card:
    rows, title = [], TEXTS.say(language, "orders.receipts")
    for receipt in receipts:
        spec = SPECS.get(receipt.command)
        name = spec.texts.say(language, "command.name") if spec else receipt.command
        lines = ", ".join(f"{product} {note}" for product, note in lines_of(receipt.shown, language))
        by = person(receipt.by, language, names)
        parts = (lines, receipt.claim_code, by, when(receipt.at, language), _why(receipt))
        state = said(language, f"receipt.{_state(receipt)}") or receipt.state.value
        badge = Badge(state, STATES.get(receipt.state, Tone.PLAIN))
        rows.append(Row(name, " · ".join(part for part in parts if part), badge))
    note = "" if rows else TEXTS.say(language, "orders.receipts.none")
    return Card(title, note, rows=tuple(rows))


def _state(receipt: Receipt) -> str:
    """A refusal by the shop is no failure of ours."""
    decisive = _decisive(receipt)
    return REJECTED if decisive.get("code") == BY_SHOP else receipt.state.value


def _why(receipt: Receipt) -> str:
    return str(_decisive(receipt).get("managerText") or "")


def _decisive(receipt: Receipt) -> Mapping[str, Any]:
    findings = (receipt.decision or {}).get("findings", ())
    return next((finding for finding in findings if finding.get("decisive")), {})
