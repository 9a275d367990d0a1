"""Every command there is: one line each."""

import asyncio
from collections.abc import Sequence

from commands import address_change, cancel, exchange_return, order_list, ship_date, why
from commands.kernel.order import Order
from commands.kernel.spec import Ask, CommandSpec, Offer, ShownDate

COMMANDS: tuple[CommandSpec, ...] = (
    order_list.SPEC,
    cancel.SPEC,
    exchange_return.SPEC,
    address_change.SPEC,
    ship_date.SPEC,
    why.SPEC,
)


class RegisteredOffers:
    """Implements `Offers` over the list above."""

    async def of(self, ask: Ask, order: Order) -> list[Offer]:
        """Side by side: a slow warehouse is waited for once, not once a command."""
        on = [(c, c.offer) for c in COMMANDS if c.offer and c.name in ask.choices.commands_on]
        decisions = await asyncio.gather(*(offer(ask, order) for _, offer in on))
        return [
            Offer(
                command.name,
                command.texts.say(ask.language, "command.button"),
                command.order_screen or command.first_screen,
                decision,
                command.texts,
            )
            for (command, _), decision in zip(on, decisions, strict=True)
        ]


class RegisteredShipDates:
    """Implements `ShipDates`."""

    async def of(self, ask: Ask, order: Order) -> Sequence[ShownDate]:
        if ship_date.SPEC.name not in ask.choices.commands_on:
            return ()
        return await ship_date.for_detail(ask, order)
