"""The `commerce` extension: its Functions, each a thin face over the commands (CHANNEL.md §9)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.clock import Clock
from app.ports import Call, Function, Once, PendingClaims, Surface
from commands.explain import WORDS as COMMON
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import Order, OrderId
from commands.kernel.spec import Ask, CommandSpec

from . import commerce_wire as wire
from .accepting import accept_return
from .acting import Acting, refused
from .asking import AskOf, check_identifier
from .claimability import ClaimabilityOf
from .commerce_configs import app_configs
from .commerce_orders import DEFAULT_LIMIT, exchangeable_items, orders_page
from .commerce_shapes import ActionResult, AppConfigs, ExchangeableResult, OrdersResult
from .searching import place_of, wanted_of
from .wishes import address_wish, cancel_wish, exchange_wish, return_wish

PREFIX = "extension.commerce."
ORDERS = f"{PREFIX}order."
CUSTOMERS = frozenset({Surface.USER, Surface.MANAGER, Surface.SYSTEM})
"""`system` asks for the customer whom the signed context names. Another `app` brings a context of its own making, so
that nobody can be told by it.
"""
MANAGERS = frozenset({Surface.MANAGER})
ServedTo = Callable[[Call], Awaitable[frozenset[str]]]


class CommerceExtension:
    """`served_to`: names of the commands that the channel's connection serves."""

    def __init__(
        self,
        commands: Mapping[str, CommandSpec],
        *,
        ask_of: AskOf,
        served_to: ServedTo,
        claims: PendingClaims,
        once: Once,
        clock: Clock,
    ) -> None:
        self._commands = commands
        self._ask_of = ask_of
        self._served_to = served_to
        self._claims = claims
        self._acting = Acting(commands, once, clock)
        self._claimability = ClaimabilityOf(commands)

    def functions(self) -> list[Function]:
        own: list[tuple[str, type[Any], type[Any], Callable[[Call, Any], Awaitable[Any]]]] = [
            ("getOrders", wire.GetOrdersParams, OrdersResult, self.get_orders),
            ("requestCancelOrder", wire.CancelParams, ActionResult, self.cancel),
            ("requestReturnOrder", wire.ReturnParams, ActionResult, self.request_return),
            ("requestExchangeOrder", wire.ExchangeParams, ActionResult, self.exchange),
            ("getExchangeableItems", wire.ExchangeableParams, ExchangeableResult, self.exchangeable),
            ("changeShippingAddress", wire.AddressChangeParams, ActionResult, self.change_address),
        ]
        accept = f"{ORDERS}acceptReturnOrder"
        configs = f"{PREFIX}core.getAppConfigs"
        return [
            Function(configs, wire.NoParams, AppConfigs, self.configs, frozenset(Surface)),
            *(Function(ORDERS + name, params, result, run, CUSTOMERS) for name, params, result, run in own),
            Function(accept, wire.AcceptReturnParams, ActionResult, self.accept, MANAGERS),
        ]

    async def configs(self, call: Call, _params: wire.NoParams) -> AppConfigs:
        return app_configs(await self._served_to(call), self._commands, call.language)

    async def get_orders(self, call: Call, params: wire.GetOrdersParams) -> OrdersResult:
        ask = await self._ask(call, "orderList", params)
        wanted, place = wanted_of(params.search_filter), place_of(params.since)
        limit = DEFAULT_LIMIT if params.limit is None else params.limit
        return await orders_page(ask, self._claimability, wanted, place, limit)

    async def cancel(self, call: Call, params: wire.CancelParams) -> ActionResult:
        return await self._act(call, "cancel", params, cancel_wish)

    async def request_return(self, call: Call, params: wire.ReturnParams) -> ActionResult:
        return await self._act(call, "exchangeReturn", params, return_wish)

    async def exchange(self, call: Call, params: wire.ExchangeParams) -> ActionResult:
        return await self._act(call, "exchangeReturn", params, exchange_wish)

    async def change_address(self, call: Call, params: wire.AddressChangeParams) -> ActionResult:
        return await self._act(call, "addressChange", params, lambda given, _order: address_wish(given))

    async def exchangeable(self, call: Call, params: wire.ExchangeableParams) -> ExchangeableResult:
        ask = await self._ask(call, "exchangeReturn", params)
        order = await _own(ask, params.order_id)
        chosen = frozenset(line.id for line in params.items or () if line.id)
        return await exchangeable_items(ask, self._claimability, order, chosen)

    async def accept(self, call: Call, params: wire.AcceptReturnParams) -> ActionResult:
        try:
            ask = await self._ask(call, "exchangeReturn", params)
        except Failure as failure:
            return _said_no(failure)
        await _own(ask, params.order_id)
        return await accept_return(ask, call, params, self._claims)

    async def _act(
        self, call: Call, command: str, params: Any, wish_of: Callable[[Any, Order], Mapping[str, Any]]
    ) -> ActionResult:
        try:
            ask = await self._ask(call, command, params)
        except Failure as failure:
            return _said_no(failure)
        order = await _own(ask, params.order_id)
        asked = params.model_dump(mode="json", exclude={"identifier"}, exclude_none=True)
        name = type(params).__name__
        return await self._acting.carry_out(ask, command, {name: asked}, wish_of(params, order))

    async def _ask(self, call: Call, command: str, params: wire.Asked) -> Ask:
        ask = await self._ask_of(call, self._commands[command])
        check_identifier(ask, params.identifier)
        return ask


def _said_no(failure: Failure) -> ActionResult:
    """Whom we do not know and what is switched off is told in words; somebody else's identifier is a fault."""
    if failure.type in {FailureType.COMMAND_OFF, FailureType.NOT_IDENTIFIED, FailureType.NOT_CONNECTED}:
        return refused(failure.message)
    raise failure


async def _own(ask: Ask, order_id: str) -> Order:
    """Raises `Failure(notFound)`, for somebody else's as for none."""
    order = await ask.ports.orders.one(ask.shop, ask.customer, OrderId(order_id))
    if order is None:
        raise Failure(FailureType.NOT_FOUND, COMMON.say(ask.language, "failure.notFound"))
    return order
