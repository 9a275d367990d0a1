"""What an AI agent gets that runs a command: a question where a choice is missing, or words that stand alone."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from app.clock import Clock
from app.keys import KeyRing
from app.ports import Call, Surface
from commands.explain import date_text, day_text, money_text, status_text
from commands.kernel.calendar import kst_day
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order, OrderId, OrderItem
from commands.kernel.ports import Unavailable
from commands.kernel.spec import Ask, CommandSpec

from .continuation import continuation, goes_on
from .suggestions import AskOf, one_line, order_label
from .words import WORDS

AGENT_TRIGGERS = frozenset({"alf"})
"""ASSUMPTION: how `trigger.type` of a call names the AI agent (CHANNEL.md §7 says UNKNOWN). Others get the screen."""
KEY = "orderId"
MOST_ORDERS = 5
LONGEST_ID = 40


class Answer(BaseModel):
    """The members that the platform may get, and no others."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class ActionResult(Answer):
    """A wam, a text, or `needsUserInput` with a question."""

    type: str = Field(min_length=1)
    attributes: dict[str, Any] | None = None
    requestId: str | None = Field(None, max_length=200)  # noqa: N815  Channel's words
    continuationToken: str | None = Field(None, max_length=8_192)  # noqa: N815
    message: str | None = Field(None, max_length=1_000)
    questions: list[dict[str, Any]] | None = Field(None, min_length=1, max_length=10)


class AgentAnswers:
    """`ask_of(call, command)` raises `Failure` for whoever is not identified, as for any other call."""

    def __init__(self, ask_of: AskOf, *, app_id: str, keys: KeyRing, clock: Clock) -> None:
        self._ask_of = ask_of
        self._app_id = app_id
        self._keys = keys
        self._clock = clock

    def answered(self, call: Call, command: CommandSpec, given: tuple[Any, Any]) -> str | None:
        """The order that was chosen. Raises `Failure(invalidParams)` for a continuation that is not this call's."""
        token, answers = given
        if token is None:
            return None
        bound = {"app_id": self._app_id, "function": f"{command.name}.open"}
        ours = isinstance(token, str) and goes_on(self._keys, token, call, now=self._clock(), **bound)
        if not ours:
            raise Failure(FailureType.INVALID_PARAMS, WORDS.say(call.language, "continuation.over"))
        chosen = answers.get(KEY) if isinstance(answers, dict) else None
        return chosen.strip()[:LONGEST_ID] or None if isinstance(chosen, str) else None

    async def tells(
        self, call: Call, command: CommandSpec, trigger: dict[str, Any] | None, order_id: str | None
    ) -> ActionResult | None:
        """None: a screen says it better, or nothing can be said now."""
        by_agent = str((trigger or {}).get("type", "")).lower() in AGENT_TRIGGERS
        changes = command.act is not None
        if not by_agent or call.surface is not Surface.USER or (changes and order_id):
            return None
        try:
            ask = await self._ask_of(call, command)
            orders = await _orders(ask, order_id)
            if not changes:
                message = await told(ask, orders)
                return ActionResult(type="text", attributes={"message": message})
        except (Failure, Unavailable):
            return None
        return self._question(call, command, ask, orders) if len(orders) > 1 else None

    def _question(self, call: Call, command: CommandSpec, ask: Ask, orders: Sequence[Order]) -> ActionResult:
        say = WORDS.say
        token = continuation(
            self._keys, call, app_id=self._app_id, function=f"{command.name}.open", now=self._clock()
        )
        options = [{"value": order.order_id, "label": order_label(ask, order)} for order in orders]
        question = {
            "key": KEY,
            "label": say(ask.language, "agent.label"),
            "prompt": say(ask.language, "agent.question"),
            "inputType": "singleSelect",
            "required": True,
            "options": options,
        }
        return ActionResult(
            type="needsUserInput",
            requestId=f"{command.name}-{call.request_id or 'order'}",
            continuationToken=token,
            message=say(ask.language, "agent.question"),
            questions=[question],
        )


async def _orders(ask: Ask, order_id: str | None) -> Sequence[Order]:
    if order_id:
        order = await ask.ports.orders.one(ask.shop, ask.customer, OrderId(order_id))
        return [order] if order else []
    recent = await ask.ports.orders.recent(
        ask.shop, ask.customer, at_most=MOST_ORDERS, months=ask.choices.lookback_months
    )
    return recent.orders[:MOST_ORDERS]


async def told(ask: Ask, orders: Sequence[Order]) -> str:
    """The orders in words, with what the seller wrote in quotes: it is data and nothing else."""
    if not orders:
        return WORDS.say(ask.language, "agent.none")
    lines = [WORDS.say(ask.language, "agent.lead")]
    for order in orders:
        lines += [_order_line(ask, order), *await _details(ask, order)]
    return "\n".join(lines)


def _order_line(ask: Ask, order: Order) -> str:
    return WORDS.say(
        ask.language,
        "agent.order",
        id=order.order_id,
        day=day_text(order, ask),
        products=_names(ask, order.items),
        status=status_text(order, ask.language),
        total=money_text(order.total.plain(), order.total.currency, ask.language),
    )


async def _details(ask: Ask, order: Order) -> list[str]:
    say, language = WORDS.say, ask.language
    lines = [say(language, "agent.parcel", company=p.company, number=p.number) for p in order.parcels]
    for group in await ask.ports.ship_dates.of(ask, order):
        products = _names(ask, [item for item in order.items if item.code in group.codes])
        if group.ship_date:
            day = date_text(group.ship_date, language, kst_day(ask.now))
            lines.append(say(language, "agent.ships", products=products, day=day))
        else:
            lines.append(say(language, "agent.note", products=products, note=group.note))
    return lines


def _names(ask: Ask, items: Sequence[OrderItem]) -> str:
    return ", ".join(
        WORDS.say(ask.language, "agent.item", name=one_line(item.product_name), count=item.quantity)
        for item in items
    )
