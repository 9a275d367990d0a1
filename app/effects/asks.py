"""Rebuilds the question that a plan answers, for jobs that come back to it."""

from collections.abc import Callable

from app.clock import Clock
from app.errors import Unauthorized
from app.ports import Connection, ConnectionOf, ConnectionState, Intent, KeptPlan
from commands.kernel.mall import Choices
from commands.kernel.spec import Ask, Ports
from commands.kernel.who import Language


class Asks:
    def __init__(
        self,
        connection_of: ConnectionOf,
        choices_of: Callable[[Connection], Choices],
        ports: Ports,
        clock: Clock,
    ) -> None:
        self.connection_of = connection_of
        self._choices_of = choices_of
        self._ports = ports
        self._clock = clock

    async def again(self, plan: KeptPlan, intent: Intent) -> Ask:
        """With the choices of now. Raises `Unauthorized` when the shop is no longer connected."""
        connection = await self.connection_of(plan.channel_id)
        shop = connection and (connection.shop.mall_id, connection.shop.shop_no)
        if connection is None or shop != (plan.mall_id, plan.shop_no):
            raise Unauthorized("cafe24", "effect", note="not connected any more")
        if connection.state is not ConnectionState.CONNECTED:
            raise Unauthorized("cafe24", "effect", note=connection.state.value)
        return Ask(
            shop=connection.shop,
            customer=plan.customer,
            caller=intent.caller,
            language=plan.reach.language or language_of(connection),
            now=self._clock(),
            choices=self._choices_of(connection),
            ports=self._ports,
            chat_id=plan.reach.chat_id,
        )

    async def language(self, plan: KeptPlan) -> Language:
        """The customer's."""
        return plan.reach.language or await self.shop_language(plan)

    async def shop_language(self, plan: KeptPlan) -> Language:
        return language_of(await self.connection_of(plan.channel_id))


def language_of(connection: Connection | None) -> Language:
    chosen = connection.settings.get("language") if connection else None
    return Language(chosen) if chosen in set(Language) else Language.KO
