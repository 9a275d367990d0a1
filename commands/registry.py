"""Every command there is: one line each."""

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
        return [
            Offer(
                command.name,
                command.texts.say(ask.language, "command.button"),
                command.order_screen or command.first_screen,
                await command.offer(ask, order),
                command.texts,
            )
            for command in COMMANDS
            if command.offer and command.name in ask.choices.commands_on
        ]


class RegisteredShipDates:
    """Implements `ShipDates`."""

    async def of(self, ask: Ask, order: Order) -> Sequence[ShownDate]:
        if ship_date.SPEC.name not in ask.choices.commands_on:
            return ()
        return await ship_date.for_detail(ask, order)
