"""Ship dates that were promised: kept by the commands' port, looked at again by a recurring job."""

from collections.abc import Sequence
from datetime import timedelta

from app.cafe24.webhooks import OnOrder
from app.clock import Clock
from app.errors import Unauthorized
from app.ports import Chats, ConnectionOf, ConnectionState, Conversation, JobHandler
from app.ports.promises import OrderPromises, ShipPromises
from app.promises.looking import Looking
from app.promises.telling import TellingDates
from app.shops.settings import choices_of
from commands.kernel.order import OrderId
from commands.kernel.spec import Ask, Ports
from commands.kernel.who import Caller, CallerKind, Language, MallId

SHIP_DATES = "ship_dates"
LOOK_FOR_DUE = timedelta(minutes=5)


def promise_work(
    promises: ShipPromises,
    chats: Chats,
    conversation: Conversation,
    ports: Ports,
    connection_of: ConnectionOf,
    clock: Clock,
) -> dict[str, JobHandler]:
    async def again(kept: OrderPromises) -> Ask:
        """Raises `Unauthorized` for a shop that is away, or is another one now."""
        connection = await connection_of(kept.channel_id)
        if connection is None or connection.state is not ConnectionState.CONNECTED:
            raise Unauthorized("cafe24", "ship dates", note="not connected")
        if (connection.shop.mall_id, connection.shop.shop_no) != (kept.mall_id, kept.asker.shop_no):
            raise Unauthorized("cafe24", "ship dates", note="another shop")
        return Ask(
            shop=connection.shop,
            customer=kept.asker.customer,
            # Nobody asks: what is found now is told, but is no promise that somebody was given.
            caller=Caller(CallerKind.MANAGER, "ship_dates"),
            language=kept.asker.reach.language or Language.KO,
            now=clock(),
            choices=choices_of(connection),
            ports=ports,
        )

    looking = Looking(promises, again, TellingDates(chats, conversation), clock)
    return {SHIP_DATES: looking.look}


def and_hurry(follow: OnOrder, promises: ShipPromises, clock: Clock) -> OnOrder:
    """News of an order is followed, and its promised dates are looked at soon."""

    async def changed(mall_id: MallId, order_ids: Sequence[str]) -> None:
        for order_id in order_ids:
            await promises.hurry(mall_id, OrderId(order_id), clock())
        await follow(mall_id, order_ids)

    return changed
