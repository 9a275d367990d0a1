"""Autocomplete of `orderId`: the customer's own newest orders. Fast, bounded, and empty when unsure (CHANNEL.md §7)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import Field

from app.ports import Call, Function, Surface
from commands.explain import day_text, status_text
from commands.kernel.failures import Failure
from commands.kernel.order import Order
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ask, CommandSpec
from commands.shapes import Params, Shape

from .words import WORDS

SUGGEST = "orders.suggest"
ORDER_ID = "orderId"
MOST = 10
LONGEST_LABEL = 200
WITHIN_SECONDS = 1.5
PEOPLE = frozenset({Surface.USER, Surface.MANAGER})
AskOf = Callable[[Call, CommandSpec | None], Awaitable[Ask]]


class Typed(Params):
    name: str = ""
    value: Any = None
    focused: bool = False


class SuggestParams(Params):
    chat: dict[str, Any] | None = None
    input: list[Typed] = Field(default_factory=list, max_length=20)
    language: str | None = None


class Suggestion(Shape):
    name: str
    value: str


class SuggestResult(Shape):
    choices: list[Suggestion]


def suggestion_function(ask_of: AskOf) -> Function:
    async def run(call: Call, params: SuggestParams) -> SuggestResult:
        focused = next((typed for typed in params.input if typed.focused), None)
        if focused is None or focused.name != ORDER_ID:
            return SuggestResult(choices=[])
        begun = str(focused.value or "").strip()
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                ask = await ask_of(call, None)
                recent = await ask.ports.orders.recent(
                    ask.shop, ask.customer, at_most=MOST, months=ask.choices.lookback_months
                )
        except (Failure, Unavailable, TimeoutError):
            return SuggestResult(choices=[])
        labels = {order.order_id: order_label(ask, order) for order in recent.orders}
        fitting = [(i, label) for i, label in labels.items() if begun in i or begun in label]
        return SuggestResult(choices=[Suggestion(name=label, value=i) for i, label in fitting[:MOST]])

    return Function(SUGGEST, SuggestParams, SuggestResult, run, PEOPLE, "The customer's own newest orders")


def order_label(ask: Ask, order: Order) -> str:
    """`11월 18일 (화) · 린넨 셔츠 외 1건 · 배송 중`."""
    say, language = WORDS.say, ask.language
    names = [one_line(item.product_name) for item in order.items]
    product = names[0] if names else order.order_id
    if len(names) > 1:
        product = say(language, "order.more", product=product, count=len(names) - 1)
    status = status_text(order, language)
    return say(language, "order.label", day=day_text(order, ask), product=product, status=status)[
        :LONGEST_LABEL
    ]


def one_line(text: str) -> str:
    """A name as the seller wrote it, without what could end a line or the quotes around it."""
    plain = "".join(c if c.isprintable() else " " for c in text).replace("「", "[").replace("」", "]")
    return " ".join(plain.split())[:80]
