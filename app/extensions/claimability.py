"""What may be done with each line of an order, by the commands' own decisions, and their sentence where it may not."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from commands.exchange_return.command import possible
from commands.exchange_return.finding_out import under_way_for
from commands.explain import WORDS as COMMON
from commands.explain import finding_text
from commands.kernel.decision import Allowed, Decision, Effect, decisive
from commands.kernel.order import Order, OrderItem
from commands.kernel.spec import Ask, CommandSpec

from .commerce_shapes import Claimability
from .words import WORDS

HOLDS = frozenset({Effect.BLOCKS, Effect.NEEDS_MANAGER})
Decides = Callable[[Ask, Order], Awaitable[Decision[Any]]]


@dataclass(frozen=True, slots=True)
class May:
    """`why`: a sentence for the customer, None where it may be done."""

    why: str | None = None

    @property
    def allowed(self) -> bool:
        return self.why is None


class ClaimabilityOf:
    """`commands`: the registered ones by name."""

    def __init__(self, commands: Mapping[str, CommandSpec]) -> None:
        self._commands = commands

    async def of(self, ask: Ask, order: Order) -> dict[str, Claimability]:
        """By item code."""
        cancel = await self._by_line(ask, order, "cancel", _offer(self._commands["cancel"]))
        back = await self._by_line(ask, order, "exchangeReturn", _kind("return"))
        swap = await self._by_line(ask, order, "exchangeReturn", _kind("exchange"))
        address = await self._by_line(ask, order, "addressChange", _offer(self._commands["addressChange"]))
        return {
            item.code: Claimability(
                cancelable=cancel[item.code].allowed,
                returnable=back[item.code].allowed,
                exchangeable=swap[item.code].allowed,
                shipping_address_changeable=address[item.code].allowed,
                non_cancelable_reason=cancel[item.code].why,
                non_returnable_reason=back[item.code].why,
                non_exchangeable_reason=swap[item.code].why,
                non_shipping_address_changeable_reason=address[item.code].why,
            )
            for item in order.items
        }

    async def may_exchange(self, ask: Ask, order: Order) -> dict[str, May]:
        return await self._by_line(ask, order, "exchangeReturn", _kind("exchange"))

    async def _by_line(self, ask: Ask, order: Order, command: str, decides: Decides) -> dict[str, May]:
        if command not in ask.choices.commands_on:
            off = May(COMMON.say(ask.language, "failure.commandOff"))
            return {item.code: off for item in order.items}
        decision = await decides(ask, order)
        if not isinstance(decision, Allowed):
            return {item.code: May(self._sentence(ask, command, decision, item)) for item in order.items}
        free = _lines(decision.plan, order)
        return {
            item.code: May() if item.code in free else await self._held(ask, order, item, command, decides)
            for item in order.items
        }

    async def _held(self, ask: Ask, order: Order, item: OrderItem, command: str, decides: Decides) -> May:
        """The decision left this line out: the same question about the line alone tells why."""
        decision = await decides(ask, replace(order, items=(item,)))
        return May(self._sentence(ask, command, decision, item))

    def _sentence(self, ask: Ask, command: str, decision: Decision[Any], item: OrderItem) -> str:
        """Of what is about this line, or about the whole order; else of what decided."""
        found = () if isinstance(decision, Allowed) else decision.findings
        about_it = [f for f in found if f.effect in HOLDS and (not f.items or item.code in f.items)]
        finding = decisive(about_it) or decisive(found)
        if finding is None:
            return WORDS.say(ask.language, "line.held")
        return finding_text(finding, self._commands[command].texts, ask.language, "customer")


def _lines(plan: Any, order: Order) -> frozenset[str]:
    """Plans of a whole order name no lines."""
    lines = getattr(plan, "lines", None)
    return frozenset(item.code for item in order.items) if lines is None else frozenset(c for c, _ in lines)


def _offer(command: CommandSpec) -> Decides:
    assert command.offer
    return command.offer


def _kind(kind: Literal["exchange", "return"]) -> Decides:
    """The command's offer is the friendlier of the two kinds; here each is asked by itself."""

    async def decides(ask: Ask, order: Order) -> Decision[Any]:
        mall = await ask.ports.rules.rules(ask.shop, fresh=False)
        return possible(ask, order, mall, await under_way_for(ask, order)).by_kind[kind][1]

    return decides
